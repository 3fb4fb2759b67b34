"""Does a mapping fit what a system says of its object? Compared before anything runs, so that a length or a name
that changed over there is found by a check and not by the ten thousandth record."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from hub.core.mapping import Mapping, Problem
from hub.core.mappingspec import FieldSpec
from hub.core.unfit import nearest, shown
from hub.core.values import TEXTS, as_text


class FieldLike(Protocol):
    """`hub.adapter.FieldInfo`, which core does not import."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def length(self) -> int | None: ...
    @property
    def required(self) -> bool: ...
    @property
    def read_only(self) -> bool: ...
    @property
    def choices(self) -> tuple[str, ...]: ...


class ObjectLike(Protocol):
    """`hub.adapter.ObjectInfo`."""

    @property
    def name(self) -> str: ...
    @property
    def fields(self) -> Sequence[FieldLike]: ...


class Side(NamedTuple):
    """One system's part in an entity."""

    system: str
    mapping: Mapping
    info: ObjectLike


#: Which types of a system a type of the hub can be written to. Text takes anything.
_TAKES = {
    "text": frozenset({"text", "choice", "reference"}),
    "choice": frozenset({"text", "choice", "reference"}),
    "reference": frozenset({"text", "reference", "integer", "choice"}),
    "integer": frozenset({"text", "integer", "decimal", "reference", "choice"}),
    "decimal": frozenset({"text", "decimal"}),
    "boolean": frozenset({"text", "boolean", "choice"}),
    "date": frozenset({"text", "date", "date-time"}),
    "date-time": frozenset({"text", "date-time"}),
}
#: What a field that is only read may be besides: less is asked of it.
_READS = {
    "decimal": frozenset({"integer"}),
    "date": frozenset[str](),
    "date-time": frozenset({"date"}),
    "text": frozenset(_TAKES),
    "choice": frozenset(_TAKES),
    "reference": frozenset[str](),
}


def fit(mapping: Mapping, info: ObjectLike, *, creates: bool = True) -> list[Problem]:
    """Where one mapping does not fit its system's object. `creates`: the hub may create records there."""
    known = {field.name: field for field in info.fields}
    problems: list[Problem] = []
    for spec in mapping.specs.values():
        for source in spec.sources:
            field = known.get(source)
            if field is None:
                problems.append(_missing(mapping, spec.name, source, known))
            else:
                problems += _compared(mapping, spec, field)
    return problems + ([*_initial(mapping, known), *_unfilled(mapping, info)] if creates else [])


def _initial(mapping: Mapping, known: dict[str, FieldLike]) -> Iterator[Problem]:
    """Fields that are set in new records."""
    for name in mapping.initial:
        field = known.get(name)
        if field is None:
            yield _missing(mapping, name, name, known)
        elif field.read_only:
            said = f"{mapping.object}.{name} cannot be written: leave it out of 'create'"
            yield Problem(name, "fit.read-only", said)


def fit_lengths(sides: Sequence[Side]) -> list[Problem]:
    """Where one system holds longer values of a field than another takes, and nobody said to truncate."""
    problems = []
    for there in sides:
        for spec in _texts_written(there):
            room = _room(spec, there.info)
            longest = max(_lengths(spec.name, there, sides), default=(0, ""))
            if room is not None and longest[0] > room and spec.too_long != "truncate":
                problems.append(_too_short(there, spec, room, *longest))
    return problems


class Narrow(NamedTuple):
    """A field that a person wants wider than it is: `too_long: widen`."""

    object: str
    #: The system's name of it.
    field: str
    holds: int
    wanted: int


def narrow(mapping: Mapping, info: ObjectLike) -> list[Narrow]:
    """The fields of a system that hold less than a mapping with `too_long: widen` says."""
    holds = {field.name: field.length for field in info.fields if field.length is not None}
    return [
        Narrow(mapping.object, spec.sources[0], holds[spec.sources[0]], spec.length)
        for spec in _texts_written(Side("", mapping, info))
        if spec.too_long == "widen"
        and spec.length is not None
        and holds.get(spec.sources[0], spec.length) < spec.length
    ]


def _missing(mapping: Mapping, name: str, source: str, known: dict[str, FieldLike]) -> Problem:
    lower = {name.lower(): name for name in known}
    close = lower.get(source.lower())
    hint = f", did you mean {close!r}?" if close else nearest(source, known) or ": check its name, and our rights there"
    return Problem(name, "fit.missing", f"{mapping.object} has no field {source!r}{hint}")


def _compared(mapping: Mapping, spec: FieldSpec, field: FieldLike) -> Iterator[Problem]:
    place = f"{mapping.object}.{field.name}"
    written = spec.name in mapping.writable
    if not spec.transforms and not _goes(spec.type, field.type, written):
        said = f"{place} is {field.type}, the hub's field is {spec.type}: a transform must make one of the other"
        yield Problem(spec.name, "fit.type", said)
    if written and spec.refers and spec.wire == "json" and (spec.type, field.type) == ("reference", "integer"):
        said = f"{place} is integer: say 'key: integer' for the field, or keys are sent to it as text"
        yield Problem(spec.name, "fit.type", said)
    if written and field.read_only:
        said = f"{place} cannot be written: say 'direction: in' for the field"
        yield Problem(spec.name, "fit.read-only", said)
    if written and spec.length is not None and field.length is not None and spec.length > field.length:
        said = f"{place} holds {field.length} characters, the mapping says {spec.length}"
        hint = ": 'hub check --widen' makes it wider" if spec.too_long == "widen" else ""
        yield Problem(spec.name, "fit.length", said + hint)
    if field.choices:
        yield from _strange_choices(place, spec, field.choices)


def _goes(ours: str, theirs: str, written: bool) -> bool:
    return theirs in _TAKES[ours] or (not written and theirs in _READS.get(ours, ()))


def _strange_choices(place: str, spec: FieldSpec, allowed: tuple[str, ...]) -> Iterator[Problem]:
    """Values that the mapping names and the system does not know."""
    for choice in _named(spec):
        if choice not in allowed:
            said = f"{place} does not know the choice {shown(choice)}{nearest(choice, allowed)}"
            yield Problem(spec.name, "fit.choice", said)


def _named(spec: FieldSpec) -> list[str]:
    """The raw values that a mapping names: its choices, its lookup's keys where that stands at the system's side."""
    named = list(spec.choices)
    if spec.transforms:
        step, argument = spec.transforms[0]
        if step == "lookup":
            named += [text for key in argument["table"] if (text := as_text(key)) is not None]
        elif step == "constant" and (text := as_text(argument)) is not None:
            named.append(text)
    return list(dict.fromkeys(named))


def _unfilled(mapping: Mapping, info: ObjectLike) -> Iterator[Problem]:
    filled = {source for name in mapping.writable for source in mapping.specs[name].sources} | {*mapping.initial}
    for field in info.fields:
        if field.required and not field.read_only and field.name not in filled:
            said = f"{mapping.object}.{field.name} is required there and nothing fills it: map it, or give a constant"
            yield Problem(field.name, "fit.required", said)


def _texts_written(side: Side) -> Iterator[FieldSpec]:
    for name, spec in side.mapping.specs.items():
        if name in side.mapping.writable and spec.type in TEXTS and len(spec.sources) == 1 and spec.refers is None:
            yield spec


def _room(spec: FieldSpec, info: ObjectLike) -> int | None:
    """Characters that a field holds: the least that the mapping and the system say. None: neither says."""
    said = [field.length for field in info.fields if field.name in spec.sources]
    return min((length for length in (spec.length, *said) if length is not None), default=None)


def _lengths(name: str, there: Side, sides: Sequence[Side]) -> Iterator[tuple[int, str]]:
    """How long the field may be in the other systems that it comes from."""
    for side in sides:
        spec = side.mapping.specs.get(name)
        if side is not there and spec is not None and name in side.mapping.readable and len(spec.sources) == 1:
            room = _room(spec, side.info)
            if room is not None and not spec.transforms:
                yield room, f"{side.system} {side.mapping.object}.{spec.sources[0]}"


def _too_short(there: Side, spec: FieldSpec, room: int, longest: int, where: str) -> Problem:
    what = f"{there.system} {there.mapping.object}.{spec.sources[0]} holds {room} characters, {where} holds {longest}"
    way_out = "widen it there, or say 'too_long: truncate' with a length"
    if spec.too_long == "widen":
        way_out = "say a greater 'length', and run 'hub check --widen'"
    return Problem(spec.name, "fit.length", f"{what}: longer values will be refused; {way_out}")
