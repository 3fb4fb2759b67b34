"""Runs: one execution of a task, with what it counted."""

from typing import Any, NamedTuple

from hub.store.database import Tx, decode, encode, plain
from hub.store.lookup import Lookup


class Run(NamedTuple):
    id: int
    instance_id: int
    task: str
    started_at: str
    ended_at: str | None
    state: str
    counts: dict[str, Any] | None
    said: str | None


#: Counts of what a run merely looked at.
LOOKED_AT = frozenset({"read", "unchanged"})

_DIED = Lookup(
    "UPDATE run {by ix_run_running} SET state = 'died', ended_at = :now "
    "WHERE instance_id = :instance AND state = 'running'"
)
_START = Lookup(
    "INSERT INTO run (instance_id, task, started_at, state) VALUES (:instance, :task, :now, 'running') RETURNING id"
)
_LAST = Lookup(
    "SELECT started_at FROM run {by ix_run_task} WHERE instance_id = :instance AND task = :task AND state <> 'died' "
    "ORDER BY started_at DESC LIMIT 1"
)
_LATEST = Lookup(
    """SELECT id, instance_id, task, started_at, ended_at, state, counts, said
       FROM run WHERE instance_id = :instance ORDER BY id DESC LIMIT :limit"""
)
_END = Lookup(
    "UPDATE run SET ended_at = :now, state = :state, counts = :counts, said = :said, idle = :idle WHERE id = :id"
)
# The last one of each task says when the next is due.
_FORGET = Lookup(
    """DELETE FROM run WHERE (started_at < :old OR (idle = 1 AND started_at < :quiet)) AND state <> 'running'
         AND id NOT IN (SELECT max(id) FROM run WHERE state <> 'died' GROUP BY instance_id, task)"""
)


def start(tx: Tx, instance_id: int, task: str, now: str) -> int:
    """The number of the new run. Runs that never ended, died."""
    tx.do(_DIED, instance=instance_id, now=now)
    [[number]] = tx.look(_START, instance=instance_id, task=task, now=now)
    return int(number)


def end(
    tx: Tx, run_id: int, now: str, state: str, counts: dict[str, Any], said: str | None, *, idle: bool = False
) -> None:
    """`idle`: it found nothing to do."""
    told = {"counts": encode(counts), "said": said and plain(said), "idle": 1 if idle else None}
    tx.do(_END, id=run_id, now=now, state=state, **told)


def forget(tx: Tx, old: str, quiet: str) -> None:
    """Runs that began before `old`, and before `quiet` if they found nothing to do; but the last one of each task."""
    tx.do(_FORGET, old=old, quiet=quiet)


def last(tx: Tx, instance_id: int, task: str) -> str | None:
    """When a task last ran to its end."""
    found = tx.look(_LAST, instance=instance_id, task=task)
    return str(found[0][0]) if found else None


def latest(tx: Tx, instance_id: int, limit: int = 10) -> list[Run]:
    rows = tx.look(_LATEST, instance=instance_id, limit=limit)
    return [Run(row[0], row[1], row[2], row[3], row[4], row[5], decode(row[6]), row[7]) for row in rows]
