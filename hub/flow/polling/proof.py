"""Is a system still the one that we know? A few records that were made or written last are looked at: one call.

| of these records, the latest first                                | then                                       |
|-------------------------------------------------------------------|--------------------------------------------|
| one has a lower version than we know, or an older stamp           | the system was put back                    |
| of those that the hub made there, the three latest are not there  | the system was put back                    |
| the ten latest, whoever made them, are not there                  | the system was put back                    |
| some others are not there                                         | somebody deleted them: nothing to say here |

Not at every poll, since a poll at rest costs no more than itself: with each comparison of all keys, and when the system
is back after it was away.
"""

from collections.abc import Collection, Sequence
from itertools import takewhile

from hub.core.putback import lower, put_back
from hub.core.record import Record
from hub.flow.merging.putback import is_older, stamp_fell
from hub.flow.place import Hub, Place
from hub.flow.skews import late
from hub.store import audit, records
from hub.store.records import Known

#: Records that are looked at.
SAMPLE = 20
#: People delete what they made a moment ago, but hardly what the hub did: so many of each in a row tell it.
OURS, ANYBODYS = 3, 10


def prove(hub: Hub, place: Place) -> None:
    """Raises PutBack."""
    with hub.store.reading() as tx:
        latest = audit.latest(tx, place.id, SAMPLE)
        loaded = records.load(tx, place.id, [one.golden_id for one in latest])
    known = [loaded[one.golden_id] for one in latest if loaded[one.golden_id].key is not None]
    known = known[: place.adapter.can.read_batch]
    if not known:
        return
    there = {record.key: record for record in place.adapter.read(place.binding.object, [str(k.key) for k in known])}
    ours = {one.golden_id for one in latest if one.ours}
    lost, lost_ours = gone(known, there), gone([one for one in known if one.golden_id in ours], there)
    if lost >= ANYBODYS or lost_ours >= OURS:
        said = f"the {max(lost, lost_ours)} records made or changed last are gone"
        raise put_back(place.binding.system, place.entity.name, said)
    for one in known:
        if one.key in there and is_older_there(place, one, there[one.key]):
            raise is_older(place, str(one.key))


def gone(known: Sequence[Known], there: Collection[str]) -> int:
    """How many are not there, from the latest to the first that is."""
    return sum(1 for _ in takewhile(lambda one: one.key not in there, known))


def is_older_there(place: Place, known: Known, record: Record) -> bool:
    """Is this record older than the hub knows it?"""
    if place.adapter.can.counted and lower(known.version, record.version):
        return True
    return any(stamp_fell(place, record, source) for source in known.sources())


def rewound(hub: Hub, place: Place) -> None:
    """The feed of changes ends before the place that the hub has come to. Raises PutBack; not where only the system's
    clock was set back."""
    if late(hub, place) is None:
        raise put_back(place.binding.system, place.entity.name, "what changed last is not there any more")
