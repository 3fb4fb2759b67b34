"""Three-way merge of one record, unit by unit (a field, a group of fields, or the whole row).

base    what the system held when it last agreed with the hub (its shadow)
theirs  what the system shows now
ours    the golden record as this system would show it

| theirs vs base | ours vs base          | then                                            |
|----------------|-----------------------|-------------------------------------------------|
| same           | same                  | nothing                                         |
| same           | differs               | the system is owed a write                      |
| differs        | same                  | take theirs                                     |
| differs        | differs, ours=theirs  | agreed: the shadow moves                        |
| differs        | differs, ours!=theirs | conflict: the policy says take, keep or hold    |
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

from hub.core.model import Unit
from hub.core.record import Fields, Value

Verdict = Literal["take", "keep", "hold"]
#: The unit name of a conflict about the record's very existence: deleted on one side, edited on the other.
EXISTENCE = "*"


class Held(NamedTuple):
    """A conflict of one unit that waits for a person, as it was when it was logged."""

    theirs: Fields
    ours: Fields


class Shadow(NamedTuple):
    """What we know a system to hold of one record: the base of the merge."""

    fields: Fields
    #: What we asked for, where the system made something else of it (cut, upper case): not owed again.
    asked: Fields = {}
    #: Units that wait for a decision; their base stays where it is and nothing is written to them.
    held: Mapping[str, Held] = {}

    def agreed(self, name: str) -> Value:
        """Our value of a field as of the last agreement."""
        return self.asked[name] if name in self.asked else self.fields.get(name)

    def changed(self, name: str, ours: Fields) -> bool:
        """Has the golden record moved away from what was agreed?"""
        return ours.get(name) != self.agreed(name)


class Clash(NamedTuple):
    """A conflict, and what was decided: everything the conflict log needs."""

    unit: str
    #: None: the two records never agreed before.
    base: Fields | None
    ours: Fields
    theirs: Fields
    verdict: Verdict
    rule: str


class Decision(NamedTuple):
    verdict: Verdict
    #: The rule in words, for the log: "field phone: prefer erp".
    rule: str


Decide = Callable[[Unit, Fields | None, Fields, Fields], Decision]


class Merged(NamedTuple):
    """What follows from one look at one record."""

    #: Fields of the golden record that change, with their new values.
    taken: Fields
    shadow: Shadow
    clashes: tuple[Clash, ...]
    #: Held units whose conflict went away by itself: both sides agree again, or one side took its edit back.
    released: tuple[str, ...]


def merge(units: Iterable[Unit], shadow: Shadow | None, ours: Fields, theirs: Fields, decide: Decide) -> Merged:
    """Merge what a system shows now. `shadow` None: hub and system meet here for the first time."""
    work = _Work(shadow or Shadow({}), ours, theirs, decide)
    for unit in units:
        names = [name for name in unit.fields if name in theirs]
        if names:
            work.unit(unit, names)
    return work.result()


class _Work:
    """The state of one merge."""

    def __init__(self, shadow: Shadow, ours: Fields, theirs: Fields, decide: Decide) -> None:
        self.before = shadow
        self.fields = dict(shadow.fields)
        self.asked = dict(shadow.asked)
        self.held = dict(shadow.held)
        self.ours, self.theirs, self.decide = ours, theirs, decide
        self.taken: Fields = {}
        self.clashes: list[Clash] = []
        self.released: list[str] = []

    def unit(self, unit: Unit, names: list[str]) -> None:
        shadow, ours, theirs = self.before, self.ours, self.theirs
        unmet = [name for name in names if name not in shadow.fields]
        if unmet:
            self.first_meeting(unit, unmet)
            names = [name for name in names if name in shadow.fields]
        if not names:
            return
        moved = [name for name in names if theirs[name] != shadow.fields[name]]
        if not moved:
            self.release(unit)
        elif all(theirs[name] == ours.get(name) for name in names):
            self.see(names)
            self.release(unit)
        elif any(shadow.changed(name, ours) for name in names):
            self.clash(unit, names)
        else:
            self.only_theirs(unit, names, moved)

    def first_meeting(self, unit: Unit, names: list[str]) -> None:
        """No base: blank gives way to a value, on either side; two different values clash."""
        ours, theirs = self.ours, self.theirs
        if all(theirs[name] == ours.get(name) or theirs[name] is None for name in names):
            self.see(names)
            self.release(unit)
        elif all(ours.get(name) is None for name in names) and self.may_take(unit, names):
            self.take(names)
            self.release(unit)
        else:
            self.clash(unit, names)

    def may_take(self, unit: Unit, names: list[str]) -> bool:
        return self.decide(unit, None, {}, {name: self.theirs[name] for name in names}).verdict == "take"

    def only_theirs(self, unit: Unit, names: list[str], moved: list[str]) -> None:
        """Only the system changed it: take it, unless this field may not come from there."""
        self.release(unit)
        base = {name: self.before.fields[name] for name in names}
        decision = self.decide(unit, base, base, {name: self.theirs[name] for name in names})
        if decision.verdict == "take":
            self.take(moved)
        else:
            self.log(unit, names, decision)
            self.see(names)

    def clash(self, unit: Unit, names: list[str]) -> None:
        theirs = {name: self.theirs[name] for name in names}
        ours = {name: self.ours.get(name) for name in names}
        if self.held.get(unit.name) == Held(theirs, ours):
            return
        decision = self.decide(unit, self.base(names), ours, theirs)
        self.log(unit, names, decision)
        if decision.verdict == "hold":
            self.held[unit.name] = Held(theirs, ours)
            return
        self.held.pop(unit.name, None)
        if decision.verdict == "take":
            self.take(names)
        else:
            self.see(names)

    def base(self, names: list[str]) -> Fields | None:
        fields = self.before.fields
        return {name: fields[name] for name in names} if all(name in fields for name in names) else None

    def log(self, unit: Unit, names: list[str], decision: Decision) -> None:
        theirs = {name: self.theirs[name] for name in names}
        ours = {name: self.ours.get(name) for name in names}
        self.clashes.append(Clash(unit.name, self.base(names), ours, theirs, decision.verdict, decision.rule))

    def take(self, names: list[str]) -> None:
        """Theirs becomes golden. Where the system still shows what it made of our value, our value stands."""
        for name in names:
            unmoved = name in self.before.fields and self.theirs[name] == self.before.fields[name]
            value = self.before.agreed(name) if unmoved else self.theirs[name]
            if value != self.ours.get(name) or name not in self.ours:
                self.taken[name] = value
        self.see(names)

    def see(self, names: list[str]) -> None:
        """The shadow moves to what the system shows."""
        for name in names:
            if name not in self.fields or self.fields[name] != self.theirs[name]:
                self.fields[name] = self.theirs[name]
                self.asked.pop(name, None)

    def release(self, unit: Unit) -> None:
        if self.held.pop(unit.name, None) is not None:
            self.released.append(unit.name)

    def result(self) -> Merged:
        shadow = Shadow(self.fields, self.asked, self.held)
        return Merged(self.taken, shadow, tuple(self.clashes), tuple(self.released))


def owed(shadow: Shadow, ours: Fields, writable: frozenset[str], held: frozenset[str]) -> Fields:
    """The fields that this system should hold and does not: what a delivery sends. `held`: fields left alone."""
    return {
        name: value
        for name, value in ours.items()
        if name in writable and name not in held and value != shadow.agreed(name)
    }


def untouched(shadow: Shadow, ours: Fields) -> bool:
    """Has the hub nothing new for a record that the system deleted? Then the deletion stands."""
    return not shadow.held and not any(shadow.changed(name, ours) for name in ours if name in shadow.fields)


def held_fields(units: Iterable[Unit], shadow: Shadow) -> frozenset[str]:
    """The fields of the units that wait for a decision."""
    if not shadow.held:
        return frozenset()
    return frozenset(name for unit in units if unit.name in shadow.held for name in unit.fields)


def settle(shadow: Shadow, sent: Fields, holds: Fields) -> Shadow:
    """The shadow after a write: what the system now holds, and what we asked for where that differs."""
    fields, asked = dict(shadow.fields), dict(shadow.asked)
    for name, value in sent.items():
        fields[name] = holds.get(name, value)
        if fields[name] == value:
            asked.pop(name, None)
        else:
            asked[name] = value
    return Shadow(fields, asked, shadow.held)
