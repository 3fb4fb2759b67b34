"""Many rows in one statement: what goes in comes out, on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa
from desk import NOW, Desk, count, link
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.store import bulk, links, schema
from hub.store.bulk import Bulk

#: A value of every kind for a column of this type, and the edges of it.
VALUES: dict[type, list[Any]] = {
    sa.Text: ["", "a", "ä€𝄞", 'it\'s "%(x)s" {y} :z \\ ?', "line\nline", "NULL"],
    sa.Integer: [0, -1, 2**31 - 1],
    sa.BigInteger: [0, 1, 2**31, 2**63 - 1],
    sa.SmallInteger: [0, 1, 2],
    sa.LargeBinary: [b"", b"\x00\xff", b'{"a":"\xc3\xa4"}', bytes(range(256)) * 40],
}


def rows(table: sa.Table) -> list[dict[str, Any]]:
    """Rows that between them hold every value; the primary key tells them apart."""
    made = []
    for number in range(6):
        row: dict[str, Any] = {}
        for column in table.columns:
            values = VALUES[type(column.type)]
            empty = [None] if column.nullable and not column.primary_key else []
            row[column.name] = (values + empty)[number % len(values + empty)]
        keys = [column for column in table.primary_key if not isinstance(column.type, sa.Text)]
        row[keys[-1].name] = number + 1
        made.append(row)
    return made


FREE = [schema.match_key, schema.delivery, schema.audit]


@pytest.mark.parametrize("table", FREE, ids=[table.name for table in FREE])
def test_every_kind_of_value_comes_back_as_it_was(desk: Desk, table: sa.Table) -> None:
    given_ = rows(table)
    desk.write(lambda tx: tx.insert(table, given_))
    found = desk.read(lambda tx: [dict(row._mapping) for row in tx.run(table.select())])
    by_key = [column.name for column in table.primary_key]
    assert sorted(found, key=lambda row: str([row[key] for key in by_key])) == sorted(
        given_, key=lambda row: str([row[key] for key in by_key])
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
        min_size=1,
        max_size=20,
        unique=True,
    )
)
def test_any_texts_are_found_again(desk: Desk, keys: list[str]) -> None:
    desk.write(lambda tx: (tx.run(schema.link.delete()), tx.run(schema.golden.delete())))
    desk.golden(*range(1, len(keys) + 1))
    desk.write(links.save, [link(desk.crm, key, number) for number, key in enumerate(keys, start=1)])
    found = desk.read(links.lookup, desk.crm, keys)
    assert {key: row.golden_id for key, row in found.items()} == {key: n for n, key in enumerate(keys, start=1)}


def test_an_upsert_overwrites_the_row_of_the_same_key_and_no_other(desk: Desk) -> None:
    desk.golden(1, 2)
    save = bulk.upsert(schema.link, ("binding_id", "key", "golden_id", "state", "doc", "asked"))
    desk.write(lambda tx: tx.many(save, [(desk.crm, "a", 1, 1, b"1", b"x"), (desk.crm, "b", 2, 1, b"1", b"x")]))
    desk.write(lambda tx: tx.many(save, [(desk.crm, "a", 1, 1, b"2", None)]))
    columns = schema.link.c["key", "doc", "asked"]
    found = desk.read(lambda tx: tx.rows(sa.select(columns).order_by(columns.key)))
    assert [tuple(row) for row in found] == [("a", b"2", None), ("b", b"1", b"x")]


def test_columns_that_are_not_named_get_their_defaults(desk: Desk) -> None:
    desk.write(lambda tx: tx.insert(schema.organization, [{"name": "one"}, {"name": "two"}]))
    found = desk.read(lambda tx: tx.rows(schema.organization.select().order_by(schema.organization.c.id)))
    assert [tuple(row) for row in found] == [(1, "acme"), (2, "one"), (3, "two")]


def test_no_rows_are_no_statement(desk: Desk) -> None:
    before = desk.store.counts.statements
    desk.write(lambda tx: (tx.insert(schema.audit, []), tx.many(links._VERSION, [])))
    assert desk.store.counts.statements == before


def test_a_page_is_one_statement_whatever_its_size(desk: Desk) -> None:
    row = {"at": NOW, "run_id": 1, "golden_id": 1, "binding_id": 1, "action": "took", "who": "hub", "detail": None}
    before = desk.store.counts.statements
    desk.write(lambda tx: tx.insert(schema.audit, [row] * 5000))
    assert desk.store.counts.statements - before == 1
    assert desk.read(count, schema.audit) == 5000


def test_the_text_is_made_once_for_a_table_and_its_columns() -> None:
    names = tuple(column.name for column in schema.link.columns)
    assert bulk.upsert(schema.link, names) is bulk.upsert(schema.link, names)


def test_what_the_two_databases_write_differently_is_said_once() -> None:
    both = Bulk("UPDATE t SET a = {a} {from_} WHERE t.k = {k}", k="text", a="integer")
    assert both.lite == "UPDATE t SET a = ?2  WHERE t.k = ?1"
    source = "FROM unnest(%(k)b::text[], %(a)b::integer[]) AS r(k, a)"
    assert both.grown == f"UPDATE t SET a = r.a {source} WHERE t.k = r.k"
