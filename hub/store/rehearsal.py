"""A database in which everything happens and nothing stays: one transaction, rolled back in the end (PostgreSQL)."""

from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType

from hub.store.database import Store, Tx, translated


class Rehearsal(Store):
    """Every transaction is a savepoint inside one that is never committed."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.url.render_as_string(hide_password=False))
        self._connection = self.engine.connect()
        self._outer = self._connection.begin()

    def __enter__(self) -> "Rehearsal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._outer.rollback()
        self._connection.close()
        self.close()

    @contextmanager
    def transaction(self) -> Generator[Tx]:
        with translated(), self._connection.begin_nested():
            yield Tx(self._connection, self.counts, self.lite)

    @contextmanager
    def reading(self) -> Generator[Tx]:
        with translated():
            yield Tx(self._connection, self.counts, self.lite)
