"""A database is emptied for the next world, and begins anew."""

from hub.core.model import Instance
from hub.store.catalog import register
from hub.store.clearing import clear
from hub.store.database import Store
from hub.store.migrate import current, prepare


def test_nothing_is_left_but_the_tables(store_url: str) -> None:
    store = Store(store_url)
    prepare(store)
    instance = Instance("test", "main", True, {}, {}, ())
    before, revision = register(store, instance), current(store)
    with store.transaction() as tx:
        clear(tx)
    assert current(store) == revision
    assert register(store, instance) == before
    store.close()
