"""Systems and a store that can be watched and disturbed: who writes what, and a death, a lost answer or a person's
edit at any call and at any commit."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from support import databases

from adapters.memory import Memory
from hub.adapter import Failure, Write, Written
from hub.core.record import Raw
from hub.store.database import Store, Tx

#: (system, write, key, record before, record after); None: it was, or is, not there.
Watch = Callable[["Watched", Write, str, Raw | None, Raw | None], None]


class Died(BaseException):
    """The process is killed here: nothing in the hub may catch it."""


class Trouble:
    """Something that happens once, at the n-th time a call reaches a phase."""

    def __init__(self) -> None:
        self.disarm()

    def arm(self, where: str, call: str, phase: str, act: Callable[[], None], nth: int = 1) -> None:
        self.spot: tuple[str, str, str] | None = (where, call, phase)
        self.act, self.left = act, nth

    def disarm(self) -> None:
        self.spot, self.act, self.left = None, lambda: None, 0

    def at(self, where: str, call: str, phase: str) -> None:
        if self.spot == (where, call, phase):
            self.left -= 1
            if self.left == 0:
                act = self.act
                self.disarm()
                act()


class Watched(Memory):
    """A system in memory that tells of every write of the hub as it happens."""

    name: str
    watch: Watch
    #: Does the list of keys leave out this one, or all?
    unlisted: Callable[[str], bool] | None = None

    def keys(self, obj: str) -> Iterator[list[str]]:
        for page in super().keys(obj):
            yield [key for key in page if self.unlisted is None or not self.unlisted(key)]

    def _write(self, obj: str, write: Write) -> Written | Failure:
        rows = self._tables[obj].rows
        before = dict(rows)
        outcome = super()._write(obj, write)
        key = outcome.key if isinstance(outcome, Written) else ""
        changed = isinstance(outcome, Written) and before.get(key) is not rows.get(key)
        if changed:
            held = [row.get(key) for row in (before, rows)]
            self.watch(self, write, key, *(None if row is None else dict(row.fields) for row in held))
        return outcome


class Mortal(Store):
    """A store that can die before or after a commit."""

    trouble: Trouble | None = None

    @contextmanager
    def transaction(self) -> Generator[Tx]:
        with super().transaction() as tx:
            yield tx
            self.reached("before")
        self.reached("after")

    def reached(self, phase: str) -> None:
        if self.trouble is not None:
            self.trouble.at("hub", "commit", phase)


def empty_store() -> Mortal:
    """A database without a record, for the next world."""
    store = databases.empty(Mortal)
    store.trouble = None
    return store
