"""How fast we may call one system: a token bucket and the pauses the system asks for, shared by all threads."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hub.core.errors import TryLater

#: The longest pause a system can ask us to make, in seconds.
LONGEST_PAUSE = 3600.0


class Throttle:
    """At most `rate` calls a second (None: no limit), `burst` of them at once; none inside a pause. Thread-safe."""

    def __init__(
        self,
        rate: float | None,
        burst: int = 1,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1.0 / rate if rate else 0.0
        self._slack = self._interval * (burst - 1)
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._due = self._paused_until = clock()

    def wait(self, longest: float) -> None:
        """Return when this call may go out. Raises TryLater, using up nothing, if that takes over `longest` seconds."""
        with self._lock:
            now = self._clock()
            if self._paused_until > now:
                left = self._paused_until - now
                raise TryLater("system.busy", f"the system asked for a pause, {left:.0f} s are left", after=left)
            delay = max(0.0, self._due - self._slack - now)
            if delay > longest:
                raise TryLater("system.throttled", f"the next free call is {delay:.0f} s away", after=delay)
            self._due = max(now, self._due) + self._interval
        if delay:
            self._sleep(delay)

    def pause(self, seconds: float) -> None:
        """No call goes out for this long."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds asked for by a Retry-After header (RFC 9110 10.2.3: seconds or a date), within 0..3600.

    None: no header, or nonsense ("soon", "-5").
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_PAUSE)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(0.0, (at - (now or datetime.now(UTC))).total_seconds()), LONGEST_PAUSE)
