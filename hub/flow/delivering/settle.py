"""Creates whose answer never came. Before anything is sent again, the child is looked for:

1. the system knows tokens            send it again with the same token (hub.flow.delivering.deliver does), unless a
                                      record stands aside that may be the counterpart: then as if it knew none
2. it can search by a field of ours   our key in its foreign key field, else the field of a match rule
3. else                               after a poll to the end: a child would have shown up (`after_poll`), unless the
                                      binding's filter may hide it

Found = merged, which links it. Surely not there = owed again. Cannot tell = it stays in doubt, for a person to see.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hub.core.record import Fields, Record
from hub.flow.merging.matching import Doubt
from hub.flow.merging.merge import merge_page
from hub.flow.place import Hub, Place, stamp
from hub.flow.seen import Seen
from hub.store import candidates, deliveries, intents, links, reviews
from hub.store.database import Tx, chunks
from hub.store.deliveries import CREATING, UNSEEN, Due

#: Creates in doubt, and records that stand aside, looked at in one go.
MANY = 10_000
#: From a call until its delivery is next due, at the longest.
LONGEST = timedelta(hours=1)


def land(hub: Hub, place: Place) -> None:
    """What was announced when a process died may have arrived."""
    with hub.store.transaction() as tx:
        intents.land(tx, place.id)


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
    """Search for the children of these creates. Not found by our own key: not there. By a match rule: an edit may hide
    it, so it stays in doubt until a poll came to its end."""
    searched = [(item, question) for item in due if (question := search_by(place, item)) is not None]
    if not searched or not place.adapter.can.find:
        return
    doubts = [Doubt(item.golden_id, sent(place, item)) for item, _ in searched]
    found = find(place, sorted({(question.field, question.value) for _, question in searched}))
    if found:
        merge_page(hub, place, Seen(found), doubts)
    by_key = {item.golden_id for item, question in searched if question.sure}
    with hub.store.transaction() as tx:
        open_ = {item.golden_id: item for item in deliveries.doubts(tx, place.id) if item.known.key is None}
        surely = [item for golden_id, item in open_.items() if golden_id in by_key]
        conclude(tx, hub, place, surely)


def after_poll(hub: Hub, place: Place, began: str) -> None:
    """A poll came to its end: a child that was made before it began has shown up. The others never arrived, unless a
    filter may hide them: then the same token tells, or a person."""
    tokens, filtered = place.adapter.can.tokens, bool(place.binding.filter)
    if tokens and (filtered or not place.waits.contested):
        return
    with hub.store.transaction() as tx:
        due = deliveries.due(tx, place.id, began, -1, MANY, doubts=True)
        open_ = [item for item in due if item.known.key is None]
        if tokens and open_:
            contested = candidates.contested(tx, place.id, [item.golden_id for item in open_])
            open_ = [item for item in open_ if item.golden_id in contested]
        if filtered:
            ask(tx, place, open_)
        else:
            conclude(tx, hub, place, open_)


def ask(tx: Tx, place: Place, missing: Sequence[Due]) -> None:
    """The filter may hide their children, so sending them again might make twins: a person is asked. Our own key finds
    a child whatever the filter; a match rule does not find one that was edited, or that the system stored otherwise."""
    deliveries.postpone(tx, [_unseen(place, item) for item in missing if not surely_searched(place, item)])


def surely_searched(place: Place, due: Due) -> bool:
    question = search_by(place, due) if place.adapter.can.find else None
    return question is not None and question.sure


def _unseen(place: Place, due: Due) -> dict[str, Any]:
    system, which = place.binding.system, f"{place.entity.name} {place.binding.system}"
    said = (
        f"its answer was lost, and the filter may hide what it made: look in {system}; if it is there, "
        f"'hub reviews link {which} KEY hub:{due.golden_id}', else 'hub reviews retry {which} hub:{due.golden_id}'"
    )
    return {
        "binding_id": place.id,
        "golden_id": due.golden_id,
        "state": CREATING,
        "attempts": due.attempts,
        "due_at": due.due_at,
        "code": UNSEEN,
        "said": said,
        "doubt": True,
    }


def conclude(tx: Tx, hub: Hub, place: Place, missing: Sequence[Due]) -> None:
    """These creates have no child that we can see: owed again, unless it may be one of the records that stand aside."""
    lost = [] if not missing or children(tx, place, missing) else [item.golden_id for item in missing]
    deliveries.reopen(tx, place.id, lost)
    deliveries.owe(tx, [(place.id, golden_id) for golden_id in lost], hub.now())
    if lost:
        reviews.wake(tx, place.id, "in-doubt", hub.now())


def children(tx: Tx, place: Place, missing: Sequence[Due]) -> bool:
    """Does a record without a link stand aside that may have been made by one of these creates?"""
    first = min(datetime.fromisoformat(item.due_at) for item in missing)
    oldest = stamp(first - LONGEST)
    aside = [review.key for review in reviews.find(tx, [place.id], limit=MANY) if review.at >= oldest]
    known = links.lookup(tx, place.id, aside)
    return any(key not in known for key in aside)


class Question(NamedTuple):
    """A raw value that only one record's child has in a raw field."""

    field: str
    value: str
    #: It is our own key, which people do not edit.
    sure: bool


def search_by(place: Place, due: Due) -> Question | None:
    """What to search a create's child by. None: there is nothing."""
    mapping, fields = place.binding.mapping, sent(place, due)
    keys = [name for name in place.links if name in mapping.writable]
    alone = [rule[0].field for rule in place.entity.match if len(rule) == 1 and rule[0].field not in place.parents]
    for name in keys + alone:
        spec = mapping.specs.get(name)
        if spec is not None and len(spec.sources) == 1 and fields.get(name) is not None:
            raw, problems = mapping.to_system({name: fields[name]})
            if not problems:
                return Question(spec.sources[0], str(raw[spec.sources[0]]), name in place.links)
    return None


def find(place: Place, questions: Sequence[tuple[str, str]]) -> list[Record]:
    """Records of the system that answer one of the questions; one call a batch of values."""
    found: dict[str, Record] = {}
    for name in {raw for raw, _ in questions}:
        values = [value for raw, value in questions if raw == name]
        for part in chunks(values, place.adapter.can.read_batch):
            found |= {record.key: record for record in place.adapter.find(place.binding.object, name, part)}
    return list(found.values())
