"""Deletions that wait for a person, and what becomes of them: the next run takes or sends what is accepted; what is
refused is put back."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from hub.core.errors import TooMuchChanged, TryLater
from hub.flow.batch import Batch
from hub.flow.deletes import Deletions
from hub.flow.merge import merge_page
from hub.flow.outcome import failed
from hub.flow.place import Hub, Place
from hub.flow.plan import DELETIONS, Plan
from hub.flow.seen import Seen, Tally
from hub.store import absences, deliveries, records
from hub.store.absences import ACCEPTED, HELD, OUTSIDE
from hub.store.database import Tx
from hub.store.deliveries import OWED, Due
from hub.store.schema import LIVE

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


# -- in a run ---------------------------------------------------------------------------------------------------


def take(hub: Hub, place: Place) -> Tally:
    """The deletions that a person accepted, page by page; what follows from them needs no second approval."""
    total = Tally()
    while True:
        with hub.store.reading() as tx:
            keys = [row.key for row in absences.page(tx, place.id, ACCEPTED, PAGE)]
        if not keys:
            return total
        total.add(merge_page(hub, place, Seen((), keys, passed="person")))


def restrained(hub: Hub, tx: Tx, place: Place, plans: Sequence[Plan]) -> list[Plan]:
    """The plans of a page, but for deletions beyond the guard and records that are missed: those wait."""
    missed = hub.guard.absent(tx, place.id) if plans else {}
    plans = [missing(item, missed[item.due.known.key].state) if item.due.known.key in missed else item
             for item in plans]  # fmt: skip
    counted = [item for item in plans if item.step in DELETIONS and not item.due.approved]
    rule = place.binding.deletes
    if not counted or hub.guard.sends(tx, place.id, rule, len(counted), hub.now()):
        return plans
    held = {item.due.golden_id for item in counted}
    deliveries.hold(tx, place.id, sorted(held), hub.now(), "deletes.too-many", "held with others: 'hub deletes'")
    hub.guard.note_held(place.id, len(held))
    return [item._replace(step="hold", write=None) if item.due.golden_id in held else item for item in plans]


def missing(item: Plan, state: str) -> Plan:
    """What becomes of a delivery to a record that is missed."""
    if state == OUTSIDE:
        return item._replace(step="none", write=None)
    if state in (HELD, ACCEPTED):
        return item._replace(step="wait", write=None)
    return item


def waits(hub: Hub, place: Place, due: Due) -> dict[str, Any]:
    """A delivery to a record of which nobody knows whether it is deleted."""
    said = f"{place.binding.system} {due.known.key} is missing, and a person is asked about it: 'hub deletes'"
    return failed(hub, place, due, TryLater("deletes.held", said), OWED)


def troubles(hub: Hub, place: Place) -> list[str]:
    """What was held in this run, in words."""
    where, found = f"{place.binding.system} {place.entity.name}", list[str]()
    if number := hub.guard.held_from.get(place.id):
        rest = "the deletions are held, 'hub deletes' shows them"
        if place.id in hub.guard.strange:
            said = f"{where}: {number} records are missing from a list of keys that shows none we know: {rest}"
            found.append(str(TooMuchChanged("deletes.no-sentinel", said)))
        else:
            said = f"{where}: {number} deleted records are more than is believable: {rest}"
            found.append(str(TooMuchChanged("deletes.too-many", said)))
    if number := hub.guard.held_to.get(place.id):
        said = f"{where}: {number} records to be deleted are too many at once: they are held, 'hub deletes' shows them"
        found.append(str(TooMuchChanged("deletes.too-many", said)))
    return found


# -- a person's word --------------------------------------------------------------------------------------------


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
        batch = Batch(hub, place, tx)
        Deletions(hub, place, tx, batch, Tally()).refused(keys, who)
        batch.save()
    return len(keys)


def revive(hub: Hub, place: Place, most: int, who: str) -> int:
    """Golden records that were to be deleted in this system live again, everywhere."""
    with hub.store.transaction() as tx:
        ids = [row.golden_id for row in deliveries.held_page(tx, place.id, most)]
        batch = Batch(hub, place, tx, who)
        places = (place, *place.others)
        linked = {(p.id, id_) for p in places for id_, it in records.load(tx, p.id, ids).items() if it.key is not None}
        for known in records.load(tx, place.id, ids).values():
            draft = batch.draft(known)
            draft.state = LIVE
            batch.touch(draft)
            for other in places:
                if other.own in draft.fields and (other.id, known.golden_id) not in linked:
                    draft.set(other.own, None)
                batch.owe(other, known.golden_id)
            batch.audit(known.golden_id, place, "decided", {"deletion": ["held", "refused"]})
        batch.save()
    return len(ids)
