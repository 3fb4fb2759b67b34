"""What changed in a system, as pages with cursors that are safe to go on from.

A cursor is JSON. Feed: {"after": N}. Since a stamp: {"since": S}, and inside a walk also "mark", the stamp from which
the next walk will start, and "at", the place of the next page. The mark is the newest stamp of the first page: what
changes while the walk goes on has that stamp or a later one, so the next walk shows it. Where rows come in the order
of their stamps the mark moves with them. Nothing to ask for: {}, and every walk reads everything.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from adapters.rest.paging import Fetched, Pager, Place
from adapters.rest.paths import MISSING, at
from adapters.rest.rows import Reader, Sorted
from adapters.rest.settings import Changes, Stamp
from adapters.rest.stamps import as_sent, earlier, instant
from hub.adapter import Cursor, Page
from hub.core.errors import Gone, Refused, TryLater

State = dict[str, Any]


class Deletions:
    """Reads the rows of a resource that lists deletions."""

    def __init__(self, reader: Reader, path: str, stamp: Stamp | None) -> None:
        """`path`: of the key in a row; "" for the row itself, or the usual place of the key."""
        self._reader, self._path, self._stamp = reader, path, stamp

    def sorted(self, rows: list[Any]) -> Sorted:
        return Sorted([], [self.key_of(row, self._path) for row in rows], [])

    def key_of(self, row: Any, path: str) -> str:
        return self._reader.key_of(row, path)

    def stamp(self, row: Any) -> str | None:
        found = at(row, self._stamp.field) if self._stamp else None
        return None if found in (None, MISSING) else str(found)


class Feed:
    """Changes by a sequence number that the system gives."""

    def __init__(self, pager: Pager, changes: Changes, reader: Reader | Deletions) -> None:
        self._pager, self._changes, self._reader = pager, changes, reader

    def walk(self, state: State) -> Iterator[tuple[Page, State]]:
        after = state.get("after", self._changes.start)
        while True:
            page = next(self._pager.pages({"after": after}, {}))
            number = at(page.body, self._changes.next or "next") if page.body is not MISSING else None
            if isinstance(number, dict | list) or number is MISSING:
                raise TryLater("answer.shape", f"{self._changes.call}: no number to go on from in the answer")
            before, after = after, after if number in (None, "") else number
            gone = list(_deleted(page, self._changes, self._reader))
            found = self._reader.sorted(page.rows)
            rewound = isinstance(before, int) and isinstance(after, int) and after < before
            yield Page(found.records, "", [*found.gone, *gone], found.broken, rewound=rewound), {"after": after}
            more = at(page.body, self._changes.paging.more) if self._changes.paging.more else bool(page.rows or gone)
            if not more or more is MISSING or after == before:
                return


class Since:
    """Changes since a stamp; or everything each time, where the system can not be asked."""

    def __init__(
        self, pager: Pager, full: Pager, changes: Changes | None, reader: Reader | Deletions, stamp: Stamp | None
    ) -> None:
        """`full`: what is asked as long as there is no stamp."""
        self._pager, self._full, self._changes = pager, full, changes
        self._reader, self._stamp = reader, stamp

    def walk(self, state: State) -> Iterator[tuple[Page, State]]:
        since, mark, place = state.get("since"), state.get("mark"), state.get("at", {})
        if place:
            try:
                for page, state in self._pages(since, mark, place):
                    yield page, state
            except (Refused, Gone):
                pass  # The system does not know this place any more: the walk begins anew.
            else:
                since = state.get("since")  # what changed since that walk began; everything, if it cannot be asked
        yield from self._pages(since, None, {})

    def _pages(self, since: str | None, mark: str | None, place: Place) -> Iterator[tuple[Page, State]]:
        pager = self._pager if since is not None else self._full
        first = mark is None
        for page in pager.pages(self._env(since), place):
            found = self._reader.sorted(page.rows)
            gone = [*found.gone, *(_deleted(page, self._changes, self._reader) if self._changes else ())]
            if first or (self._changes and self._changes.sorted):
                mark = self._newest(page, mark or since)
                first = False
            yield (
                Page(found.records, "", gone if since is not None else (), found.broken, page.total),
                self._state(since, mark, page.next),
            )

    def _env(self, since: str | None) -> dict[str, Any]:
        if since is None or self._stamp is None or self._changes is None:
            return {}
        return {"since": as_sent(earlier(since, self._changes.overlap, self._stamp), self._stamp)}

    def _state(self, since: str | None, mark: str | None, place: Place | None) -> State:
        """With no place to go on from, the walk is over and the next one starts from the mark."""
        state = {"since": since, "mark": mark, "at": place} if place is not None else {"since": mark or since}
        return {name: value for name, value in state.items() if value is not None}

    def _newest(self, page: Fetched, mark: str | None) -> str | None:
        if self._stamp is None or self._changes is None:
            return None
        stamps = [mark, *(self._reader.stamp(row) for row in page.rows)]
        known = [(when, stamp) for stamp in stamps if stamp and (when := instant(stamp, self._stamp))]
        return max(known)[1] if known else mark


class Poll:
    """All that `changes` gives: the records, after the deletions where those have a resource of their own."""

    def __init__(self, records: Feed | Since, deletions: Feed | Since | None = None) -> None:
        self._records, self._deletions = records, deletions

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        state = _state(since)
        if self._deletions is None:
            for page, here in self._records.walk(state):
                yield page._replace(cursor=_cursor(here))
            return
        mine, gone_state = state.get("records", {}), state.get("deletions", {})
        for page, gone_state in self._deletions.walk(gone_state):  # noqa: B020 - the last state is kept
            if page.gone and since is not None:
                yield Page([], _cursor({"records": mine, "deletions": gone_state}), page.gone)
        for page, here in self._records.walk(mine):
            yield page._replace(cursor=_cursor({"records": here, "deletions": gone_state}))


def _deleted(page: Fetched, changes: Changes, reader: Reader | Deletions) -> Iterable[str]:
    if changes.deleted is None:
        return ()
    found = at(page.body, changes.deleted)
    if found in (None, MISSING):
        return ()
    if not isinstance(found, list):
        raise TryLater("answer.shape", f"{changes.call}: expected a list of deletions at '{changes.deleted}'")
    return [reader.key_of(row, changes.deleted_key) for row in found]


def _state(since: Cursor | None) -> State:
    state = orjson.loads(since) if since else {}
    return state if isinstance(state, dict) else {}


def _cursor(state: State) -> Cursor:
    return orjson.dumps(state).decode()
