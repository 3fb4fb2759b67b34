"""What people do: they type, copy, delete and spoil records in the systems, and decide what the hub asks them."""

from collections.abc import Callable, Sequence

from hub.core.errors import Refused
from hub.core.putback import frozen
from hub.core.record import Fields, Raw
from hub.flow.deciding import held
from hub.flow.deciding.aside import link, separate
from hub.flow.deciding.decide import Side, resolve
from hub.flow.place import Place
from hub.simulator.likeness import LABEL, Spelling, spelled
from hub.simulator.scene import Scene
from hub.simulator.systems import Write1
from hub.simulator.tags import tag
from hub.simulator.terms import PARENT, SPOILT, spoilt
from hub.store import catalog, conflicts
from hub.store.deliveries import CREATING
from hub.store.schema import LIVE

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
        #: How often somebody said which record one is.
        self.answers = 0
        #: Systems that were put back from a backup, before a person said what counts.
        self.restored: set[str] = set()

    def watch(self, made: Write1) -> None:
        if made.write.kind == "create":
            self.children.setdefault((made.system.name, made.key), int(made.write.token.rpartition("-")[2]))

    # -- in the systems ---------------------------------------------------------------------------

    def new(self, name: str, names: Sequence[str]) -> Raw:
        """Values nobody typed before."""
        self.last += 1
        return self.play.terms.fresh(name, names, self.last)

    def pick(self, name: str, number: int) -> tuple[str, Fields] | None:
        rows = sorted(self.play.oracle.held(name).items())
        return rows[number % len(rows)] if rows else None

    def create(self, name: str, names: Sequence[str]) -> None:
        self.entities += 1
        still = self.play.terms.still(name, self.entities)
        self.labels[self.entities] = str(still.get(LABEL))
        self.enter(name, self.entities, still, names)

    def enter(self, name: str, entity: int, still: Raw, names: Sequence[str]) -> None:
        """A new record of the system, which is this one to people."""
        system, terms = self.play.systems[name], self.play.terms
        raw = {**still, **self.new(name, list(dict.fromkeys([*terms.first, *names])))}
        key = system.person_create(system.object, raw)
        self.play.note("somebody creates", name, key, raw)
        shown = self.play.oracle.held(name)[key]
        typed = {field: terms.plain(name, raw)[field] for field in shown if field in terms.plain(name, raw)}
        self.play.oracle.people_type(name, entity, {}, typed, shown)

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
        if place.id in self.play.standing.announced or self.doubted(place):
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
        kin, found = self.play.kin, self.pick(name, number)
        if kin is None or found is None:
            return
        chosen = self.pick(name, other) if other >= 0 else None
        key = chosen[0] if chosen is not None and chosen[0] != found[0] else None
        kin.see()
        system = self.play.systems[name]
        before = system.held(system.object)[found[0]]
        system.person_edit(system.object, found[0], {PARENT: key})
        self.play.note("somebody says", name, found[0], "belongs to", key)
        kin.people_name(name, before, {**before, PARENT: key})

    def spoil(self, name: str, number: int) -> None:
        """Somebody types what is no amount."""
        found, field = self.pick(name, number), self.play.terms.spoils
        if found and field:
            self.last += 1
            self.type(name, found[0], found[1], {field: SPOILT.format(self.last * 10)})

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
        if not found or self.untold(name, found[0]):
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
        keys = sorted(key for key, row in system.bin.items() if not self.again(name, key, row.fields))
        if keys:
            key = keys[number % len(keys)]
            system.undelete(key)
            self.play.note("somebody takes", name, key, "out of the bin")
            self.play.met["a record came back"] += 1
            oracle.undone.add(oracle.entity_of(oracle.held(name)[key]))

    def again(self, name: str, key: str, raw: Raw) -> bool:
        """Is this record in the system under another key?"""
        oracle = self.play.oracle
        entity = oracle.entity_of(self.play.terms.plain(name, raw))
        return any(oracle.entity_of(row) == entity for other, row in oracle.held(name).items() if other != key)

    def untold(self, name: str, key: str) -> bool:
        """Is it a child that the hub may not know, in a system that could not tell it?"""
        golden_id, place = self.children.get((name, key)), self.play.place(name)
        told = golden_id not in self.doubted(place) and place.id not in self.play.standing.announced
        return golden_id is not None and not self.play.systems[name].can.tokens and not told

    # -- what the hub asks ------------------------------------------------------------------------

    def doubted(self, place: Place) -> set[int]:
        """Golden records whose create in a system was never answered: listed for everybody to see."""
        rows = self.play.standing.owed
        return {row.golden_id for row in rows if row.state == CREATING and row.binding_id == place.id}

    def decide(self, number: int, side: Side) -> None:
        open_ = [row for row in self.play.oracle.log() if row.state == conflicts.OPEN]
        if open_:
            row = open_[number % len(open_)]
            self.play.oracle.deletions.pardoned.discard(self.play.oracle.about(row) or 0)
            self.play.note("somebody decides for", side, "in", row.unit, row.ours, row.theirs)
            self.play.met["a person decided"] += 1
            with self.play.mortal():
                try:
                    resolve(self.play.world.hub, row.id, side, "somebody")
                except Refused as error:  # edited since it was logged: somebody looks again
                    self.play.note("  refused:", error)
                    self.play.met["a decision came too late"] += 1

    def look(self) -> None:
        """Somebody looks at what stands aside, says what is the hub's own, and lets paused systems go on."""
        for place in self.play.standing.paused:
            with self.play.mortal():
                self.resume(place)
        for review in self.play.standing.records:
            place = self.play.world.hub.place_of(review.binding_id)
            with self.play.mortal():
                if review.kind == "in-doubt":
                    self.identify(place, review.key)
                elif review.kind in ("ambiguous", "taken"):
                    self.recognise(place, review.key)

    def recognise(self, place: Place, key: str) -> None:
        """Somebody compares a record with those that it may be, and knows it, or knows that it is new."""
        name, oracle = place.binding.system, self.play.oracle
        row = oracle.held(name).get(key)
        if row is None:
            return
        entity = oracle.entity_of(row)
        hub = self.play.world.hub
        if self.again(name, key, self.play.systems[name].held(self.play.systems[name].object)[key]):
            self.remove(name, key, row)  # it came out of the bin while the hub made it anew
            return
        aside = {(hub.place_of(it.binding_id).binding.system, it.key) for it in self.play.standing.records}
        elsewhere = any(
            oracle.entity_of(shown) == entity and (other, at) not in aside
            for other in self.play.names
            for at, shown in oracle.held(other).items()
            if other != name
        )
        goldens = {link.golden_id for other in self.play.names if other != name
                   for at, link in oracle.deletions.links(other, list(oracle.held(other))).items()
                   if link.state == LIVE and oracle.entity_of(oracle.held(other)[at]) == entity}  # fmt: skip
        if elsewhere and not goldens:
            return  # somebody knows that it is there, and waits until the hub has read it
        self.asked.add(entity)
        self.play.met["a person recognised a record"] += 1
        self.answers += 1
        self.play.note("somebody says", name, key, "is", goldens or "new")
        try:
            if goldens:
                link(self.play.world.hub, place, key, goldens.pop(), "somebody")
            else:
                separate(self.play.world.hub, place, key, "somebody")
        except Refused as error:  # settled since it was shown
            self.play.note("  refused:", error)

    def approve(self, most: int = ALL) -> None:
        """Somebody lets deletions happen that are held: in a system that lists nothing any more, all are."""
        play = self.play
        for place, item in self.waiting():
            number = min(most, item.number)
            play.note("somebody accepts", number, "deletions", item.way, item.system)
            play.met["deletions accepted"] += 1
            play.oracle.deletions.accepted(item.system, item.way, number)
            with play.mortal():
                held.accept(play.world.hub, place, item.way, number)

    def refuse(self, most: int) -> None:
        """Somebody says that what is gone is not to be deleted. (Not of records that are only hidden.)"""
        play, deletions = self.play, self.play.oracle.deletions
        for place, item in self.waiting():
            keys = item.sample[:most]
            if item.way == "from" and any(key in play.oracle.held(item.system) for key in keys):
                continue
            play.note("somebody refuses", len(keys), "deletions", item.way, item.system)
            play.met["deletions refused"] += 1
            whose = deletions.whose(item.system, item.way, keys)
            deletions.spared.update(whose)
            with play.mortal():
                held.reject(play.world.hub, place, item.way, len(keys), "somebody")
                deletions.pardoned.update(e for e in whose if not deletions.unseen(e, (item.system, keys)))

    def waiting(self) -> list[tuple[Place, held.Waiting]]:
        hub = self.play.world.hub
        found = [(place, item) for place in hub.all() for item in held.waiting(hub, place, ALL)]
        self.play.met["deletions held"] += len(found)
        return found

    def identify(self, place: Place, key: str) -> None:
        """It is the hub's own child, or a new record."""
        name, doubted, hub = place.binding.system, self.doubted(place), self.play.world.hub
        golden_id = self.children.get((name, key))
        self.play.met["a person said what a record is"] += 1
        self.answers += 1
        self.play.note("somebody says", name, key, "is", golden_id if golden_id in doubted else "new")
        if golden_id is not None and golden_id in doubted:
            link(hub, place, key, golden_id, "somebody")
        else:
            separate(hub, place, key, "somebody")

    def back_up(self, name: str) -> None:
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

    def resume(self, place: Place) -> None:
        """As `hub resume` does. What the hub knows counts where a system was put back, what it shows where it only
        seems so."""
        self.play.note("somebody resumes", place.binding.system)
        with self.play.world.store.transaction() as tx:
            why = catalog.position(tx, place.id).paused
            if why is not None and frozen(why):
                was = place.binding.system in self.restored
                catalog.choose(tx, place.id, "replay" if was else "baseline", self.play.world.hub.now())
                self.play.met["a system seemed to be put back"] += not was
                self.restored.discard(place.binding.system)
            catalog.pause(tx, place.id, None)
