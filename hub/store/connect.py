"""How the hub connects to its database, and what every connection is told first."""

import sqlite3
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

#: Bytes of rows cached per SQLite connection: memory stays flat from ten thousand records to a million.
CACHE = 8 << 20
#: Seconds to wait for another process that is writing.
BUSY = 15
_ALWAYS = ("foreign_keys=ON", f"busy_timeout={BUSY * 1000}", f"cache_size=-{CACHE >> 10}", "temp_store=MEMORY")


def lite(url: sa.URL) -> sa.Engine:
    """SQLite. Readers go on while one writes; a transaction that may write takes the lock with its first word."""
    memory = url.database in (None, "", ":memory:")
    engine = sa.create_engine(url, poolclass=StaticPool) if memory else sa.create_engine(url, pool_size=8)
    sa.event.listen(engine, "connect", _in_memory if memory else _in_a_file)
    sa.event.listen(engine, "begin", _begin)
    return engine


def grown(url: sa.URL) -> sa.Engine:
    """PostgreSQL. Repeatable read: of two transactions that change one record, the second is refused and loses no edit.
    Nothing is prepared: a plan made for a small table would be kept while the table grows."""
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=8,
        isolation_level="REPEATABLE READ",
        connect_args={"prepare_threshold": None},
    )
    sa.event.listen(engine, "connect", _told_first)
    return engine


def _in_memory(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # SQLAlchemy says BEGIN, not the driver: otherwise a SELECT takes no lock
    for pragma in _ALWAYS:
        raw.execute(f"PRAGMA {pragma}")


def _in_a_file(raw: Any, record: Any) -> None:
    """FULL: an intent must survive a power cut before the call that it announces."""
    _in_memory(raw, record)
    _write_ahead(raw)
    raw.execute("PRAGMA synchronous=FULL")


def _write_ahead(raw: Any) -> None:
    """SQLite itself does not wait here: of several processes that open a new database, all but one are told off."""
    until = time.monotonic() + BUSY
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _begin(connection: sa.Connection) -> None:
    """Said by the driver itself: every transaction begins here, and SQLAlchemy itself takes longer to say BEGIN."""
    said = "BEGIN" if connection.get_execution_options().get("hub_reads") else "BEGIN IMMEDIATE"
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        raw.execute(said)
    except sqlite3.OperationalError as error:
        raise sa.exc.OperationalError(said, None, error) from error


def _told_first(raw: Any, _record: Any) -> None:
    """An intent must survive a power cut before the call that it announces, whatever the server's default is.

    And the hub finds by key and reads along an index, whatever the planner thinks of a table: while a first load fills
    it there are no statistics, and a plan that walks it takes longer with every page."""
    raw.execute("SET synchronous_commit = on")
    for other_way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "material"):
        raw.execute(f"SET enable_{other_way} = off")
    raw.commit()
