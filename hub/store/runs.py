"""Runs: one execution of a task, with what it counted."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.store.database import Tx, decode, encode, plain


class Run(NamedTuple):
    id: int
    instance_id: int
    task: str
    started_at: str
    ended_at: str | None
    state: str
    counts: dict[str, Any] | None
    said: str | None


_DIED = sa.text("UPDATE run SET state = 'died', ended_at = :now WHERE instance_id = :instance_id AND state = 'running'")
_START = sa.text(
    """INSERT INTO run (instance_id, task, started_at, state) VALUES (:instance_id, :task, :now, 'running')
       RETURNING id"""
)
_END = sa.text("UPDATE run SET ended_at = :now, state = :state, counts = :counts, said = :said WHERE id = :id")
_LAST = sa.text("SELECT max(started_at) FROM run WHERE instance_id = :instance AND task = :task AND state <> 'died'")
_LATEST = sa.text(
    """SELECT id, instance_id, task, started_at, ended_at, state, counts, said
       FROM run WHERE instance_id = :instance ORDER BY id DESC LIMIT :limit"""
)


def start(tx: Tx, instance_id: int, task: str, now: str) -> int:
    """The number of the new run. Runs that never ended, died."""
    tx.run(_DIED, {"instance_id": instance_id, "now": now})
    return int(tx.run(_START, {"instance_id": instance_id, "task": task, "now": now}).scalar_one())


def end(tx: Tx, run_id: int, now: str, state: str, counts: dict[str, Any], said: str | None) -> None:
    row = {"id": run_id, "now": now, "state": state, "counts": encode(counts), "said": said and plain(said)}
    tx.run(_END, row)


def last(tx: Tx, instance_id: int, task: str) -> str | None:
    """When a task last ran to its end."""
    started: str | None = tx.run(_LAST, {"instance": instance_id, "task": task}).scalar()
    return started


def latest(tx: Tx, instance_id: int, limit: int = 10) -> list[Run]:
    rows = tx.rows(_LATEST, {"instance": instance_id, "limit": limit})
    return [Run(row[0], row[1], row[2], row[3], row[4], row[5], decode(row[6]), row[7]) for row in rows]
