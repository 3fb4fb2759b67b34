"""Values at dotted paths of a JSON document: `data.items`, `0.id`; "" is the document itself."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

from hub.core.record import Raw


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()


def at(value: Any, path: str) -> Any:
    """MISSING: there is no such place. A number in a path is a place in a list."""
    for part in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(part, MISSING)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def getter(path: str) -> Callable[[Any], Any]:
    """`at` for one path; a plain name raises KeyError or TypeError where it is missing, and is fast."""
    if path and "." not in path:
        return itemgetter(path)
    return lambda value: at(value, path)


def finder(path: str | None) -> Callable[[Any], Any]:
    """`at` for one path, fast for a plain name in an object. None: always MISSING."""
    if path is None:
        return lambda value: MISSING
    if not path or "." in path:
        return lambda value: at(value, path)
    return lambda value: value.get(path, MISSING) if value.__class__ is dict else at(value, path)


def deepened(fields: Raw) -> Raw:
    """{"address.city": "Bonn"} as the system takes it: {"address": {"city": "Bonn"}}. Itself if none is nested."""
    if "." not in "".join(fields):
        return fields
    out: Raw = {}
    for name, value in fields.items():
        *parents, last = name.split(".")
        place = out
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return out
