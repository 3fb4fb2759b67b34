"""What changed: one question when it fits one answer, else in the order of change; and what was deleted."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from adapters.sagecrm.answers import Row, Rows, flag, typed_rows
from adapters.sagecrm.entities import Entity, both
from adapters.sagecrm.place import Place
from adapters.sagecrm.reading import Reader, is_key, last_key, question
from adapters.sagecrm.stamps import LONG_AGO, Mark, Stamps
from hub.core.errors import Refused, TryLater


class Change(NamedTuple):
    """One page of a poll."""

    rows: list[Row]
    place: Place
    gone: list[str]


class Poller:
    """Asks what changed. `deletes`: whether to ask for deleted keys as well."""

    def __init__(self, reader: Reader, stamps: Stamps, *, deletes: bool) -> None:
        self._reader, self._stamps, self._deletes = reader, stamps, deletes
        self._session = reader.session

    def start(self, entity: Entity) -> Place:
        """Where polls begin that miss nothing of what changes from now on."""
        mark = self._newest(entity, Mark(LONG_AGO))
        return Place("since", mark, mark)

    def since(self, entity: Entity, place: Place) -> Iterator[Change]:
        """Deletes are asked for first: a record that comes back afterwards is then in the answer that follows."""
        gone, gone_mark = self._gone(entity, place)
        place = replace(place, gone=gone_mark)
        start = self._stamps.start(place.mark)
        before = self._session.time
        rows, more = self._reader.fetch(entity, both(entity.changed(start), entity.subset, entity.live))
        if not more:
            mark = self._stamps.advance(place.mark, _dates(entity, rows), before, self._session.time)
            yield Change(rows, replace(place, mark=mark), gone)
            return
        place = Place("dated", self._newest(entity, place.mark), gone_mark, stamp=start)
        for change in self.dated(entity, place):
            yield change._replace(gone=gone)
            gone = []

    def dated(self, entity: Entity, place: Place) -> Iterator[Change]:
        """Pages in the order of change, each a question of its own.

        Only whole seconds are compared: the database knows finer ones that the answers do not show.
        """
        while place.phase == "dated":
            if place.key is not None:
                rows, place = self._within(entity, place)
            else:
                rows, place = self._from(entity, place)
            yield Change(rows, place, [])

    def _from(self, entity: Entity, place: Place) -> tuple[list[Row], Place]:
        order = f"{entity.column(entity.updated)},{entity.column(entity.key)}"
        listed, more = self._list(entity, entity.changed(place.stamp), order)
        rows = self._reader.whole(entity, listed)
        if not more:
            return rows, Place("since", place.mark, place.gone)
        last_key(entity, listed, more)
        last = self._stamps.plain(listed[-1].get(entity.updated, ""))
        if last is None:
            raise Refused("sage.stamp", f"{entity.name}.{entity.updated}: expected a date such as 2026-07-30T16:50:58")
        if last < place.stamp:  # it would go round for ever
            raise TryLater(
                "answer.cut", f"{entity.name}: changes since {place.stamp} were asked for, and {last} is the last"
            )
        if last > place.stamp:
            return rows, replace(place, stamp=last)
        return self._within(entity, replace(place, key=None))

    def _within(self, entity: Entity, place: Place) -> tuple[list[Row], Place]:
        """More records of one second than an answer holds: by key."""
        end = self._stamps.next_second(place.stamp)
        where = both(entity.changed(place.stamp, end), entity.between(place.key, None) if place.key is not None else "")
        listed, more = self._list(entity, where, entity.column(entity.key))
        key = last_key(entity, listed, more)
        after = replace(place, key=key) if more else replace(place, key=None, stamp=end)
        return self._reader.whole(entity, listed), after

    def _list(self, entity: Entity, where: str, order: str) -> Rows:
        return self._reader.ordered(
            entity, both(where, entity.subset, entity.live), order, self._reader.listing(entity)
        )

    def _newest(self, entity: Entity, mark: Mark) -> Mark:
        """A mark that is not after anything that changes from now on."""
        before = self._session.time
        order = f"{entity.column(entity.updated)} desc"
        rows, _ = self._list_stubs(entity, order)
        return self._stamps.advance(mark, _dates(entity, rows), before, self._session.time)

    def _list_stubs(self, entity: Entity, order: str) -> Rows:
        return self._reader.ordered(entity, both(entity.subset, entity.live), order, [entity.key, entity.updated])

    def _gone(self, entity: Entity, place: Place) -> tuple[list[str], Mark]:
        if not self._deletes or not entity.deleted:
            return [], place.gone
        before = self._session.time
        token = self._stamps.token(place.gone)
        gone: list[str] = []
        dates = [place.mark.stamp]
        key: int | None = None
        more = True
        while more:
            rows, more = self._deleted(entity, token, key)
            gone += [row["id"] for row in rows if flag(row.get("deleted", "")) and is_key(row.get("id", ""))]
            dates += [row.get("updateddate", "") for row in rows]
            key = last_key(replace(entity, key="id"), rows, more)
        return gone, self._stamps.advance(place.gone, dates, before, self._session.time)

    def _deleted(self, entity: Entity, token: str, key: int | None) -> Rows:
        """Deleted since `token`, in the order of keys."""
        condition = f"{entity.column(entity.deleted or '')} is not null"
        where = both(condition, entity.between(key, None)) if key is not None else condition
        body = question(
            "queryid",
            queryString=where,
            entityname=entity.name,
            orderby=entity.column(entity.key),
            journaltoken=token,
            showdeletedrecords="true",
        )
        what = f"queryid {entity.name}"
        return typed_rows(self._session.call(body, what), self._session.where(what))


def _dates(entity: Entity, rows: list[Row]) -> list[str]:
    return [row.get(entity.updated, "") for row in rows]
