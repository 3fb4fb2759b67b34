"""Runs: one execution of a task, with what it counted."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.store import schema
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


def start(tx: Tx, instance_id: int, task: str, now: str) -> int:
    """The number of the new run. Runs that never ended, died."""
    table = schema.run
    died = sa.update(table).where(table.c.instance_id == instance_id, table.c.state == "running")
    tx.run(died.values(state="died", ended_at=now))
    row = {"instance_id": instance_id, "task": task, "started_at": now, "state": "running"}
    return int(tx.run(sa.insert(table).values(row).returning(table.c.id)).scalar_one())


def end(tx: Tx, run_id: int, now: str, state: str, counts: dict[str, Any], said: str | None) -> None:
    table = schema.run
    values = {"ended_at": now, "state": state, "counts": encode(counts), "said": said and plain(said)}
    tx.run(sa.update(table).where(table.c.id == run_id).values(values))


_LAST = sa.text("SELECT max(started_at) FROM run WHERE instance_id = :instance AND task = :task AND state <> 'died'")


def last(tx: Tx, instance_id: int, task: str) -> str | None:
    """When a task last ran to its end."""
    started: str | None = tx.run(_LAST, {"instance": instance_id, "task": task}).scalar()
    return started


def latest(tx: Tx, instance_id: int, limit: int = 10) -> list[Run]:
    table = schema.run
    rows = tx.rows(sa.select(table).where(table.c.instance_id == instance_id).order_by(table.c.id.desc()).limit(limit))
    return [Run(row[0], row[1], row[2], row[3], row[4], row[5], decode(row[6]), row[7]) for row in rows]
