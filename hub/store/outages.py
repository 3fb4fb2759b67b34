"""Outages: systems that failed as a whole, or asked for a pause. A row comes with the failure and goes with the next
answer, so that a system in order costs nothing."""

from typing import NamedTuple

import sqlalchemy as sa

from hub.store.database import Tx, plain


class Outage(NamedTuple):
    """One system's."""

    instance: str
    system: str
    since: str
    #: Runs in a row in which nothing of it worked. 0: it only asked for a pause.
    failures: int
    #: It is left alone until then. None: it is tried at the next run.
    until: str | None
    code: str
    said: str


_FAILED = sa.text(
    """INSERT INTO outage (instance_id, system, since, failures, until, code, said)
       VALUES (:instance, :system, :now, :failures, :until, :code, :said)
       ON CONFLICT (instance_id, system) DO UPDATE SET
         failures = excluded.failures, until = excluded.until, code = excluded.code, said = excluded.said"""
)
_OVER = sa.text("DELETE FROM outage WHERE instance_id = :instance AND system = :system")
_ALL = sa.text(
    """SELECT i.name, o.system, o.since, o.failures, o.until, o.code, o.said
       FROM outage o JOIN instance i ON i.id = o.instance_id ORDER BY i.name, o.system"""
)


def failed(
    tx: Tx, instance_id: int, system: str, *, now: str, failures: int, until: str | None, code: str, said: str
) -> None:
    """It failed (again): since when is kept."""
    row = {"instance": instance_id, "system": system, "now": now, "failures": failures, "until": until}
    tx.run(_FAILED, {**row, "code": code, "said": plain(said)})


def over(tx: Tx, instance_id: int, system: str) -> None:
    """It answers, or a person says that it is to be tried at once."""
    tx.run(_OVER, {"instance": instance_id, "system": system})


def find(tx: Tx) -> list[Outage]:
    """Of all instances."""
    return [Outage(*row) for row in tx.rows(_ALL)]
