"""The audit log: every change the hub made, to a golden record or to a system, with the values before it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.store import schema
from hub.store.bulk import Row, insert
from hub.store.database import Tx, decode
from hub.store.lookup import Lookup

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


_LATEST = Lookup(
    """SELECT a.golden_id, max(a.id), max(CASE WHEN a.action = 'created' AND a.binding_id = :binding THEN 1 ELSE 0 END)
       FROM audit a JOIN link l ON l.binding_id = :binding AND l.golden_id = a.golden_id AND l.state = 1
       WHERE a.id > (SELECT max(id) FROM audit) - 10000 AND (a.binding_id = :binding OR a.action = 'created')
         AND a.at > (SELECT coalesce(mode_at, '') FROM binding WHERE id = :binding)
       GROUP BY a.golden_id ORDER BY 2 DESC LIMIT :limit"""
)


class Touched(NamedTuple):
    """A golden record that was made or changed lately."""

    golden_id: int
    #: Did the hub make the record of the system in question?
    ours: bool


def latest(tx: Tx, binding_id: int, limit: int) -> list[Touched]:
    """Golden records that were made, or changed by or in this system, the latest first; of the last some thousand
    entries, and since a person last said what counts there."""
    return [Touched(row[0], bool(row[2])) for row in tx.look(_LATEST, binding=binding_id, limit=limit)]


def of_golden(tx: Tx, golden_id: int, limit: int = 100) -> list[Entry]:
    table = schema.audit
    rows = tx.rows(sa.select(table).where(table.c.golden_id == golden_id).order_by(table.c.id.desc()).limit(limit))
    return [Entry(row[0], row[1], row[2], row[3], row[4], row[5], row[6], decode(row[7])) for row in rows]
