"""A system with a REST API, described by its OpenAPI document and the `x-hub` settings in it. No code.

The document is a file of the folder `mappings/` (YAML or JSON, OpenAPI 3.0 or 3.1; of Swagger 2 the parts in use);
overlays (OpenAPI Overlay 1.0) add `x-hub` to a vendor's untouched document. `x-hub` at the root says, per object:
the schema, key, version and stamp of a record; the operations that list, poll, read, find and write, with templates
of their queries, headers and bodies; how they page, what they answer and how their errors look. `x-hub` on a
property of the schema says which field of the hub it is. docs/adapter-rest.md has every setting with examples;
`adapters/rest/settings.py` is their definition.

    adapter: rest
    document: erp.openapi.yaml
    overlays: [erp.overlay.yaml]
    url: https://erp.example/api/v1
    credentials: {key: {secret: ERP_KEY}}
"""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from adapters.rest import schema
from adapters.rest.auth import Credential, Keys, credentials
from adapters.rest.document import Document, load, unknown
from adapters.rest.system import Rest
from hub.adapter import System
from hub.core.errors import ConfigError
from hub.transport.http import Http
from hub.transport.masking import Masks
from hub.transport.throttle import Throttle

__all__ = ["WIRE", "Able", "ObjectOptions", "Options", "connect", "mapping_of"]

#: How values are written: numbers and booleans as such.
WIRE = "json"


class Able(BaseModel, frozen=True, extra="forbid"):
    """What this installation can or cannot do, whatever its document says. None: as in the document."""

    create: bool | None = None
    update: bool | None = None
    delete: bool | None = None
    conditional: bool | None = None
    tokens: bool | None = None
    batch: bool | None = None


class Options(BaseModel, frozen=True, extra="forbid"):
    document: str
    overlays: tuple[str, ...] = ()
    #: The base address. None: the document's server.
    url: str | None = None
    #: http:// is wanted, although everybody on the way can read and change it.
    allow_plain_http: bool = False
    #: A file of the project folder with the certificates of the authorities to trust, instead of the usual ones.
    ca_file: str | None = None
    #: By the name of a security scheme of the document.
    credentials: dict[str, Credential] = Field(default_factory=dict)
    #: Rows to ask for in a page.
    page: int = Field(default=500, ge=1)
    connections: int = Field(default=4, ge=1, le=64)
    #: None: as fast as it answers.
    calls_per_second: float | None = Field(default=None, gt=0)
    #: Seconds without a byte, and for a whole call.
    read_timeout: float = Field(default=60, gt=0)
    total_timeout: float = Field(default=300, gt=0)
    can: Able = Able()
    #: The zone of date-times that carry none.
    zone: str | None = None


class ObjectOptions(BaseModel, frozen=True, extra="forbid"):
    """A binding has no settings of its own: all that is known of an object stands in the document."""


def connect(system: System[Options]) -> Rest:
    """ConfigError: the document, its settings or the credentials are wrong; nothing was called yet."""
    options = system.options
    document = load(system.folder, options.document, options.overlays)
    throttle, masks = Throttle(options.calls_per_second), Masks()

    def client(url: str, **more: Any) -> Http:
        return Http(
            url,
            read_timeout=options.read_timeout,
            total_timeout=options.total_timeout,
            connections=options.connections,
            verify=str(system.folder / options.ca_file) if options.ca_file else True,
            allow_plain_http=options.allow_plain_http,
            throttle=throttle,
            masks=masks,
            **more,
        )

    auth = credentials(document, options.credentials, Keys(system.secret, masks), client)
    able = {name: value for name, value in options.can.model_dump().items() if value is not None and name != "batch"}
    return Rest(
        document,
        client(_address(options, document), auth=auth),
        system.objects,
        limit=options.page,
        connections=options.connections,
        batches=options.can.batch is not False,
        able=able,
    )


def mapping_of(options: Options, obj: str, folder: Path) -> dict[str, Any]:
    """The field mapping of an object in the shape of a mapping file, from the document. ConfigError: there is none."""
    document = load(folder, options.document, options.overlays)
    if obj not in document.hub.objects:
        said = f"{document.name}: x-hub.objects: {unknown('object', obj, document.hub.objects)}"
        raise ConfigError([said], "document.object")
    return schema.mapping(document, obj, document.hub.objects[obj])


def _address(options: Options, document: Document) -> str:
    url = options.url or document.server()
    if url is None:
        raise ConfigError([f"url: this setting is missing, and {document.name} has no complete server"], "config.url")
    return url
