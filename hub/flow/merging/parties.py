"""Who stands behind the two values of a clash, and when each was typed."""

from datetime import datetime, timedelta

from hub.core.clocks import ahead, apart
from hub.core.record import Record
from hub.flow.batch import Draft
from hub.flow.place import Hub, Place


class Stamps:
    """Who stands behind the two values of a clash (see hub.core.policy.Parties)."""

    def __init__(self, hub: Hub, place: Place, record: Record, draft: Draft) -> None:
        self.hub, self.place, self.record, self.draft = hub, place, record, draft

    def theirs_at(self) -> datetime | None:
        return self.place.adapter.when(self.record.stamp) if self.record.stamp else None

    def ours_at(self, field: str) -> datetime | None:
        system, at = self.draft.source(field)
        source = self.hub.places[self.place.entity.name].get(system or "")
        return source.adapter.when(at) if source and at else None

    def ours_from(self, field: str) -> str | None:
        return self.draft.source(field)[0]

    def doubt(self, field: str) -> timedelta | None:
        """A stamp that lies in the future is by another clock than the one that was measured: it tells nothing."""
        clocks, limits, now = self.hub.clocks, self.hub.instance.clocks, self.hub.machine.now()
        mine, other = self.place.binding.system, self.ours_from(field)
        if mine == other:
            return timedelta()
        one, two = clocks.get(mine), clocks.get(other or "")
        for at, skew in ((self.theirs_at(), one), (self.ours_at(field), two)):
            if at is None or skew is None or ahead(at, now, skew, limits):
                return None
        return apart(one, two, limits)
