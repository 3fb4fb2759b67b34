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

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from hub.core.model import LINK, Unit
from hub.core.record import Fields, Value

Verdict = Literal["take", "keep", "hold"]
#: The unit name of a conflict about the record's very existence: deleted on one side, edited on the other.
EXISTENCE = "*"
#: The rule by which a blank gives way, for the log.
BLANK_LOSES = "a blank does not overwrite"


class Held(NamedTuple):
    """A conflict of one unit that waits for a person, as it was when it was logged."""

    theirs: Fields
    ours: Fields
    #: Two systems fight over it: no policy decides it, however often they change it.
    fight: bool = False


class Late(NamedTuple):
    """Writes that were given up without an answer, and may yet arrive."""

    #: By field, what they carried.
    sent: Mapping[str, Sequence[Value]]
    #: After this time nothing is expected any more.
    until: str


class Shadow(NamedTuple):
    """What we know a system to hold of one record: the base of the merge."""

    fields: Fields
    #: What we asked for, where the system made something else of it (cut, upper case): not owed again.
    asked: Fields = {}
    #: Units that wait for a decision; their base stays where it is and nothing is written to them.
    held: Mapping[str, Held] = {}
    late: Late | None = None

    def agreed(self, name: str) -> Value:
        """Our value of a field as of the last agreement."""
        return self.asked[name] if name in self.asked else self.fields.get(name)

    def changed(self, name: str, ours: Fields) -> bool:
        """Has the golden record moved away from what was agreed? Our value and the system's form of it both count."""
        value = ours.get(name)
        return value != self.fields.get(name) and not (name in self.asked and value == self.asked[name])


#: Of a record that hub and system never agreed on.
NEVER_MET = Shadow({})


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
    #: It is held because systems fight over it.
    fight: bool = False


#: (unit, fields of it whose golden value stands against the system's) -> who wins. No fields: only the system changed
#: the unit, and the question is whether it may be taken from there.
Decide = Callable[[Unit, Sequence[str]], Decision]


class Merged(NamedTuple):
    """What follows from one look at one record."""

    #: Fields of the golden record that change, with their new values.
    taken: Fields
    shadow: Shadow
    clashes: tuple[Clash, ...]
    #: Held units whose conflict went away by itself: both sides agree again, or one side took its edit back.
    released: tuple[str, ...]


def merge(units: Iterable[Unit], shadow: Shadow | None, ours: Fields, theirs: Fields, decide: Decide) -> Merged:
    """Merge what a system shows now. `shadow` None: hub and system meet here for the first time.

    A field that the look does not show is taken to be as it was last seen, so that a group is judged as a whole.
    """
    work = _Work(shadow or NEVER_MET, ours, theirs, decide)
    for unit in work.loud(units):
        if len(unit.fields) == 1 and unit.blank == "wins" and unit.name not in work.held:
            work.alone(unit, unit.fields[0])
        else:
            work.unit(unit)
    return work.result()


class _Work:
    """The state of one merge."""

    def __init__(self, shadow: Shadow, ours: Fields, theirs: Fields, decide: Decide) -> None:
        self.before = shadow
        self.fields = dict(shadow.fields)
        self.asked = dict(shadow.asked)
        self.held = dict(shadow.held)
        self.ours, self.theirs, self.decide = ours, theirs, decide
        self.news = _differing(theirs, shadow.fields)
        self.taken: Fields = {}
        self.clashes: list[Clash] = []
        self.released: list[str] = []

    def loud(self, units: Iterable[Unit]) -> list[Unit]:
        """The units of which the system shows anything new. Most records show it of few: the rest costs next to
        nothing."""
        quiet = self.news.isdisjoint
        if not self.held:
            return [unit for unit in units if not quiet(unit.fields)]
        held, shown = self.held, self.theirs.keys()
        return [u for u in units if not (shown.isdisjoint(u.fields) if u.name in held else quiet(u.fields))]

    def unit(self, unit: Unit) -> None:
        """Never met: the base is blank, which gives way to a value on either side."""
        look, ours = self.look(unit), self.ours
        differing = {name: value for name, value in look.items() if ours.get(name) != value}
        moved = [name for name, value in differing.items() if value != self.before.fields.get(name)]
        mine = [name for name in differing if self.before.changed(name, ours)]
        if moved and mine:
            self.clash(unit, look, mine, self.blank(unit, look, moved, mine))
        elif moved:
            self.only_theirs(unit, look, self.blank(unit, look, moved, mine))
        else:
            self.see(look)
            self.release(unit)

    def alone(self, unit: Unit, name: str) -> None:
        """The same for one field that shows something new and is not held: nearly every change is one of these."""
        shown, before, ours = self.theirs[name], self.before, self.ours
        look = {name: shown}
        if shown == ours.get(name) or shown == before.fields.get(name):
            self.see(look)
        elif before.changed(name, ours):
            self.clash(unit, look, (name,), None)
        else:
            self.only_theirs(unit, look, None)

    def blank(self, unit: Unit, look: Fields, moved: Sequence[str], mine: Sequence[str]) -> Decision | None:
        """The decision where a blank stands against a value, and the unit says that it loses. None: no such case."""
        if unit.blank != "loses":
            return None
        if all(look[name] is None and self.ours.get(name) is not None for name in moved):
            return Decision("keep", BLANK_LOSES)
        if mine and all(self.ours.get(name) is None and look[name] is not None for name in mine):
            one_way = self.decide(unit, ())
            return one_way if one_way.verdict == "keep" else Decision("take", BLANK_LOSES)
        return None

    def look(self, unit: Unit) -> Fields:
        """The unit as the system shows it, completed by what it last showed of the fields that are mapped today."""
        held = self.held.get(unit.name)
        last = {**self.before.fields, **held.theirs} if held else self.before.fields
        look: Fields = {}
        for name in unit.fields:
            if name in self.theirs:
                look[name] = self.theirs[name]
            elif name in last and name in self.ours:
                look[name] = last[name]
        return look

    def only_theirs(self, unit: Unit, look: Fields, blank: Decision | None) -> None:
        """Only the system changed it: take it, unless this field may not come from there, or is a blank that loses."""
        decision = blank or self.decide(unit, ())
        if decision.verdict == "hold":
            self.hold(unit, look, decision)
            return
        if decision.verdict == "take":
            self.release(unit)
            self.take(look)
        else:
            self.held.pop(unit.name, None)
            self.log(unit, look, decision)
        self.see(look)

    def clash(self, unit: Unit, look: Fields, mine: Sequence[str], blank: Decision | None) -> None:
        held = Held(look, {name: self.ours.get(name) for name in look})
        if self.held.get(unit.name) == held:
            return
        decision = blank or self.decide(unit, mine)
        if decision.verdict == "hold":
            self.hold(unit, look, decision)
            return
        self.log(unit, look, decision)
        self.held.pop(unit.name, None)
        if decision.verdict == "take":
            self.take(look)
        self.see(look)

    def hold(self, unit: Unit, look: Fields, decision: Decision) -> None:
        """A person decides; the base stays where it is. Logged once for the same two values."""
        held = Held(look, {name: self.ours.get(name) for name in look}, decision.fight)
        if self.held.get(unit.name) != held:
            self.log(unit, look, decision)
            self.held[unit.name] = held

    def met(self, look: Fields) -> Fields | None:
        """The base as the system held it. None: hub and system never agreed on any field of it."""
        return {name: self.before.fields[name] for name in look if name in self.before.fields} or None

    def log(self, unit: Unit, look: Fields, decision: Decision) -> None:
        ours = {name: self.ours.get(name) for name in look}
        self.clashes.append(Clash(unit.name, self.met(look), ours, look, decision.verdict, decision.rule))

    def take(self, look: Fields) -> None:
        """Theirs becomes golden. Where the system still shows what it made of our value, our value stands."""
        before = self.before
        for name, shown in look.items():
            if name in before.fields and shown == before.fields[name]:
                if before.changed(name, self.ours):
                    self.taken[name] = before.agreed(name)
            elif shown != self.ours.get(name):
                self.taken[name] = shown

    def see(self, look: Fields) -> None:
        """The shadow moves to what the system shows."""
        for name, value in look.items():
            if name not in self.fields or self.fields[name] != value:
                self.fields[name] = value
                if self.asked:
                    self.asked.pop(name, None)

    def release(self, unit: Unit) -> None:
        if self.held.pop(unit.name, None) is not None:
            self.released.append(unit.name)

    def result(self) -> Merged:
        shadow = Shadow(self.fields, self.asked, self.held, self.before.late)
        return Merged(self.taken, shadow, tuple(self.clashes), tuple(self.released))


def _differing(some: Fields, others: Fields) -> set[str]:
    """Names whose values differ; one that the others do not have differs whatever it is. Every field of every changed
    record comes here: the loop does as little as it can."""
    found = {name for name, one, other in zip(some, some.values(), map(others.get, some), strict=True) if one != other}
    return found if some.keys() <= others.keys() else found | (some.keys() - others.keys())


def owed(shadow: Shadow, ours: Fields, writable: frozenset[str], held: frozenset[str]) -> Fields:
    """The fields that this system should hold and does not: what a delivery sends. `held`: fields left alone."""
    moved = _differing(ours, shadow.fields)
    return {
        name: value
        for name, value in ours.items()
        if name in moved and name in writable and name not in held and shadow.changed(name, ours)
    }


def untouched(shadow: Shadow, ours: Fields) -> bool:
    """Has the hub nothing new for a record that the system deleted? Then the deletion stands.

    A foreign key is the hub's own bookkeeping: that it was just filled in is nobody's edit.
    """
    return not shadow.held and not any(shadow.changed(name, ours) for name in ours if not name.startswith(LINK))


def held_fields(units: Iterable[Unit], shadow: Shadow) -> frozenset[str]:
    """The fields of the units that wait for a decision."""
    if not shadow.held:
        return frozenset()
    return frozenset(name for unit in units if unit.name in shadow.held for name in unit.fields)


def gone_by(shadow: Shadow, ours: Fields) -> bool:
    """Does the hub hold by now what a system showed when it clashed? Then there is nothing left to decide."""
    pairs = [held.theirs for unit, held in shadow.held.items() if unit != EXISTENCE]
    return any(theirs and all(ours.get(name) == value for name, value in theirs.items()) for theirs in pairs)


def settle(shadow: Shadow, sent: Fields, holds: Fields) -> Shadow:
    """The shadow after a write: what the system now holds, and what we asked for where that differs."""
    fields, asked = dict(shadow.fields), dict(shadow.asked)
    for name, value in sent.items():
        fields[name] = holds.get(name, value)
        if fields[name] == value:
            asked.pop(name, None)
        else:
            asked[name] = value
    return Shadow(fields, asked, shadow.held, shadow.late)
