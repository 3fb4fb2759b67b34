"""What goes wrong, and where: at a call of a system or at a commit of the hub's store, once or at a numbered point."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NamedTuple

from hub.simulator import databases
from hub.store.database import Store, Tx


class Died(BaseException):
    """The process is killed here: nothing in the hub may catch it."""


class Spot(NamedTuple):
    """A suspension point: before or after a call is carried out, or a commit."""

    #: A system, or "hub".
    where: str
    call: str
    phase: str


class Trouble:
    """Something that happens once, at the n-th time a call reaches a spot; and a death at a numbered point."""

    def __init__(self) -> None:
        #: Points passed so far. Calls and commits, before and after each, are numbered from 1 in the order of time.
        self.passed = 0
        #: The point at which the process dies. 0: at none.
        self.die_at = 0
        #: Accidents that did happen.
        self.happened = 0
        #: Where the process died at its point.
        self.died_at: Spot | None = None
        self.disarm()

    def arm(self, where: str, call: str, phase: str, act: Callable[[], None], nth: int = 1) -> None:
        self.spot: Spot | None = Spot(where, call, phase)
        self.act, self.left = act, nth

    def disarm(self) -> None:
        self.spot, self.act, self.left = None, lambda: None, 0

    def at(self, where: str, call: str, phase: str) -> None:
        """The process has come to a spot."""
        self.passed += 1
        if self.passed == self.die_at:
            self.died_at = Spot(where, call, phase)
            self.happened += 1
            raise Died
        if self.spot == (where, call, phase):
            self.left -= 1
            if self.left == 0:
                act = self.act
                self.disarm()
                self.happened += 1
                act()


class Mortal(Store):
    """A store whose process can die before or after a commit."""

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
