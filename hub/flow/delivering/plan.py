"""What to send for one owed golden record. Decided when it is sent, so that a retry sends today's truth."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from hub.adapter import Kind, Write
from hub.core.errors import Refused
from hub.core.mapping import misfit
from hub.core.merge import EXISTENCE, gone_by, held_fields, owed
from hub.core.record import Fields
from hub.flow.place import Place
from hub.flow.references import Keys, Wait
from hub.store.deliveries import CREATING, Due
from hub.store.schema import DELETED, LIVE

Step = Literal[
    "create", "update", "delete", "close", "part", "settle", "check", "contest", "hold", "wait", "twin", "block",
    "later", "none", "refuse",
]  # fmt: skip
#: Steps that take a record away from the people of a system: the guard counts them.
DELETIONS = ("delete", "close")
#: What comes of a golden record that is deleted, in a system that still has it.
GONE = (*DELETIONS, "part", "contest")


class Plan(NamedTuple):
    """What becomes of one delivery."""

    due: Due
    #: settle: a create may be out, find out first. check: an update may be out, the record was to be deleted and is
    #: not any more, or both sides of a clash are the same by now: read it back first.
    #: contest: what is to be deleted holds an undecided edit.
    #: close: a deletion that only marks the record. part: the record is let go. hold: the guard keeps the deletion.
    #: wait: the record is missed, and a person is asked whether it is deleted.
    #: twin: a record over there that stands aside may be its child or counterpart; it stays owed.
    #: block: a parent is not there yet. later: a deletion whose children go first.
    #: none: nothing is owed any more. refuse: it does not fit.
    step: Step
    #: In the entity's terms, as the system will show it.
    sent: Fields = {}
    write: Write | None = None
    problem: Refused | None = None
    #: References that are not sent, since the system does not have their parents yet.
    waits: Sequence[Wait] = ()


def plan(place: Place, due: Due, token: str, keys: Keys | None = None) -> Plan:
    """`token`: for creates that are sent for the first time. `keys`: of parents; None: the entity has none."""
    known = due.known
    doubt = due.state == CREATING and known.key is None
    if doubt and not place.adapter.can.tokens:
        return Plan(due, "settle")
    if known.state == LIVE or doubt:
        kept = due.token if doubt and due.token else token
        return create(place, due, kept, keys) if known.key is None else update(place, due, keys)
    if known.state == DELETED and known.key is not None:
        return delete(place, due, keys)
    return Plan(due, "none")


def create(place: Place, due: Due, token: str, keys: Keys | None = None) -> Plan:
    known, mapping = due.known, place.binding.mapping
    if due.state == CREATING and known.sent is not None:
        # The same again, so that it does not matter which of the tries the system carries out.
        again = keys.parted(known.golden_id, known.sent)[0] if keys else known.sent
        return fitting(place, due, "create", again, f"{token}-{known.golden_id}", keys)
    barred = not place.binding.allowed.insert or place.id in known.apart
    # A foreign key names its counterpart already: it is read and linked, not created.
    if barred or known.fields.get(place.own) is not None:
        return Plan(due, "none")
    ours = mapping.project(known.fields)
    writable = place.writable
    sent = ours if writable.issuperset(ours) else {name: value for name, value in ours.items() if name in writable}
    waits: Sequence[Wait] = ()
    if keys is not None:
        sent, parted = keys.parted(known.golden_id, sent)
        waits = [*parted, *keys.lacking(known.golden_id, known.fields)]
        if any(wait.blocks for wait in waits):
            return Plan(due, "block", waits=waits)
    problems = mapping.missing(known.fields)
    if problems:
        return Plan(due, "refuse", problem=misfit(problems))
    return fitting(place, due, "create", sent, f"{token}-{known.golden_id}", keys, waits)


def update(place: Place, due: Due, keys: Keys | None = None) -> Plan:
    known, mapping = due.known, place.binding.mapping
    if known.sent is not None or (known.shadow and EXISTENCE in known.shadow.held):
        return Plan(due, "check")
    if known.shadow is None:
        return Plan(due, "none")
    held, ours = held_fields(place.entity.units, known.shadow), mapping.project(known.fields)
    if held and gone_by(known.shadow, ours):
        return Plan(due, "check")
    if not place.binding.allowed.update:
        return Plan(due, "none")
    sent = owed(known.shadow, ours, place.writable, held)
    waits: Sequence[Wait] = ()
    if keys is not None:
        sent = {**keys.renewed(known.golden_id, ours, held), **sent}
        sent, parted = keys.parted(known.golden_id, sent)
        waits = [wait._replace(blocks=False) for wait in parted]
    return fitting(place, due, "update", sent, "", keys, waits) if sent else Plan(due, "none", waits=waits)


def delete(place: Place, due: Due, keys: Keys | None = None) -> Plan:
    known = due.known
    held = known.shadow.held if known.shadow else {}
    means = place.binding.deletes.send
    if EXISTENCE in held and held[EXISTENCE].theirs:
        return Plan(due, "none")  # a person is asked
    if held:
        return Plan(due, "contest")
    if means == "ignore" or not place.binding.allowed.delete:
        return Plan(due, "none")
    if means == "hard":
        return Plan(due, "delete", write=Write("delete", known.key, {}, known.version))
    return close(place, due, keys) if means == "soft" else Plan(due, "part")


def close(place: Place, due: Due, keys: Keys | None) -> Plan:
    """Mark the record, where it is not marked yet; then it is let go."""
    shown = due.known.shadow.fields if due.known.shadow else {}
    marks = place.binding.mapping.project(dict(place.binding.deletes.marks))
    sent = {name: v for name, v in marks.items() if name in place.writable and (name not in shown or shown[name] != v)}
    return fitting(place, due, "close", sent, keys=keys) if sent else Plan(due, "part")


def fitting(
    place: Place,
    due: Due,
    step: Literal["create", "update", "close"],
    sent: Fields,
    token: str = "",
    keys: Keys | None = None,
    waits: Sequence[Wait] = (),
) -> Plan:
    """The write, if every value fits the system. `waits`: references that are not in it."""
    mapping = place.binding.mapping
    raw, problems = mapping.to_system(keys.keyed(sent) if keys else sent)
    if step == "create" and not problems and mapping.initial:
        begun, problems = mapping.begin({**due.known.fields, **sent})
        raw = {**begun, **raw}
    if problems:
        return Plan(due, "refuse", problem=misfit(problems), waits=waits)
    kind: Kind = "create" if step == "create" else "update"
    return Plan(due, step, sent, Write(kind, due.known.key, raw, due.known.version, token), waits=waits)
