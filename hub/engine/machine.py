"""The real machine: clock, ids, randomness, threads."""

import random
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from hub.flow.place import A, B, Machine, Spread


class Threads(Spread):
    """Calls side by side, results in order."""

    def __call__(self, call: Callable[[A], B], items: Iterable[A], width: int) -> list[B]:
        todo = list(items)
        if width < 2 or len(todo) < 2:
            return [call(item) for item in todo]
        with ThreadPoolExecutor(min(width, len(todo))) as pool:
            return list(pool.map(call, todo))


class Ids:
    """Golden ids: 41 bits of milliseconds since 2020, 22 bits that count on from a random start. They sort by time."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self, count: int) -> list[int]:
        with self._lock:
            fresh = int((self._now() - 1_577_836_800) * 1000) << 22 | random.getrandbits(12)
            first = max(fresh, self._last + 1)
            self._last = first + count - 1
        return list(range(first, first + count))


def real() -> Machine:
    """The machine the hub runs on in service."""
    return Machine(now=lambda: datetime.now(UTC), ids=Ids(), jitter=random.random, sleep=time.sleep, spread=Threads())
