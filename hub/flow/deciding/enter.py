"""Values that people enter in the hub: checked against every system that is written, then an edit like any other."""

from collections.abc import Mapping, Sequence

from hub.core.record import Fields, Value
from hub.core.references import named, number
from hub.core.unfit import Unfit
from hub.core.values import reader
from hub.flow.batch import Batch
from hub.flow.place import Hub, Place
from hub.store import deliveries, links, records
from hub.store.database import Tx
from hub.store.schema import LIVE


def entered(tx: Tx, hub: Hub, place: Place, name: str, value: Value) -> Value:
    """A value that a person typed for a field, as the hub writes it; of a reference, the parent as `SYSTEM:KEY` or
    `hub:ID`. Unfit: one of the systems would not take it, or there is no such parent."""
    entity = place.entity.references.get(name)
    if entity is not None and value is not None:
        return _parent(tx, hub, entity, str(value))
    spec = place.binding.mapping.specs[name]
    found = reader(spec.type, scale=spec.scale, zone=spec.zone)(value)
    for other in (place, *place.others):
        if name in other.binding.mapping.writable:
            _, problems = other.binding.mapping.to_system({name: found})
            if problems:
                said = "; ".join(problem.said for problem in problems)
                raise Unfit(problems[0].code, f"does not fit {other.binding.system}: {said}")
    return found


def _parent(tx: Tx, hub: Hub, entity: str, typed: str) -> Value:
    """The golden record that is meant, if it is of that entity and lives in some system."""
    places = hub.places[entity]
    golden_id = number(typed)
    if golden_id is None:
        system, _, key = typed.partition(":")
        link = links.lookup(tx, places[system].id, [key]).get(key) if system in places else None
        golden_id = link.golden_id if link is not None and link.state == LIVE else 0
    if not links.of_golden(tx, golden_id, [place.id for place in places.values()]):
        said = f"expected the {entity} it names, as SYSTEM:KEY or hub:ID, one that is there; got '{typed}'"
        raise Unfit("reference.unknown", said)
    return named(golden_id)


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
