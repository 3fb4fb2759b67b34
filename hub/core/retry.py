"""How long to wait before the next try."""

from datetime import timedelta

from hub.core.errors import HubError, Refused, TryLater

DAY = timedelta(days=1)
FIRST = timedelta(seconds=5)


def wait(attempts: int, error: HubError, jitter: float) -> timedelta:
    """The pause after the given number of failed tries; at most a day, so that all is tried at least daily.

    A system that says when to come back is obeyed. What it refused as it is waits a day. Everything else waits
    twice as long each time, with full jitter (`jitter` between 0 and 1) so that systems are not hit in step.
    """
    if isinstance(error, Refused):
        return DAY
    if isinstance(error, TryLater) and error.after is not None:
        return timedelta(seconds=min(DAY.total_seconds(), max(0.0, error.after)))
    longest = min(DAY, FIRST * (1 << min(attempts, 20)))
    return max(jitter, 0.1) * longest
