"""The machine of a simulated hub: time passes when it is told to, ids count, nothing is random."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hub.flow.place import Machine, Spread


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, tzinfo=UTC)
        self._planned: list[tuple[datetime, Callable[[], None]]] = []

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        """Whatever is planned for this time happens on the way."""
        until = self.at + timedelta(seconds=seconds)
        while due := [item for item in self._planned if item[0] <= until]:
            first = min(due, key=lambda item: item[0])
            self._planned.remove(first)
            self.at = max(self.at, first[0])
            first[1]()
        self.at = until

    def plan(self, seconds: float, act: Callable[[], None]) -> None:
        """So many seconds from now this is to happen."""
        self._planned.append((self.at + timedelta(seconds=seconds), act))


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
