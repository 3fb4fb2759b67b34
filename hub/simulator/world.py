"""A hub over simulated systems, and the integration that is tried where nobody brings one of his own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from hub.adapter import Adapter
from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.model import (
    Allowed,
    Binding,
    Compared,
    Deletes,
    Direction,
    Entity,
    FirstSync,
    Instance,
    Policy,
    Similar,
    Unit,
)
from hub.flow.assembling import assemble
from hub.flow.place import Hub, Place, Spread
from hub.simulator.clock import Clock, Counter, machine
from hub.store.catalog import register
from hub.store.database import Store
from hub.store.migrate import prepare

ASK = Policy("ask")


class World:
    """One hub, its systems, and the time."""

    def __init__(
        self,
        instance: Instance,
        systems: Mapping[str, Adapter],
        store: Store,
        spread: Spread | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.instance, self.adapters, self.store = instance, dict(systems), store
        self.clock, self.ids = clock or Clock(), Counter()
        self.slept: list[float] = []
        self.jitter: Callable[[], float] = lambda: 1.0
        self.spread = spread or Spread()
        prepare(self.store)
        self.restart()

    def restart(self) -> None:
        """A new process over the same database."""
        made = machine(self.clock, self.ids, self.sleep, self.jitter, self.spread)
        catalog = register(self.store, self.instance)
        self.hub: Hub = assemble(self.store, self.instance, catalog, self.adapters, made)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.pass_(seconds)

    def place(self, system: str, entity: str = "account") -> Place:
        return self.hub.places[entity][system]


def integration(
    systems: Sequence[str],
    fields: Sequence[str],
    *,
    policy: Policy = ASK,
    policies: Mapping[str, Policy] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    links: Mapping[str, Mapping[str, str]] | None = None,
    match: Sequence[Sequence[str | Compared]] = (),
    similar: Similar | None = None,
    first_sync: FirstSync = "go",
    directions: Mapping[str, Direction] | None = None,
    allowed: Mapping[str, Allowed] | None = None,
    deletes: Policy = ASK,
    specs: Mapping[str, Mapping[str, Any]] | None = None,
    mapped: Mapping[str, Sequence[str]] | None = None,
    means: Mapping[str, Deletes] | None = None,
    filters: Mapping[str, str] | None = None,
    blank: Literal["wins", "loses"] = "wins",
    references: Mapping[str, str] | None = None,
) -> Instance:
    """One entity, `account`, that is a `thing` in every system. `links`: by system, {"@erp": "erp_key"}. `mapped`: the
    fields that a system's mapping has, where those are not all. `means`: what deletions mean in a system."""

    def binding(name: str) -> Binding:
        known = (mapped or {}).get(name, fields)
        spec = mapping(known, (links or {}).get(name, {}), **(specs or {}).get(name, {}))
        direction, may = (directions or {}).get(name, "both"), (allowed or {}).get(name, Allowed())
        only, deletions = (filters or {}).get(name), (means or {}).get(name, Deletes())
        made = compile_mapping(spec)
        return Binding("account", name, "thing", made, direction, may, filter=only, deletes=deletions)

    units = tuple(replace(unit, blank=blank) for unit in units_of(fields, groups or {}, policy, policies or {}))
    rules = tuple(tuple(Compared(part) if isinstance(part, str) else part for part in rule) for rule in match)
    bindings = {name: binding(name) for name in systems}
    entity = Entity("account", units, bindings, rules, deletes, similar, first_sync, references or {})
    return Instance("test", "main", True, {}, {"account": entity}, ())


def mapping(fields: Sequence[str], links: Mapping[str, str], **options: Any) -> MappingSpec:
    """Every field under its own name; foreign keys as `links` says: {"@erp": "erp_key"}."""
    plain = [FieldSpec(name, sources=(name,), **{"type": "text", **options.get(name, {})}) for name in fields]
    keys = [FieldSpec(name, "reference", (raw,)) for name, raw in links.items()]
    return MappingSpec("thing", "account", (*plain, *keys))


def units_of(
    fields: Sequence[str], groups: Mapping[str, Sequence[str]], policy: Policy, policies: Mapping[str, Policy]
) -> list[Unit]:
    """The groups, and each field that is in none; where a policy is said of one, it counts for it."""
    grouped = {name for names in groups.values() for name in names}
    units = [
        Unit(n, tuple(f), policies.get(n, policy), f"group {n}" if n in policies else "hub") for n, f in groups.items()
    ]
    alone = [name for name in fields if name not in grouped]
    return units + [Unit(n, (n,), policies.get(n, policy), f"field {n}" if n in policies else "hub") for n in alone]
