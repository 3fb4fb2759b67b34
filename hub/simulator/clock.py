"""The machine of a simulated hub: time passes when it is told to, ids count, nothing is random."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hub.flow.place import Machine, Spread


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, tzinfo=UTC)
        #: Called whenever it moves.
        self.moved: Callable[[], None] = lambda: None

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.moved()


class Counter:
    """Ids one after the other."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self, count: int) -> list[int]:
        self.last += count
        return list(range(self.last - count + 1, self.last + 1))


def machine(
    clock: Clock,
    ids: Counter,
    sleep: Callable[[float], None],
    jitter: Callable[[], float],
    spread: Spread,
) -> Machine:
    """A machine on which nothing happens by itself."""
    return Machine(clock, ids, jitter, sleep, spread)
