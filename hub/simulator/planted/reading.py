"""Mistakes in reading."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.memory import system, walks
from adapters.memory.rows import Table
from hub.core.errors import TryLater
from hub.engine.sync import Sync
from hub.flow.merging import meet, merge
from hub.flow.merging.aside import Aside
from hub.flow.merging.deletes import Deletions
from hub.flow.polling import poll
from hub.flow.polling.reconcile import Comparison
from hub.flow.seen import Seen, Tally
from hub.simulator.planted.bug import Swap
from hub.simulator.systems import Simulated
from hub.store import catalog


def cursor_moves_before_the_records() -> Sequence[Swap]:
    right = merge.merge_page

    def first(hub: Any, place: Any, seen: Seen, doubts: Any = ()) -> Any:
        if seen.cursor is not None:
            with hub.store.transaction() as tx:
                catalog.move(tx, place.id, seen.cursor)
        return right(hub, place, seen, doubts)

    return [Swap(poll, "merge_page", first)]


def unstored_is_skipped() -> Sequence[Swap]:
    """The walk goes on after a page that the database refused."""
    right = merge.merge_page

    def skips(hub: Any, place: Any, seen: Seen, doubts: Any = ()) -> Any:
        try:
            return right(hub, place, seen, doubts)
        except TryLater:
            with hub.store.transaction() as tx:
                catalog.move(tx, place.id, seen.cursor)
            return Tally()

    return [Swap(poll, "merge_page", skips)]


def last_record_of_a_page_is_skipped() -> Sequence[Swap]:
    right = merge.merge_page

    def short(hub: Any, place: Any, seen: Seen, doubts: Any = ()) -> Any:
        records = seen.records[:-1] if len(seen.records) > 1 else seen.records
        return right(hub, place, seen._replace(records=records), doubts)

    return [Swap(poll, "merge_page", short)]


def one_bad_record_stops_the_page() -> Sequence[Swap]:
    def stops(self: Aside, key: str, kind: str, error: Exception, *more: Any) -> None:
        raise error

    return [Swap(Aside, "put", stops)]


def failed_list_of_keys_is_empty() -> Sequence[Swap]:
    """A list of keys that breaks off is taken as it came."""
    right = Simulated.keys

    def cut(self: Simulated, obj: str) -> Iterator[list[str]]:
        try:
            yield from right(self, obj)
        except TryLater:
            return

    return [Swap(Simulated, "keys", cut)]


def equal_stamps_are_skipped() -> Sequence[Swap]:
    """A walk that goes on after a page goes on after its stamp: of records that share one, those on the next page are
    never read."""
    right = walks.by_stamp

    def after_the_stamp(table: Table, since: str | None, page: int) -> Iterator[walks.Step]:
        inside = since is not None and since.count(" ") == 3
        return right(table, f"{since.rpartition(' ')[0]} \uffff" if inside and since else since, page)

    return [Swap(system, "by_stamp", after_the_stamp)]


def aside_for_ever() -> Sequence[Swap]:
    """What stands aside is not tried again."""
    return [Swap(Sync, "retry", lambda *given: None)]


def one_list_is_believed() -> Sequence[Swap]:
    return [Swap(Comparison, "long_enough", lambda self, key: True)]


def an_empty_list_is_believed() -> Sequence[Swap]:
    right = Comparison.delete
    return [Swap(Comparison, "delete", lambda self, keys, *, sentinel: right(self, keys, sentinel=True))]


def what_shows_again_is_still_missed() -> Sequence[Swap]:
    """Two lists that do not show a record, with one between them that does."""
    return [
        Swap(Comparison, "returned", lambda self, keys: None),
        Swap(Deletions, "back", lambda self, seen: frozenset()),
    ]


def put_back_is_believed() -> Sequence[Swap]:
    """What a system shows after it was put back from a backup is taken for edits."""
    return [
        Swap(poll, "rewound", lambda hub, place: None),
        Swap(poll, "prove", lambda hub, place: None),
        Swap(meet, "fell", lambda hub, place, record, source: False),
        Swap(meet, "lower", lambda before, now: False),
    ]
