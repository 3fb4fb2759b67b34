"""SOAP 1.1: envelopes, answers and faults; and the contract, a WSDL of the project's `wsdl/` folder read by zeep.

Envelopes are text with escaped values: five times cheaper than building a tree. Answers are read by local name,
never through objects generated from the WSDL: those lose what the WSDL does not know, without an error.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from hub.core.errors import ConfigError, Refused
from hub.transport.xml import ILLEGAL, NotXml, local, parse

NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
_HEAD = f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{NAMESPACE}">'
#: A carriage return would come out of the other side's parser as a line feed.
_ENTITIES = {"\r": "&#13;"}
_MOST_DOCUMENTS = 50
_MOST_BYTES = 10 << 20


class Fault(Exception):
    """The system answered with a fault. What it means is known to its adapter."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(code, said)
        self.code = code
        self.said = said


def envelope(body: str, header: str = "") -> bytes:
    """A request. `body` and `header` are XML text with their values escaped."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return f"{_HEAD}{head}<s:Body>{body}</s:Body></s:Envelope>".encode()


def text(value: str) -> str:
    """A value as it may stand between tags; raises Refused for characters that XML cannot carry."""
    if ILLEGAL.search(value):
        raise Refused("value.character", "the value holds a control character that XML cannot carry")
    return escape(value, _ENTITIES)


def answer(root: Any, where: str, masked: Callable[[str], str] = str) -> Any:
    """The one child of the Body; raises Fault, or NotXml when there is none. Names are taken without namespace.

    `masked` takes our credentials out of the text of a fault.
    """
    if local(root.tag) == "Envelope":
        for part in root:
            if local(part.tag) == "Body" and len(part) == 1:
                _check_fault(part[0], masked)
                return part[0]
    raise NotXml("answer.no-soap", f"{where}: expected a SOAP envelope with one element in its body")


def _check_fault(element: Any, masked: Callable[[str], str]) -> None:
    if local(element.tag) == "Fault":
        parts = {local(e.tag).lower(): (e.text or "").strip() for e in element}
        raise Fault(parts.get("faultcode", ""), masked(parts.get("faultstring", "")))


class Contract:
    """What a WSDL says. Loaded at first use: zeep alone takes 0.2 s to import.

    Nothing is fetched: the file and what it imports must be in `folder`. Raises ConfigError, wsdl.unloadable
    or wsdl.no-operations.
    """

    def __init__(self, file: str, folder: Path) -> None:
        self.name = file
        self._folder = folder.resolve()
        self._path = self._folder / file

    @cached_property
    def operations(self) -> frozenset[str]:
        """The names of all operations of its first port."""
        return frozenset(self._service._binding._operations)

    def require(self, operations: Iterable[str]) -> None:
        """Raises ConfigError (wsdl.operation) when the contract lacks one of these."""
        missing = sorted(set(operations) - self.operations)
        if missing:
            said = f"wsdl/{self.name}: no operation {', '.join(missing)}; is it the description of another service?"
            raise ConfigError([said], "wsdl.operation")

    def envelope(self, operation: str, **values: Any) -> bytes:
        """A request as the contract wants it; raises ConfigError (wsdl.mismatch) when it wants other values."""
        from lxml import etree
        from zeep.exceptions import Error

        self.require([operation])
        try:
            message = self._client.create_message(self._service, operation, **values)
        except (Error, TypeError, ValueError) as error:
            said = f"wsdl/{self.name}: operation {operation} does not take {', '.join(values)}"
            raise ConfigError([said], "wsdl.mismatch") from error
        return bytes(etree.tostring(message, xml_declaration=True, encoding="utf-8"))

    def fields(self, type_name: str) -> dict[str, str]:
        """The elements of a complex type, with the names of their types; empty when there is no such type."""
        for kind in self._client.wsdl.types.types:
            if (kind.name or "").lower() == type_name.lower() and hasattr(kind, "elements"):
                return {name: element.type.name or "" for name, element in kind.elements}
        return {}

    @cached_property
    def _client(self) -> Any:
        from zeep import Client, Settings
        from zeep.exceptions import Error

        settings = Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        try:
            connect: Any = Client
            client = connect(str(self._path), transport=_Folder(self._folder), settings=settings)
        except (NotXml, Error, OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            # zeep answers documents that it does not expect with all of these.
            said = error.said if isinstance(error, NotXml) else f"wsdl/{self.name}: not a WSDL that can be loaded"
            raise ConfigError([f"{said} ({type(error).__name__})"], "wsdl.unloadable") from error
        return client

    @cached_property
    def _service(self) -> Any:
        for name, binding in self._client.wsdl.bindings.items():
            if binding._operations:
                return self._client.create_service(name, "http://localhost/")
        raise ConfigError([f"wsdl/{self.name}: it describes no operations"], "wsdl.no-operations")


class _Folder:
    """The transport that zeep is given: files of one folder, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._documents = 0
        self._bytes = 0

    def load(self, url: str) -> bytes:
        """zeep's way to get a document: a path, a file: URL, or what an import names."""
        parts = urlsplit(url)
        path = Path(unquote(parts.path)) if parts.scheme == "file" else Path(url)
        inside = path.resolve()
        if parts.scheme not in ("", "file") or parts.netloc or not inside.is_relative_to(self._folder):
            raise NotXml("wsdl.outside", f"{url}: only files of the wsdl/ folder are read; put a copy there")
        data = inside.read_bytes()
        self._documents, self._bytes = self._documents + 1, self._bytes + len(data)
        if self._documents > _MOST_DOCUMENTS or self._bytes > _MOST_BYTES:
            raise NotXml("wsdl.too-large", f"{url}: more than {_MOST_DOCUMENTS} documents or {_MOST_BYTES} bytes")
        parse(data, where=f"wsdl/{inside.name}")
        return data
