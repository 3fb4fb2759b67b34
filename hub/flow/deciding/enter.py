"""Values that people enter in the hub: checked against every system that is written, then an edit like any other."""

from collections.abc import Mapping, Sequence

from hub.core.record import Fields, Value
from hub.core.unfit import Unfit
from hub.core.values import reader
from hub.flow.batch import Batch
from hub.flow.place import Hub, Place
from hub.store import deliveries, records
from hub.store.database import Tx


def entered(place: Place, name: str, value: Value) -> Value:
    """A value that a person typed for a field, as the hub writes it. Unfit: one of the systems would not take it."""
    if name in place.entity.references:
        raise Unfit("reference.typed", "a reference is not typed here: change it in one of the systems")
    spec = place.binding.mapping.specs[name]
    found = reader(spec.type, scale=spec.scale, zone=spec.zone)(value)
    for other in (place, *place.others):
        if name in other.binding.mapping.writable:
            _, problems = other.binding.mapping.to_system({name: found})
            if problems:
                said = "; ".join(problem.said for problem in problems)
                raise Unfit(problems[0].code, f"does not fit {other.binding.system}: {said}")
    return found


def edit(tx: Tx, hub: Hub, place: Place, edits: Mapping[int, Fields], who: str) -> None:
    """Golden records by number, and the values they get, as `entered` gave them. Systems that differ are owed them."""
    batch = Batch(hub, place, tx, who)
    known = records.load(tx, place.id, list(edits))
    for golden_id, values in edits.items():
        draft = batch.draft(known[golden_id])
        detail = {name: [draft.fields.get(name), value] for name, value in values.items()}
        for name, value in values.items():
            draft.set(name, value)
            draft.origin[name] = [None, None]
        batch.touch(draft)
        batch.owe(place, golden_id)
        batch.owe_others(place, draft, values)
        batch.audit(golden_id, place, "edited", detail)
    batch.save()


def retry(tx: Tx, hub: Hub, place: Place, golden_ids: Sequence[int]) -> None:
    """Failed deliveries, at the next run."""
    deliveries.owe(tx, [(place.id, golden_id) for golden_id in golden_ids], hub.now())


def discard(tx: Tx, hub: Hub, place: Place, golden_ids: Sequence[int], who: str) -> None:
    """The hub does not owe these any more. The next change of a record owes it anew."""
    batch = Batch(hub, place, tx, who)
    for golden_id in golden_ids:
        batch.audit(golden_id, place, "discarded", None)
    batch.save()
    deliveries.drop(tx, place.id, golden_ids)
