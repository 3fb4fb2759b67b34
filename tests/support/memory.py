"""A hub over systems in memory: the whole engine, no network, a clock that the test moves."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.memory import Memory
from hub.adapter import Can, Failure, FieldInfo, Write, Written
from hub.core.mapping import FieldSpec, MappingSpec, compile_mapping
from hub.core.model import Allowed, Binding, Compared, Entity, FirstSync, Instance, MatchRule, Policy, Similar, Unit
from hub.engine.machine import Threads
from hub.engine.sync import Report, sync
from hub.flow.place import Hub, Machine, Place, assemble
from hub.store import conflicts, deliveries, links, reviews
from hub.store.catalog import register
from hub.store.conflicts import Conflict
from hub.store.database import Store
from hub.store.deliveries import Standing
from hub.store.migrate import prepare
from hub.store.reviews import Review

FIELDS = ("name", "phone", "street", "city")
ASK = Policy("ask")
ABLE = Can(conditional=True, tombstones=True, find=True, tokens=True, answers=True, batch=10)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Counter:
    """Ids one after the other."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self, count: int) -> list[int]:
        self.last += count
        return list(range(self.last - count + 1, self.last + 1))


class Noted(Memory):
    """A system that notes what the hub writes, and fails as it is told."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.writes: list[Write] = []
        #: What the next calls raise, by (call, phase): the first first.
        self.fails: dict[tuple[str, str], list[BaseException]] = {}
        #: What happens when the next calls come to a phase.
        self.happens: dict[tuple[str, str], list[Callable[[], object]]] = {}
        self.calls: list[str] = []
        self.fault = self._at

    def _at(self, call: str, phase: str) -> None:
        if phase == "before":
            self.calls.append(call)
        if act := self.happens.get((call, phase)):
            act.pop(0)()
        if errors := self.fails.get((call, phase)):
            raise errors.pop(0)

    def _write(self, obj: str, write: Write) -> Written | Failure:
        self.writes.append(write)
        return super()._write(obj, write)

    def fail(self, call: str, phase: str, *errors: BaseException) -> None:
        self.fails[call, phase] = list(errors)

    def at(self, call: str, phase: str, *acts: Callable[[], object]) -> None:
        self.happens[call, phase] = list(acts)

    def create(self, **fields: Any) -> str:
        """Somebody creates a record; its key."""
        return self.person_create("thing", fields)

    def edit(self, key: str, **fields: Any) -> None:
        self.person_edit("thing", key, fields)

    def delete(self, key: str) -> None:
        self.person_delete("thing", key)

    def row(self, key: str) -> dict[str, Any]:
        return self.held("thing")[key]

    def keys_held(self) -> list[str]:
        return sorted(self.held("thing"))


def memory(
    can: Can = ABLE,
    fields: Sequence[str] = FIELDS,
    links: Sequence[str] = (),
    choices: Mapping[str, tuple[str, ...]] | None = None,
    **options: Any,
) -> Noted:
    """A system with one object, `thing`; `links`: its foreign key fields; `choices`: all that a field may hold."""
    infos = [FieldInfo(name, choices=(choices or {}).get(name, ())) for name in (*fields, *links)]
    return Noted({"thing": infos}, can=can, **options)


def spec(system: str, fields: Sequence[str], links: Mapping[str, str], **options: Any) -> MappingSpec:
    """Every field under its own name; foreign keys as `links` says: {"@erp": "erp_key"}."""
    plain = [FieldSpec(name, sources=(name,), **{"type": "text", **options.get(name, {})}) for name in fields]
    keys = [FieldSpec(name, "reference", (raw,)) for name, raw in links.items()]
    return MappingSpec("thing", "account", (*plain, *keys))


class World:
    """Systems, and a hub between them."""

    def __init__(
        self,
        systems: Mapping[str, Memory],
        *,
        store: Store | None = None,
        policy: Policy = ASK,
        policies: Mapping[str, Policy] | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        fields: Sequence[str] = FIELDS,
        links: Mapping[str, Mapping[str, str]] | None = None,
        match: Sequence[Sequence[str | Compared]] = (),
        similar: Similar | None = None,
        first_sync: FirstSync = "go",
        directions: Mapping[str, str] | None = None,
        allowed: Mapping[str, Allowed] | None = None,
        deletes: Policy = ASK,
        specs: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.systems = dict(systems)
        self.clock = Clock()
        self.ids = Counter()
        self.slept: list[float] = []
        units = tuple(make_units(fields, groups or {}, policy, policies or {}))
        bindings = {
            name: Binding(
                "account",
                name,
                "thing",
                compile_mapping(spec(name, fields, (links or {}).get(name, {}), **(specs or {}).get(name, {}))),
                (directions or {}).get(name, "both"),  # type: ignore[arg-type]
                (allowed or {}).get(name, Allowed()),
            )
            for name in systems
        }
        entity = Entity("account", units, bindings, rules(match), deletes, similar, first_sync)
        self.instance = Instance("test", "main", True, {}, {"account": entity}, ())
        self.store = store or Store("sqlite://")
        prepare(self.store)
        self.restart()

    def restart(self) -> None:
        """A new process over the same database."""
        machine = Machine(self.clock, self.ids, lambda: 1.0, self.sleep, Threads())
        catalog = register(self.store, self.instance)
        self.hub: Hub = assemble(self.store, self.instance, catalog, self.systems, machine)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.pass_(seconds)

    def sync(self, **options: Any) -> Report:
        self.clock.pass_(1)
        return sync(self.hub, **options)

    def place(self, system: str) -> Place:
        return self.hub.places["account"][system]

    def log(self, *states: str) -> list[Conflict]:
        """The conflict log, the oldest first."""
        with self.store.reading() as tx:
            return conflicts.find(tx, [place.id for place in self.hub.all()], states=states)[::-1]

    def golden(self, system: str, key: str) -> int:
        """The golden record that a record is linked to."""
        with self.store.reading() as tx:
            return links.lookup(tx, self.place(system).id, [key])[key].golden_id

    def aside(self) -> list[Review]:
        """What stands aside."""
        with self.store.reading() as tx:
            return reviews.find(tx, [place.id for place in self.hub.all()])

    def owed(self, *states: str) -> list[Standing]:
        """Deliveries that stand."""
        with self.store.reading() as tx:
            return deliveries.standing(
                tx, [place.id for place in self.hub.all()], states or ("owed", "creating", "refused")
            )

    def held(self, system: str) -> list[dict[str, Any]]:
        """The records of a system, without its foreign keys, in order."""
        rows = self.systems[system].held("thing").values()
        plain = [{name: row[name] for name in row if not name.endswith("_key")} for row in rows]
        return sorted(plain, key=str)


def rules(match: Sequence[Sequence[str | Compared]]) -> tuple[MatchRule, ...]:
    """Match rules; a name alone is compared as text."""
    return tuple(tuple(Compared(part) if isinstance(part, str) else part for part in rule) for rule in match)


def make_units(
    fields: Sequence[str], groups: Mapping[str, Sequence[str]], policy: Policy, policies: Mapping[str, Policy]
) -> list[Unit]:
    grouped = {name for names in groups.values() for name in names}
    units = [
        Unit(n, tuple(f), policies.get(n, policy), f"group {n}" if n in policies else "hub") for n, f in groups.items()
    ]
    alone = [name for name in fields if name not in grouped]
    return units + [Unit(n, (n,), policies.get(n, policy), f"field {n}" if n in policies else "hub") for n in alone]


ANNA = {"name": "Anna", "phone": "1", "street": "High Street 1", "city": "York"}


def pair(crm: Noted | None = None, erp: Noted | None = None, **options: Any) -> tuple[World, Noted, Noted]:
    """Two systems, empty."""
    crm, erp = crm or memory(), erp or memory()
    return World({"crm": crm, "erp": erp}, **options), crm, erp


def linked(crm: Noted | None = None, erp: Noted | None = None, **options: Any) -> tuple[World, Noted, Noted]:
    """Two systems that agree on one record, which has the key 1 in both."""
    world, crm, erp = pair(crm, erp, **options)
    crm.create(**ANNA)
    world.sync()
    world.sync()
    for system in (crm, erp):
        system.writes.clear()
        system.calls.clear()
    return world, crm, erp
