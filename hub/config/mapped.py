"""A binding's mapping: from its file, or from what its adapter reads in the system's own document."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from hub.config.check import checked
from hub.config.document import Document
from hub.config.files import BindingFile, EntityFile, FieldFile, InitialFile, MappedFile, MappingFile
from hub.config.loading import Loading, known
from hub.config.problem import Loc
from hub.config.zone import zone_problem
from hub.core.creation import Initial
from hub.core.errors import ConfigError
from hub.core.mapping import Mapping, compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.model import LINK
from hub.core.unfit import nearest
from hub.core.values import TEXTS


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
    stand_in = {"object": bound.binding.object or "unknown", "entity": bound.entity}
    file = checked(MappingFile, document, document.data, stand_in=stand_in) if document else None
    if document is None or file is None:
        return None
    _check(document, bound, file)
    _check_widen(document, bound, file, module)
    wire = file.wire or getattr(module, "WIRE", "text")
    zone = file.zone or _zone_of(options)
    known_fields = {
        name: mapped for name, mapped in file.fields.items() if name in bound.file.fields or name[0] == LINK
    }
    specs = [_spec(name, mapped, bound.file.fields.get(name), wire, zone) for name, mapped in known_fields.items()]
    initial = tuple(_initial(document, bound, name, said) for name, said in file.create.items())
    return _compiled(document, file, MappingSpec(file.object, file.entity, tuple(specs), initial))


def _initial(document: Document, bound: Bound, name: str, said: InitialFile) -> Initial:
    if said.source is not None:
        known(document, ("create", name, "from"), "field", said.source, bound.fields)
    return Initial(name, said.value, said.source, said.table, said.otherwise, said.expression)


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
    elif options is not None:
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
    for name, mapped in file.fields.items():
        _check_name(document, bound, name)
        field = bound.file.fields.get(name)
        if mapped.key != "text" and (field is None or field.entity is None):
            document.problem(("fields", name, "key"), "is for fields that refer to an entity; leave it out")
        for place, (step, argument) in enumerate(_steps(mapped)):
            if step == "lookup" and place == len(mapped.transforms) - 1 and field is not None and field.choices:
                _check_lookup(document, ("fields", name, "transforms", place), argument, field.choices)


def _check_widen(document: Document, bound: Bound, file: MappingFile, module: ModuleType) -> None:
    """Where nothing can make a field wider, `widen` would be no more than `refuse`: that is said, not done."""
    for name, mapped in file.fields.items():
        if mapped.too_long != "widen":
            continue
        field = bound.file.fields.get(name)
        if not hasattr(module, "widen"):
            said = f"the fields of '{bound.system}' cannot be made wider by the hub; say 'refuse' or 'truncate'"
            document.problem(("fields", name, "too_long"), said)
        elif len(mapped.sources) != 1 or (field is not None and field.type not in TEXTS):
            said = "only a text of one field can be made wider; say 'refuse' or 'truncate'"
            document.problem(("fields", name, "too_long"), said)


def _check_lookup(document: Document, loc: Loc, argument: Any, choices: list[str]) -> None:
    """What a lookup gives must be a choice of the field. The rest of it is the compiler's to check."""
    table = argument.get("table") if isinstance(argument, dict) else None
    for value in table.values() if isinstance(table, dict) else ():
        if isinstance(value, str):
            known(document, loc, "choice", value, choices)


def _check_name(document: Document, bound: Bound, name: str) -> None:
    if name.startswith(LINK):
        known(document, ("fields", name), "system", name.removeprefix(LINK), bound.others)
    else:
        known(document, ("fields", name), "field", name, bound.fields)


def _zone_of(options: Any) -> str:
    """The zone that a system's settings say; one that nobody knows is a problem of the system, not of its mappings."""
    zone = getattr(options, "zone", None)
    return zone if isinstance(zone, str) and zone_problem(zone) is None else "UTC"


def _spec(name: str, mapped: MappedFile, field: FieldFile | None, wire: Any, zone: str) -> FieldSpec:
    """A field of the mapping, with what its entity says of it. None: it is a foreign key."""
    choices = tuple(mapped.choices)
    if field is not None and field.choices and not mapped.transforms:
        choices = choices or tuple(field.choices)
    return FieldSpec(
        name=name,
        type=_type(mapped, field),
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
        refers=field.entity if field else None,
    )


def _type(mapped: MappedFile, field: FieldFile | None) -> str:
    """What the system's values are read and written as. None: it is a foreign key."""
    if field is None:
        return "reference"
    return mapped.key if field.entity is not None and mapped.key == "integer" else field.type


def _steps(mapped: MappedFile) -> tuple[tuple[str, Any], ...]:
    return tuple((step, None) if isinstance(step, str) else next(iter(step.items())) for step in mapped.transforms)


def _compiled(document: Document, file: MappingFile, spec: MappingSpec) -> Mapping | None:
    try:
        return compile_mapping(spec, expression=_expression)
    except ConfigError as error:
        for said in error.problems:
            _place(document, file, said.removeprefix(f"{spec.object}: "))
        return None


def _place(document: Document, file: MappingFile, said: str) -> None:
    """Note a problem of the compiler, `field: key or transform: what`, at its key."""
    name, _, rest = said.partition(": ")
    key, _, what = rest.partition(": ")
    if name == "create":
        document.problem(("create", key) if key in file.create else ("create",), what if key in file.create else rest)
    elif name not in file.fields:
        document.problem(("fields",), said)
    elif key in MappedFile.model_fields:
        document.problem(("fields", name, key), what)
    else:
        steps = [step for step, _ in _steps(file.fields[name])]
        at: Loc = ("transforms", steps.index(key)) if key in steps else ()
        document.problem(("fields", name, *at), rest)


def _expression(text: str) -> Any:
    from hub.config.expression import compile_expression  # costs the import of a JSONata engine

    return compile_expression(text)
