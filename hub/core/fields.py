"""One field of a mapping, compiled: how it is taken from a raw record, put into one, and settled."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hub.core import heads
from hub.core.dates import zone_named
from hub.core.datesteps import DATE_STEPS
from hub.core.errors import ConfigError
from hub.core.heads import ABSENT, Expression, Head
from hub.core.mappingspec import FieldSpec
from hub.core.record import Raw, Value
from hub.core.sending import chosen, finisher, put_one
from hub.core.settle import settler
from hub.core.transforms import STEPS, BadSpec, Builder, Change, Context, Step
from hub.core.unfit import nearest
from hub.core.values import TEXTS, TYPES, Reader, reader, writer

_BUILDERS: dict[str, Builder] = {**STEPS, **DATE_STEPS}
_HEADS = ("join", "constant", "expression")
TRANSFORMS = (*_HEADS, *_BUILDERS)


class Compiled(NamedTuple):
    """The functions of one field. Those that the direction or a missing way back rules out are None."""

    spec: FieldSpec
    #: From the raw value of the one source: most fields.
    take: Reader | None
    #: From the raw record: the others. Gives ABSENT when a source is.
    gather: Callable[[Raw], Any] | None
    #: Raises `Unfit`.
    put: Callable[[Raw, Value], None] | None
    #: The value as it would come back. None: as it is.
    settle: Callable[[Value], Value] | None
    #: It has a value in every record of this system, whatever that holds (constant, default).
    always: bool


def compile_field(spec: FieldSpec, expression: Expression | None) -> Compiled | list[str]:
    """The compiled field, or everything that is wrong with its spec."""
    problems = _basics(spec)
    if problems:
        return problems
    head, said = _head(spec, expression, problems)
    steps = [_step(spec, name, argument, last, problems) for name, argument, last in said]
    if problems:
        return problems
    built = _Parts(spec, head, [step for step in steps if step is not None])
    return _one_way(spec, built) or _assemble(built, any(name == "default" for name, _, _ in said))


def _basics(spec: FieldSpec) -> list[str]:
    """What is wrong before any transform is looked at."""
    problems = []
    if spec.type not in TYPES:
        hint = nearest(str(spec.type), TYPES) or f", expected one of {', '.join(TYPES)}"
        problems.append(f"type: unknown type {spec.type!r}{hint}")
    try:
        zone_named(spec.zone)
    except ValueError as error:
        problems.append(f"zone: {error}")
    if spec.too_long != "refuse" and spec.length is None:
        problems.append(f"too_long: to {spec.too_long}, say the length")
    if spec.length is not None and spec.length < 1:
        problems.append(f"length: expected at least 1, got {spec.length}")
    if spec.scale is not None and not 0 <= spec.scale <= 20:
        problems.append(f"scale: expected 0 to 20, got {spec.scale}")
    if spec.choices and len(spec.sources) > 1:
        problems.append("choices: they are for one field of the system")
    for name, argument in spec.transforms:
        long = spec.length is not None and isinstance(argument, str) and len(argument) > spec.length
        if name == "default" and long and spec.direction != "in":  # cut on its way, it would come back as another one
            problems.append(f"default: {argument!r} does not fit: expected at most {spec.length} characters")
    return problems


def _head(
    spec: FieldSpec, expression: Expression | None, problems: list[str]
) -> tuple[Head, list[tuple[str, Any, bool]]]:
    """What the value begins with, and the steps after it (name, argument, whether it is the last)."""
    said = list(spec.transforms)
    head = heads.source(spec.sources[0] if spec.sources else "")
    first = said[0][0] if said else ""
    try:
        if first in _HEADS:
            head = _build_head(first, said.pop(0)[1], spec.sources, expression)
        elif len(spec.sources) != 1:
            raise BadSpec(f"{len(spec.sources)} fields of the system need join or expression as the first transform")
        if head.constant and said:
            raise BadSpec("nothing may follow it")
    except BadSpec as error:
        problems.append(f"{first}: {error}" if first in _HEADS else f"transforms: {error}")
    except ConfigError as error:
        problems += [f"{first}: {problem}" for problem in error.problems]
    return head, [(name, argument, place == len(said)) for place, (name, argument) in enumerate(said, 1)]


def _build_head(name: str, argument: Any, sources: tuple[str, ...], expression: Expression | None) -> Head:
    if name == "expression":
        return heads.expression(argument, sources, expression)
    return heads.join(argument, sources) if name == "join" else heads.constant(argument, sources)


def _step(spec: FieldSpec, name: str, argument: Any, last: bool, problems: list[str]) -> Step | None:
    if name not in _BUILDERS:
        known = "it must be the first" if name in _HEADS else f"unknown transform{nearest(name, TRANSFORMS)}"
        problems.append(f"{name}: {known}")
        return None
    read = reader(spec.type, scale=spec.scale, zone=spec.zone) if last else None
    try:
        return _BUILDERS[name](argument, Context(spec.type, spec.zone, spec.wire, read, spec.direction != "in"))
    except BadSpec as error:
        problems.append(f"{name}: {error}")
        return None


class _Parts(NamedTuple):
    spec: FieldSpec
    head: Head
    steps: list[Step]


def _one_way(spec: FieldSpec, parts: _Parts) -> list[str]:
    """A field that must go a way which its transforms do not have."""
    if spec.direction != "out" and parts.head.gather is None:
        return ["expression: to be read it needs 'in'; else say 'direction: out'"]
    if spec.direction != "in" and spec.sources and parts.head.spread is None:
        return ["expression: to be written it needs 'out'; else say 'direction: in'"]
    if spec.direction == "out" and not spec.sources:
        return ["constant: to be written it needs a field of the system; else say 'direction: in'"]
    return []


def _assemble(parts: _Parts, default: bool) -> Compiled:
    spec, head, _ = parts
    into, out = _into(parts), _out(parts)
    ready = head.canonical and not parts.steps and spec.type in TEXTS
    gather = head.gather if ready else _gather(head, into, default)
    put = _put(parts, out) if out is not None and spec.sources else None
    # The golden record that a reference names comes back as it is, whatever the system's key looks like.
    settle = None if spec.refers else settler(spec, parts.steps, head, gather, put)
    simple = head.single and not default
    return Compiled(
        spec,
        into if simple else None,
        gather if not simple else None,
        put if spec.direction != "in" else None,
        settle,
        default or head.constant,
    )


def _into(parts: _Parts) -> Reader:
    """A scalar of the system, through the steps, to the canonical value."""
    spec, _, steps = parts
    chain: list[Change] = [chosen(spec.choices)] if spec.choices else []
    chain += [step.into for step in steps]
    if not (steps and steps[-1].canonical):
        chain.append(reader(spec.type, scale=spec.scale, zone=spec.zone))
    return _chained(chain)


def _out(parts: _Parts) -> Change | None:
    """A canonical value, through the steps, to a scalar of the system."""
    spec, _, steps = parts
    backs = [step.back for step in reversed(steps)]
    known = [back for back in backs if back is not None]
    if len(known) < len(backs):
        return None
    if all(step.plain for step in steps):
        return _chained([*known, writer(spec.type, scale=spec.scale, zone=spec.zone, wire=spec.wire)])
    if any(step.dated for step in steps):
        return _chained(known)
    return _chained([writer(spec.type, scale=spec.scale, zone=spec.zone), *known])


def _chained(changes: Sequence[Change]) -> Change:
    if len(changes) == 1:
        return changes[0]
    if len(changes) == 2:
        first, second = changes
        return lambda value: second(first(value))

    def run(value: Any) -> Any:
        for change in changes:
            value = change(value)
        return value

    return run


def _gather(head: Head, into: Reader, default: bool) -> Callable[[Raw], Any] | None:
    begin = head.gather
    if begin is None:
        return None

    def gather(raw: Raw) -> Any:
        value = begin(raw)
        if value is ABSENT:
            return into(None) if default else ABSENT
        return into(value)

    return gather


def _put(parts: _Parts, out: Change) -> Callable[[Raw, Value], None] | None:
    spec, head, _ = parts
    finish, spread = finisher(spec), head.spread
    if spread is None:
        return None
    if head.single:
        return put_one(spec, parts.steps, lambda value: finish(out(value)))

    def put_all(raw: Raw, value: Value) -> None:
        parts = [finish(part) for part in spread(out(value))]  # all of them fit, or none is written
        raw.update(zip(spec.sources, parts, strict=True))

    return put_all
