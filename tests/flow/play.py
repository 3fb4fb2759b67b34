"""A world that people, polls, deliveries and accidents act upon in any order, watched by the oracle.

What no hub can do is left out, and nothing else (see design, "creating in a system that is not transactional"):

- A system without conditional writes can be edited between our look and our write; here nobody edits at that moment.
- In a system without tokens nobody deletes a record whose creation the hub was never told of: nothing tells that the
  deleted one was the hub's.
- A record that may be the child of an unanswered create and is not alike waits for a person; here the person looks at
  it and says which it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oracle import Broken, Oracle
from support.memory import ABLE, ASK, World
from watched import Died, Trouble, Watched, empty_store

from adapters.memory import Feed, Quirk
from hub.adapter import Can, FieldInfo
from hub.core.errors import HubError, Refused, TryLater, Unknown
from hub.core.model import Policy
from hub.core.record import Raw
from hub.engine.sync import Sync
from hub.flow import held
from hub.flow.aside import link, separate
from hub.flow.decide import Side, resolve
from hub.flow.place import Place
from hub.store import absences, conflicts, deliveries, reviews
from hub.store.deliveries import CREATING, OWED, REFUSED

FIELDS = ("name", "phone", "amount")
#: What a value looks like: every quirk makes something else of it, and the number survives them all.
SHAPES = {"name": "p{} Long-Name ", "phone": "p{} Long-Name ", "amount": "{}.126"}
#: How a mapping says what a system does to a value.
KNOWN: dict[str, dict[str, Any]] = {
    "truncate": {"length": 9, "too_long": "truncate"},
    "upper": {"transforms": (("case", "upper"),)},
    "trim": {"transforms": (("trim", None),)},
    "round": {"type": "decimal", "scale": 2},
}
#: What is no amount: the record stands aside until somebody mends it.
SPOILT = "about {}"
QUIRKS: dict[str, list[Quirk]] = {
    "truncate": [{"truncate": 9}],
    "upper": ["upper"],
    "trim": ["trim"],
    "round": [{"round": 2}],
}
DAY = 90_000
ROUNDS = 10


@dataclass(frozen=True)
class Kind:
    """What one system is like."""

    can: Can = ABLE
    page: int = 2
    feed: Feed = "sequence"
    #: What it does to the values of a field: field -> truncate, upper, trim or round.
    quirks: Mapping[str, str] = field(default_factory=dict)
    #: Does the mapping say so?
    told: bool = False


@dataclass(frozen=True)
class Setup:
    """What a world is like."""

    kinds: tuple[Kind, ...] = (Kind(), Kind())
    #: Systems that hold the keys of others: (holder, other).
    links: tuple[tuple[str, str], ...] = ()
    #: Fields that merge together. All of them: merge by row.
    group: tuple[str, ...] = ()
    #: In the order of FIELDS; the first that a group has counts for it.
    policies: tuple[Policy, ...] = (ASK,) * 3
    deletes: Policy = ASK
    match: tuple[tuple[str, ...], ...] = ()


class Play:
    """One world and what can be done to it."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.trouble = Trouble()
        self.names = tuple("abc"[: len(setup.kinds)])
        self.systems = {name: self.system(name, kind) for name, kind in zip(self.names, setup.kinds, strict=True)}
        self.world = self.made()
        self.oracle = Oracle(self.world, setup.group)
        #: Records the hub made: (system, key) -> golden id, as the token of the create told.
        self.children: dict[tuple[str, str], int] = {}
        self.last = 0
        self.entities = 0
        self.world.store.trouble = self.trouble  # type: ignore[attr-defined]

    def system(self, name: str, kind: Kind) -> Watched:
        keys = [f"{other}_key" for holder, other in self.setup.links if holder == name]
        infos = [FieldInfo(field_) for field_ in (*FIELDS, *keys)]
        quirks = {field_: QUIRKS[quirk] for field_, quirk in kind.quirks.items()}
        system = Watched(
            {"thing": infos},
            can=kind.can,
            page=kind.page,
            feed=kind.feed,
            quirks=quirks,
            clock=lambda: self.world.clock.at,
            key=lambda _, number: f"{name}{number}",
            fault=lambda call, phase: self.trouble.at(name, call, phase),
        )
        system.name, system.watch = name, self.watch
        return system

    def made(self) -> World:
        setup = self.setup
        first = next((f for f in FIELDS if f in setup.group), "")
        return World(
            self.systems,
            store=empty_store(),
            fields=FIELDS,
            groups={"group": setup.group} if setup.group else {},
            policies={"group" if f == first else f: p for f, p in zip(FIELDS, setup.policies, strict=True)},
            links={name: {f"@{other}": f"{other}_key" for holder, other in setup.links if holder == name}
                   for name in self.names},
            deletes=setup.deletes,
            match=setup.match,
            specs={name: mapped(kind) for name, kind in zip(self.names, setup.kinds, strict=True)},
        )  # fmt: skip

    def watch(self, system: Watched, write: Any, key: str, before: Raw | None, after: Raw | None) -> None:
        if write.kind == "create":
            self.children.setdefault((system.name, key), int(write.token.rpartition("-")[2]))
        self.oracle.judge(system, write, key, before, after)

    # -- people -----------------------------------------------------------------------------------

    def new(self, names: Sequence[str]) -> Raw:
        """Values nobody typed before."""
        self.last += 1
        return {name: SHAPES[name].format(self.last * 10 + FIELDS.index(name)) for name in names}

    def pick(self, name: str, number: int) -> tuple[str, Raw] | None:
        rows = sorted(self.systems[name].held("thing").items())
        return rows[number % len(rows)] if rows else None

    def note(self, *said: Any) -> None:
        self.oracle.history.append(" ".join(map(str, said)))

    def create(self, name: str, names: Sequence[str]) -> None:
        self.entities += 1
        fields = self.new(dict.fromkeys(["name", *names]))
        key = self.systems[name].person_create("thing", fields)
        self.note("person creates", name, key, fields)
        self.oracle.people_type(name, self.entities, {}, fields, self.systems[name].held("thing")[key])

    def edit(self, name: str, number: int, names: Sequence[str]) -> None:
        found = self.pick(name, number)
        if found:
            self.type(name, found[0], found[1], self.new(names))

    def type(self, name: str, key: str, before: Raw, fields: Raw) -> None:
        self.systems[name].person_edit("thing", key, fields)
        self.note("person edits", name, key, fields)
        entity = self.oracle.entity_of(before)
        self.oracle.people_type(name, entity, before, fields, self.systems[name].held("thing")[key])

    def copy(self, name: str, number: int, other: str, field_: str) -> None:
        """Somebody types what another system shows: so people end a clash. (Not what a system made of a value.)"""
        found = self.pick(name, number)
        if not found or self.changes_values(name, field_) or self.changes_values(other, field_):
            return
        entity = self.oracle.entity_of(found[1])
        shown = [row[field_] for row in self.systems[other].held("thing").values() if self.is_(entity, row)]
        if shown and shown[0] and not spoilt({field_: shown[0]}):
            self.oracle.doubted.add(entity)  # the same value, typed twice: which of the two was seen, nothing tells
            self.type(name, found[0], found[1], {field_: shown[0]})

    def spoil(self, name: str, number: int) -> None:
        """Somebody types what is no amount."""
        found = self.pick(name, number)
        if found:
            self.last += 1
            self.type(name, found[0], found[1], {"amount": SPOILT.format(self.last * 10)})

    def mend(self) -> bool:
        """Somebody corrects it. False: there was nothing to correct."""
        found = [(name, *row) for name in self.names for row in self.systems[name].held("thing").items()
                 if spoilt(row[1])]  # fmt: skip
        for name, key, row in found:
            self.type(name, key, row, self.new(["amount"]))
        return bool(found)

    def changes_values(self, name: str, field_: str) -> bool:
        return field_ in self.setup.kinds[self.names.index(name)].quirks

    def is_(self, entity: int, row: Raw) -> bool:
        return self.oracle.entity_of(row) == entity

    def delete(self, name: str, number: int) -> None:
        found = self.pick(name, number)
        if not found or self.untold(name, found[0]):
            return
        self.note("person deletes", name, found[0])
        self.oracle.people_delete(found[1])
        self.systems[name].person_delete("thing", found[0])

    def untold(self, name: str, key: str) -> bool:
        """Is it a child that the hub may not know, in a system that could not tell it?"""
        golden_id = self.children.get((name, key))
        return not self.systems[name].can.tokens and golden_id in self.doubted(self.place(name))

    def doubted(self, place: Place) -> set[int]:
        with self.world.store.reading() as tx:
            return {standing.golden_id for standing in deliveries.standing(tx, [place.id], [CREATING])}

    def decide(self, number: int, side: Side) -> None:
        open_ = [row for row in self.oracle.log() if row.state == conflicts.OPEN]
        if open_:
            row = open_[number % len(open_)]
            self.note("person decides", side, row)
            try:
                resolve(self.world.hub, row.id, side, "somebody")
            except Refused as error:  # edited since it was logged: somebody looks again
                self.note(error)

    def look(self) -> None:
        """Somebody looks at the records that may be the hub's own, and says which they are."""
        for name in self.names:
            place = self.place(name)
            with self.world.store.reading() as tx:
                aside = [review for review in reviews.find(tx, [place.id]) if review.kind == "in-doubt"]
            doubted = self.doubted(place)
            for review in aside:
                golden_id = self.children.get((name, review.key))
                self.note("person says", name, review.key, "is", golden_id if golden_id in doubted else "new")
                if golden_id in doubted:
                    link(self.world.hub, place, review.key, golden_id, "somebody")
                else:
                    separate(self.world.hub, place, review.key, "somebody")

    # -- the hub ----------------------------------------------------------------------------------

    def place(self, name: str) -> Place:
        return self.world.hub.places["account"][name]

    def run(self, said: str, act: Callable[[Sync], object]) -> None:
        """One step of the hub; it may die in it."""
        self.note(said)
        self.oracle.written.clear()
        sync = Sync(self.world.hub)
        try:
            act(sync)
        except Died:
            self.note("died")
            self.oracle.doubt()
            self.world.restart()
        except HubError as error:
            self.note("raised", error)
        self.trouble.disarm()
        if sync.report.troubles:
            self.note(*sync.report.troubles)
        if self.oracle.broken:
            raise Broken(self.oracle.broken[0])

    def poll(self, name: str, *, full: bool = False) -> None:
        self.run(f"poll {name}", lambda sync: (sync.poll(self.place(name), full), sync.again(self.place(name))))

    def deliver(self, name: str) -> None:
        self.run(f"deliver {name}", lambda sync: sync.send(self.place(name)))

    def compare_keys(self, name: str) -> None:
        self.run(f"compare keys {name}", lambda sync: sync.compare_keys(self.place(name)))

    def list_short(self, name: str, number: int) -> None:
        """A list of keys leaves a record out, and the next one shows it: nothing is to be concluded."""
        found = self.pick(name, number)
        if found:
            self.note("the list of", name, "leaves out", found[0])
            self.listed(name, lambda key: key == found[0], times=1)

    def list_nothing(self, name: str) -> None:
        """Two lists of keys are empty, though nobody deleted anything."""
        self.note("the lists of", name, "are empty")
        self.listed(name, lambda key: True, times=2)

    def listed(self, name: str, unlisted: Callable[[str], bool], times: int) -> None:
        for _ in range(times):
            self.systems[name].unlisted = unlisted
            self.compare_keys(name)
        self.systems[name].unlisted = None
        self.compare_keys(name)

    def sync(self, *, keys: bool = False) -> None:
        self.run("sync", lambda sync: sync.run(keys=keys))

    def wait(self, seconds: float) -> None:
        self.note("time passes:", seconds)
        self.world.clock.pass_(seconds)

    # -- accidents --------------------------------------------------------------------------------

    def die(self, where: str, call: str, phase: str, nth: int) -> None:
        def act() -> None:
            raise Died

        self.note("to die", where, call, phase, nth)
        self.trouble.arm(where, call, phase, act, nth)

    def later(self, where: str, call: str) -> None:
        def act() -> None:
            raise TryLater("system.busy", "come back later")

        self.note("to be away", where, call)
        self.trouble.arm(where, call, "before", act)

    def lose(self, where: str, phase: str) -> None:
        """No answer to a write, that arrived (after) or did not (before)."""

        def act() -> None:
            self.oracle.doubt()
            raise Unknown("system.no-answer", "no answer")

        self.note("to lose a write", where, phase)
        self.trouble.arm(where, "write", phase, act)

    def race(self, where: str, call: str, phase: str, number: int, names: Sequence[str]) -> None:
        """Somebody edits in the middle of a call."""
        if self.systems[where].can.conditional or call != "write":
            self.note("to race", where, call, phase)
            self.trouble.arm(where, call, phase, lambda: self.edit(where, number, names))

    # -- the end ----------------------------------------------------------------------------------

    def settle(self) -> None:
        """No more edits, no more accidents: after finite rounds all is quiet, and right. Records that cannot be read
        stand aside, and stop nothing else."""
        self.trouble.disarm()
        self.rest()
        self.oracle.final(spoilt)
        if self.mend():
            self.rest()
            self.oracle.final()
        self.nothing_stands()

    def rest(self) -> None:
        for _ in range(ROUNDS):
            before = self.stand()
            self.wait(DAY)
            self.look()
            self.approve()
            self.sync(keys=True)
            if self.stand() == before:
                break
        else:
            raise Broken(f"no rest after {ROUNDS} rounds")
        self.wait(DAY)
        self.sync()
        if self.stand() != before:
            raise Broken(f"a hub at rest did something: {before} -> {self.stand()}")

    def stand(self) -> tuple[Any, ...]:
        return self.oracle.writes, len(self.oracle.log()), self.aside(), self.missed()

    def missed(self) -> list[str]:
        """Records that one list of keys did not show."""
        with self.world.store.reading() as tx:
            found = [absences.of(tx, place.id) for place in self.world.hub.all()]
        return [f"{number} {key} {row.state}" for number, rows in enumerate(found) for key, row in rows.items()]

    def approve(self) -> None:
        """Somebody lets the deletions happen that are held: in a system that lists nothing any more, all are."""
        for place in self.world.hub.all():
            for item in held.waiting(self.world.hub, place, 0):
                self.note("person accepts", item.number, "deletions", item.way, item.system)
                held.accept(self.world.hub, place, item.way, item.number)

    def aside(self) -> list[str]:
        ids = [place.id for place in self.world.hub.all()]
        with self.world.store.reading() as tx:
            found = [f"{review.kind} {review.key}" for review in reviews.find(tx, ids)]
            owed = deliveries.standing(tx, ids, [OWED, CREATING, REFUSED])
        return found + [f"{item.state} {item.binding_id} {item.golden_id} {item.said}" for item in owed]

    def nothing_stands(self) -> None:
        if self.aside() or self.missed():
            raise Broken(f"still standing: {self.aside()} {self.missed()}")


def mapped(kind: Kind) -> dict[str, dict[str, Any]]:
    """What the mapping says of the fields of a system."""
    told = {name: KNOWN[quirk] for name, quirk in kind.quirks.items()} if kind.told else {}
    return {"amount": {"type": "decimal"}, **told}


def spoilt(row: Raw) -> bool:
    return str(row.get("amount") or "").startswith(SPOILT[:5])


def linked(setup: Setup) -> Play:
    """A world that starts with one record that all systems hold and agree on."""
    play = Play(setup)
    play.create("a", FIELDS)
    play.sync()
    play.sync()
    play.note("-- linked")
    return play
