"""The OpenAPI document of a system: read, overlaid, and looked up. Nothing is ever fetched.

OpenAPI 3.0 and 3.1; of a Swagger 2 document `x-hub`, paths, definitions, host and securityDefinitions are read.
Only the parts in use are checked: a vendor's document may have errors elsewhere.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import ValidationError

from adapters.rest import overlay
from adapters.rest.settings import Hub
from hub.core.errors import ConfigError
from hub.core.unfit import nearest

_REFERENCES = ("$ref", "$dynamicRef", "$id", "operationRef")
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON knows it: no dates, no octal numbers, `no` is a text."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false|True|False)$", "tfTF"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
    ("merge", r"^<<$", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


class Document:
    """A document and the settings in it."""

    def __init__(self, name: str, data: dict[str, Any]) -> None:
        self.name, self.data = name, data
        self.hub = _settings(name, data.get("x-hub"))

    def resolved(self, value: Any) -> Any:
        """A value with its own `$ref` followed. ConfigError: it leads nowhere, or in a circle."""
        for _ in range(32):
            reference = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(reference, str):
                return value
            value = self._pointed(reference)
        raise ConfigError([f"{self.name}: {reference}: leads in a circle"], "document.reference")

    def operation(self, call: str) -> tuple[str, str, dict[str, Any]]:
        """(METHOD, path, operation) of "METHOD /path" or an operationId."""
        known = {}
        for path, item in (self.data.get("paths") or {}).items():
            item = self.resolved(item)
            for method in _METHODS:
                if isinstance(item, dict) and isinstance(item.get(method), dict):
                    found = (method.upper(), path, item[method])
                    known[f"{method.upper()} {path}"] = found
                    known[str(item[method].get("operationId"))] = found
        if call not in known:
            raise ConfigError([f"{self.name}: x-hub: call: {unknown('operation', call, known)}"], "document.call")
        return known[call]

    def schema(self, name: str) -> dict[str, Any]:
        schemas = (self.data.get("components") or {}).get("schemas") or self.data.get("definitions") or {}
        if name not in schemas:
            raise ConfigError([f"{self.name}: x-hub: {unknown('schema', name, schemas)}"], "document.schema")
        found: dict[str, Any] = self.resolved(schemas[name])
        return found

    def server(self) -> str | None:
        """The base address. None: the document has none that is complete."""
        servers = self.data.get("servers") or []
        if not servers and self.data.get("host"):
            scheme = (self.data.get("schemes") or ["https"])[0]
            return f"{scheme}://{self.data['host']}{self.data.get('basePath', '')}"
        if self.hub.server >= len(servers):
            return None
        server = servers[self.hub.server]
        values = {name: str(v.get("default", "")) for name, v in (server.get("variables") or {}).items()}
        values |= self.hub.variables
        url: str = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), server["url"])
        return url if url.startswith("http") else None

    def security(self) -> dict[str, Any]:
        """The security schemes by name."""
        schemes = (self.data.get("components") or {}).get("securitySchemes") or self.data.get("securityDefinitions")
        return {name: self.resolved(scheme) for name, scheme in (schemes or {}).items()}

    def _pointed(self, reference: str) -> Any:
        value: Any = self.data
        for part in reference.removeprefix("#").split("/")[1:]:
            part = part.replace("~1", "/").replace("~0", "~")
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            raise ConfigError([f"{self.name}: {reference}: there is no such place"], "document.reference")
        return value


def load(folder: Path, name: str, overlays: Iterable[str] = ()) -> Document:
    """A document of the folder `mappings/`, with its overlays. ConfigError: everything wrong with them at once."""
    files = tuple((file, _stamp(folder, file)) for file in (name, *overlays))
    return _load(folder, files)


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    return f"there is no {kind} '{name}'{nearest(name, map(str, known))}"


@lru_cache(maxsize=8)
def _load(folder: Path, files: tuple[tuple[str, Any], ...]) -> Document:
    (name, _), *overlays = files
    data = _read(folder, name)
    if not isinstance(data, dict) or not any(str(data.get(key, "")) for key in ("openapi", "swagger")):
        raise ConfigError([f"mappings/{name}: expected an OpenAPI document"], "document.kind")
    for file, _ in overlays:
        if problems := overlay.apply(data, _read(folder, file)):
            raise ConfigError([f"mappings/{file}: {problem}" for problem in problems], "document.overlay")
    if outside := sorted(set(_outside(data))):
        said = [f"mappings/{name}: {key}: '{to[:80]}' leads out of the document; nothing is fetched, copy it in"
                for key, to in outside]  # fmt: skip
        raise ConfigError(said, "document.outside")
    return Document(f"mappings/{name}", data)


def _stamp(folder: Path, file: str) -> tuple[int, int] | None:
    try:
        stat = (folder / "mappings" / file).stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _read(folder: Path, file: str) -> Any:
    home = (folder / "mappings").resolve()
    path = (home / file).resolve()
    if home not in path.parents:
        raise ConfigError([f"mappings/{file}: lies outside the folder mappings/"], "document.file")
    try:
        text = path.read_bytes()
        return orjson.loads(text) if file.endswith(".json") else yaml.load(text, _Loader)  # noqa: S506 - safe
    except OSError as error:
        raise ConfigError([f"mappings/{file}: cannot be read: {error.strerror}"], "document.file") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError([f"mappings/{file}: {error}"], "document.syntax") from error


def _outside(data: Any) -> Iterator[tuple[str, str]]:
    """References that do not begin with #. YAML may hold one object in many places: each is looked at once."""
    todo, seen = [data], set[int]()
    while todo:
        value = todo.pop()
        if not isinstance(value, dict | list) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, list):
            todo += value
            continue
        todo += value.values()
        for key in _REFERENCES:
            if isinstance(to := value.get(key), str) and not to.startswith("#"):
                yield key, to


def _settings(name: str, found: Any) -> Hub:
    if not isinstance(found, Mapping):
        said = f"{name}: there is no x-hub in the document; put it in, or name an overlay that adds it"
        raise ConfigError([said], "document.x-hub")
    try:
        return Hub.model_validate(found)
    except ValidationError as error:
        problems = [_said(name, problem) for problem in error.errors(include_url=False, include_input=False)]
        raise ConfigError(problems, "document.x-hub") from None


def _said(name: str, problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    said = "unknown setting" if problem["type"] == "extra_forbidden" else problem["msg"]
    return f"{name}: x-hub.{place}: {said}"
