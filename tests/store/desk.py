"""A hub's database with one entity, `account`, in three systems."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.model import Binding, Entity, Instance
from hub.store import links, records, schema
from hub.store.bulk import Row
from hub.store.catalog import Catalog, register
from hub.store.database import Store, Tx, encode
from hub.store.migrate import prepare

NOW = "2026-11-22T09:00:00.000000Z"
ORIGIN = encode({"": ["crm", NOW]})
SYSTEMS = ("crm", "erp", "shop")


def instance(name: str = "main", systems: Sequence[str] = SYSTEMS, entities: Sequence[str] = ("account",)) -> Instance:
    mapping = compile_mapping(MappingSpec("thing", "account", (FieldSpec("name", "text", ("name",)),)))
    made = {
        entity: Entity(entity, (), {system: Binding(entity, system, "thing", mapping) for system in systems})
        for entity in entities
    }
    return Instance("acme", name, True, {}, made, ())


class Desk(NamedTuple):
    """A database, and the numbers of its bindings."""

    store: Store
    catalog: Catalog
    entity: int
    crm: int
    erp: int
    shop: int

    def write(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function of the store in a transaction of its own."""
        with self.store.transaction() as tx:
            return act(tx, *args, **kwargs)

    def read(self, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with self.store.reading() as tx:
            return ask(tx, *args, **kwargs)

    def golden(self, *ids: int, state: int = schema.LIVE, **fields: Any) -> None:
        doc = encode(fields or {"name": "Acme"})
        rows = [records.golden_row(id_, self.entity, state, doc, ORIGIN, frozenset()) for id_ in ids]
        self.write(records.new_golden, rows)


def link(binding: int, key: str, golden: int, state: int = schema.LIVE, **more: Any) -> Row:
    return (binding, key, golden, state, more.get("hash"), more.get("version"), *links.encoded(more.get("shadow")))


def ready(store: Store) -> Desk:
    prepare(store)
    catalog = register(store, instance())
    rows = catalog.bindings["account"]
    return Desk(store, catalog, rows["crm"].entity_id, *(rows[system].id for system in SYSTEMS))


def count(tx: Tx, table: Any) -> int:
    return len(tx.rows(table.select()))
