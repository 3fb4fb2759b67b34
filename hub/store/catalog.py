"""The numbers that stand for organizations, instances, entities and bindings in the other tables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.clocks import Skew
from hub.core.model import Instance
from hub.store import links, schema
from hub.store.bulk import Bulk
from hub.store.database import Store, Tx, encode
from hub.store.lookup import Lookup


class BindingRow(NamedTuple):
    """A binding as the store knows it."""

    id: int
    entity_id: int
    system: str


class Catalog(NamedTuple):
    """The numbers of one instance."""

    instance_id: int
    #: By entity name, then by system name.
    bindings: Mapping[str, Mapping[str, BindingRow]]

    def by_id(self) -> dict[int, tuple[str, str]]:
        """(entity, system) by binding number."""
        return {row.id: (name, row.system) for name, rows in self.bindings.items() for row in rows.values()}


def register(store: Store, instance: Instance) -> Catalog:
    """Look the numbers up; what is new gets one. Nothing is ever renumbered."""
    with store.transaction() as tx:
        organization_id = _number(tx, schema.organization, {"name": instance.organization})
        instance_id = _number(tx, schema.instance, {"organization_id": organization_id, "name": instance.name})
        bindings = {}
        for name, entity in instance.entities.items():
            entity_id = _number(tx, schema.entity, {"instance_id": instance_id, "name": name})
            bindings[name] = {
                system: BindingRow(_binding(tx, entity_id, system, binding.object), entity_id, system)
                for system, binding in entity.bindings.items()
            }
        return Catalog(instance_id, bindings)


def _binding(tx: Tx, entity_id: int, system: str, obj: str) -> int:
    return _number(tx, schema.binding, {"entity_id": entity_id, "system": system}, {"object": obj})


def _number(tx: Tx, table: sa.Table, names: dict[str, Any], more: dict[str, Any] | None = None) -> int:
    where = [table.c[name] == value for name, value in names.items()]
    found = tx.run(sa.select(table.c.id).where(*where)).scalar()
    if found is None:
        found = tx.run(sa.insert(table).values({**names, **(more or {})}).returning(table.c.id)).scalar_one()
    return int(found)


class Position(NamedTuple):
    """Where polling a binding stands."""

    cursor: str | None
    polled_at: str | None
    paused: str | None


def position(tx: Tx, binding_id: int) -> Position:
    columns = (schema.binding.c.cursor, schema.binding.c.polled_at, schema.binding.c.paused)
    [row] = tx.rows(sa.select(*columns).where(schema.binding.c.id == binding_id))
    return Position(*row)


_MOVE = Lookup("UPDATE binding SET cursor = :cursor WHERE id = :id")
_POLLED = Bulk(
    "UPDATE binding SET polled_at = {now}, clock = {clock} {from_} WHERE binding.id = {id}",
    now="text", clock="text", id="integer",
)  # fmt: skip
_PAUSE = sa.text("UPDATE binding SET paused = :why WHERE id = :id")


def move(tx: Tx, binding_id: int, cursor: str | None) -> None:
    """The records up to `cursor` are merged."""
    tx.do(_MOVE, cursor=cursor, id=binding_id)


def polled(tx: Tx, bindings: Sequence[tuple[int, Skew | None]], now: str) -> None:
    """Polls that came to their end, with how the clocks of their systems stand."""
    tx.many(_POLLED, [(now, encode([*clock]).decode() if clock else None, id_) for id_, clock in bindings])


_STOP = sa.text("UPDATE binding SET stopped = :stopped WHERE id = :id")


def stop_fields(tx: Tx, binding_id: int, names: Iterable[str]) -> None:
    """Fields that vanished from the system, all of them."""
    stopped = sorted(names)
    tx.run(_STOP, {"stopped": encode(stopped) if stopped else None, "id": binding_id})


def forget_fields(tx: Tx, binding_id: int) -> None:
    """A person says that fields which vanished are to be used all the same: everything is read and compared anew."""
    stopped = tx.run(sa.select(schema.binding.c.stopped).where(schema.binding.c.id == binding_id)).scalar()
    if stopped is not None:
        stop_fields(tx, binding_id, ())
        links.revisit_all(tx, binding_id)
        move(tx, binding_id, None)


_MODE = sa.text("UPDATE binding SET mode = :mode, mode_at = :now, cursor = NULL WHERE id = :id")
_CAUGHT_UP = sa.text("UPDATE binding SET mode = NULL WHERE id = :id")


def choose(tx: Tx, binding_id: int, mode: str, now: str) -> None:
    """A person says what counts in a system that was put back to an earlier state: all of it is read."""
    tx.run(_MODE, {"mode": mode, "now": now, "id": binding_id})
    if mode == "baseline":
        links.revisit_all(tx, binding_id)


def caught_up(tx: Tx, binding_id: int) -> None:
    """All of it was read."""
    tx.run(_CAUGHT_UP, {"id": binding_id})


def pause(tx: Tx, binding_id: int, why: str | None) -> None:
    tx.run(_PAUSE, {"why": why, "id": binding_id})
