"""Did a write arrive whose answer never came? Judged from what the system shows now.

Where a system takes a write whatever the record's version, one that was looked for and given up may arrive later still,
and overwrite what came after it: for a while such values are known for what they are.
"""

from collections.abc import Collection, Sequence

from hub.core.likeness import like
from hub.core.merge import NEVER_MET, Decide, Decision, Late, Shadow, settle
from hub.core.model import Unit
from hub.core.record import Fields, Value

#: The rule by which a value of ours that came late gives way, for the log.
CAME_LATE = "a write of the hub's that came late: what was written after it counts"


def updated(shadow: Shadow, sent: Fields, theirs: Fields) -> Shadow:
    """The shadow after an update that may have arrived: what looks like it is what the system made of it.

    Anything else that differs from the shadow is somebody's edit; also what is blank now and was not.
    """
    moved = {name: value for name, value in sent.items() if name in theirs and theirs[name] != shadow.fields.get(name)}
    arrived = {
        name: value
        for name, value in moved.items()
        if like(value, theirs[name]) and (theirs[name] is not None or value is None)
    }
    return settle(shadow, arrived, theirs) if arrived else shadow


def created(sent: Fields, theirs: Fields) -> Shadow:
    """The shadow of a record that a create made: what is not like what was sent, somebody edited since."""
    holds = {name: theirs[name] for name, value in sent.items() if name in theirs and like(value, theirs[name])}
    return settle(NEVER_MET, sent, holds)


def gone(shadow: Shadow, sent: Fields | None) -> Shadow:
    """What is remembered of a record that is gone. `sent`: an update that may have arrived before."""
    return shadow._replace(held={}, late=None if sent is None else Late(_listed(sent), ""))


def back(shadow: Shadow, theirs: Fields) -> Shadow:
    """The shadow of a record that was gone, as `gone` made it, now that it shows again."""
    late = shadow.late
    shadow = shadow._replace(held={}, late=None)
    return shadow if late is None else updated(shadow, {name: sent[-1] for name, sent in late.sent.items()}, theirs)


def given_up(shadow: Shadow, sent: Fields, until: str) -> Shadow:
    """An update was looked for, and is not there: it may still arrive."""
    missing = {name: value for name, value in sent.items() if shadow.agreed(name) != value}
    before = shadow.late.sent if shadow.late is not None else {}
    values = {name: [*before.get(name, ()), *_listed(missing).get(name, ())] for name in {*before, *missing}}
    return shadow._replace(late=Late(values, until)) if missing else shadow


def came_late(shadow: Shadow | None, theirs: Fields, now: str) -> frozenset[str]:
    """The fields that show what a write carried that was given up."""
    if shadow is None or shadow.late is None or shadow.late.until < now:
        return frozenset()
    sent, fields = shadow.late.sent, shadow.fields
    moved = [name for name in sent if name in theirs and theirs[name] != fields.get(name)]
    return frozenset(
        n for n in moved if any(like(v, theirs[n]) and (theirs[n] is not None or v is None) for v in sent[n])
    )


def against(late: Collection[str], shadow: Shadow, theirs: Fields, decide: Decide) -> Decide:
    """A unit of which nothing else is new is as the hub has it. Anything else is for `decide`, and so is a unit that
    waits for a person, who goes on being asked."""

    def judge(unit: Unit, mine: Sequence[str]) -> Decision:
        moved = [name for name in unit.fields if name in theirs and theirs[name] != shadow.fields.get(name)]
        ours = bool(moved) and all(name in late for name in moved) and unit.name not in shadow.held
        return Decision("keep", CAME_LATE) if ours else decide(unit, mine)

    return judge


def forgotten(shadow: Shadow, late: Collection[str], now: str) -> Shadow:
    """The shadow without what came by now, or is not expected any more."""
    if shadow.late is None:
        return shadow
    left = {name: sent for name, sent in shadow.late.sent.items() if name not in late}
    return shadow._replace(late=shadow.late._replace(sent=left) if left and shadow.late.until >= now else None)


def _listed(sent: Fields) -> dict[str, list[Value]]:
    return {name: [value] for name, value in sent.items()}
