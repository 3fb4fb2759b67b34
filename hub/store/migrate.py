"""Bring a database to this version's tables."""

from collections.abc import Generator
from contextlib import contextmanager
from importlib import resources

import sqlalchemy as sa

from hub.core.errors import ConfigError
from hub.store.database import Store, Tx, translated

#: The newest revision in `migrations/versions`; a test holds it against the files and the tables.
HEAD = "0001"
#: Any number that is the same for every hub, and not that of `hub.store.exclusive`.
_PG_LOCK = 0x68756273


def prepare(store: Store) -> None:
    """Make the tables in an empty database; upgrade an older one. Several processes may do so at once.

    ConfigError `store.newer`: the database is of a newer hub. ConfigError `store.foreign`: it is another program's.
    """
    if current(store) == HEAD:
        return
    with _alone(store), store.transaction() as tx:
        revision = _revision(tx)
        if revision is None:
            _create(tx)
        elif revision != HEAD:
            _upgrade(tx, revision)


def current(store: Store) -> str | None:
    """The revision a database is at. None: it has none."""
    with store.reading() as tx:
        return _revision(tx)


def upgrade(tx: Tx, to: str = HEAD) -> None:
    """Run the migrations; Alembic is loaded only here, it is not small."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    place = str(resources.files("hub.store") / "migrations")
    config.set_main_option("script_location", place.replace("%", "%%"))
    config.attributes["connection"] = tx.connection
    command.upgrade(config, to)


@contextmanager
def _alone(store: Store) -> Generator[None]:
    """One process at a time. On SQLite the transaction sees to that, with its first word."""
    if store.lite:
        yield
        return
    with translated(), store.engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _PG_LOCK})
        connection.commit()
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _PG_LOCK})


def _revision(tx: Tx) -> str | None:
    if not sa.inspect(tx.connection).has_table("alembic_version"):
        return None
    found = tx.run(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _create(tx: Tx) -> None:
    """All tables at once, as the migrations would make them."""
    from hub.store import schema  # loads both databases' dialects, which a command that only looks need not pay

    there = sorted(set(sa.inspect(tx.connection).get_table_names()) & schema.metadata.tables.keys())
    if there:
        said = f"store: the database has tables that this hub did not make ({', '.join(there)})"
        raise ConfigError([said + ": give the hub a database of its own"], "store.foreign")
    schema.metadata.create_all(tx.connection, checkfirst=False)
    tx.run(sa.text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    tx.run(sa.text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _upgrade(tx: Tx, revision: str) -> None:
    known = [f"{number:04}" for number in range(1, int(HEAD) + 1)]
    if revision in known:
        upgrade(tx)
        return
    said = f"store: the database is at revision {revision}, this hub knows {known[0]} to {HEAD}"
    if revision.isdigit() and revision > HEAD:
        raise ConfigError([said + ": it is of a newer hub; upgrade this one"], "store.newer")
    raise ConfigError([said + ": it is another program's; give the hub a database of its own"], "store.foreign")
