"""The database in which a world keeps its records: SQLite in memory, or the PostgreSQL that a test brings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa

from hub.store.database import Store
from hub.store.migrate import prepare
from hub.store.schema import metadata

S = TypeVar("S", bound=Store)
LITE = "sqlite://"
_url = LITE
#: Made once and emptied for each world: making the tables takes longer than a story.
_kept: dict[tuple[str, type[Store]], Store] = {}


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
    store = _kept.get((_url, kind))
    if not isinstance(store, kind):
        store = _kept[_url, kind] = kind(_url)
        prepare(store)
    with store.transaction() as tx:
        if store.lite:
            for table in reversed(metadata.sorted_tables):
                tx.connection.execute(table.delete())
        else:
            names = ", ".join(metadata.tables)
            tx.connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
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
