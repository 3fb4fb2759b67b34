"""Mappings, compiled once into fast functions.

A mapping says, for one object of one system, which raw field is which field of the entity and how the
value changes on the way. `hub.core.mappingspec` has the data; `compile_mapping` makes the functions.
"""

import json
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

from hub.core.creation import Fill, compile_initial, filled
from hub.core.errors import ConfigError, Refused
from hub.core.fields import Compiled, compile_field
from hub.core.heads import ABSENT, Expression
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.record import Fields, Raw
from hub.core.unfit import Unfit


class Problem(NamedTuple):
    """Why one field of one record does not fit."""

    field: str
    code: str
    said: str


def misfit(problems: Sequence[Problem]) -> Refused:
    """The problems of one record as one error."""
    reasons = [f"{problem.field}: {problem.said}" for problem in problems]
    return Refused(problems[0].code, "; ".join(reasons), reasons=reasons)


#: Nothing does not fit: shared, so that a good record costs no list.
NONE: tuple[Problem, ...] = ()
_UNMAPPED = (None, None, False)
#: Raised when the same spec begins to mean something else.
_REVISION = 1


@dataclass(frozen=True, slots=True)
class Mapping:
    """A compiled mapping. All functions are pure and thread-safe."""

    object: str
    entity: str
    specs: MappingOf[str, FieldSpec]
    #: The raw fields it reads, sorted. What they hold is what the hub compares.
    raw_names: tuple[str, ...]
    #: Fields the hub may take from the system, and may write to it. `to_hub` gives the others too, where they can be
    #: read: a field that is only written is watched for edits, which are logged and put right.
    readable: frozenset[str]
    writable: frozenset[str]
    #: Changes when the mapping does.
    fingerprint: str
    #: A raw record in the entity's terms, with what did not fit (those fields are then absent).
    #: An absent raw field gives an absent field.
    to_hub: Callable[[Raw], tuple[Fields, Sequence[Problem]]]
    #: Fields in the system's terms, ready to send. Fields the mapping does not know are left out.
    to_system: Callable[[Fields], tuple[Raw, Sequence[Problem]]]
    #: The golden record as this system would show it: mapped fields only, each value as it would come
    #: back (truncated, looked up and back, rounded). `project(project(x)) == project(x)`.
    project: Callable[[Fields], Fields]
    #: For a create: the required fields that nothing fills. A field that a constant or default fills is never missing.
    missing: Callable[[Fields], Sequence[Problem]] = lambda fields: NONE
    #: Fields of the system that are set in new records only, and what they are set to: fields in the system's terms.
    initial: tuple[str, ...] = ()
    begin: Callable[[Fields], tuple[Raw, Sequence[Problem]]] = lambda fields: ({}, NONE)


def compile_mapping(spec: MappingSpec, expression: Expression | None = None) -> Mapping:
    """Makes the functions once. `expression` compiles the text of an `expression` transform.

    Raises `ConfigError` (config.mapping) with everything that is wrong, each `object: field: what`.
    """
    problems = _clashes(spec)
    fields: list[Compiled] = []
    for field in spec.fields:
        compiled = compile_field(field, expression)
        if isinstance(compiled, list):
            problems += [f"{spec.object}: {field.name}: {problem}" for problem in compiled]
        else:
            fields.append(compiled)
    fills = _fills(spec, expression, problems)
    if problems:
        raise ConfigError(problems, "config.mapping")
    read = [field for field in fields if field.take or field.gather]
    writable = [field for field in fields if field.put]
    return Mapping(
        object=spec.object,
        entity=spec.entity,
        specs={field.name: field for field in spec.fields},
        raw_names=tuple(sorted({source for field in read for source in field.spec.sources})),
        readable=frozenset(field.spec.name for field in read if field.spec.direction != "out"),
        writable=frozenset(field.spec.name for field in writable),
        fingerprint=_fingerprint(spec),
        to_hub=_to_hub(spec.object, read),
        to_system=_to_system(spec.object, writable),
        project=_project(fields),
        missing=_missing(spec.object, writable),
        initial=tuple(initial.name for initial in spec.initial),
        begin=_begin(spec.object, fills),
    )


def _fills(spec: MappingSpec, expression: Expression | None, problems: list[str]) -> list[tuple[str, Fill]]:
    """What new records begin with; what is wrong with it is added to `problems`."""
    written = {source: field.name for field in spec.fields if field.direction != "in" for source in field.sources}
    fills = []
    for initial in spec.initial:
        if initial.name in written:
            problems.append(f"{spec.object}: create: {initial.name!r} is written by {written[initial.name]!r} already")
        try:
            fills.append((initial.name, compile_initial(initial, expression)))
        except ConfigError as error:
            problems += [f"{spec.object}: create: {initial.name}: {said}" for said in error.problems]
    return fills


def _begin(place: str, fills: Sequence[tuple[str, Fill]]) -> Callable[[Fields], tuple[Raw, Sequence[Problem]]]:
    def begin(fields: Fields) -> tuple[Raw, Sequence[Problem]]:
        raw, unfit = filled(fills, fields)
        return raw, [_problem(place, name, (name,), error) for name, error in unfit] or NONE

    return begin


def _clashes(spec: MappingSpec) -> list[str]:
    """Two fields of one name, or two that write the same field of the system."""
    problems = []
    named: set[str] = set()
    writer: dict[str, str] = {}
    for field in spec.fields:
        if field.name in named:
            problems.append(f"{spec.object}: {field.name}: it is mapped twice")
        named.add(field.name)
        for source in field.sources if field.direction != "in" else ():
            if source in writer:
                problems.append(
                    f"{spec.object}: {field.name}: {source!r} is written by {writer[source]!r} already; "
                    "one of the two must say 'direction: in'"
                )
            writer.setdefault(source, field.name)
    return problems


def _fingerprint(spec: MappingSpec) -> str:
    fields = sorted((asdict(field) for field in spec.fields), key=lambda field: str(field["name"]))
    said = json.dumps([_REVISION, spec.object, spec.entity, _plain(fields)], ensure_ascii=False)
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _plain(said: Any) -> Any:
    """Data of a file as JSON that does not depend on the order of its keys."""
    if isinstance(said, dict):
        return sorted(([repr(key), _plain(value)] for key, value in said.items()), key=lambda pair: str(pair[0]))
    if isinstance(said, list | tuple):
        return [_plain(value) for value in said]
    return said if said is None or isinstance(said, str | int | float) else repr(said)


def _problem(place: str, name: str, sources: tuple[str, ...], error: Unfit) -> Problem:
    return Problem(name, error.code, f"{place}.{'+'.join(sources) or name}: {error.said}")


def _required(place: str, spec: FieldSpec) -> Problem:
    said = f"{place}.{'+'.join(spec.sources) or spec.name}: expected a value, it is required, got none"
    return Problem(spec.name, "record.required", said)


def _to_hub(place: str, fields: Sequence[Compiled]) -> Callable[[Raw], tuple[Fields, Sequence[Problem]]]:
    single = [(field.spec.name, field.spec.sources[0], field.take) for field in fields if field.take]
    wide = [(field.spec.name, field.gather) for field in fields if field.gather]
    specs = {field.spec.name: field.spec for field in fields}
    required = tuple(name for name, spec in specs.items() if spec.required and spec.direction != "out")
    # Only written, and read to see whether somebody changed it there: what does not fit is put right, not refused.
    watched = frozenset(name for name, spec in specs.items() if spec.direction == "out")

    def to_hub(raw: Raw) -> tuple[Fields, Sequence[Problem]]:
        known: Fields = {}
        unfit: list[tuple[str, Unfit]] | None = None
        get = raw.get
        for name, source, take in single:
            value = get(source, ABSENT)
            if value is not ABSENT:
                try:
                    known[name] = take(value)
                except Unfit as error:
                    unfit = [*(unfit or ()), (name, error)]
        for name, gather in wide:
            try:
                value = gather(raw)
            except Unfit as error:
                unfit = [*(unfit or ()), (name, error)]
            else:
                if value is not ABSENT:
                    known[name] = value
        for name in required:
            if known.get(name) is None:
                return known, problems(known, unfit or ())
        return known, problems(known, unfit) if unfit else NONE

    def problems(known: Fields, unfit: Sequence[tuple[str, Unfit]]) -> Sequence[Problem]:
        """A required field that is empty is as good as absent: the record does not fit."""
        found = [_problem(place, name, specs[name].sources, error) for name, error in unfit if name not in watched]
        said = {problem.field for problem in found}
        empty = [name for name in required if known.get(name) is None]
        for name in empty:
            known.pop(name, None)
        return found + [_required(place, specs[name]) for name in empty if name not in said] or NONE

    return to_hub


def _to_system(place: str, fields: Sequence[Compiled]) -> Callable[[Fields], tuple[Raw, Sequence[Problem]]]:
    puts = {field.spec.name: (field.put, field.spec, field.spec.required and not field.always) for field in fields}

    def to_system(fields: Fields) -> tuple[Raw, Sequence[Problem]]:
        raw: Raw = {}
        problems: list[Problem] = []
        for name, value in fields.items():
            put, spec, required = puts.get(name, _UNMAPPED)
            if put is None or spec is None:
                continue
            if value is None and required:
                problems.append(_required(place, spec))
                continue
            try:
                put(raw, value)
            except Unfit as error:
                problems.append(_problem(place, name, spec.sources, error))
        return raw, problems or NONE

    return to_system


def _project(fields: Sequence[Compiled]) -> Callable[[Fields], Fields]:
    names = frozenset(field.spec.name for field in fields)
    settles = [(field.spec.name, field.settle) for field in fields if field.settle]
    always: Fields = {field.spec.name: field.settle(None) for field in fields if field.always and field.settle}

    def project(golden: Fields) -> Fields:
        seen = golden.copy()
        for name in golden.keys() - names:
            del seen[name]
        for name, settle in settles:
            if name in seen:
                seen[name] = settle(seen[name])
        return {**always, **seen} if always else seen

    return project


def _missing(place: str, fields: Sequence[Compiled]) -> Callable[[Fields], Sequence[Problem]]:
    needed = [field.spec for field in fields if field.spec.required and not field.always]
    return lambda fields: [_required(place, spec) for spec in needed if fields.get(spec.name) is None] or NONE
