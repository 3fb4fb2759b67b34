"""Creates whose answer never came. Before anything is sent again, the child is looked for:

1. the system knows tokens            send it again with the same token (hub.flow.deliver does)
2. it can search by a field of ours   our key in its foreign key field, else the fields of a match rule
3. neither                            after a poll to the end: a child would have shown up (`after_poll`)

Found = merged, which links it. Surely not there = owed again. Cannot tell = it stays in doubt, for a person to see.
"""

from collections.abc import Sequence

from hub.core.record import Fields, Record
from hub.flow.matching import Doubt
from hub.flow.merge import Seen, merge_page
from hub.flow.place import Hub, Place
from hub.store import deliveries, reviews
from hub.store.database import Tx, chunks
from hub.store.deliveries import Due


def open_doubts(hub: Hub, place: Place) -> list[Doubt]:
    """What may turn up in this system as an unknown record, and is ours."""
    with hub.store.reading() as tx:
        due = deliveries.doubts(tx, place.id)
    return [Doubt(item.golden_id, sent(place, item)) for item in due if item.known.key is None]


def sent(place: Place, due: Due) -> Fields:
    """What the create carried."""
    if due.known.sent is not None:
        return due.known.sent
    mapping = place.binding.mapping
    ours = mapping.project(due.known.fields)
    return {name: value for name, value in ours.items() if name in mapping.writable}


def settle(hub: Hub, place: Place, due: Sequence[Due]) -> None:
    """Look for the children of these creates; what is surely not there is owed again."""
    searched = [(item, *question) for item in due if (question := search_by(place, item)) is not None]
    if not searched or not place.adapter.can.find:
        return
    doubts = [Doubt(item.golden_id, sent(place, item)) for item, _, _ in searched]
    found = find(place, sorted({(raw, value) for _, raw, value in searched}))
    if found:
        merge_page(hub, place, Seen(found), doubts)
    with hub.store.transaction() as tx:
        unlinked = {item.golden_id for item in deliveries.doubts(tx, place.id) if item.known.key is None}
        held = reviews.waiting(tx, place.id, "in-doubt") + reviews.waiting(tx, place.id, "ambiguous")
        settled = [item.golden_id for item, _, _ in searched if item.golden_id not in unlinked or not held]
        deliveries.reopen(tx, place.id, settled)
        owe(tx, hub, place, settled)


def after_poll(hub: Hub, place: Place) -> None:
    """A poll came to its end: a child that landed has shown up. The other creates never arrived, and are owed again."""
    with hub.store.transaction() as tx:
        now = hub.now()
        open_ = deliveries.due(tx, place.id, now, -1, 10_000, doubts=True)
        linked = [item.golden_id for item in open_ if item.known.key is not None]
        lost = [item.golden_id for item in open_ if item.known.key is None]
        if place.adapter.can.tokens or reviews.waiting(tx, place.id, "in-doubt"):
            lost = []
        deliveries.reopen(tx, place.id, [*linked, *lost])
        owe(tx, hub, place, [*linked, *lost])


def owe(tx: Tx, hub: Hub, place: Place, golden_ids: Sequence[int]) -> None:
    deliveries.owe(tx, [(place.id, golden_id) for golden_id in golden_ids], hub.now())


def identify(hub: Hub, place: Place, key: str, golden_id: int | None) -> None:
    """A person says of which golden record's unanswered create a record is the child. None: it is a new one."""
    doubts = [doubt._replace(certain=True) for doubt in open_doubts(hub, place) if doubt.golden_id == golden_id]
    merge_page(hub, place, Seen(place.adapter.read(place.binding.object, [key]), again=True), doubts)


def search_by(place: Place, due: Due) -> tuple[str, str] | None:
    """(raw field, raw value) that only this record's child has. None: there is nothing to search by."""
    mapping, fields = place.binding.mapping, sent(place, due)
    names = [name for name in place.links if name in mapping.writable]
    names += [rule[0] for rule in place.entity.match if len(rule) == 1]
    for name in names:
        spec = mapping.specs.get(name)
        if spec is not None and len(spec.sources) == 1 and fields.get(name) is not None:
            raw, problems = mapping.to_system({name: fields[name]})
            if not problems:
                return spec.sources[0], str(raw[spec.sources[0]])
    return None


def find(place: Place, questions: Sequence[tuple[str, str]]) -> list[Record]:
    """Records of the system that answer one of the questions; one call a batch of values."""
    found: dict[str, Record] = {}
    for name in {raw for raw, _ in questions}:
        values = [value for raw, value in questions if raw == name]
        for part in chunks(values, place.adapter.can.read_batch):
            found |= {record.key: record for record in place.adapter.find(place.binding.object, name, part)}
    return list(found.values())
