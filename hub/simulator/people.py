"""What people do: they type, copy, delete and spoil records in the systems, and decide what the hub asks them."""

from collections.abc import Sequence

from hub.core.errors import Refused
from hub.core.record import Fields, Raw
from hub.flow.deciding import held
from hub.flow.deciding.aside import link, separate
from hub.flow.deciding.decide import Side, resolve
from hub.flow.place import Place
from hub.simulator.scene import Scene
from hub.simulator.systems import Write1
from hub.simulator.tags import tag
from hub.simulator.terms import PARENT, SPOILT, spoilt
from hub.store import catalog, conflicts
from hub.store.deliveries import CREATING


class People:
    """Everybody who is not the hub."""

    def __init__(self, play: Scene) -> None:
        self.play = play
        #: Records the hub made: (system, key) -> golden id, as the token of the create told.
        self.children: dict[tuple[str, str], int] = {}
        self.last = 0
        self.entities = 0

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
        system, terms = self.play.systems[name], self.play.terms
        raw = {**terms.still(name), **self.new(name, list(dict.fromkeys([*terms.first, *names])))}
        key = system.person_create(system.object, raw)
        self.play.note("somebody creates", name, key, raw)
        shown = self.play.oracle.held(name)[key]
        typed = {field: terms.plain(name, raw)[field] for field in shown if field in terms.plain(name, raw)}
        self.play.oracle.people_type(name, self.entities, {}, typed, shown)

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
        system = self.play.systems[name]
        self.play.note("somebody deletes", name, found[0])
        if self.play.kin is not None:
            self.play.kin.people_delete(name, system.held(system.object)[found[0]])
        self.play.oracle.people_delete(found[1])
        system.person_delete(system.object, found[0])

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
            if review.kind == "in-doubt":
                with self.play.mortal():
                    self.identify(self.play.world.hub.place_of(review.binding_id), review.key)

    def approve(self) -> None:
        """Somebody lets the deletions happen that are held: in a system that lists nothing any more, all are."""
        play = self.play
        for place in play.world.hub.all():
            for item in held.waiting(play.world.hub, place, 0):
                play.note("person accepts", item.number, "deletions", item.way, item.system)
                with play.mortal():
                    held.accept(play.world.hub, place, item.way, item.number)

    def identify(self, place: Place, key: str) -> None:
        """It is the hub's own child, or a new record."""
        name, doubted, hub = place.binding.system, self.doubted(place), self.play.world.hub
        golden_id = self.children.get((name, key))
        self.play.met["a person said what a record is"] += 1
        self.play.note("somebody says", name, key, "is", golden_id if golden_id in doubted else "new")
        if golden_id is not None and golden_id in doubted:
            link(hub, place, key, golden_id, "somebody")
        else:
            separate(hub, place, key, "somebody")

    def resume(self, place: Place) -> None:
        """As `hub resume` does."""
        self.play.note("somebody resumes", place.binding.system)
        with self.play.world.store.transaction() as tx:
            catalog.pause(tx, place.id, None)
