"""What the hub may make of deletions: as the mode of each system says, no more than people let happen, and none that a
person refused. Told from what everybody can see: who deleted what, the links of records, what people answered."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from hub.core.model import Deletes
from hub.core.record import Fields, Raw
from hub.flow.place import Place
from hub.simulator.broken import INVENTED, OTHER, Broken
from hub.simulator.systems import Simulated, Write1
from hub.simulator.world import World
from hub.store import links, records
from hub.store.links import Link
from hub.store.schema import DELETED, LIVE, UNLINKED


class Truth(Protocol):
    """What is known of a world (`hub.simulator.oracle`)."""

    world: World
    name: str
    systems: Mapping[str, Simulated]

    def held(self, system: str) -> dict[str, Fields]: ...

    def entity_of(self, fields: Fields) -> int: ...


class Deletions:
    """Every deletion of a world, and what people said about it."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        #: The records that people deleted, by people's record.
        self.by: dict[int, set[tuple[str, str]]] = defaultdict(set)
        #: People's records whose deletion somebody refused; and those of them that nobody deleted since.
        self.spared: set[int] = set()
        self.pardoned: set[int] = set()
        #: Deletions that people let happen, by the system in which; and those of this run.
        self.let: Counter[str] = Counter()
        self.now: Counter[str] = Counter()

    def place(self, system: str) -> Place:
        return self.truth.world.place(system, self.truth.name)

    def means(self, system: str) -> Deletes:
        return self.place(system).binding.deletes

    # -- what people do ---------------------------------------------------------------------------

    def person(self, system: str, key: str, entity: int) -> None:
        self.by[entity].add((system, key))
        self.pardoned.discard(entity)

    def accepted(self, system: str, way: str, number: int) -> None:
        """So many may go: those of one system, or what follows in all others from what is gone there."""
        for name in [system] if way == "to" else [name for name in self.truth.systems if name != system]:
            self.let[name] += number

    def whose(self, system: str, way: str, keys: Iterable[str]) -> list[int]:
        """The people's records of held deletions that can be refused: those still alive for the hub, or alive here."""
        held, found = self.truth.held(system), list[int]()
        for key, state in self.golden_states(system, keys).items():
            gone = [entity for entity, rows in self.by.items() if (system, key) in rows]
            found += gone if way == "from" and state == LIVE else []
            found += [self.truth.entity_of(held[key])] if way == "to" and key in held else []
        return found

    def unseen(self, entity: int, refused: tuple[str, Iterable[str]]) -> bool:
        """Is there another deletion of it that the hub has not taken yet?"""
        rest = self.by[entity] - {(refused[0], key) for key in refused[1]}
        return any(self.link(system, key) == LIVE for system, key in rest)

    # -- what the hub shows -----------------------------------------------------------------------

    def links(self, system: str, keys: Sequence[str]) -> Mapping[str, Link]:
        with self.truth.world.store.reading() as tx:
            return links.lookup(tx, self.place(system).id, list(keys))

    def link(self, system: str, key: str) -> int | None:
        found = self.links(system, [key]).get(key)
        return found.state if found else None

    def golden_states(self, system: str, keys: Iterable[str]) -> dict[str, int]:
        """Of linked records: does the golden record live?"""
        known = {key: link.golden_id for key, link in self.links(system, list(keys)).items() if link.state == LIVE}
        with self.truth.world.store.reading() as tx:
            goldens = records.load(tx, self.place(system).id, sorted(known.values()))
        return {key: goldens[golden_id].state for key, golden_id in known.items()}

    def left(self, system: str) -> set[str]:
        """Records that stay in a system although they were deleted elsewhere: let go, or ignored."""
        held = list(self.truth.held(system))
        found = {key for key, link in self.links(system, held).items() if link.state == UNLINKED}
        if self.means(system).send == "ignore":
            found |= {key for key, state in self.golden_states(system, held).items() if state == DELETED}
        return found

    def without(self, entity: int) -> set[str]:
        """Systems that need not hold a record: there it was let go, or its deletion is followed nowhere."""
        rows = self.by[entity]
        parted = {system for system, _ in rows if self.means(system).take == "unlink"}
        return parted | {system for system, key in rows if self.link(system, key) == UNLINKED}

    def closed(self, system: str, raw: Raw) -> bool:
        """Does it carry the marks of a closed record?"""
        binding = self.place(system).binding
        if binding.deletes.send != "soft":
            return False
        fields, _ = binding.mapping.to_hub(raw)
        return all(
            fields.get(name) == value for name, value in binding.mapping.project(dict(binding.deletes.marks)).items()
        )

    # -- at the instant of a write ----------------------------------------------------------------

    def closing(self, made: Write1) -> bool:
        """Is this the write that closes a record?"""
        system, before, after = made.system.name, made.before, made.after
        if before is None or after is None or self.means(system).send != "soft":
            return False
        if not self.closed(system, before):
            return self.closed(system, after)
        if not self.closed(system, after):
            return False  # it lives again
        if made.write.fields.keys() - {name for name in after if before[name] == after[name]}:
            raise Broken(OTHER, f"{system} {made.key} was closed, and is written to: {made.write.fields}")
        return False

    def judge(self, made: Write1, entity: int) -> None:
        """A deletion by the hub, or a write that closes a record."""
        system, means = made.system.name, self.means(made.system.name)
        if made.after is None and means.send != "hard":
            raise Broken(INVENTED, f"{system} {made.key} was deleted, and its mode is {means.send}")
        if entity in self.pardoned:
            raise Broken(INVENTED, f"{system} {made.key} was deleted, and a person had said that it is not to be")
        self.now[system] += 1
        if means.share or self.now[system] <= means.most:
            return
        self.let[system] -= 1
        if self.let[system] < 0:
            raise Broken(INVENTED, f"{self.now[system]} deletions in {system} in one run, and nobody accepted them")
