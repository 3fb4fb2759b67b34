"""How the clocks of systems stand to the hub's own: what `newest` may conclude from two stamps.

A stamp is written by its system's clock. Two stamps of different systems tell which edit came later only if they are
further apart than both clocks together may be off.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

#: Seconds. A clock that shows less than before by more than this was set back: servers behind one address differ a bit.
STEP = 5.0


class Told(NamedTuple):
    """What a system's clock showed, some moment ago."""

    at: datetime
    #: Seconds that the reading leaves out: 1 for a clock that shows whole seconds.
    grain: float = 0.0
    #: Seconds ago: when the question went out, and when the answer was there. It was read in between.
    asked: float = 0.0
    answered: float = 0.0


class Skew(NamedTuple):
    """How far a system's clock is ahead of the hub's, in seconds: between `low` and `high`."""

    low: float
    high: float
    #: The latest that its clock ever showed, in seconds since 1970.
    latest: float = 0.0

    @property
    def off(self) -> float:
        """At the most, either way."""
        return max(abs(self.low), abs(self.high))


class Clocks(NamedTuple):
    """When `newest` may go by stamps at all."""

    #: A clock that may be further off is not believed.
    most: timedelta = timedelta(minutes=1)
    #: On top of what the clocks may be off: stamps may be whole seconds.
    margin: timedelta = timedelta(seconds=1)


def measured(now: datetime, told: Told, before: Skew | None = None) -> Skew:
    """`now`: the hub's clock. `before`: what was measured earlier."""
    ours, theirs = now.timestamp(), told.at.timestamp()
    low, high = theirs - (ours - told.answered), theirs + told.grain - (ours - told.asked)
    return Skew(round(low, 3), round(high, 3), max(theirs, before.latest if before else theirs))


def set_back(now: datetime, skew: Skew) -> bool:
    """Does the clock show less than it did before? What is edited there now is stamped as if it were old."""
    return now.timestamp() + skew.high < skew.latest - STEP


def apart(one: Skew | None, other: Skew | None, clocks: Clocks) -> timedelta | None:
    """Stamps of two systems that are no further apart than this tell nothing. None: they never do."""
    if one is None or other is None or max(one.off, other.off) > clocks.most.total_seconds():
        return None
    return timedelta(seconds=one.off + other.off) + clocks.margin


def ahead(stamp: datetime, now: datetime, skew: Skew, clocks: Clocks) -> bool:
    """Does a stamp lie in the future? Then it is not by the clock that was measured."""
    return stamp > now.astimezone(UTC) + timedelta(seconds=skew.off) + clocks.margin
