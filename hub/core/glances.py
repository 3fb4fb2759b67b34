"""Canonical values that go out as they are, told at a glance. None: go the long way, with all its checks."""

from collections.abc import Callable
from typing import Any

from hub.core.values import LARGEST

#: Decimals of so many characters survive the way through a double: 15 significant digits always do.
_EXACT = 15
_ANY = 1 << 62


def text_glance(length: int | None) -> Callable[[Any], Any]:
    """`length`: characters the system's field holds. None: it does not say."""
    most = length or _ANY

    def glance(value: Any) -> Any:
        if value.__class__ is str and len(value) <= most and value >= "!" and value.isascii() and value.isprintable():
            return value
        return None

    return glance


def integer_glance(value: Any) -> Any:
    return value if value.__class__ is int and -LARGEST <= value <= LARGEST else None


def decimal_glance(scale: int | None) -> Callable[[Any], Any]:
    """As a JSON number: only what has a point, is at its scale, and says the same as a double."""

    def glance(value: Any) -> Any:
        if value.__class__ is not str or len(value) > _EXACT:
            return None
        whole, point, part = value.partition(".")
        if point and whole.isdigit() and part.isdigit() and value.isascii():
            return float(value) if len(part) == scale or (scale is None and part[-1] != "0") else None
        return None

    return glance
