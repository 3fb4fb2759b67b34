"""The loop detector: the turns that systems took at the fields of a golden record, kept where its origins are.

It costs no statement: the golden record is written anyway when a value is taken, and read anyway when one differs.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import orjson

from hub.core.fight import Turn, fights, parties
from hub.core.merge import Decide, Decision, Merged, Shadow
from hub.core.model import Unit
from hub.core.record import Fields, Value
from hub.flow.batch import Draft

#: Where a golden record's origins hold the turns, each as a line of words. No field has this name.
TURNS = "~"
#: Turns that are kept of one golden record.
MOST = 60
RULE = "fight: {} keep changing it; correct one of them, or say which way the field goes; then decide"


class Ring:
    """One look of one system at one golden record."""

    def __init__(self, draft: Draft, system: str, shadow: Shadow | None, look: Fields, now: str, since: str) -> None:
        """`since`: older turns do not count."""
        self.draft, self.system, self.look = draft, system, look
        self.shadow = shadow or Shadow({})
        self.now, self.since = now, since

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

    def turns(self) -> list[Turn]:
        lines = self.draft.origin.get(TURNS, [])
        found = [Turn(*line.split(" ")) for line in lines if line is not None]
        return [turn for turn in found if turn.at >= self.since]

    def fought(self, unit: Unit) -> bool:
        turns = self.turns()
        return bool(turns) and any(fights(turns, new) for new in self.moved(unit.fields))

    def moved(self, names: Iterable[str]) -> list[Turn]:
        """The turns that this look shows."""
        base, look = self.shadow.fields, self.look
        return [
            Turn(name, self.system, digest(base[name]), digest(look[name]), self.now)
            for name in names
            if name in base and name in look and base[name] != look[name]
        ]

    def names(self, unit: Unit) -> str:
        turns = self.turns()
        found = {system for new in self.moved(unit.fields) for system in parties(turns, new)} or {self.system}
        source = {self.draft.source(name)[0] for name in unit.fields}
        return " and ".join(sorted(found | {name for name in source if name is not None}))

    def note(self, merged: Merged) -> bool:
        """Remember the turns that came to something: what was taken, and what the hub will put back. Any?"""
        kept = [name for clash in merged.clashes if clash.verdict == "keep" for name in clash.theirs]
        new = self.moved(dict.fromkeys([*merged.taken, *kept]))
        if new:
            turns = [*self.turns(), *new][-MOST:]
            self.draft.origin[TURNS] = [" ".join(turn) for turn in turns]
        return bool(new)


def digest(value: Value) -> str:
    return blake2b(orjson.dumps(value, str), digest_size=6).hexdigest()


def forget(draft: Draft, names: Iterable[str]) -> None:
    """A person decided about these fields: the count begins anew."""
    fields = frozenset(names)
    lines = draft.origin.get(TURNS, [])
    kept = [line for line in lines if line is not None and line.split(" ")[0] not in fields]
    if kept != lines:
        draft.origin[TURNS] = list(kept)
