"""What the schemas of the document say of an object: its fields, and the mapping that is written on them."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.rest.document import Document
from adapters.rest.settings import Object
from hub.adapter import FieldInfo, ObjectInfo
from hub.core.errors import ConfigError

_TYPES = {"integer": "integer", "number": "decimal", "boolean": "boolean"}
_DEEPEST = 4


def describe(document: Document, name: str, settings: Object) -> ObjectInfo:
    """The fields of an object, nested ones with dots, and what a create needs."""
    taken = _taken(document, settings)
    fields = []
    for path, schema in _properties(document, settings).items():
        read_only = bool(schema.get("readOnly")) or (bool(taken) and path not in taken) or path == settings.key
        needed = path in taken and taken[path][1] and not read_only
        fields.append(_info(path, {**schema, **(taken[path][0] if path in taken else {})}, needed, read_only))
    return ObjectInfo(name, tuple(fields))


def mapping(document: Document, name: str, settings: Object) -> dict[str, Any]:
    """The mapping in the shape of a mapping file, from `x-hub` of the properties."""
    if settings.entity is None:
        raise ConfigError([f"{document.name}: x-hub.objects.{name}.entity: this setting is missing"], "document.x-hub")
    infos = {info.name: info for info in describe(document, name, settings).fields}
    fields: dict[str, Any] = {}
    problems = []
    for path, schema in _properties(document, settings).items():
        said = schema.get("x-hub")
        if said is None:
            continue
        own = {"field": said} if isinstance(said, str) else dict(said)
        field = own.pop("field", None)
        if not isinstance(field, str) or field in fields:
            problems.append(f"{document.name}: {path}: x-hub: expected the name of a field, and each only once")
            continue
        fields[field] = {"field": path, **_limits(infos[path]), **own}
    if problems:
        raise ConfigError(problems, "document.x-hub")
    return {"object": name, "entity": settings.entity, "fields": fields}


def _limits(info: FieldInfo) -> dict[str, Any]:
    out: dict[str, Any] = {"length": info.length} if info.length is not None and info.type == "text" else {}
    if info.required:
        out["required"] = True
    if info.choices:
        out["choices"] = list(info.choices)
    if info.read_only:
        out["direction"] = "in"
    return out


def _properties(document: Document, settings: Object) -> dict[str, Any]:
    """Every scalar property of a record, by its path."""
    schema: Any = document.schema(settings.of) if settings.of else _shown(document, settings)
    return {path: found for path, found, _ in _flat(document, schema, "", _DEEPEST)}


def _shown(document: Document, settings: Object) -> Any:
    raise ConfigError([f"{document.name}: x-hub: object with key '{settings.key}': name its schema"], "document.x-hub")


def _taken(document: Document, settings: Object) -> dict[str, tuple[Any, bool]]:
    """What the bodies of create and update hold: (schema, needed for a create). {}: the document does not say."""
    out: dict[str, tuple[Any, bool]] = {}
    for writing in (settings.update, settings.create):
        body = _body(document, writing.call) if writing and writing.body == "{fields}" else None
        if body is not None:
            needs = writing is settings.create
            out |= {path: (schema, needed and needs) for path, schema, needed in _flat(document, body, "", _DEEPEST)}
    return out


def _body(document: Document, call: str) -> Any:
    _, _, operation = document.operation(call)
    body = document.resolved(operation.get("requestBody") or {})
    for content in (body.get("content") or {}).values():
        return content.get("schema")
    for parameter in operation.get("parameters") or []:
        parameter = document.resolved(parameter)
        if parameter.get("in") == "body":
            return parameter.get("schema")
    return None


def _flat(document: Document, schema: Any, prefix: str, deepest: int) -> Iterator[tuple[str, Any, bool]]:
    """(path, schema, required) of every scalar below an object."""
    properties, required = _members(document, schema)
    for name, member in properties.items():
        whole = _whole(document, member)
        path = f"{prefix}{name}"
        if "properties" in whole or "allOf" in whole:
            if deepest:
                yield from _flat(document, whole, f"{path}.", deepest - 1)
        elif "array" not in _types(whole):
            yield path, whole, name in required


def _members(document: Document, schema: Any) -> tuple[dict[str, Any], set[str]]:
    """Properties and required names of an object, with those of `allOf`."""
    schema = document.resolved(schema)
    properties: dict[str, Any] = {}
    required = set[str]()
    if not isinstance(schema, dict):
        return {}, set()
    for part in schema.get("allOf") or ():
        more, needed = _members(document, part)
        properties |= more
        required |= needed
    return properties | (schema.get("properties") or {}), required | set(schema.get("required") or ())


def _whole(document: Document, member: Any) -> Mapping[str, Any]:
    """A property's schema with its `$ref` followed; what stands beside the `$ref` counts too (3.1)."""
    found = document.resolved(member)
    beside = {name: value for name, value in member.items() if name != "$ref"} if isinstance(member, dict) else {}
    whole = {**found, **beside} if isinstance(found, dict) else beside
    options = [document.resolved(o) for key in ("anyOf", "oneOf") for o in whole.get(key) or ()]
    real = [option for option in options if isinstance(option, dict) and option.get("type") != "null"]
    return {**real[0], **whole} if len(real) == 1 else whole


def _types(schema: Mapping[str, Any]) -> list[str]:
    types = schema.get("type")
    return [t for t in (types if isinstance(types, list) else [types]) if isinstance(t, str) and t != "null"]


def _info(path: str, schema: Mapping[str, Any], required: bool, read_only: bool) -> FieldInfo:
    choices = tuple(str(value) for value in schema.get("enum") or () if value is not None)
    kind = next((_TYPES[t] for t in _types(schema) if t in _TYPES), "text")
    if schema.get("format") in ("date", "date-time"):
        kind = str(schema["format"])
    elif choices and kind == "text":
        kind = "choice"
    length = schema.get("maxLength")
    return FieldInfo(path, kind, length if isinstance(length, int) else None, required, read_only, choices)


def counted(document: Document, settings: Object) -> bool:
    """Is the version a whole number in the record? Such ones count up."""
    if settings.of is None or settings.version is None or settings.version.field is None:
        return False
    return "integer" in _types(_properties(document, settings).get(settings.version.field, {}))


def key_type(document: Document, settings: Object) -> str:
    """The type of the key in bodies: "integer", or else text."""
    if settings.of is None:
        return "text"
    found = _properties(document, settings).get(settings.key, {})
    return "integer" if "integer" in _types(found) else "text"
