"""What people decided of two records of different systems, before the hub linked them: the same, or not the same."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.store import schema
from hub.store.bulk import insert
from hub.store.database import Tx
from hub.store.lookup import Lookup


class Pairing(NamedTuple):
    """One decision, seen from one of its two records."""

    binding_id: int
    key: str
    other_id: int
    other_key: str
    same: bool


_COLUMNS = "d.binding_id, d.key, d.other_id, d.other_key, d.same"
_OF = Lookup(f"SELECT {_COLUMNS} FROM {{each decision d: d.binding_id = :binding AND d.key = j.value}}")
_TOWARDS = Lookup(
    f"SELECT {_COLUMNS} FROM {{each decision d: d.binding_id = :binding AND d.key = j.value AND d.other_id = :other}}"
)
_THERE = sa.text("SELECT 1 FROM decision WHERE binding_id = :binding LIMIT 1")
_INSERT = insert(schema.decision, Pairing._fields)


def replace(tx: Tx, binding_ids: Sequence[int], decided: Sequence[Pairing]) -> None:
    """All decisions between these bindings are these from now on, each from one side."""
    tx.run(sa.delete(schema.decision).where(schema.decision.c.binding_id.in_(binding_ids)))
    rows = [(*pair[:4], int(pair.same)) for pair in decided]
    tx.many(_INSERT, rows + [(other, other_key, one, key, same) for one, key, other, other_key, same in rows])


def there(tx: Tx, binding_id: int) -> bool:
    """Was anything decided of records of this system?"""
    return tx.run(_THERE, {"binding": binding_id}).first() is not None


def all_(tx: Tx, binding_ids: Sequence[int]) -> list[Pairing]:
    """Every decision of these bindings, from either side."""
    table = schema.decision
    return [_pairing(row) for row in tx.rows(sa.select(table).where(table.c.binding_id.in_(binding_ids)))]


def of(tx: Tx, binding_id: int, keys: Sequence[str]) -> list[Pairing]:
    """What was decided of these records."""
    return [_pairing(row) for row in tx.each(_OF, keys, binding=binding_id)]


def towards(tx: Tx, binding_id: int, keys: Sequence[str], other_id: int) -> list[Pairing]:
    """What was decided of these records and those of one other system."""
    return [_pairing(row) for row in tx.each(_TOWARDS, keys, binding=binding_id, other=other_id)]


def _pairing(row: Sequence[Any]) -> Pairing:
    binding_id, key, other_id, other_key, same = row
    return Pairing(binding_id, key, other_id, other_key, bool(same))
