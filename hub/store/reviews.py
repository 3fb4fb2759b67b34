"""Reviews: records that stand aside, each with its reason. Retried when due; closed when the reason is gone."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.errors import HubError
from hub.store import schema
from hub.store.bulk import Bulk
from hub.store.database import Tx, plain
from hub.store.lookup import Lookup

#: The kind of a review that a person has decided: it is read and linked before anything is polled.
DECIDED = "decided"
#: A person wants to hear no more of it.
DISCARDED = "discarded"


class Review(NamedTuple):
    """A record that stands aside."""

    id: int
    at: str
    binding_id: int
    key: str
    golden_id: int | None
    kind: str
    code: str
    said: str
    attempts: int
    due_at: str
    state: str


_OPEN = Bulk(
    """INSERT INTO review (at, binding_id, key, golden_id, kind, code, said, attempts, due_at, state)
       {begin} {at}, {binding_id}, {key}, {golden_id}, {kind}, {code}, {said}, 0, {due_at}, 'open' {end}
       ON CONFLICT (binding_id, key) WHERE state = 'open' DO UPDATE SET
         kind = excluded.kind, code = excluded.code, said = excluded.said, golden_id = excluded.golden_id,
         attempts = review.attempts + 1, due_at = excluded.due_at
       WHERE review.kind <> 'discarded' OR review.said <> excluded.said""",
    at="text", binding_id="integer", key="text", golden_id="bigint", kind="text", code="text", said="text",
    due_at="text",
)  # fmt: skip
_pick = itemgetter(*_OPEN.names)
_CLOSE = Lookup("UPDATE review SET state = 'closed' WHERE state = 'open' AND binding_id = :binding AND key {among}")
_DUE = Lookup(
    """SELECT * FROM review WHERE state = 'open' AND binding_id = :binding AND due_at <= :now AND kind <> 'broken'
         AND (:kind = '' OR kind = :kind)
       ORDER BY id LIMIT :limit"""
)
_OF = sa.text("SELECT * FROM review WHERE state = 'open' AND binding_id = :binding AND key = :key")
_DECIDE = sa.text(
    """UPDATE review SET kind = 'decided', golden_id = :golden_id, said = :said, due_at = :now
       WHERE state = 'open' AND binding_id = :binding AND key = :key"""
)
_DISCARD = sa.text(
    """UPDATE review SET kind = 'discarded', due_at = '9999-12-31'
       WHERE state = 'open' AND binding_id = :binding AND key = :key"""
)
_HURRY = sa.text("UPDATE review SET due_at = :now WHERE state = 'open' AND binding_id = :binding AND key = :key")
_WAKE = Lookup("UPDATE review SET due_at = :now WHERE state = 'open' AND binding_id = :binding AND kind = :kind")
_WAITING = sa.text("SELECT count(*) FROM review WHERE state = 'open' AND binding_id = :binding AND kind = :kind")


def row(
    binding_id: int, key: str, kind: str, why: HubError, at: str, due_at: str, golden_id: int | None = None
) -> dict[str, Any]:
    """A record that stands aside from now on, and when it is tried again."""
    return {
        "at": at,
        "binding_id": binding_id,
        "key": key,
        "golden_id": golden_id,
        "kind": kind,
        "code": why.code,
        "said": why.said,
        "due_at": due_at,
    }


def open_(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Rows as `row` gives them. One is open for a record at a time."""
    unique = {(row["binding_id"], row["key"]): row for row in rows}
    tx.many(_OPEN, [_pick({**row, "said": plain(row["said"])}) for row in unique.values()])


def close(tx: Tx, binding_id: int, keys: Sequence[str]) -> None:
    """These records do not stand aside any more."""
    tx.each_do(_CLOSE, keys, binding=binding_id)


def discard(tx: Tx, binding_id: int, key: str) -> None:
    """Heard of no more, unless it stands aside for another reason. It stays open, so that it is found at once."""
    tx.run(_DISCARD, {"binding": binding_id, "key": key})


def hurry(tx: Tx, binding_id: int, key: str, now: str) -> None:
    """Try this record at the next run."""
    tx.run(_HURRY, {"binding": binding_id, "key": key, "now": now})


def wake(tx: Tx, binding_id: int, kind: str, now: str) -> None:
    """Try the records of one kind at the next run: what they waited for is settled."""
    tx.do(_WAKE, binding=binding_id, kind=kind, now=now)


def due(tx: Tx, binding_id: int, now: str, limit: int, kind: str = "") -> list[Review]:
    """Records of a system that are to be tried again. `kind`: only of this one."""
    return [Review(*row) for row in tx.look(_DUE, binding=binding_id, now=now, limit=limit, kind=kind)]


def of(tx: Tx, binding_id: int, key: str) -> Review | None:
    """The open review of a record."""
    rows = tx.rows(_OF, {"binding": binding_id, "key": key})
    return Review(*rows[0]) if rows else None


def decide(tx: Tx, binding_id: int, key: str, golden_id: int | None, said: str, now: str) -> None:
    """A person said which golden record it is; None: a new one. It is linked when it is next read."""
    row = {"binding": binding_id, "key": key, "golden_id": golden_id, "said": said, "now": now}
    tx.run(_DECIDE, row)


def find(tx: Tx, binding_ids: Sequence[int], *, state: str = "open", kind: str = "", limit: int = 100) -> list[Review]:
    """`kind`: only these."""
    table = schema.review
    wanted = (table.c.binding_id.in_(binding_ids), table.c.state == state, table.c.kind != DISCARDED)
    query = sa.select(table).where(*wanted)
    if kind:
        query = query.where(table.c.kind == kind)
    return [Review(*row) for row in tx.rows(query.order_by(table.c.id).limit(limit))]


def waiting(tx: Tx, binding_id: int, kind: str) -> int:
    """How many of one kind are open in a system."""
    return int(tx.run(_WAITING, {"binding": binding_id, "kind": kind}).scalar_one())
