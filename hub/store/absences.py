"""Linked records that a system does not show, and whose deletion is not taken (yet)."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from hub.store import schema
from hub.store.bulk import Row, upsert
from hub.store.database import Tx
from hub.store.lookup import Lookup

SIGHTED, HELD, ACCEPTED, OUTSIDE = "sighted", "held", "accepted", "outside"
#: How it was noticed: in a list of keys, or because the system said so.
MISSING, TOLD = "missing", "told"


class Absence(NamedTuple):
    """One record that is not shown."""

    key: str
    state: str
    way: str
    since: str


_SAVE = upsert(schema.absence, ("binding_id", "key", "state", "way", "since"))
_DROP = Lookup("DELETE FROM absence WHERE binding_id = :binding AND key {among}")
_OF = Lookup("SELECT key, state, way, since FROM absence WHERE binding_id = :binding")
_PAGE = Lookup(
    """SELECT key, state, way, since FROM absence WHERE binding_id = :binding AND state = :state
       ORDER BY since, key LIMIT :limit"""
)
_ACCEPT = sa.text(
    """UPDATE absence SET state = 'accepted' WHERE binding_id = :binding AND key IN (
         SELECT key FROM absence WHERE binding_id = :binding AND state = 'held' ORDER BY since, key LIMIT :most)"""
)
_HELD = Lookup("SELECT count(*), min(since) FROM absence WHERE binding_id = :binding AND state = 'held'")


def of(tx: Tx, binding_id: int) -> dict[str, Absence]:
    """All of a system, by key."""
    return {row[0]: Absence(*row) for row in tx.look(_OF, binding=binding_id)}


def page(tx: Tx, binding_id: int, state: str, limit: int) -> list[Absence]:
    """Those in one state, the oldest first."""
    return [Absence(*row) for row in tx.look(_PAGE, binding=binding_id, state=state, limit=limit)]


def save(tx: Tx, binding_id: int, rows: Sequence[Absence]) -> None:
    values: list[Row] = [(binding_id, row.key, row.state, row.way, row.since) for row in rows]
    tx.many(_SAVE, values)


def drop(tx: Tx, binding_id: int, keys: Sequence[str]) -> None:
    """They are there again, or their deletion is taken."""
    tx.each_do(_DROP, keys, binding=binding_id)


def accept(tx: Tx, binding_id: int, most: int) -> int:
    """Let the next run take those that are held, the oldest first and so many at the most; how many they are."""
    return tx.run(_ACCEPT, {"binding": binding_id, "most": most}).rowcount


def held(tx: Tx, binding_id: int) -> tuple[int, str | None]:
    """How many are held, and since when."""
    [(count, since)] = tx.look(_HELD, binding=binding_id)
    return count, since
