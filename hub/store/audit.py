"""The audit log: every change the hub made, to a golden record or to a system, with the values before it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.store import schema
from hub.store.bulk import Row, insert
from hub.store.database import Tx, decode

_ADD = insert(schema.audit, ("at", "run_id", "golden_id", "binding_id", "action", "who", "detail"))


class Entry(NamedTuple):
    id: int
    at: str
    run_id: int | None
    golden_id: int
    binding_id: int | None
    action: str
    who: str
    detail: dict[str, Any] | None


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """Rows of at, run_id, golden_id, binding_id, action, who, detail (encoded: field -> [before, after])."""
    tx.many(_ADD, rows)


def of_golden(tx: Tx, golden_id: int, limit: int = 100) -> list[Entry]:
    table = schema.audit
    rows = tx.rows(sa.select(table).where(table.c.golden_id == golden_id).order_by(table.c.id.desc()).limit(limit))
    return [Entry(row[0], row[1], row[2], row[3], row[4], row[5], row[6], decode(row[7])) for row in rows]
