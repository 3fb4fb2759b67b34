"""A database is emptied for the next world, and begins anew."""

from typing import Any

import sqlalchemy as sa

from hub.core.model import Instance
from hub.store.catalog import register
from hub.store.clearing import clear
from hub.store.database import Store
from hub.store.migrate import current, prepare
from hub.store.schema import metadata


def rows(store: Store) -> dict[str, int]:
    """How many each table has."""
    with store.reading() as tx:
        return {
            name: tx.run(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def made_up(column: "sa.Column[Any]") -> object:
    """What fits. Each number is 1, so that a row refers to the first one of the other table."""
    return {int: 1, str: "x", bytes: b"{}"}[column.type.python_type]


def fill(store: Store) -> None:
    """One more row in every table; those that the database numbers are numbered by it."""
    with store.transaction() as tx:
        for table in metadata.sorted_tables:
            given = [column for column in table.columns if column is not table.autoincrement_column]
            tx.run(sa.insert(table).values({column.name: made_up(column) for column in given}))


def test_nothing_is_left_but_the_tables(store_url: str) -> None:
    store = Store(store_url)
    prepare(store)
    instance = Instance("test", "main", True, {}, {}, ())
    before, revision = register(store, instance), current(store)
    fill(store)
    assert min(rows(store).values()) > 0
    with store.transaction() as tx:
        clear(tx)
    assert rows(store) == dict.fromkeys(metadata.tables, 0)
    assert current(store) == revision
    assert register(store, instance) == before
    store.close()


def numbers(store: Store) -> dict[str, int]:
    """Of the rows in the tables that the database numbers, the highest."""
    numbered = [(table, table.autoincrement_column) for table in metadata.sorted_tables]
    with store.reading() as tx:
        return {
            table.name: tx.run(sa.select(sa.func.max(column)).select_from(table)).scalar_one()
            for table, column in numbered
            if column is not None
        }


def test_numbers_begin_anew(store_url: str) -> None:
    store = Store(store_url)
    prepare(store)
    for _ in range(2):
        fill(store)
        assert set(numbers(store).values()) == {1}
        with store.transaction() as tx:
            clear(tx)
    store.close()
