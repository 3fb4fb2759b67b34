"""How a value would come back from a system that changes it on the way: truncated, rounded, looked up and back."""

from collections.abc import Callable
from typing import Any

from hub.core.heads import Head
from hub.core.mappingspec import FieldSpec
from hub.core.record import Raw, Value
from hub.core.transforms import Step
from hub.core.unfit import Unfit
from hub.core.values import TEXTS, reader

Settle = Callable[[Value], Value]
Gather = Callable[[Raw], Any]
Put = Callable[[Raw, Value], None]
#: Steps that undo one another may need more than one round trip to come to rest.
_ROUNDS = 8


def settler(spec: FieldSpec, steps: list[Step], head: Head, gather: Gather | None, put: Put | None) -> Settle | None:
    """None: a value comes back as it is. The function never raises: what cannot be sent stays as it is."""
    if gather is None:
        return None
    if head.constant:
        return _constant(gather)
    if put is None:
        return None
    trip = _there_and_back(gather, put)
    if not head.single or len(steps) > 1:
        plain = not steps and spec.length is None and spec.type in TEXTS
        return _glanced(head.rests, _at_rest(trip)) if head.rests and plain else _at_rest(trip)
    typed = _of_type(spec, trip)
    if all(step.exact for step in steps):
        return typed if not steps or typed is None else trip
    if typed is None and spec.type in TEXTS and steps[0].canonical and steps[0].into is steps[0].back:
        return _kept(steps[0].into)
    return trip


def _constant(gather: Gather) -> Settle:
    value = gather({})
    return lambda _: value


def _there_and_back(gather: Gather, put: Put) -> Settle:
    def settle(value: Value) -> Value:
        raw: Raw = {}
        try:
            put(raw, value)
            back: Value = gather(raw)
        except Unfit:
            return value
        return back

    return settle


def _at_rest(trip: Settle) -> Settle:
    """The value that further trips leave alone; the first one when there is none."""

    def settle(value: Value) -> Value:
        now = value
        for _ in range(_ROUNDS):
            back = trip(now)
            if back == now:
                return back
            now = back
        return value

    return settle


def _glanced(rests: Callable[[str], bool], settle: Settle) -> Settle:
    return lambda value: value if value.__class__ is str and rests(value) else settle(value)


def _kept(change: Callable[[Any], Any]) -> Settle:
    def settle(value: Value) -> Value:
        try:
            tidy: Value = change(value)
        except Unfit:
            return value
        return tidy

    return settle


def _of_type(spec: FieldSpec, trip: Settle) -> Settle | None:
    """What the type alone does to a value, without any step."""
    if spec.type in TEXTS:
        return _cut(spec.length or 0, trip) if spec.too_long == "truncate" else None
    if spec.type == "decimal":
        return _rounded(spec.scale, _kept(reader("decimal", scale=spec.scale)))
    local = spec.type == "date-time" and spec.wire == "text" and spec.zone != "UTC"
    return trip if local else None  # the hour in which a clock is set back comes back as the first of the two


def _cut(length: int, trip: Settle) -> Settle:
    return lambda value: trip(value) if isinstance(value, str) and len(value) > length else value


def _rounded(scale: int | None, tidy: Settle) -> Settle:
    """Most amounts are at their scale already: a look at the text tells."""

    def settle(value: Value) -> Value:
        if isinstance(value, str):
            point = value.find(".")
            if (
                (point < 0 or value[-1] != "0")
                if scale is None
                else (point >= 0 and len(value) - point - 1 == scale > 0)
            ):
                return value
        return tidy(value)

    return settle
