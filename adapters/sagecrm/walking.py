"""Everything, by windows of keys.

The server's pages are unordered and its cursor drifts while people work, so a walk asks for a range of keys that
fits one answer: each answer is complete for its range, whatever happens meanwhile. What changes behind the walk
has a date after its start, and the poll that follows begins there.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from adapters.sagecrm.answers import Row, Rows
from adapters.sagecrm.entities import Entity, both
from adapters.sagecrm.place import Place
from adapters.sagecrm.reading import Reader, first_key
from hub.core.errors import TryLater

#: How much wider than a page a window of a sparse range of keys becomes.
_WIDEST = 64


class Window(NamedTuple):
    """Keys above `low` and up to `low + width`, but not above `end`. `low` None: from the very first one."""

    low: int | None
    width: int
    end: int

    @property
    def high(self) -> int:
        return min((self.low or 0) + self.width, self.end)


class Walker:
    """Walks all of an entity. `page`: records to ask for at once; the server's own limit is learned on the way."""

    def __init__(self, reader: Reader, page: int) -> None:
        self._reader, self._page = reader, page
        #: What an answer of the server holds at most, per entity.
        self._limits: dict[str, int] = {}

    def first(self, entity: Entity, start: Place) -> Place:
        """The place before the first record; `start` tells where the polls begin afterwards."""
        end = self._reader.newest_key(entity)
        if end is None:
            return start
        return replace(start, phase="walk", end=end, width=self._size(entity))

    def walk(self, entity: Entity, place: Place) -> Iterator[tuple[list[Row], Place]]:
        """The records of each window that holds any, and where to go on after them."""
        window: Window | None = Window(place.key, place.width, place.end)
        while window is not None:
            rows, window = self._step(entity, window, lambda where: self._reader.fetch(entity, where))
            if window is None:
                yield rows, Place("since", place.mark, place.gone)
            elif rows:
                yield rows, replace(place, key=window.low, width=window.width)

    def keys(self, entity: Entity, ask: Callable[[str], Rows]) -> Iterator[list[Row]]:
        """The answers of `ask` to conditions that together hold every live key."""
        entity = replace(entity, filter=None)
        end = self._reader.newest_key(entity)
        window = Window(None, self._size(entity), end) if end is not None else None
        while window is not None:
            rows, window = self._step(entity, window, ask)
            yield rows

    def _step(self, entity: Entity, window: Window, ask: Callable[[str], Rows]) -> tuple[list[Row], Window | None]:
        """One window, made narrower until its answer is whole; and the next one, None at the end."""
        rows, more = ask(_within(entity, window.low, window.high))
        while more:
            window = self._narrower(entity, window, len(rows))
            rows, more = ask(_within(entity, window.low, window.high))
        if window.high >= window.end:
            return rows, None
        return rows, self._next(entity, window, len(rows))

    def _size(self, entity: Entity) -> int:
        return self._limits.get(entity.name, self._page)

    def _narrower(self, entity: Entity, window: Window, got: int) -> Window:
        self._limits[entity.name] = limit = min(got, self._page)
        width = window.high - (window.low or 0)
        if got and width > 1:
            return window._replace(width=min(width - 1, limit))
        if got and window.low is None and (start := self._jump(entity, window)):
            return start._replace(width=limit)
        raise TryLater("answer.cut", f"{entity.name}: the server says there is more than there can be")

    def _next(self, entity: Entity, window: Window, got: int) -> Window | None:
        size = self._size(entity)
        if not got:
            return self._jump(entity, window, window.high)
        width = min(window.width * 2, size * _WIDEST) if got * 2 < size else window.width
        return window._replace(low=window.high, width=width)

    def _jump(self, entity: Entity, window: Window, low: int | None = None) -> Window | None:
        """The window that begins with the first key after `low`. None: there is none."""
        where = _within(entity, low, window.end)
        column = entity.column(entity.key)
        found = first_key(entity, self._reader.ordered(entity, where, column, [entity.key]))
        return None if found is None else window._replace(low=found - 1, width=self._size(entity))


def _within(entity: Entity, low: int | None, high: int) -> str:
    return both(entity.between(low, high), entity.subset, entity.live)
