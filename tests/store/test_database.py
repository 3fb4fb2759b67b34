"""Transactions: what others see meanwhile, what a race loses (nothing), what happens when the database is away."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from desk import Desk, ready
from support import postgres

from hub.core.errors import ConfigError, TryLater
from hub.store import records, schema
from hub.store.database import Store, Tx, chunks, decode, encode
from hub.store.exclusive import exclusive
from hub.store.rehearsal import Rehearsal

NAMES = sa.text("SELECT name FROM organization ORDER BY id")
ADD = sa.text("INSERT INTO organization (name) VALUES (:name)")


def names(store: Store) -> list[str]:
    with store.reading() as tx:
        return [row[0] for row in tx.rows(NAMES)]


def add_and_fail(tx: Tx) -> None:
    tx.run(ADD, {"name": "gone"})
    raise ZeroDivisionError


def test_a_transaction_is_all_or_nothing(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError):
        desk.write(add_and_fail)
    assert names(desk.store) == ["acme"]


def test_a_reader_is_not_blocked_by_a_writer_and_sees_what_was_there_before(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        tx.run(ADD, {"name": "new"})
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(names, desk.store).result(timeout=5) == ["acme"]
    assert names(desk.store) == ["acme", "new"]


def test_a_reader_sees_one_state_however_long_it_reads(desk: Desk) -> None:
    with desk.store.reading() as tx:
        assert [row[0] for row in tx.rows(NAMES)] == ["acme"]
        with ThreadPoolExecutor(1) as pool:
            pool.submit(desk.write, lambda tx: tx.run(ADD, {"name": "new"})).result(timeout=5)
        assert [row[0] for row in tx.rows(NAMES)] == ["acme"]


def test_eight_threads_that_count_up_one_record_lose_no_step(desk: Desk) -> None:
    """Read, think, write, eight at a time. Who comes too late is refused, stores nothing, and tries again."""
    desk.golden(1, n=0)
    start = threading.Barrier(8)

    def step() -> None:
        with desk.store.transaction() as tx:
            [known] = records.load(tx, desk.crm, [1]).values()
            doc = encode({"n": int(known.fields["n"] or 0) + 1})
            records.change_golden(tx, [records.golden_row(1, desk.entity, schema.LIVE, doc, b"{}", frozenset())])

    def count_up(times: int) -> list[str]:
        start.wait(20)
        refused: list[str] = []
        while times:
            try:
                step()
                times -= 1
            except TryLater as error:
                refused.append(error.code)
        return refused

    with ThreadPoolExecutor(8) as pool:
        refused = {code for codes in pool.map(count_up, [10] * 8, timeout=60) for code in codes}
    [known] = desk.read(records.load, desk.crm, [1]).values()
    assert known.fields == {"n": 80}
    assert refused <= (set() if desk.store.lite else {"store.changed"}), "on SQLite who writes waits his turn"


def test_statements_and_commits_are_counted(desk: Desk) -> None:
    counts = desk.store.counts
    before = counts.statements, counts.commits
    desk.golden(1, 2, 3)
    names(desk.store)
    assert (counts.statements - before[0], counts.commits - before[1]) == (2, 1)


def killed(tx: Tx, server: str) -> None:
    """Its connection is ended from outside."""
    [[mine]] = tx.rows(sa.text("SELECT pg_backend_pid()"))
    with psycopg.connect(server, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [mine])
    tx.run(NAMES)


def test_a_database_that_goes_away_is_a_reason_to_come_back_later(postgres_url: str) -> None:
    with postgres.database(postgres_url) as url:
        store = Store(url)
        desk = ready(store)
        with pytest.raises(TryLater) as away:
            desk.write(killed, postgres_url)
        assert away.value.code == "store.unavailable"
        assert names(store) == ["acme"]
        store.close()


def test_a_database_file_that_cannot_be_read_is_a_reason_to_come_back_later(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match="unable to open") as away:
        names(Store(f"sqlite:///{tmp_path / 'no' / 'folder' / 'hub.db'}"))
    assert away.value.code == "store.unavailable"


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"expected sqlite:///FILE or postgresql://..., got mysql://"):
        Store("mysql://root@localhost/hub")


class TestSqlite:
    """What every connection of the pool is told first."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(f"sqlite:///{tmp_path / 'hub.db'}")

    def test_on_every_connection_nothing_is_lost_in_a_power_cut_and_links_lead_somewhere(self, store: Store) -> None:
        wanted = {
            "foreign_keys": 1,
            "synchronous": 2,
            "journal_mode": "wal",
            "busy_timeout": 15_000,
            "cache_size": -8192,
        }
        open_ = [store.engine.raw_connection() for _ in range(12)]  # more than the pool keeps
        for connection in open_:
            cursor = connection.cursor()
            found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}  # type: ignore[func-returns-value]
            assert found == wanted
        for connection in open_:
            connection.close()

    def test_who_may_write_takes_the_lock_with_the_first_word(self, store: Store) -> None:
        ready(store)
        with store.transaction() as tx:
            tx.rows(NAMES)
            other = sqlite3.connect(str(store.url.database), timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()

    def test_a_database_in_memory_lives_as_long_as_its_store(self) -> None:
        store = Store("sqlite://")
        ready(store)
        assert names(store) == ["acme"]
        with store.reading() as tx:
            assert tx.run(sa.text("PRAGMA foreign_keys")).scalar() == 1


def test_on_postgresql_a_commit_is_on_disk_whatever_the_server_says(postgres_url: str) -> None:
    with postgres.database(postgres_url) as url:
        store = Store(url)
        with store.reading() as tx:
            assert tx.run(sa.text("SHOW synchronous_commit")).scalar() == "on"
        store.close()


def test_one_process_works_on_a_database_at_a_time(store_url: str) -> None:
    one, two = Store(store_url), Store(store_url)
    with exclusive(one), pytest.raises(TryLater) as refused, exclusive(two):
        pass
    assert refused.value.code == "store.in-use"
    with exclusive(two):
        pass
    one.close()
    two.close()


def test_a_rehearsal_leaves_nothing_behind(postgres_url: str) -> None:
    with postgres.database(postgres_url) as url:
        store = Store(url)
        ready(store)
        with Rehearsal(store) as rehearsal:
            with rehearsal.transaction() as tx:
                tx.run(ADD, {"name": "tried"})
            with pytest.raises(ZeroDivisionError), rehearsal.transaction() as tx:
                add_and_fail(tx)
            assert names(rehearsal) == ["acme", "tried"]
        assert names(store) == ["acme"]
        store.close()


def test_documents_come_back_as_they_were() -> None:
    value = {"name": "Ünï", "n": 1, "on": True, "none": None, "deep": [["crm", None]]}
    assert decode(encode(value)) == value
    assert decode(None) is None


@pytest.mark.parametrize(
    ("size", "parts"), [(2, [[1, 2], [3, 4], [5]]), (5, [[1, 2, 3, 4, 5]]), (9, [[1, 2, 3, 4, 5]])]
)
def test_chunks_hold_everything_once_in_order(size: int, parts: list[list[int]]) -> None:
    assert list(chunks(range(1, 6), size)) == parts
    assert list(chunks([], size)) == []
