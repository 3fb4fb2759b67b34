"""One process works on a database at a time. The lock dies with its holder, so a killed hub blocks nobody."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from hub.core.errors import TryLater
from hub.store.database import Store, translated

#: Any number that is the same for every hub: "hub" in ASCII.
_PG_LOCK = 0x687562


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
    """PostgreSQL: a lock of the session, gone when the connection is: it does not go back to the pool."""
    with translated(), store.engine.connect() as connection:
        connection.detach()
        got = connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _PG_LOCK}).scalar()
        connection.commit()
        if not got:
            raise _in_use(store.url.database or "")
        yield


def _in_use(place: str) -> TryLater:
    return TryLater("store.in-use", f"another hub process is at work on {place}: wait for it, or stop it")
