"""Who belongs to whom, in worlds whose records name one another: what people said, and what the systems show."""

from collections import defaultdict
from typing import TYPE_CHECKING

from hub.core.record import Raw
from hub.simulator.broken import LOST, OTHER, UNLOGGED, Broken
from hub.simulator.terms import PARENT
from hub.store.conflicts import OPEN, Conflict

if TYPE_CHECKING:
    from hub.simulator.oracle import Oracle
    from hub.simulator.systems import Write1

#: A record of people; None: nobody.
Someone = int | None


class Kin:
    """Keeps who named whom. Values are people's records, whatever their keys in a system."""

    def __init__(self, truth: "Oracle") -> None:
        self.truth = truth
        #: Whose a key is or was, by system.
        self.who: dict[tuple[str, str], int] = {}
        #: What people typed, and what they typed over, by child.
        self.said: dict[int, set[Someone]] = defaultdict(lambda: {None})
        self.over: dict[int, set[Someone]] = defaultdict(set)
        #: The conflicts about it: people do not decide them.
        self.log: list[Conflict] = []

    def see(self) -> None:
        """Keys are remembered: records may go, and others still name them."""
        for name in self.truth.systems:
            for key, row in self.truth.held(name).items():
                self.who.setdefault((name, key), self.truth.entity_of(row))

    def named(self, system: str, raw: Raw | None) -> Someone:
        """Whom a record names. Broken: nobody ever had that key."""
        key = (raw or {}).get(PARENT) or None
        if key is None:
            return None
        if (system, str(key)) not in self.who:
            raise Broken(OTHER, f"{system}: {raw} names {key}, which nobody has")
        return self.who[system, str(key)]

    def people_name(self, system: str, before: Raw, after: Raw) -> None:
        """Somebody names another parent, or none."""
        child = self.truth.entity_of(self.truth.terms.plain(system, after))
        old, new = self.named(system, before), self.named(system, after)
        self.said[child].add(new)
        if old != new:
            self.over[child].add(old)

    def people_delete(self, system: str, before: Raw) -> None:
        """Somebody deletes a record, and with it whom it named."""
        self.see()
        self.over[self.truth.entity_of(self.truth.terms.plain(system, before))].add(self.named(system, before))

    # -- at the instant of every write ------------------------------------------------------------

    def judge(self, made: "Write1") -> None:
        self.see()
        if made.after is None:
            return
        system = made.system.name
        child = self.truth.entity_of(self.truth.terms.plain(system, made.after))
        old, new = self.named(system, made.before), self.named(system, made.after)
        where = f"{system} {made.key}: its parent {old} became {new}"
        if new not in self.said[child]:
            raise Broken(OTHER, f"{where}, and nobody said so")
        if old is not None and old != new and old not in self.over[child] and not self.clashed(child):
            raise Broken(LOST if new is None else UNLOGGED, f"{where}, and nobody typed over it")

    def clashed(self, child: int, state: str = "") -> set[str]:
        """The systems in which its parent is in the conflict log."""
        self.truth.log()
        places = {place.id: place.binding.system for place in self.truth.world.hub.all()}
        rows = [row for row in self.log if not state or row.state == state]
        return {places[row.binding_id] for row in rows if self.who.get((places[row.binding_id], row.key)) == child}

    # -- at the end ---------------------------------------------------------------------------------

    def end(self) -> None:
        """All systems agree on who belongs to whom, and nothing that somebody said is lost."""
        self.see()
        shown: dict[int, dict[str, Someone]] = defaultdict(dict)
        for name, system in self.truth.systems.items():
            for key, raw in system.held(system.object).items():
                shown[self.who[name, key]][name] = self.named(name, raw)
        everywhere = {child for child, found in shown.items() if len(found) == len(self.truth.systems)}
        for child in everywhere:
            parents = set(shown[child].values()) | self.said[child]
            if parents - {None} <= everywhere - self.truth.deleted.keys():
                self.agree(child, shown[child])
        self.alive(everywhere)

    def alive(self, everywhere: set[int]) -> None:
        """Nobody names the key of a record that is gone, where another one stands for it, unless a person has to decide
        about it, or the hub never saw that record."""
        for name, system in self.truth.systems.items():
            held = system.held(system.object)
            for key, raw in held.items():
                parent = str(raw.get(PARENT) or "")
                if not parent or parent in held or parent not in system.shown:
                    continue
                if name in self.clashed(self.who[name, key], OPEN):
                    continue
                if {self.who[name, key], self.who[name, parent]} <= everywhere:
                    raise Broken(LOST, f"{name} {key}: its parent {parent} is gone, and was made anew")

    def agree(self, child: int, shown: dict[str, Someone]) -> None:
        held = self.clashed(child, OPEN)
        found = {parent for system, parent in shown.items() if system not in held}
        if len(found) > 1:
            raise Broken(LOST, f"record {child} has another parent in each system: {shown}")
        lost = self.said[child] - self.over[child] - {None} - set(shown.values())
        if lost and not self.clashed(child):
            raise Broken(LOST, f"record {child}: its parent {lost} was said by a person and is nowhere: {shown}")
