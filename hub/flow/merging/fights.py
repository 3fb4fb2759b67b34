"""The loop detector: the turns that systems took at the fields of a golden record, kept where its origins are.

It costs no statement: the golden record is written anyway when a value is taken, and read anyway when one differs.
"""

from collections.abc import Iterable, Sequence
from zlib import crc32

import orjson

from hub.core.fight import BACK, Turn, fights, parties
from hub.core.merge import NEVER_MET, Decide, Decision, Merged, Shadow
from hub.core.model import Unit
from hub.core.record import Fields, Value
from hub.flow.batch import Draft
from hub.store.records import TURNS

#: Turns that are kept of one field: as many as a fight of three systems takes.
MOST = 24
#: No fight is told by less turns before the one that is judged.
FEW = BACK - 1
RULE = "fight: {} keep changing it; correct one of them, or say which way the field goes; then decide"


class Ring:
    """One look of one system at one golden record. Most fields were never changed before: that costs a glance."""

    def __init__(self, draft: Draft, system: str, shadow: Shadow | None, look: Fields, now: str, since: str) -> None:
        """`since`: older turns do not count."""
        self.draft, self.system, self.look = draft, system, look
        self.shadow = shadow or NEVER_MET
        self.now, self.since = now, since
        self.shown: dict[str, Turn | None] = {}

    def judge(self, decide: Decide) -> Decide:
        """The policy, but for a field that is fought over: it is held for a person, and stays so."""

        def judged(unit: Unit, mine: Sequence[str]) -> Decision:
            held = self.shadow.held.get(unit.name)
            if held is None or not held.fight:
                decision = decide(unit, mine)
                if decision.verdict == "hold" or not self.fought(unit):
                    return decision
            return Decision("hold", RULE.format(self.names(unit)), fight=True)

        return judged

    def turns(self, name: str) -> list[Turn]:
        """Those that count, at one field, the oldest first."""
        return [Turn(*line.split(" ")) for line in self.lines(name)]

    def lines(self, name: str) -> list[str]:
        lines = self.draft.origin.get(TURNS + name, ())
        return [line for line in lines if line is not None and line[-len(self.since) :] >= self.since]

    def fought(self, unit: Unit) -> bool:
        for name in unit.fields:
            if len(self.draft.origin.get(TURNS + name, ())) >= FEW:
                new = self.moved(name)
                if new is not None and fights(self.turns(name), new):
                    return True
        return False

    def moved(self, name: str) -> Turn | None:
        """The turn that this look shows."""
        if name not in self.shown:
            self.shown[name] = self._moved(name)
        return self.shown[name]

    def _moved(self, name: str) -> Turn | None:
        base, look = self.shadow.fields, self.look
        if name not in base or name not in look or base[name] == look[name]:
            return None
        return Turn(self.system, digest(base[name]), digest(look[name]), self.now)

    def names(self, unit: Unit) -> str:
        found = {self.system, *(source for name in unit.fields if (source := self.draft.source(name)[0]) is not None)}
        for name in unit.fields:
            if (new := self.moved(name)) is not None:
                found.update(parties(self.turns(name), new))
        return " and ".join(sorted(found))

    def note(self, merged: Merged) -> bool:
        """Remember the turns that came to something: what was taken, and what the hub will put back. Any?"""
        kept = [name for clash in merged.clashes if clash.verdict == "keep" for name in clash.theirs]
        turns = {name: turn for name in dict.fromkeys([*merged.taken, *kept]) if (turn := self.against(name))}
        for name, turn in turns.items():
            lines: list[str | None] = [*self.lines(name), " ".join(turn)]
            self.draft.origin[TURNS + name] = lines[-MOST:]
        return bool(turns)

    def against(self, name: str) -> Turn | None:
        """The turn that this look shows, if it may be part of a fight: a system that goes on changing a value of its
        own is up against nobody, until somebody answers."""
        if self.draft.source(name)[0] == self.system and TURNS + name not in self.draft.origin:
            return None
        return self.moved(name)


def digest(value: Value) -> str:
    return f"{crc32(orjson.dumps(value, str)):x}"


def forget(draft: Draft, names: Iterable[str]) -> None:
    """A person decided about these fields: the count begins anew."""
    for name in names:
        draft.origin.pop(TURNS + name, None)
