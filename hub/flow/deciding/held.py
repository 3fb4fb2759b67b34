"""Deletions that wait for a person: what they are, and the word that accepts them or puts the records back."""

from typing import Literal, NamedTuple

from hub.flow.batch import Batch
from hub.flow.merging import reviving
from hub.flow.merging.deletes import Deletions
from hub.flow.place import Hub, Place
from hub.flow.seen import Tally
from hub.store import absences, deliveries, records
from hub.store.absences import HELD

PAGE = 1000


class Waiting(NamedTuple):
    """Deletions of one entity in one system that wait for a person."""

    entity: str
    system: str
    #: from: records that are gone there, and would be deleted elsewhere. to: records that would be deleted there.
    way: Literal["from", "to"]
    number: int
    since: str
    #: Some of their keys in that system.
    sample: list[str]


def waiting(hub: Hub, place: Place, sample: int) -> list[Waiting]:
    """What waits in one place."""
    found = list[Waiting]()
    with hub.store.reading() as tx:
        number, since = absences.held(tx, place.id)
        if number:
            keys = [row.key for row in absences.page(tx, place.id, HELD, sample)]
            found.append(Waiting(place.entity.name, place.binding.system, "from", number, str(since), keys))
        number, since = deliveries.held(tx, place.id)
        if number:
            keys = [row.key or f"hub:{row.golden_id}" for row in deliveries.held_page(tx, place.id, sample)]
            found.append(Waiting(place.entity.name, place.binding.system, "to", number, str(since), keys))
    return found


def accept(hub: Hub, place: Place, way: Literal["from", "to"], most: int) -> int:
    """The next run takes or sends what is held, so many at the most, and the oldest first; how many they are."""
    with hub.store.transaction() as tx:
        if way == "from":
            return absences.accept(tx, place.id, most)
        return deliveries.accept(tx, place.id, most, hub.now())


def reject(hub: Hub, place: Place, way: Literal["from", "to"], most: int, who: str) -> int:
    """The records are put back: those that are gone are made anew, where they are gone; how many they are."""
    left = most
    while left > 0:
        done = put_back(hub, place, min(left, PAGE), who) if way == "from" else revive(hub, place, min(left, PAGE), who)
        left -= done
        if not done:
            break
    return most - left


def put_back(hub: Hub, place: Place, most: int, who: str) -> int:
    """Records that are gone in this system are owed to it."""
    with hub.store.transaction() as tx:
        keys = [row.key for row in absences.page(tx, place.id, HELD, most)]
        batch = Batch(hub, place, tx, who)
        Deletions(hub, place, tx, batch, Tally()).refused(keys, who)
        batch.save()
    return len(keys)


def revive(hub: Hub, place: Place, most: int, who: str) -> int:
    """Golden records that were to be deleted in this system live again, everywhere."""
    with hub.store.transaction() as tx:
        ids = [row.golden_id for row in deliveries.held_page(tx, place.id, most)]
        batch = Batch(hub, place, tx, who)
        drafts = [batch.draft(known) for known in records.load(tx, place.id, ids).values()]
        reviving.revive(batch, drafts, (place, *place.others))
        for golden_id in ids:
            batch.audit(golden_id, place, "decided", {"deletion": ["held", "refused"]})
        batch.save()
    return len(ids)
