"""Values that people type carry a number of their own: a history can be read from the values."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from hub.core.record import Fields
from hub.store.conflicts import Conflict

Tag = int
_NUMBER = re.compile(r"\d+")


def tag(value: Any) -> Tag | None:
    """The number in a value: it survives cutting, rounding, trimming and change of case. None: an empty value."""
    found = _NUMBER.search(str(value)) if value not in (None, "") else None
    return int(found.group()) if found else None


def tags(fields: Fields) -> set[Tag]:
    return {t for value in fields.values() if (t := tag(value)) is not None}


def reach(start: Iterable[Tag], past: Mapping[Tag, Iterable[Tag]]) -> set[Tag]:
    """These values and everything in their past."""
    found, todo = set[Tag](), list(start)
    while todo:
        number = todo.pop()
        if number not in found:
            found.add(number)
            todo += past.get(number, ())
    return found


def pairs(row: Conflict) -> list[tuple[Tag | None, Tag | None]]:
    """(ours, theirs) of a logged clash, field by field, where they differ."""
    names = dict.fromkeys([*row.ours, *row.theirs])
    found = [(tag(row.ours.get(name)), tag(row.theirs.get(name))) for name in names]
    return [(ours, theirs) for ours, theirs in found if ours != theirs]


def gave_way(log: Iterable[Conflict]) -> set[Tag]:
    """Values that lost to blanks, by the word of the log: as a group is decided as a whole."""
    sides = [(row.verdict, ours, theirs) for row in log for ours, theirs in pairs(row)]
    lost = [(theirs if verdict == "keep" else ours) for verdict, ours, theirs in sides
            if verdict in ("take", "keep") and (theirs if verdict == "take" else ours) is None]  # fmt: skip
    return {number for number in lost if number is not None}


def texts(row: Conflict) -> list[tuple[Any, Any]]:
    """(ours, theirs) of a logged clash of different values, whole."""
    found = [(row.ours.get(name), row.theirs.get(name)) for name in row.theirs]
    return [(ours, theirs) for ours, theirs in found if tag(ours) != tag(theirs)]
