"""The tables: made at once in an empty database, step by step in an older one, and the same either way."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import hub.store
from hub.core.errors import ConfigError, TryLater
from hub.store import schema
from hub.store.database import Store
from hub.store.migrate import HEAD, current, prepare, upgrade

VERSIONS = sorted((Path(hub.store.__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))


@pytest.fixture
def migrated(store_url: str) -> Any:
    """A database that has been through every migration."""
    store = Store(store_url)
    with store.transaction() as tx:
        upgrade(tx)
    yield store
    store.close()


def definitions(store: Store) -> list[tuple[str, str]]:
    """(name, definition) of every table, index and constraint, as the database itself writes it."""
    with store.reading() as tx:
        if store.lite:
            made = tx.rows(sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"))
            return [(name, normal(sql)) for name, sql in made if name != "alembic_version"]
        queries = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
            "SELECT table_name || '.' || column_name, concat_ws(' ', ordinal_position, data_type, is_nullable, "
            "column_default) FROM information_schema.columns WHERE table_schema = 'public'",
        )
        found = [tuple(row) for query in queries for row in tx.rows(sa.text(query))]
        return sorted(row for row in found if not row[0].startswith("alembic"))


def normal(sql: str) -> str:
    """Without blanks, and with the parts of a table in order: Alembic writes the primary key where it stands."""
    head, _, body = " ".join(sql.split()).partition("(")
    inner, _, tail = body.rpartition(")")
    parts, depth, part = list[str](), 0, ""
    for letter in inner + ",":
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    columns = [part for part in parts if not part.startswith("CONSTRAINT")]
    return " ".join([head, *columns, *sorted(set(parts) - set(columns)), tail.strip()])


def test_the_migrations_make_what_the_tables_say(migrated: Store, tmp_path: Path) -> None:
    with migrated.reading() as tx:
        assert (
            compare_metadata(MigrationContext.configure(tx.connection, opts={"compare_type": True}), schema.metadata)
            == []
        )


def test_migrated_or_made_at_once_is_the_same_down_to_partial_indexes(migrated: Store, store_url: str) -> None:
    stepwise = definitions(migrated)
    with migrated.transaction() as tx:
        schema.metadata.drop_all(tx.connection)
        tx.run(sa.text("DROP TABLE alembic_version"))
    prepare(migrated)
    assert stepwise == definitions(migrated)
    assert {"uq_link_golden", "uq_review_open", "ix_delivery_creating"} <= {name for name, _ in stepwise}
    assert all("WHERE" in sql for name, sql in stepwise if name in ("uq_link_golden", "uq_review_open"))


def test_every_migration_has_the_number_of_its_file_and_the_newest_is_the_one_the_hub_knows() -> None:
    names = [path.stem.partition("_")[0] for path in VERSIONS]
    assert names == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert names[-1] == HEAD
    for path, name, before in zip(VERSIONS, names, [None, *names], strict=False):
        text = path.read_text(encoding="utf-8")
        assert f'revision = "{name}"\ndown_revision = {before and repr(before).replace(chr(39), chr(34))}\n' in text


def test_an_empty_database_gets_the_tables(store_url: str) -> None:
    store = Store(store_url)
    assert current(store) is None
    prepare(store)
    assert current(store) == HEAD
    with store.reading() as tx:
        assert set(sa.inspect(tx.connection).get_table_names()) == {*schema.metadata.tables, "alembic_version"}
    store.close()


def test_a_current_database_is_left_as_it_is(store_url: str) -> None:
    store = Store(store_url)
    prepare(store)
    with store.transaction() as tx:
        tx.run(sa.text("INSERT INTO organization (name) VALUES ('kept')"))
    before = store.counts.commits
    prepare(store)
    assert store.counts.commits == before
    with store.reading() as tx:
        assert tx.run(sa.text("SELECT name FROM organization")).scalar() == "kept"
    store.close()


def test_a_database_that_alembic_only_looked_at_is_empty(store_url: str) -> None:
    store = Store(store_url)
    with store.transaction() as tx:
        tx.run(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    prepare(store)
    assert current(store) == HEAD
    store.close()


def test_an_older_database_is_upgraded(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As seen by a hub that knows one migration more."""
    store = Store(store_url)
    prepare(store)
    done: list[str] = []
    monkeypatch.setattr("hub.store.migrate.HEAD", "0002")
    monkeypatch.setattr("hub.store.migrate.upgrade", lambda tx: done.append("upgraded"))
    prepare(store)
    assert done == ["upgraded"]
    store.close()


@pytest.mark.parametrize(
    ("revision", "code", "words"),
    [
        ("9999", "store.newer", ["newer hub", "revision 9999", f"to {HEAD}", "upgrade this one"]),
        ("3f2a9c0d1e", "store.foreign", ["revision 3f2a9c0d1e", "database of its own"]),
        ("0000", "store.foreign", ["revision 0000", "database of its own"]),
    ],
)
def test_a_database_of_a_newer_hub_or_another_program_is_refused(
    store_url: str, revision: str, code: str, words: list[str]
) -> None:
    store = Store(store_url)
    prepare(store)
    with store.transaction() as tx:
        tx.run(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    before = definitions(store)
    with pytest.raises(ConfigError) as refused:
        prepare(store)
    assert refused.value.code == code
    assert all(word in refused.value.said for word in words)
    assert definitions(store) == before
    store.close()


def test_tables_of_another_program_are_not_touched(store_url: str) -> None:
    store = Store(store_url)
    with store.transaction() as tx:
        tx.run(sa.text("CREATE TABLE run (mine INTEGER)"))
    with pytest.raises(ConfigError, match=r"did not make \(run\)") as refused:
        prepare(store)
    assert refused.value.code == "store.foreign"
    with store.reading() as tx:
        assert sa.inspect(tx.connection).get_table_names() == ["run"]
    store.close()


def test_tables_of_another_program_beside_ours_do_not_matter(store_url: str) -> None:
    store = Store(store_url)
    with store.transaction() as tx:
        tx.run(sa.text("CREATE TABLE somebody_else (id INTEGER)"))
    prepare(store)
    assert current(store) == HEAD
    store.close()


def test_processes_that_start_at_once_make_the_tables_once(store_url: str) -> None:
    stores = [Store(store_url) for _ in range(4)]
    ready = threading.Barrier(len(stores))

    def start(store: Store) -> str | None:
        ready.wait(20)
        prepare(store)
        return current(store)

    with ThreadPoolExecutor(len(stores)) as pool:
        assert list(pool.map(start, stores, timeout=60)) == [HEAD] * len(stores)
    for store in stores:
        store.close()


def test_a_database_that_is_away_is_tried_later(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'hub.db'}", "postgresql://nobody@127.0.0.1:9/hub"):
        with pytest.raises(TryLater) as away:
            prepare(Store(url))
        assert away.value.code == "store.unavailable"
