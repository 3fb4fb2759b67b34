"""A hub over systems in memory: the whole engine, no network, a clock that the test moves."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.memory import Memory
from hub.adapter import Can, FieldInfo
from hub.core.mapping import FieldSpec, MappingSpec, compile_mapping
from hub.core.model import Allowed, Binding, Entity, Instance, Policy, Unit
from hub.engine.machine import Threads
from hub.engine.sync import Report, sync
from hub.flow.place import Hub, Machine, assemble
from hub.store.catalog import register
from hub.store.database import Store
from hub.store.migrate import prepare

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


def memory(can: Can = ABLE, fields: Sequence[str] = FIELDS, links: Sequence[str] = (), **options: Any) -> Memory:
    """A system with one object, `thing`; `links`: its foreign key fields."""
    return Memory({"thing": [FieldInfo(name) for name in (*fields, *links)]}, can=can, **options)


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
        match: Sequence[Sequence[str]] = (),
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
        entity = Entity("account", units, bindings, tuple(tuple(rule) for rule in match), deletes)
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

    def held(self, system: str) -> list[dict[str, Any]]:
        """The records of a system, without its foreign keys, in order."""
        rows = self.systems[system].held("thing").values()
        plain = [{name: row[name] for name in row if not name.endswith("_key")} for row in rows]
        return sorted(plain, key=str)


def make_units(
    fields: Sequence[str], groups: Mapping[str, Sequence[str]], policy: Policy, policies: Mapping[str, Policy]
) -> list[Unit]:
    grouped = {name for names in groups.values() for name in names}
    units = [
        Unit(n, tuple(f), policies.get(n, policy), f"group {n}" if n in policies else "hub") for n, f in groups.items()
    ]
    alone = [name for name in fields if name not in grouped]
    return units + [Unit(n, (n,), policies.get(n, policy), f"field {n}" if n in policies else "hub") for n in alone]
