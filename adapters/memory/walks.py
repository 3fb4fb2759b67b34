"""How changes are found: by a sequence number, or by a coarse stamp. Every page shows its rows as they are then."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from adapters.memory.rows import Row, Table
from hub.adapter import Cursor

T = TypeVar("T")


class Step(NamedTuple):
    """One page to be: keys of records and of deletions, in order, and where to go on from after it."""

    keys: list[str]
    gone: list[str]
    cursor: Cursor
    total: int | None = None
    rewound: bool = False


def by_sequence(table: Table, since: Cursor | None, now: int, page: int) -> Iterator[Step]:
    """Cursor: "N" (all changes up to number N are read) or "N/M": a full walk begun at N has come to M.

    A full walk ends at the number where it began, so what is deleted while it walks is reported later.
    """
    start, full, at = (since or f"{now}/0").partition("/")
    alive = [(row.sequence, key, True) for key, row in _after(table.rows, int(at or start))]
    gone = [] if full else [(row.sequence, key, False) for key, row in _after(table.gone, int(start))]
    events = sorted(alive + gone)
    come_to = int(at or start)
    for part, last in _parts(events, page):
        come_to = part[-1][0] if part else come_to
        cursor = str(come_to) if not full else start if last else f"{start}/{come_to}"
        dead = [key for _, key, here in part if not here]
        yield Step([key for _, key, here in part if here], dead, cursor, len(alive) if full else None, int(start) > now)


def by_stamp(table: Table, since: Cursor | None, page: int) -> Iterator[Step]:
    """Cursor: "MARK" (go on from this stamp on), or "MARK LOW STAMP KEY" inside a walk ("-": a full one).

    Stamps are coarse: many rows share one, at page edges too, so pages follow (stamp, key). A walk ends at the
    newest stamp there was when it began: whatever changed meanwhile has that stamp or a later one.
    """
    newest = _newest(table)
    mark, low, stamp, key = _parsed(since, newest)
    events = sorted(_from(table.rows, low))
    gone = [k for _, k in _from(table.gone, low)] if low else []
    left = [event for event in events if event > (stamp, key)]
    for part, last in _parts(left, page):
        cursor = mark if last else f"{mark} {low or '-'} {part[-1][0]} {part[-1][1]}"
        yield Step([k for _, k in part], gone if last else [], cursor, None if low else len(left), low > newest)


def inside(cursor: Cursor) -> bool:
    """Is it in the middle of a walk that ends where it began?"""
    return "/" in cursor or " " in cursor


def _parts(events: list[T], page: int) -> Iterator[tuple[list[T], bool]]:
    """Pages of them, each with whether it is the last; one empty page when there are none."""
    for first in range(0, len(events) or 1, page):
        yield events[first : first + page], first + page >= len(events)


def _after(rows: dict[str, Row], sequence: int) -> Iterable[tuple[str, Row]]:
    """The rows changed after a number; they are kept in that order, so only these are looked at."""
    for key in reversed(rows):
        if rows[key].sequence <= sequence:
            return
        yield key, rows[key]


def _from(rows: dict[str, Row], low: str) -> Iterable[tuple[str, str]]:
    """(stamp, key) of the rows changed at a stamp or later."""
    for key in reversed(rows):
        stamp = rows[key].stamp.isoformat()
        if stamp < low:
            return
        yield stamp, key


def _newest(table: Table) -> str:
    last = [rows[next(reversed(rows))].stamp.isoformat() for rows in (table.rows, table.gone) if rows]
    return max(last, default="")


def _parsed(since: Cursor | None, newest: str) -> tuple[str, str, str, str]:
    """(where the walk will end, where it began, stamp and key it has come to)."""
    if not since:
        return newest, "", "", ""
    mark, _, rest = since.partition(" ")
    if not rest:
        return max(mark, newest), mark, "", ""
    low, stamp, key = rest.split(" ", 2)
    return mark, "" if low == "-" else low, stamp, key
