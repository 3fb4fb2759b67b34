"""Whom a record that stands aside may be: those are not created in its system before that is decided."""

from collections.abc import Sequence

from hub.store import schema
from hub.store.bulk import Row, upsert
from hub.store.database import Tx
from hub.store.lookup import Lookup

_SAVE = upsert(schema.candidate, ("binding_id", "golden_id", "key", "score"))
_FORGET = Lookup("DELETE FROM candidate WHERE binding_id = :binding AND key {among}")
_CONTESTED = Lookup(
    """SELECT DISTINCT c.golden_id
       FROM {each candidate c: c.binding_id = :binding AND c.golden_id = j.value}
       {join review r: r.binding_id = :binding AND r.key = c.key AND r.state = 'open'}
       WHERE r.kind IN ('ambiguous', 'taken', 'in-doubt', 'discarded')""",
    kind="bigint",
)
_OF = Lookup("SELECT c.key, c.golden_id, c.score FROM {each candidate c: c.binding_id = :binding AND c.key = j.value}")


def save(tx: Tx, binding_id: int, keys: Sequence[str], rows: Sequence[Row]) -> None:
    """The candidates of these records, which stand aside: rows of binding_id, golden_id, key, score (null: a rule)."""
    tx.each_do(_FORGET, keys, binding=binding_id)
    tx.many(_SAVE, rows)


def contested(tx: Tx, binding_id: int, golden_ids: Sequence[int]) -> set[int]:
    """Those of these golden records that a record of this system may be."""
    return {row[0] for row in tx.each(_CONTESTED, golden_ids, binding=binding_id)}


def of(tx: Tx, binding_id: int, keys: Sequence[str]) -> list[tuple[str, int, int | None]]:
    """(key, golden record, score) of records that stand aside, the best first."""
    found = [(row[0], row[1], row[2]) for row in tx.each(_OF, keys, binding=binding_id)]
    return sorted(found, key=lambda row: (row[0], -(row[2] or 100), row[1]))
