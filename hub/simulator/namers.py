"""Those who fill in foreign keys: they enter a record that another system has and name it, clear a key, mistake one for
another, and put it right."""

from collections.abc import Callable, Sequence
from typing import Literal

from hub.simulator.pairs import Holder
from hub.simulator.people import People
from hub.simulator.scene import Scene
from hub.store import records
from hub.store.schema import LIVE

#: A key is cleared; another record's counterpart is named; a key is named that nobody has.
Mistake = Literal["clear", "taken", "nobody"]


class Namers:
    """They know what the people know who made the records."""

    def __init__(self, play: Scene, people: People) -> None:
        self.play, self.people, self.pairs = play, people, play.oracle.pairs

    def holder(self, number: int) -> Holder | None:
        holders = self.pairs.holders
        return holders[number % len(holders)] if holders else None

    def enter(self, number: int, names: Sequence[str], read: Callable[[str], None] | None) -> None:
        """Somebody enters a record that another system has, and says which it is. `read`: how the hub reads that one
        before; None: it has not by then."""
        holder = self.holder(number)
        if holder is None:
            return
        system, other, field = holder
        alone = self.people.entities_in(other) - self.people.entities_in(system) - self.play.oracle.deleted.keys()
        entity = max(alone, default=0)
        if not entity:
            self.people.create(other, names)
            entity = self.people.entities
        if read:
            read(other)
        place, there = self.play.place(system), self.pairs.counterparts(other, entity)
        if place.id in self.play.standing.announced or self.play.doubted(place) or len(there) != 1:
            return  # the hub may be creating it there: nothing tells then that a person does the same
        self.pairs.strangers.add(entity)
        self.play.met["a new record named its counterpart"] += 1
        self.people.enter(system, entity, {**self.play.terms.still(system, entity), field: there[0]}, names)

    def mistake(self, number: int, which: int, how: Mistake) -> None:
        """Somebody spoils the key of a record that people know in both systems."""
        holder, found = self.holder(number), None
        if holder is not None:
            found = self.people.pick(holder.system, which)
        if holder is None or found is None or (holder.system, found[0]) in self.pairs.wrong or self.pairs.crossed:
            return
        entity = self.play.oracle.entity_of(found[1])
        now, there = self.shown(holder, found[0]), self.pairs.counterparts(holder.other, entity)
        if not self.at_one(holder, entity) or entity in self.play.oracle.doubted:
            return
        [right] = there
        if (typed := self.choose(holder, now, right, how)) is not None:
            self.type(holder, found[0], typed or None)
            self.pairs.wrong[holder.system, found[0]] = holder
            self.pairs.crossed = how == "taken"
            self.pairs.strangers.add(entity)
            self.pairs.mistaken.add(entity)
            self.play.met[f"a key was mistaken: {how}"] += 1

    def at_one(self, holder: Holder, entity: int) -> bool:
        """Was the hub told that the two are one, and did it merge both, and hear what became of its writes?"""
        pair, oracle = (holder.system, holder.other), self.play.oracle
        found = self.pairs.known(*pair, entity=entity)
        places = [self.play.place(name) for name in pair]
        out = any(place.id in self.play.standing.announced for place in places)
        if out or len(found) != 2 or len(set(found)) != 1:
            return False
        with oracle.world.store.reading() as tx:
            known = [records.load(tx, place.id, found)[found[0]] for place in places]
        return all(one.sent is None and one.shadow is not None and one.shadow.late is None for one in known)

    def choose(self, holder: Holder, now: str | None, right: str, how: Mistake) -> str | None:
        """What is typed instead; None: nothing."""
        if how == "clear":
            return "" if now else None
        if how == "nobody":
            return f"{holder.other}999"
        taken = [] if self.pairs.wrong else self.taken(holder)
        return next((key for key in taken if key not in (now, right)), None)

    def taken(self, holder: Holder) -> list[str]:
        """Counterparts of other records, for everybody to see: who is free would be linked."""
        deletions, oracle = self.play.oracle.deletions, self.play.oracle
        here = deletions.links(holder.system, list(oracle.held(holder.system)))
        held = {link.golden_id for link in here.values() if link.state == LIVE}
        there = deletions.links(holder.other, list(oracle.held(holder.other)))
        states = deletions.golden_states(holder.other, list(there))
        return sorted(
            key for key, link in there.items() if states.get(key) == LIVE == link.state and link.golden_id in held
        )

    def right(self) -> bool:
        """Somebody puts the keys right. False: all are."""
        oracle, wrong = self.play.oracle, dict(self.pairs.wrong)
        self.pairs.wrong.clear()
        self.pairs.crossed = False
        for (system, key), holder in wrong.items():
            row = oracle.held(system).get(key)
            there = [] if row is None else self.pairs.counterparts(holder.other, oracle.entity_of(row))
            if len(there) == 1:
                self.type(holder, key, there[0])
        return bool(wrong)

    def clear(self, other: str, value: str) -> None:
        """Somebody looks at a key that names nobody, and clears it: the record lives on without."""
        oracle = self.play.oracle
        for holder in [holder for holder in self.pairs.holders if holder.other == other]:
            for key, row in oracle.held(holder.system).items():
                if self.shown(holder, key) == value and (holder.system, key) not in self.pairs.wrong:
                    self.type(holder, key, None)
                    oracle.deletions.spared.add(oracle.entity_of(row))
                    if (
                        oracle.deletions.link(other, value) == LIVE
                    ):  # the hub was not told that it is gone: it parts them
                        self.pairs.torn.add(oracle.entity_of(row))
                    self.play.met["a key that named nobody was cleared"] += 1

    def shown(self, holder: Holder, key: str) -> str | None:
        system = self.play.systems[holder.system]
        return system.held(system.object)[key].get(holder.field) or None

    def type(self, holder: Holder, key: str, value: str | None) -> None:
        system = self.play.systems[holder.system]
        system.person_edit(system.object, key, {holder.field: value})
        self.play.note("somebody says", holder.system, key, "is", holder.other, value)
