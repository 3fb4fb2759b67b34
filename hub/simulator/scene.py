"""What those who act in a world act upon: its systems, the hub, the clock, the oracle, and what people see standing."""

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from hub.adapter import FieldInfo
from hub.core.errors import TryLater
from hub.core.model import Binding
from hub.flow.place import Place
from hub.simulator.clock import Clock
from hub.simulator.faults import Died, Trouble, empty_store
from hub.simulator.kin import Kin
from hub.simulator.oracle import Oracle
from hub.simulator.staging import Setup, staged
from hub.simulator.systems import Kind, Simulated, Write1
from hub.simulator.world import World
from hub.store import absences, deliveries, reviews
from hub.store.agenda import agenda
from hub.store.deliveries import CREATING, OWED, REFUSED
from hub.store.reviews import Review


class Standing(NamedTuple):
    """What stands for people to see, after so many commits."""

    commits: int
    records: Sequence[Review] = ()
    owed: Sequence[deliveries.Standing] = ()
    paused: Sequence[Place] = ()
    #: Bindings for which a process that died had announced writes.
    announced: frozenset[int] = frozenset()
    #: Records that one list of keys did not show.
    missed: Sequence[str] = ()


class Scene:
    """One world and everything that stands in it, for those who act."""

    def __init__(self, setup: Setup) -> None:
        stage = staged(setup)
        self.entity, self.terms = stage.entity, stage.terms
        self.trouble, self.clock = Trouble(), Clock()
        bindings = stage.instance.entities[self.entity].bindings
        self.names = tuple(bindings)
        store = empty_store()
        self.systems = {
            name: self.system(bindings[name], kind) for name, kind in zip(self.names, setup.kinds, strict=True)
        }
        self.world = World(stage.instance, self.systems, store, clock=self.clock)
        self.oracle = Oracle(self.world, self.systems, self.entity, self.terms, stage.group)
        #: Who belongs to whom. None: these records name no others.
        self.kin = self.oracle.kin = Kin(self.oracle) if stage.kin else None
        self.deaths = 0
        self._standing = Standing(-1)
        #: Rare things that were seen, and how often.
        self.met: Counter[str] = Counter()
        store.trouble = self.trouble

    def system(self, binding: Binding, kind: Kind) -> Simulated:
        specs = binding.mapping.specs.values()
        infos = [FieldInfo(raw) for raw in dict.fromkeys(source for spec in specs for source in spec.sources)]
        return Simulated(binding.system, {binding.object: infos}, kind, self.trouble, self.clock, self.watch)

    def watch(self, made: Write1) -> None:
        self.oracle.judge(made)

    def note(self, *said: Any) -> None:
        self.oracle.history.append(said)

    def place(self, name: str) -> Place:
        return self.world.place(name, self.entity)

    def doubted(self, place: Place) -> set[int]:
        """Golden records whose create in a system was never answered: listed for everybody to see."""
        rows = self.standing.owed
        return {row.golden_id for row in rows if row.state == CREATING and row.binding_id == place.id}

    @contextmanager
    def mortal(self) -> Generator[None]:
        """The process may die in here; another one goes on."""
        try:
            yield
        except Died:
            self.note("  the process dies")
            self.deaths += 1
            self.met["the process died"] += 1
            self.met["died with writes out"] += bool(self.standing.announced)
            self.oracle.doubt()
            self.reborn()
        if self.oracle.broken:
            raise self.oracle.broken[0]

    def reborn(self) -> None:
        while True:
            try:
                self.world.restart()
            except Died:
                self.met["died while it started"] += 1
            except TryLater:
                self.met["could not start"] += 1
            else:
                return

    @property
    def standing(self) -> Standing:
        """What people see standing, read again after each commit."""
        commits = self.world.store.counts.commits
        if self._standing.commits != commits:
            hub = self.world.hub
            ids = [place.id for place in hub.all()]
            with self.world.store.reading() as tx:
                records, owed = reviews.find(tx, ids), deliveries.standing(tx, ids, [OWED, CREATING, REFUSED])
                known = agenda(tx, hub.catalog.instance_id, hub.now())
                lists = {number: absences.of(tx, id_) for number, id_ in enumerate(ids)}
            missed = [f"{number} {key} {row.state}" for number, rows in lists.items() for key, row in rows.items()]
            paused = [place for place in hub.all() if known[place.id].paused]
            announced = frozenset(place.id for place in hub.all() if known[place.id].intents)
            self._standing = Standing(commits, records, owed, paused, announced, missed)
        return self._standing

    def history(self) -> str:
        """What happened, line by line."""
        return "\n".join(" ".join(map(str, said)) for said in self.oracle.history)
