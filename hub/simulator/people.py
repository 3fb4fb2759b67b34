"""What people do in the systems: they type, copy, delete and spoil records, and put systems back from backups."""

from collections.abc import Callable, Sequence

from hub.core.record import Fields, Raw
from hub.simulator.likeness import LABEL, Spelling, spelled
from hub.simulator.scene import Scene
from hub.simulator.systems import Write1
from hub.simulator.tags import tag
from hub.simulator.terms import PARENT, SPOILT, spoilt

#: More than there are.
ALL = 1000


class People:
    """Everybody who is not the hub."""

    def __init__(self, play: Scene) -> None:
        self.play = play
        #: Records the hub made: (system, key) -> golden id, as the token of the create told.
        self.children: dict[tuple[str, str], int] = {}
        self.last = 0
        self.entities = 0
        #: What people's records are called, where they have names.
        self.labels: dict[int, str] = {}
        #: Records that somebody entered again in another system, by how it was spelled; and those of which a person was
        #: asked which record it is.
        self.met_twice: dict[int, Spelling] = {}
        self.asked: set[int] = set()
        #: Systems that were put back from a backup, before a person said what counts.
        self.restored: set[str] = set()

    def watch(self, made: Write1) -> None:
        if made.write.kind == "create":
            self.children.setdefault((made.system.name, made.key), int(made.write.token.rpartition("-")[2]))

    def new(self, name: str, names: Sequence[str]) -> Raw:
        """Values nobody typed before."""
        self.last += 1
        return self.play.terms.fresh(name, names, self.last)

    def pick(self, name: str, number: int) -> tuple[str, Fields] | None:
        rows = sorted(self.play.oracle.held(name).items())
        return rows[number % len(rows)] if rows else None

    def create(self, name: str, names: Sequence[str]) -> str:
        self.entities += 1
        still = self.play.terms.still(name, self.entities)
        self.labels[self.entities] = str(still.get(LABEL))
        return self.enter(name, self.entities, still, names)

    def enter(self, name: str, entity: int, still: Raw, names: Sequence[str]) -> str:
        """A new record of the system, which is this one to people. Its key there."""
        system, terms = self.play.systems[name], self.play.terms
        raw = {**still, **self.new(name, list(dict.fromkeys([*terms.first, *names])))}
        key = system.person_create(system.object, raw)
        self.play.note("somebody creates", name, key, raw)
        shown = self.play.oracle.held(name)[key]
        typed = {field: terms.plain(name, raw)[field] for field in shown if field in terms.plain(name, raw)}
        self.play.oracle.people_type(name, entity, {}, typed, shown)
        return key

    def enter_twice(
        self, name: str, other: str, how: Spelling, names: Sequence[str], read: Callable[[str], None] | None
    ) -> None:
        """Somebody enters a record, and somebody else, in another system, the same one, spelled otherwise; or one only
        called alike. `read`: how the hub reads the first one before; None: it has not by then."""
        if name == other:
            return
        alone = self.entities_in(other) - self.entities_in(name) - self.asked
        if alone and read:
            entity = max(alone)
        else:
            self.create(other, names)
            entity = self.entities
            if read:
                read(other)
        place, called = self.play.place(name), spelled(self.labels[entity], how, self.last)
        if place.id in self.play.standing.announced or self.play.doubted(place):
            return  # the hub may be creating it there: nothing tells then that a person does the same
        if how == "other":
            self.entities += 1
            entity, self.labels[self.entities] = self.entities, called
        else:
            self.met_twice[entity] = how
        self.enter(name, entity, {LABEL: called}, names)

    def entities_in(self, name: str) -> set[int]:
        return {self.play.oracle.entity_of(row) for row in self.play.oracle.held(name).values()}

    def edit(self, name: str, number: int, names: Sequence[str]) -> None:
        found = self.pick(name, number)
        if found:
            self.type(name, found[0], found[1], self.new(name, names))

    def type(self, name: str, key: str, before: Fields, raw: Raw) -> None:
        system, oracle = self.play.systems[name], self.play.oracle
        system.person_edit(system.object, key, raw)
        self.play.note("somebody edits", name, key, raw)
        oracle.people_type(
            name, oracle.entity_of(before), before, self.play.terms.plain(name, raw), oracle.held(name)[key]
        )

    def copy(self, name: str, number: int, other: str, field: str) -> None:
        """Somebody types what another system shows: so people end a clash. (Not what a system made of a value.)"""
        found = self.pick(name, number)
        if not found or self.changes_values(name, field) or self.changes_values(other, field):
            return
        oracle = self.play.oracle
        entity = oracle.entity_of(found[1])
        shown = [row[field] for row in oracle.held(other).values() if oracle.entity_of(row) == entity]
        if (
            shown
            and shown[0] in oracle.typed[tag(shown[0]) or 0].values()
            and not spoilt(self.play.terms, {field: shown[0]})
        ):
            oracle.doubted.add(entity)  # the same value, typed twice: which of the two was seen, nothing tells
            self.type(name, found[0], found[1], self.play.terms.typed(name, field, shown[0]))

    def changes_values(self, name: str, field: str) -> bool:
        return field in self.play.systems[name].kind.quirks

    def adopt(self, name: str, number: int, other: int) -> None:
        """Somebody names another record as the parent of this one; -1: none. Nobody is his own parent."""
        found = self.pick(name, number)
        if found is not None:
            chosen = self.pick(name, other) if other >= 0 else None
            self.belong(name, found[0], chosen[0] if chosen is not None and chosen[0] != found[0] else None)

    def adopt_unread(self, name: str, number: int) -> None:
        """Somebody enters a record that the hub cannot read yet, and names it as the parent of another one."""
        found = self.pick(name, number)
        if found is not None:
            key = self.create(name, ())
            self.spoiling(name, key)
            self.belong(name, found[0], key)

    def belong(self, name: str, key: str, parent: str | None) -> None:
        """Somebody names a record as the parent of another one; None: nobody."""
        kin, system = self.play.kin, self.play.systems[name]
        if kin is None:
            return
        kin.see()
        before = system.held(system.object)[key]
        system.person_edit(system.object, key, {PARENT: parent})
        self.play.note("somebody says", name, key, "belongs to", parent)
        kin.people_name(name, before, {**before, PARENT: parent})

    def spoil(self, name: str, number: int) -> None:
        found = self.pick(name, number)
        if found is not None:
            self.spoiling(name, found[0])

    def spoiling(self, name: str, key: str) -> None:
        """Somebody types what is no amount."""
        field = self.play.terms.spoils
        if field:
            self.last += 1
            self.type(name, key, self.play.oracle.held(name)[key], {field: SPOILT.format(self.last * 10)})

    def mend(self) -> bool:
        """Somebody corrects it. False: there was nothing to correct."""
        play = self.play
        found = [(name, *row) for name in play.names for row in play.oracle.held(name).items()
                 if spoilt(play.terms, row[1])]  # fmt: skip
        for name, key, row in found:
            self.type(name, key, row, self.new(name, [play.terms.spoils]))
        return bool(found)

    def delete(self, name: str, number: int) -> None:
        found = self.pick(name, number)
        if not found or self.untold(name, found[0]) or self.play.oracle.pairs.wrong:
            return
        self.remove(name, *found)

    def remove(self, name: str, key: str, row: Fields) -> None:
        system = self.play.systems[name]
        self.play.note("somebody deletes", name, key)
        if self.play.kin is not None:
            self.play.kin.people_delete(name, system.held(system.object)[key])
        self.play.oracle.people_delete(name, key, row)
        system.person_delete(system.object, key)

    def undelete(self, name: str, number: int) -> None:
        """Somebody takes a record out of the bin."""
        system, oracle = self.play.systems[name], self.play.oracle
        whose = {key: oracle.entity_of(self.play.terms.plain(name, row.fields)) for key, row in system.bin.items()}
        keys = sorted(key for key in whose if not self.made_anew(name, key, whose[key]))
        if keys:
            key = keys[number % len(keys)]
            system.undelete(key)
            self.play.note("somebody takes", name, key, "out of the bin")
            self.play.met["a record came back"] += 1
            oracle.undone.add(oracle.entity_of(oracle.held(name)[key]))

    def made_anew(self, name: str, key: str, entity: int) -> bool:
        """Is there a record of these people under another key?"""
        oracle = self.play.oracle
        return any(oracle.entity_of(row) == entity for other, row in oracle.held(name).items() if other != key)

    def untold(self, name: str, key: str) -> bool:
        """Is it a child that the hub may not know, in a system that could not tell it?"""
        golden_id, place = self.children.get((name, key)), self.play.place(name)
        told = golden_id not in self.play.doubted(place) and place.id not in self.play.standing.announced
        return golden_id is not None and not self.play.systems[name].can.tokens and not told

    def back_up(self, name: str) -> None:
        """The last backup is the one that is put back."""
        self.play.note("a backup of", name, "is made")
        self.play.systems[name].back_up()

    def put_back(self, name: str) -> None:
        """A system is put back from its last backup. (Not while people have to say what counts after the last time.)"""
        system, oracle = self.play.systems[name], self.play.oracle
        before = oracle.held(name)
        if name not in self.restored and system.put_back():
            self.restored.add(name)
            self.play.note("a backup of", name, "is put back")
            self.play.met["a system was put back"] += 1
            oracle.put_back(name, before, oracle.held(name))
