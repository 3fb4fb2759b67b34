"""An empty desk for each test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from desk import Desk, ready
from support import postgres

from hub.store import schema
from hub.store.database import Store
from hub.store.migrate import prepare


@pytest.fixture(scope="session")
def emptied_url(postgres_url: str) -> Iterator[str]:
    """One PostgreSQL database for all desks: emptying it takes a tenth of making it."""
    with postgres.database(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    lite = request.param == "sqlite"
    store = Store(f"sqlite:///{tmp_path / 'hub.db'}" if lite else request.getfixturevalue("emptied_url"))
    prepare(store)
    if not lite:
        with store.transaction() as tx:
            tx.run(sa.text(f"TRUNCATE {', '.join(schema.metadata.tables)} RESTART IDENTITY"))
    yield ready(store)
    store.close()
