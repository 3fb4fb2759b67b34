"""Foreign keys: how people pair and part records with them, and what the hub may make of that."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from hub.core.record import Fields
from hub.simulator.broken import LOST, OTHER, UNLOGGED, Broken
from hub.simulator.systems import Simulated, Write1
from hub.simulator.world import World
from hub.store import links
from hub.store.schema import LIVE


class Holder(NamedTuple):
    """A system whose records hold the keys of another one, and the field in which they do."""

    system: str
    other: str
    field: str


class Truth(Protocol):
    """What is known of a world (`hub.simulator.oracle`)."""

    world: World
    name: str
    systems: Mapping[str, Simulated]

    def held(self, system: str) -> dict[str, Fields]: ...

    def entity_of(self, fields: Fields) -> int: ...


class Pairs:
    """Keeps which keys people typed."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.holders = [
            Holder(name, other.binding.system, place.binding.mapping.specs[field].sources[0])
            for name in truth.systems
            for place in [truth.world.place(name, truth.name)]
            for field, other in place.links.items()
        ]
        #: Keys that somebody cleared or mistook, and nobody put right: by system and record.
        self.wrong: dict[tuple[str, str], Holder] = {}
        #: Does one of these name the counterpart of another record, which must stay where it is then?
        self.crossed = False
        #: People's records that meet as strangers: entered in both systems, or parted for a while.
        self.strangers: set[int] = set()
        self.mistaken: set[int] = set()
        #: Those of which one was deleted while the hub took them for two: the other one stays where it is, alone.
        self.torn: set[int] = set()

    def counterparts(self, system: str, entity: int) -> list[str]:
        """The keys of a people's record in a system."""
        return [key for key, row in self.truth.held(system).items() if self.truth.entity_of(row) == entity]

    def known(self, *systems: str, entity: int) -> list[int]:
        """The golden records that the records of a people's record are linked to."""
        found = list[int]()
        for name in systems:
            place = self.truth.world.place(name, self.truth.name)
            with self.truth.world.store.reading() as tx:
                known = links.lookup(tx, place.id, self.counterparts(name, entity))
            found += [link.golden_id for link in known.values() if link.state == LIVE]
        return found

    def delete(self, entity: int) -> bool:
        """Somebody deletes a record. Did somebody else enter it in the other system, or put its key right, before the
        hub was told?"""
        if entity not in self.strangers:
            return False
        self.torn |= {entity} if self.parted(entity) else set()
        return entity in self.torn or len(self.known(*self.truth.systems, entity=entity)) < 2

    def parted(self, entity: int) -> bool:
        """Does the hub take the records of this people's record for different ones?"""
        return len(set(self.known(*self.truth.systems, entity=entity))) > 1

    # -- at the instant of every write ------------------------------------------------------------

    def judge(self, made: Write1, before: Fields | None, after: Fields | None) -> None:
        if before is None or after is None:
            return
        system = made.system.name
        if self.wrong and before != after and self.parted(self.truth.entity_of(before)):
            raise Broken(OTHER, f"{system} {made.key}: {made.write.fields} comes from a record that was parted from it")
        for holder in self.holders:
            if holder.system == system:
                self.judge_key(made, holder, self.truth.entity_of(before))

    def judge_key(self, made: Write1, holder: Holder, entity: int) -> None:
        assert made.before is not None
        assert made.after is not None
        old, new = made.before.get(holder.field) or None, made.after.get(holder.field) or None
        if old == new:
            return
        said = f"{holder.system} {made.key}: {holder.field} was {old}, and became {new}"
        if self.wrong.get((holder.system, made.key)) == holder:
            raise Broken(UNLOGGED, f"{said}, and somebody had typed that")
        if [old] == self.counterparts(holder.other, entity) and (new is not None or not self.parted(entity)):
            raise Broken(OTHER, f"{said}, and it was right")

    # -- at the end -------------------------------------------------------------------------------

    def end(self, linked: Mapping[str, Mapping[str, int]]) -> None:
        """Who is linked carries the key. `linked`: by system, the golden record of each key."""
        for system, other, field in self.holders:
            keys = {golden_id: key for key, golden_id in linked[other].items()}
            shown = self.truth.systems[system].held(self.truth.systems[system].object)
            for key, golden_id in linked[system].items():
                if golden_id in keys and shown[key].get(field) != keys[golden_id]:
                    raise Broken(LOST, f"{system} {key} does not name {other} {keys[golden_id]}: {shown[key]}")
