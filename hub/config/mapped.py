"""A binding's mapping: from its file, or from what its adapter reads in the system's own document."""

from collections.abc import Callable
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from hub.config.check import checked
from hub.config.document import Document
from hub.config.files import BindingFile, EntityFile, FieldFile, MappedFile, MappingFile
from hub.config.loading import Loading, known
from hub.config.problem import Loc, nearest
from hub.core.errors import ConfigError
from hub.core.mapping import FieldSpec, Mapping, MappingSpec, compile_mapping
from hub.core.model import LINK


class Bound:
    """What surrounds a mapping: the binding that asks for it, and what it may name."""

    def __init__(self, document: Document, entity: str, system: str, file: EntityFile) -> None:
        self.document, self.entity, self.system, self.file = document, entity, system, file
        self.at: Loc = ("entities", entity, "bindings", system)
        self.binding: BindingFile = file.bindings[system]
        #: Names as they stand in the file, even where their settings are wrong.
        self.fields = document.names("entities", entity, "fields")
        self.others = [name for name in document.names("entities", entity, "bindings") if name != system]


class _Offered(Document):
    """A mapping that an adapter read from the system's own document. Its problems are shown at the binding."""

    def __init__(self, bound: Bound, data: Any) -> None:
        self.bound, self.data = bound, data

    def problem(self, loc: Loc, said: str) -> None:
        key = ".".join(map(str, loc))
        self.bound.document.problem((*self.bound.at, "object"), f"the mapping in the system's document: {key}: {said}")


def load_mapping(loading: Loading, bound: Bound, module: ModuleType, options: Any) -> Mapping | None:
    """The compiled mapping. None: there are problems, and they are noted. `options`: the system's, validated."""
    document = _document(loading, bound, module, options)
    file = checked(MappingFile, document, document.data) if document else None
    if document is None or file is None:
        return None
    _check(document, bound, file)
    wire = file.wire or getattr(module, "WIRE", "text")
    zone = file.zone or getattr(options, "zone", None) or "UTC"
    known_fields = {
        name: mapped for name, mapped in file.fields.items() if name in bound.file.fields or name[0] == LINK
    }
    specs = [_spec(name, mapped, bound.file.fields.get(name), wire, zone) for name, mapped in known_fields.items()]
    return _compiled(document, MappingSpec(file.object, file.entity, tuple(specs)))


def _document(loading: Loading, bound: Bound, module: ModuleType, options: Any) -> Document | None:
    name, offer = bound.binding.mapping, getattr(module, "mapping_of", None)
    if name is not None:
        file = f"mappings/{name}.yaml"
        if (loading.folder / file).is_file():
            return loading.document(file)
        names = [path.stem for path in (loading.folder / "mappings").glob("*.yaml")]
        bound.document.problem((*bound.at, "mapping"), f"there is no file {file}{nearest(name, names)}")
    elif offer is None:
        said = "this setting is missing: the name of a file in mappings/, without .yaml"
        bound.document.problem((*bound.at, "mapping"), said)
    elif bound.binding.object is None:
        bound.document.problem((*bound.at, "object"), "this setting is missing; or name a mapping")
    else:
        return _offered(loading, bound, offer, options)
    return None


def _offered(loading: Loading, bound: Bound, offer: Callable[..., Any], options: Any) -> Document | None:
    try:
        return _Offered(bound, offer(options, bound.binding.object, loading.folder))
    except ConfigError as error:
        for said in error.problems:
            bound.document.problem((*bound.at, "object"), said)
        return None


def _check(document: Document, bound: Bound, file: MappingFile) -> None:
    """Note what the mapping names and the entity does not have."""
    if file.entity != bound.entity:
        document.problem(
            ("entity",), f"expected '{bound.entity}', whose binding names this mapping, got '{file.entity}'"
        )
    if bound.binding.object not in (None, file.object):
        said = f"the mapping is of object '{file.object}', got '{bound.binding.object}'"
        bound.document.problem((*bound.at, "object"), said)
    written: dict[str, str] = {}
    for name, mapped in file.fields.items():
        _check_field(document, bound, name, mapped)
        for source in mapped.sources if mapped.direction != "in" else ():
            first = written.setdefault(source, name)
            if first != name:
                said = f"'{source}' is written by field '{first}' already; give one of them 'direction: in'"
                document.problem(("fields", name), said)


def _check_field(document: Document, bound: Bound, name: str, mapped: MappedFile) -> None:
    loc: Loc = ("fields", name)
    if name.startswith(LINK):
        known(document, loc, "system", name.removeprefix(LINK), bound.others)
    else:
        known(document, loc, "field", name, bound.fields)
    if mapped.too_long != "refuse" and mapped.length is None:
        document.problem((*loc, "too_long"), "needs a length")


def check_zone(document: Document, loc: Loc, zone: str | None) -> None:
    """Note a time zone that nobody knows."""
    if zone is None:
        return
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        document.problem(loc, f"unknown time zone '{zone}'{nearest(zone, available_timezones())}")


def _spec(name: str, mapped: MappedFile, field: FieldFile | None, wire: Any, zone: str) -> FieldSpec:
    """A field of the mapping, with what its entity says of it. None: it is a foreign key."""
    choices = tuple(mapped.choices)
    if field is not None and field.choices and not mapped.transforms:
        choices = choices or tuple(field.choices)
    return FieldSpec(
        name=name,
        type=field.type if field else "reference",
        sources=mapped.sources,
        transforms=_steps(mapped),
        direction=mapped.direction,
        required=mapped.required,
        length=mapped.length,
        too_long=mapped.too_long,
        scale=mapped.scale if mapped.scale is not None or field is None else field.scale,
        choices=choices,
        wire=wire,
        zone=mapped.zone or zone,
    )


def _steps(mapped: MappedFile) -> tuple[tuple[str, Any], ...]:
    return tuple((step, None) if isinstance(step, str) else next(iter(step.items())) for step in mapped.transforms)


def _compiled(document: Document, spec: MappingSpec) -> Mapping | None:
    try:
        return compile_mapping(spec, expression=_expression)
    except ConfigError as error:
        for said in error.problems:
            document.problem(("fields",), said)
        return None


def _expression(text: str) -> Any:
    from hub.config.expression import compile_expression  # costs the import of a JSONata engine

    return compile_expression(text)
