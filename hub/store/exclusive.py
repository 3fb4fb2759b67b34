"""One process works on a database at a time. The lock dies with its holder, so a killed hub blocks nobody."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.core.errors import TryLater
from hub.store.database import Hold, Store, translated

#: Any number that is the same for every hub: "hub" in ASCII.
_PG_LOCK = 0x687562
_TAKE = sa.text("SELECT pg_try_advisory_lock(:key)")
_LIVES = sa.text("SELECT true")


@contextmanager
def exclusive(store: Store) -> Generator[None]:
    """Hold the lock. TryLater `store.in-use`: another process has it."""
    if store.lite:
        database = store.url.database
        with _file(Path(database + ".lock")) if database and database != ":memory:" else _nothing():
            yield
    else:
        with _session(store):
            yield


@contextmanager
def _nothing() -> Generator[None]:
    yield


@contextmanager
def _file(path: Path) -> Generator[None]:
    with path.open("a+") as file:
        _lock(file.fileno(), path)
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(number: int, path: Path) -> None:
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise _in_use(str(path)) from error
else:
    import fcntl

    def _lock(number: int, path: Path) -> None:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _in_use(str(path)) from error


@contextmanager
def _session(store: Store) -> Generator[None]:
    """PostgreSQL: a lock of a session, gone when its connection is."""
    session = Session(store)
    session.take()
    store.held = session
    try:
        yield
    finally:
        store.held = Hold()
        session.end()


class Session(Hold):
    """A lock that the database can take away: it was restarted, or cut the connection that nobody used."""

    def __init__(self, store: Store) -> None:
        self.database = store.url.database or ""
        self.engine = sa.create_engine(store.engine.url, poolclass=sa.NullPool)
        self.connection: sa.Connection | None = None

    def take(self) -> None:
        if self.lives():
            return
        self.end()
        with translated():
            self.connection = self.engine.connect()
            got = self.ask(_TAKE, key=_PG_LOCK)
        if not got:
            self.end()
            raise _in_use(self.database)

    def still(self) -> None:
        if not self.lives():
            said = f"the connection that held {self.database} is lost: another hub process may be at work by now"
            raise TryLater("store.lost", said)

    def lives(self) -> bool:
        if self.connection is None:
            return False
        try:
            return bool(self.ask(_LIVES))
        except sa.exc.DBAPIError:
            self.end()
            return False

    def ask(self, statement: sa.TextClause, **row: Any) -> Any:
        assert self.connection is not None
        found = self.connection.execute(statement, row).scalar()
        self.connection.commit()
        return found

    def end(self) -> None:
        """Let go; of a connection that is lost already too."""
        if self.connection is not None:
            self.connection.invalidate()
            self.connection.close()
        self.connection = None


def _in_use(place: str) -> TryLater:
    return TryLater("store.in-use", f"another hub process is at work on {place}: wait for it, or stop it")
