"""What makes one value of a whole raw record, before the steps: its one source, a join, a constant, an expression."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from hub.core.record import Raw
from hub.core.transforms import BadSpec, one_of, settings, some_text
from hub.core.unfit import expected
from hub.core.values import as_text

Expression = Callable[[str], Callable[[Raw], object]]


#: The system did not say.
ABSENT: Final = object()


class Head(NamedTuple):
    #: The scalar that the steps begin with; ABSENT when a source is. None: there is no way in.
    gather: Callable[[Raw], Any] | None
    #: One raw scalar per source, in the order of the sources. None: there is no way back.
    spread: Callable[[Any], Sequence[Any]] | None
    #: Says the same whatever the record holds.
    constant: bool = False
    #: The value of one source, as it is.
    single: bool = False
    #: Gathers what the reader of a text would give, so that need not run again.
    canonical: bool = False
    #: Tells at a glance that a text comes back as it is. False: it may or may not.
    rests: Callable[[str], bool] | None = None


def source(name: str) -> Head:
    return Head(lambda raw: raw.get(name, ABSENT), lambda value: (value,), single=True)


def join(argument: Any, sources: tuple[str, ...]) -> Head:
    """`join: ", "` or `{with, empty}`. `empty: keep` leaves the place of an empty part (but not at the end), so that
    the way back finds each part again; `skip` closes the gap."""
    said = settings(argument if isinstance(argument, dict) else {"with": argument}, ("with", "empty"))
    separator = some_text(said.get("with"))
    skip = one_of(said.get("empty", "keep"), ("keep", "skip")) == "skip"
    if len(sources) < 2:
        raise BadSpec("expected two or more fields of the system to join")

    pick = itemgetter(*sources)

    def gather(raw: Raw) -> Any:
        try:
            parts = [*map(as_text, pick(raw))]
        except KeyError:
            return ABSENT
        if None not in parts:
            return separator.join(parts)  # type: ignore[arg-type]
        if not skip:
            while parts and parts[-1] is None:
                parts.pop()
        return separator.join([part or "" for part in parts if part or not skip]) or None

    def spread(value: Any) -> Sequence[Any]:
        parts = (as_text(value) or "").split(separator, len(sources) - 1)
        return [part or None for part in parts] + [None] * (len(sources) - len(parts))

    def rests(value: str) -> bool:
        parts = value.split(separator, len(sources) - 1)
        return len(parts) == len(sources) and min(parts) >= "!" and value.isascii() and value.isprintable()

    return Head(gather, spread, canonical=True, rests=rests)


def constant(argument: Any, sources: tuple[str, ...]) -> Head:
    """Always this value. With a source the hub writes it there; without one it is only read."""
    if isinstance(argument, list | dict):
        raise BadSpec("expected a text, a number, true, false or null")
    if len(sources) > 1:
        raise BadSpec("a constant is for at most one field of the system")
    return Head(lambda raw: argument, lambda value: (argument,) * len(sources), constant=True)


def expression(argument: Any, sources: tuple[str, ...], compile: Expression | None) -> Head:
    """`{in, out}`: `in` sees the raw fields that the mapping names as sources, `out` sees `value`, the hub's value,
    and gives the system's value, or for several sources an object with one value for each."""
    said = settings(argument if isinstance(argument, dict) else {"in": argument}, ("in", "out"))
    if not said:
        raise BadSpec("expected settings (in, out)")
    if not sources:
        raise BadSpec("expected the fields of the system that the expression sees")
    if compile is None:
        raise BadSpec("expressions are not available here")
    into = compile(some_text(said["in"])) if "in" in said else None
    out = compile(some_text(said["out"])) if "out" in said else None
    return Head(into and _seen(into, sources), out and _spread(out, sources))


def _seen(evaluate: Callable[[Raw], object], sources: tuple[str, ...]) -> Callable[[Raw], Any]:
    def gather(raw: Raw) -> Any:
        try:
            seen = {name: raw[name] for name in sources}
        except KeyError:
            return ABSENT
        return evaluate(seen)

    return gather


def _spread(evaluate: Callable[[Raw], object], sources: tuple[str, ...]) -> Callable[[Any], Sequence[Any]]:
    def spread(value: Any) -> Sequence[Any]:
        result = evaluate({"value": value})
        if len(sources) == 1:
            return (result,)
        if not isinstance(result, dict) or not all(name in result for name in sources):
            raise expected("record.expression", f"an object with {', '.join(sources)}", result)
        return [result[name] for name in sources]

    return spread
