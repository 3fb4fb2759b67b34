"""Bring a database to this version's tables."""

from importlib import resources

import sqlalchemy as sa

from hub.core.errors import ConfigError
from hub.store import schema
from hub.store.database import Store

#: The newest revision in `migrations/versions`; a test holds it against the files and the tables.
HEAD = "0001"


def prepare(store: Store) -> None:
    """Make the tables in an empty database; upgrade an older one; refuse one of a newer hub."""
    revision = current(store)
    if revision == HEAD:
        return
    if revision is None:
        _create(store)
        return
    if revision > HEAD:
        raise ConfigError(
            [f"store: the database is of a newer hub (revision {revision}, this hub knows {HEAD}): upgrade the hub"]
        )
    upgrade(store)


def current(store: Store) -> str | None:
    """The revision a database is at. None: it is empty."""
    with store.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _create(store: Store) -> None:
    with store.transaction() as tx:
        schema.metadata.create_all(tx.connection)
        tx.connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        tx.connection.execute(sa.text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def upgrade(store: Store, to: str = HEAD) -> None:
    """Run the migrations; Alembic is loaded only here, it is not small."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files("hub.store") / "migrations"))
    with store.transaction() as tx:
        config.attributes["connection"] = tx.connection
        command.upgrade(config, to)
