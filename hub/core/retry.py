"""How long to wait before the next try: of one record, and of a whole system.

| What happened                                   | The record                      | The system                  |
|-------------------------------------------------|---------------------------------|-----------------------------|
| it failed, or its answer was lost               | twice as long each time, full   | nothing                     |
|                                                 | jitter, then daily              |                             |
| it was refused as it is                         | daily                           | nothing                     |
| the system asked for a pause (429, Retry-After) | no try of it: due as it was     | left alone for so long      |
| it was not sent, the system failed just before  | no try of it: due as it was     | see the next row            |
| nothing of the system worked in a whole run     | as above                        | left alone from the fifth   |
|                                                 |                                 | time on, longer each time   |
"""

from datetime import timedelta

from hub.core.errors import HubError, Refused, TryLater

DAY = timedelta(days=1)
FIRST = timedelta(seconds=5)
#: Runs in a row in which a system failed as a whole, before it is left alone; for how long then, and at most.
PATIENCE = 5
BREAK, LONGEST = timedelta(minutes=1), timedelta(hours=1)
#: Of what was not sent because the system had just failed.
UNSENT = "system.stopped"


def wait(attempts: int, error: HubError, jitter: float) -> timedelta:
    """The pause of one record after the given number of failed tries; at most a day, so that all is tried daily.

    What was refused as it is waits a day. Everything else waits twice as long each time, with full jitter (`jitter`
    between 0 and 1) so that systems are not hit in step; from a day on only the last hour of it is left to chance.
    """
    if isinstance(error, Refused):
        return DAY
    longest = FIRST * (1 << min(attempts, 20))
    if longest >= DAY:
        return DAY * (23 + jitter) / 24
    return max(jitter, 0.1) * longest


def tried(error: HubError) -> bool:
    """Was it a try of this record? Not if it was not sent, or the system only asked for a pause."""
    return error.code != UNSENT and asked(error) is None


def asked(error: HubError) -> timedelta | None:
    """The pause that a system asked for, at most a day. None: it asked for none."""
    if not isinstance(error, TryLater) or error.after is None:
        return None
    return timedelta(seconds=min(DAY.total_seconds(), max(0.0, error.after)))


def leave(failures: int, jitter: float) -> timedelta | None:
    """How long a system is left alone that failed so many times in a row. None: it is tried at the next run."""
    if failures < PATIENCE:
        return None
    longest = min(LONGEST, BREAK * (1 << min(failures - PATIENCE, 20)))
    return longest * (1 + jitter) / 2


def whole(error: HubError) -> bool:
    """Does it speak of the system as a whole (unreachable, time-out, 5xx)? The hub's own database is none of them."""
    return isinstance(error, TryLater) and not error.code.startswith("store.")
