"""The server's dates: wall clock without a zone, in whole seconds; and how far a poll must look back.

A mark is the newest date seen. A poll looks back behind it, because a write becomes visible some time after it
was stamped, and because the wall clock runs through one hour twice when summer time ends. Once that time is over
on the server's own clock, a mark is settled: the next poll starts behind it, so a poll of a CRM at rest reads
nothing, however many records were changed in the second of the mark.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

_PLAIN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d*)?")
_SECOND = timedelta(seconds=1)
#: Before any date that Sage CRM can hold.
LONG_AGO = "1900-01-01T00:00:00"


class Mark(NamedTuple):
    """How far we have seen."""

    #: The newest date seen, in the server's wall clock.
    stamp: str
    #: When the server first showed it, in UTC by its own clock. Empty: it does not say.
    seen: str = ""
    settled: bool = False


class Stamps:
    """`overlap`: how long after its stamp a write may become visible."""

    def __init__(self, zone: ZoneInfo, overlap: timedelta) -> None:
        self._zone, self._overlap = zone, overlap

    def when(self, stamp: str) -> datetime | None:
        """The instant of a stamp; of a time that the clock showed twice, the first. None: not a date."""
        try:
            moment = datetime.fromisoformat(stamp.strip())
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone)

    def plain(self, stamp: str) -> str | None:
        """A stamp as conditions write it, whole seconds of the server's wall clock. None: not a date."""
        if _PLAIN.fullmatch(stamp):
            return stamp[:19]
        moment = self.when(stamp)
        return self._wall(moment) if moment else None

    def start(self, mark: Mark) -> str:
        """Where the next poll begins, inclusive."""
        moment = datetime.fromisoformat(mark.stamp)
        return (moment + _SECOND if mark.settled else moment - self._slack(mark.stamp)).isoformat()

    def token(self, mark: Mark) -> str:
        """Where the next look for deletes begins; whether the server counts that second itself is not known."""
        return mark.stamp if mark.settled else self.start(mark)

    def next_second(self, stamp: str) -> str:
        return (datetime.fromisoformat(stamp) + _SECOND).isoformat()

    def advance(self, mark: Mark, stamps: Iterable[str], before: datetime | None, now: datetime | None) -> Mark:
        """The mark after an answer that held `stamps`, all there are from `start` on.

        `before`, `now`: the server's clock before the request and at its answer.
        """
        newest = self._newest(stamps, now)
        if newest > mark.stamp or not mark.seen:
            return Mark(max(newest, mark.stamp), now.astimezone(UTC).isoformat() if now else "")
        seen = datetime.fromisoformat(mark.seen)
        settled = before is not None and before - seen >= self._slack(mark.stamp)
        return mark._replace(settled=mark.settled or settled)

    def _newest(self, stamps: Iterable[str], now: datetime | None) -> str:
        """A record dated in the future must not move the mark: what changes until then would be skipped."""
        known = {self.plain(stamp) or "" for stamp in set(stamps)}
        horizon = self._wall(now + self._overlap) if now else "9999"
        return max((stamp for stamp in known if stamp <= horizon), default="")

    def _slack(self, stamp: str) -> timedelta:
        """The overlap, and the length of the repeated hour while the clock is in it."""
        moment = datetime.fromisoformat(stamp).replace(tzinfo=self._zone)
        first, second = moment.utcoffset(), moment.replace(fold=1).utcoffset()
        repeated = first - second if first is not None and second is not None else timedelta()
        return self._overlap + max(repeated, timedelta())

    def _wall(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).replace(tzinfo=None).isoformat(timespec="seconds")
