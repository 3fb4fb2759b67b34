"""Find deletions by comparing all keys: for systems that do not tell, and as a check on those that do.

| in the list of keys          | before                  | then                                                        |
|------------------------------|-------------------------|-------------------------------------------------------------|
| it is there                  | missed                  | it is missed no more; back from outside the filter: read    |
| it is not, `read` finds it   | anything                | it left the filter: linked, not synced until it is back     |
| it is not                    | not missed              | sighted: noted with the time                                |
| it is not                    | sighted, long enough    | a deletion, if the list shows another known record          |
| it is not                    | sighted, not so long    | nothing                                                     |
| it is not                    | held or accepted        | nothing: a person is asked, or has answered                 |
"""

from collections.abc import Iterable, Sequence

from hub.flow.merging.merge import merge_page
from hub.flow.place import Hub, Place, stamp
from hub.flow.seen import Seen, Tally
from hub.store import links
from hub.store.absences import MISSING, OUTSIDE, SIGHTED, Absence
from hub.store.database import chunks

PAGE = 1000


def reconcile(hub: Hub, place: Place) -> Tally:
    """Linked records that two lists in a row do not show are taken as deleted, as far as the guard lets them."""
    there = {key for page in place.adapter.keys(place.binding.object) for key in page}
    return Comparison(hub, place).compare(there)


class Comparison:
    """One comparison of what is linked with what a system lists."""

    def __init__(self, hub: Hub, place: Place) -> None:
        self.hub, self.place = hub, place
        self.now = hub.now()
        with hub.store.reading() as tx:
            self.missed = dict(hub.guard.absent(tx, place.id))

    def compare(self, there: set[str]) -> Tally:
        known, absent = 0, list[str]()
        for keys in links.live_pages(self.hub.store, self.place.id, PAGE):
            known += len(keys)
            absent += [key for key in keys if key not in there]
        self.returned([key for key in self.missed if key in there])
        outside = self.outside(absent)
        gone = [key for key in absent if key not in outside]
        confirmed = [key for key in gone if self.long_enough(key)]
        with self.hub.store.transaction() as tx:
            fresh = [Absence(key, SIGHTED, MISSING, self.now) for key in gone if self.unheard(key)]
            fresh += [Absence(key, OUTSIDE, MISSING, self.now) for key in outside if not self.is_(key, OUTSIDE)]
            self.hub.guard.miss(tx, self.place.id, fresh)
        return self.delete(confirmed, sentinel=len(absent) < known)

    def is_(self, key: str, state: str) -> bool:
        return key in self.missed and self.missed[key].state == state

    def unheard(self, key: str) -> bool:
        return key not in self.missed or self.is_(key, OUTSIDE)

    def long_enough(self, key: str) -> bool:
        """Did an earlier list not show it either?"""
        oldest = stamp(self.hub.machine.now() - self.place.binding.deletes.confirm_after)
        return self.is_(key, SIGHTED) and self.missed[key].since <= oldest

    # -- records that are there ---------------------------------------------------------------------

    def returned(self, keys: Sequence[str]) -> None:
        """The list shows them again. What happened to them outside the filter is read now."""
        back = [key for key in keys if self.is_(key, OUTSIDE)]
        for part in chunks(back, self.place.adapter.can.read_batch):
            with self.hub.store.transaction() as tx:
                links.revisit(tx, self.place.id, part)
            merge_page(self.hub, self.place, Seen(self.place.adapter.read(self.place.binding.object, part)))
        with self.hub.store.transaction() as tx:
            self.hub.guard.found(tx, self.place.id, list(keys))

    def outside(self, absent: Iterable[str]) -> set[str]:
        """Records that the filter hides: `read` finds them all the same."""
        if self.place.binding.filter is None:
            return set()
        found = set[str]()
        for part in chunks(absent, self.place.adapter.can.read_batch):
            found |= {record.key for record in self.place.adapter.read(self.place.binding.object, part)}
        return found

    # -- records that are not -----------------------------------------------------------------------

    def delete(self, keys: Sequence[str], *, sentinel: bool) -> Tally:
        """Take the deletions; all are held where there are too many, or the list shows no record that we know."""
        total = Tally()
        if not keys:
            return total
        guard, place = self.hub.guard, self.place
        with self.hub.store.transaction() as tx:
            believed = sentinel and (not place.followed or guard.takes(tx, place.id, place.binding.deletes, len(keys)))
            if not believed:
                total.held = len(keys)
                guard.strange |= set() if sentinel else {place.id}
                guard.hold(tx, place.id, list(keys), MISSING, self.now)
        for part in chunks(keys if believed else (), PAGE):
            total.add(merge_page(self.hub, place, Seen((), part, way=MISSING, passed="guard")))
        return total
