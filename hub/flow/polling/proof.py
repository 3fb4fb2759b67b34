"""Is a system still the one that we know? A few records that were made or written last are looked at: one call.

| of these records, the latest first                                | then                                       |
|-------------------------------------------------------------------|--------------------------------------------|
| one has a lower version than we know, or an older stamp           | the system was put back                    |
| the two latest, or more, are not there                            | the system was put back                    |
| the latest one only, or others in between, are not there          | somebody deleted them: nothing to say here |

Not at every poll, since a poll at rest costs no more than itself: with each comparison of all keys, and when the system
is back after it was away.
"""

from hub.core.putback import lower, older, put_back
from hub.core.record import Record
from hub.flow.place import Hub, Place
from hub.store import audit, records
from hub.store.records import Known

#: Records that are looked at.
SAMPLE = 20


def prove(hub: Hub, place: Place) -> None:
    """Raises PutBack."""
    with hub.store.reading() as tx:
        latest = audit.latest(tx, place.id, SAMPLE)
        loaded = records.load(tx, place.id, latest)
    known = [loaded[golden_id] for golden_id in latest if loaded[golden_id].key is not None]
    if not known:
        return
    keys = [str(one.key) for one in known][: place.adapter.can.read_batch]
    there = {record.key: record for record in place.adapter.read(place.binding.object, keys)}
    missing = 0
    while missing < len(keys) and keys[missing] not in there:
        missing += 1
    if missing > 1:
        raise put_back(place.binding.system, place.entity.name, f"the {missing} records made or changed last are gone")
    for one in known[: len(keys)]:
        if one.key in there and fell(place, one, there[one.key]):
            raise put_back(place.binding.system, place.entity.name, f"{one.key} is older than it was")


def fell(place: Place, known: Known, record: Record) -> bool:
    """Is this record older than the hub knows it?"""
    if place.adapter.can.counted and lower(known.version, record.version):
        return True
    when = place.adapter.when
    stamps = [when(at) for system, at in known.sources() if system == place.binding.system and at]
    now = when(record.stamp) if record.stamp else None
    return any(older(at, now) for at in stamps)
