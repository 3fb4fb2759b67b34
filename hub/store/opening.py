"""Open a database: its folder is made, its tables are made or upgraded."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from hub.store.database import Store
from hub.store.migrate import prepare


@contextmanager
def opened_store(url: str) -> Generator[Store]:
    """A database, ready to use, until the block is left."""
    store = Store(url)
    if store.lite and store.url.database and store.url.database != ":memory:":
        Path(store.url.database).parent.mkdir(parents=True, exist_ok=True)
    prepare(store)
    try:
        yield store
    finally:
        store.close()
