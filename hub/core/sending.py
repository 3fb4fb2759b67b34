"""A value of one field on its way out: the last checks, and how it gets into the raw record."""

from collections.abc import Callable
from typing import Any

from hub.core.glances import decimal_glance, integer_glance, text_glance
from hub.core.heads import ABSENT
from hub.core.mappingspec import FieldSpec
from hub.core.record import Raw, Value
from hub.core.transforms import Change, Step
from hub.core.unfit import Unfit, expected, shown
from hub.core.values import TEXTS, as_text, sendable


def put_one(spec: FieldSpec, steps: list[Step], write: Change) -> Callable[[Raw, Value], None]:
    """Most values are canonical and fit: a glance tells. The others go the long way, with all checks."""
    name = spec.sources[0]
    glance = None if steps or spec.choices else _glance(spec)
    if glance is not None:

        def put(raw: Raw, value: Value) -> None:
            seen = glance(value)
            raw[name] = write(value) if seen is None else seen

        return put
    few = spec.type in ("boolean", "choice") or any(step.few for step in steps)
    write = _remembered(write) if few else write

    def put_any(raw: Raw, value: Value) -> None:
        raw[name] = write(value)

    return put_any


def _glance(spec: FieldSpec) -> Change | None:
    """A canonical value as it goes out, or None: not so simple."""
    if spec.type in TEXTS:
        return text_glance(spec.length)
    if spec.wire == "json" and spec.type == "integer":
        return integer_glance
    if spec.wire == "json" and spec.type == "decimal":
        return decimal_glance(spec.scale)
    return None


#: A field of few values: so many are remembered, each once it has passed all checks.
_FEW = 256


def _remembered(write: Change) -> Change:
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        found = known.get(value, ABSENT)
        if found is ABSENT:
            found = write(value)
            if len(known) < _FEW:
                known[value] = found
        return found

    return remembered


def finisher(spec: FieldSpec) -> Change:
    """The last checks of a scalar before it goes out: length, characters, choices; and what stands for empty."""
    wire, empty = spec.wire, "" if spec.wire == "text" else None
    fit = _fitted(spec) if spec.length is not None and spec.type in TEXTS else None
    among = chosen(spec.choices) if spec.choices else None

    def finish(raw: Any) -> Any:
        if raw is not None and not isinstance(raw, str):
            if not isinstance(raw, int | float):
                raise expected("record.text", "a text, a number, true, false or null", raw)
            raw = as_text(raw) if wire == "text" else raw
        if isinstance(raw, str):
            raw = sendable(fit(raw) if fit else raw, wire)
        if among is not None:
            raw = among(raw)
        return empty if raw is None else raw

    return finish


def _fitted(spec: FieldSpec) -> Callable[[str], str]:
    length = spec.length or 0
    if spec.too_long == "truncate":
        return lambda text: text[:length]

    def refuse(text: str) -> str:
        if len(text) > length:
            said = f"expected at most {length} characters, got {len(text)}: {shown(text)}"
            raise Unfit("record.too-long", said)
        return text

    return refuse


def chosen(choices: tuple[str, ...]) -> Change:
    """Passes what the system allows, and empty."""
    known = frozenset(choices)

    def check(raw: Any) -> Any:
        text = as_text(raw)
        if text is None or text in known:
            return raw
        listed = ", ".join(map(shown, choices[:10])) + (", ..." if len(choices) > 10 else "")
        raise expected("record.choice", f"one of {listed}", raw)

    return check
