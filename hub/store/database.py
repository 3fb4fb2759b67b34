"""The database: connections, transactions, and where SQLite and PostgreSQL differ."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import sqlalchemy as sa

from hub.core.errors import ConfigError, TryLater
from hub.store import bulk, connect
from hub.store.bulk import Bulk, Row
from hub.store.lookup import Lookup, parameters


class Counts:
    """Statements and commits so far: tests hold them against the page, since counts do not depend on the machine."""

    __slots__ = ("commits", "statements")

    def __init__(self) -> None:
        self.statements = 0
        self.commits = 0


class Tx:
    """One open transaction."""

    __slots__ = ("connection", "counts", "lite")

    def __init__(self, connection: sa.Connection, counts: Counts, lite: bool) -> None:
        self.connection = connection
        self.counts = counts
        self.lite = lite

    def run(self, statement: sa.Executable, row: Mapping[str, Any] | None = None) -> "sa.CursorResult[Any]":
        self.counts.statements += 1
        return self.connection.execute(statement, row)

    def rows(self, statement: sa.Executable, row: Mapping[str, Any] | None = None) -> list[Any]:
        """All rows of a query, each a tuple with names."""
        return list(self.run(statement, row).all())

    def many(self, statement: Bulk, rows: Sequence[Row]) -> int:
        """One statement for all rows, none for none; how many rows of the table it was done to."""
        if not rows:
            return 0
        self.counts.statements += 1
        return statement.run(self.connection, rows, self.lite)

    def each(self, statement: Lookup, keys: Sequence[Any], **row: Any) -> list[tuple[Any, ...]]:
        """Plain rows for keys of any number; none for none."""
        return self._look(statement, keys, row) if keys else []

    def each_do(self, statement: Lookup, keys: Sequence[Any], **row: Any) -> None:
        """The same for a statement that changes something."""
        if keys:
            self._send(statement, keys, row)

    def do(self, statement: Lookup, **row: Any) -> None:
        """Change something, with a statement that asks for no keys."""
        self._send(statement, None, row)

    def look(self, statement: Lookup, **row: Any) -> list[tuple[Any, ...]]:
        """Plain rows of a statement that asks for no keys."""
        return self._look(statement, None, row)

    def _look(self, statement: Lookup, keys: Sequence[Any] | None, row: dict[str, Any]) -> list[tuple[Any, ...]]:
        # The driver's own tuples: a third less CPU than SQLAlchemy's rows, for every record of every page.
        result = self._send(statement, keys, row)
        assert result.cursor is not None
        rows = list(result.cursor.fetchall())
        result.close()
        return rows

    def _send(self, statement: Lookup, keys: Sequence[Any] | None, row: dict[str, Any]) -> "sa.CursorResult[Any]":
        self.counts.statements += 1
        sql = statement.lite if self.lite else statement.grown
        return self.connection.exec_driver_sql(sql, parameters(self.lite, keys, row))

    def insert(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows by column name, for what comes now and then. All name the same columns."""
        if rows:
            names = tuple(rows[0])
            self.many(bulk.insert(table, names), [tuple([row[name] for name in names]) for row in rows])


class Hold:
    """The right of one process to work on a database. On SQLite nothing can take it away."""

    def take(self) -> None:
        """When a run starts. TryLater `store.in-use`: another process has it by now."""

    def still(self) -> None:
        """In a run, before anything goes out. TryLater `store.lost`: it was taken away since the run started."""


class Store:
    """Where the hub keeps what it knows. Thread-safe; one transaction a thread."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.lite = self.url.get_backend_name() == "sqlite"
        if not self.lite and self.url.get_backend_name() != "postgresql":
            raise ConfigError(
                [f"store: expected sqlite:///FILE or postgresql://..., got {self.url.get_backend_name()}://"]
            )
        self.engine = connect.lite(self.url) if self.lite else connect.grown(self.url)
        self.readers = self.engine.execution_options(hub_reads=True)
        self.counts = Counts()
        #: See `hub.store.exclusive`.
        self.held = Hold()

    @contextmanager
    def transaction(self) -> Generator[Tx]:
        """A transaction that can write. Never open it around a call to a system."""
        with translated(), self.engine.begin() as connection:
            yield Tx(connection, self.counts, self.lite)
        self.counts.commits += 1

    @contextmanager
    def reading(self) -> Generator[Tx]:
        """A transaction that only reads."""
        with translated(), self.readers.connect() as connection:
            yield Tx(connection, self.counts, self.lite)

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def translated() -> Generator[None]:
    """A database that is away or busy, or records that another process changed, are a reason to come back later."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.IntegrityError) as error:
        if isinstance(error, sa.exc.IntegrityError) or getattr(error.orig, "sqlstate", None) in _RACES:
            said = f"the records were changed by another process meanwhile, and nothing was stored: {error.orig}"
            raise TryLater("store.changed", said) from error
        raise TryLater("store.unavailable", f"the hub's own database did not answer: {error.orig}") from error
    except sa.exc.TimeoutError as error:
        raise TryLater("store.unavailable", f"no connection to the hub's own database is free: {error}") from error


#: What PostgreSQL says to the one of two transactions that it rolls back: serialization failure, deadlock.
_RACES = ("40001", "40P01")


def encode(value: Any) -> bytes:
    """A document as it is stored."""
    return orjson.dumps(value)


def plain(text: str) -> str:
    """What any database takes: a message may quote a value that holds a zero byte or half a character."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def decode(data: bytes | str | None) -> Any:
    return None if data is None else orjson.loads(data)


def chunks(items: Iterable[Any], size: int) -> Iterable[list[Any]]:
    """Lists of at most `size` items."""
    part: list[Any] = []
    for item in items:
        part.append(item)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
