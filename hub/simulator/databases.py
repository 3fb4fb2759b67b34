"""The database in which worlds keep their records: SQLite in memory, or a PostgreSQL that somebody brings."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from hub.store.clearing import clear
from hub.store.database import Store
from hub.store.migrate import prepare

S = TypeVar("S", bound=Store)
LITE = "sqlite://"
_url = LITE
#: Made once and emptied for each world: making the tables takes longer than a story. A process does not go on with the
#: stores of its parent.
_kept: dict[tuple[str, type[Store], int], Store] = {}


@contextmanager
def kept_in(url: str) -> Iterator[None]:
    """Worlds that are made in this block keep their records there. One at a time: the next one empties it."""
    global _url
    before, _url = _url, url
    try:
        yield
    finally:
        _url = before


def empty(kind: type[S]) -> S:
    """A store without a record; one and the same each time."""
    place = _url, kind, os.getpid()
    store = _kept.get(place)
    if not isinstance(store, kind):
        store = _kept[place] = kind(_url)
        prepare(store)
    with Store.transaction(store) as tx:  # whatever the last world did to its transactions
        clear(tx)
    return store


def fresh() -> Store:
    """A store of its own in memory; on PostgreSQL the one database, emptied."""
    if _url != LITE:
        return empty(Store)
    store = Store(LITE)
    prepare(store)
    return store


def forget(url: str) -> None:
    """Close what is kept there."""
    for place in [place for place in _kept if place[0] == url]:
        _kept.pop(place).close()
