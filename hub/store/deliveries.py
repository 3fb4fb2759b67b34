"""What the hub owes: golden records that differ from what a system holds. What to send is computed when it is sent."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.store import schema
from hub.store.bulk import Bulk, Row
from hub.store.database import Tx, plain
from hub.store.lookup import Lookup
from hub.store.records import COLUMNS, JOINS, Known, known

OWED, CREATING, REFUSED, HELD = "owed", "creating", "refused", "held"
#: The code of a create in doubt that only a person can settle.
UNSEEN = "create.unseen"
_NEVER = "9999-12-31"


class Due(NamedTuple):
    """A delivery whose time has come."""

    golden_id: int
    state: str
    seq: int
    #: Of the create that may be out.
    token: str | None
    attempts: int
    due_at: str
    known: Known
    #: Did a person let this deletion out?
    approved: bool = False


class Standing(NamedTuple):
    """A delivery as people see it."""

    binding_id: int
    golden_id: int
    state: str
    attempts: int
    due_at: str
    code: str | None
    said: str | None


#: Of which delivery a row speaks.
_ONE = {"binding_id": "integer", "golden_id": "bigint"}
_THIS = "delivery.binding_id = {binding_id} AND delivery.golden_id = {golden_id}"
# A delivery that may be out as a create stays so: it is settled before anything else is sent.
_OWE = Bulk(
    """INSERT INTO delivery (binding_id, golden_id, state, seq, attempts, due_at)
       {begin} {binding_id}, {golden_id}, 'owed', 1, 0, {now} {end}
       ON CONFLICT (binding_id, golden_id) DO UPDATE SET
         state = CASE WHEN delivery.state = 'creating' THEN 'creating' ELSE 'owed' END,
         seq = delivery.seq + 1, attempts = 0, code = NULL, said = NULL, held_at = NULL, approved_at = NULL,
         due_at = CASE WHEN delivery.state = 'creating' THEN delivery.due_at ELSE excluded.due_at END""",
    **_ONE, now="text",
)  # fmt: skip
_MINE = "delivery WHERE binding_id = :binding"
_OUT = "delivery {by ix_delivery_creating} WHERE binding_id = :binding AND state = 'creating'"
#: Not the creates, unless one is out already.
_LINKED = """ AND (state = 'creating' OR EXISTS (SELECT 1 FROM link l WHERE l.golden_id = delivery.golden_id
  AND l.binding_id = delivery.binding_id AND l.state = 1))"""
_PAGE = " AND golden_id > :after AND due_at <= :now ORDER BY golden_id LIMIT :limit"
# The page is cut before anything is looked up for it.
_READ = f"SELECT d.state, d.seq, d.token, d.attempts, d.due_at, d.approved_at, {COLUMNS} FROM (SELECT * FROM "
_WITH = f") d {{join golden g: g.id = d.golden_id}} {JOINS} ORDER BY d.golden_id"
_DUE = Lookup(_READ + _MINE + _PAGE + _WITH)
_DUE_LINKED = Lookup(_READ + _MINE + _LINKED + _PAGE + _WITH)
_DUE_DOUBTS = Lookup(_READ + _OUT + _PAGE + _WITH)
_DOUBTS = Lookup(_READ + _OUT + _WITH)
_CREATING = Bulk(
    "UPDATE delivery SET state = 'creating', token = {token}, due_at = {due_at}, sent = {sent} {from_} WHERE " + _THIS,
    **_ONE, sent="bytea", token="text", due_at="text",  # noqa: S106 (a type, no password)
)  # fmt: skip
_UPDATING = Bulk("UPDATE delivery SET sent = {sent} {from_} WHERE " + _THIS, **_ONE, sent="bytea")
_FINISH = Bulk("DELETE FROM delivery {using} WHERE " + _THIS + " AND delivery.seq = {seq}", **_ONE, seq="integer")
_SEQS = Lookup("SELECT golden_id, seq FROM delivery WHERE binding_id = :binding AND golden_id {among}", kind="bigint")
_TOUCH = Bulk("UPDATE delivery SET seq = delivery.seq + 1 {from_} WHERE " + _THIS, **_ONE)
_REOPEN = Lookup(
    """UPDATE delivery SET state = CASE WHEN state = 'creating' THEN 'owed' ELSE state END, token = NULL, sent = NULL
       WHERE binding_id = :binding AND golden_id {among} AND (state = 'creating' OR sent IS NOT NULL)""",
    kind="bigint",
)
_POSTPONE = Bulk(
    """UPDATE delivery SET state = {state}, attempts = {attempts}, due_at = {due_at}, code = {code}, said = {said},
         sent = CASE WHEN {doubt} THEN sent END {from_} WHERE """ + _THIS,
    **_ONE, state="text", attempts="integer", due_at="text", code="text", said="text", doubt="boolean",
)  # fmt: skip
_postponed = itemgetter(*_POSTPONE.names)
_WAKE = sa.text(
    """UPDATE delivery SET due_at = :now, attempts = 0
       WHERE binding_id = :binding AND state = 'owed' AND code IS NOT NULL AND due_at > :now"""
)
_COUNT = sa.text("SELECT binding_id, state, count(*) FROM delivery GROUP BY binding_id, state")
_DROP = Lookup("DELETE FROM delivery WHERE binding_id = :binding AND golden_id {among}", kind="bigint")


def owe(tx: Tx, pairs: Sequence[tuple[int, int]], now: str) -> None:
    """(binding, golden): these systems now differ from these golden records."""
    tx.many(_OWE, [(binding, golden, now) for binding, golden in dict.fromkeys(pairs)])


def due(
    tx: Tx, binding_id: int, now: str, after: int, limit: int, *, doubts: bool = False, linked: bool = False
) -> list[Due]:
    """The next deliveries to a system, with all that is needed to decide what to send. `doubts`: only open creates;
    `linked`: only to records that are there."""
    statement = _DUE_DOUBTS if doubts else _DUE_LINKED if linked else _DUE
    return [_due(row) for row in tx.look(statement, binding=binding_id, now=now, after=after, limit=limit)]


def doubts(tx: Tx, binding_id: int) -> list[Due]:
    """Creates that may be out, whose answer we do not have."""
    return [_due(row) for row in tx.look(_DOUBTS, binding=binding_id)]


def _due(row: tuple[Any, ...]) -> Due:
    state, seq, token, attempts, due_at, approved_at, *rest = row
    return Due(rest[0], state, seq, token, attempts, due_at, known(rest), approved_at is not None)


def creating(tx: Tx, rows: Sequence[Row]) -> None:
    """These creates may have been carried out: rows of binding_id, golden_id, sent (encoded fields), token, due_at
    (when they can be settled)."""
    tx.many(_CREATING, rows)


def updating(tx: Tx, rows: Sequence[Row]) -> None:
    """These updates may have been carried out: rows of binding_id, golden_id, sent (encoded fields)."""
    tx.many(_UPDATING, rows)


def finish(tx: Tx, binding_id: int, done: Sequence[Due]) -> int:
    """Done, unless the golden record changed while the delivery was out: then it stays owed. How many are done."""
    return tx.many(_FINISH, [(binding_id, due.golden_id, due.seq) for due in done])


def changed(tx: Tx, binding_id: int, out: Sequence[Due]) -> set[int]:
    """Of deliveries that are out, the golden records that changed meanwhile."""
    then = {due.golden_id: due.seq for due in out}
    return {golden_id for golden_id, seq in tx.each(_SEQS, list(then), binding=binding_id) if seq != then[golden_id]}


def touch(tx: Tx, pairs: Sequence[tuple[int, int]]) -> None:
    """(binding, golden): a person changed these golden records, or what is known of these systems' records. A write
    of them that is out finds it when its answer comes."""
    tx.many(_TOUCH, pairs)


def reopen(tx: Tx, binding_id: int, golden_ids: Sequence[int]) -> None:
    """No write is out any more: it was surely carried out, or surely not."""
    tx.each_do(_REOPEN, golden_ids, binding=binding_id)


def postpone(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Rows of binding_id, golden_id, state, attempts, due_at, code, said, doubt (the write may be out)."""
    tx.many(_POSTPONE, [_postponed({**row, "said": plain(row["said"])}) for row in rows])


def wake(tx: Tx, binding_id: int, now: str) -> None:
    """What was put off while the system was away is due: it answers again."""
    tx.run(_WAKE, {"binding": binding_id, "now": now})


def drop(tx: Tx, binding_id: int, golden_ids: Sequence[int]) -> None:
    """A person discards deliveries."""
    tx.each_do(_DROP, golden_ids, binding=binding_id)


# -- deletions that the guard holds -----------------------------------------------------------------------------

_HOLD = Bulk(
    "UPDATE delivery SET state = 'held', held_at = {now}, due_at = {never}, code = {code}, said = {said} {from_} WHERE "
    + _THIS,
    **_ONE, now="text", never="text", code="text", said="text",
)  # fmt: skip
_APPROVE = Lookup(
    "UPDATE delivery SET approved_at = :now WHERE binding_id = :binding AND golden_id {among}", kind="bigint"
)
_ACCEPT = sa.text(
    """UPDATE delivery SET state = 'owed', approved_at = :now, due_at = :now, code = NULL, said = NULL
       WHERE binding_id = :binding AND golden_id IN (
         SELECT golden_id FROM delivery WHERE binding_id = :binding AND state = 'held'
         ORDER BY held_at, golden_id LIMIT :most)"""
)
_DELETIONS = sa.text(
    """SELECT count(*), coalesce(sum(CASE WHEN d.state = 'held' THEN 1 ELSE 0 END), 0)
       FROM delivery d JOIN golden g ON g.id = d.golden_id
       WHERE d.binding_id = :binding AND g.state = 0 AND d.approved_at IS NULL
         AND (d.due_at <= :now OR d.state = 'held')
         AND EXISTS (SELECT 1 FROM link l
                     WHERE l.golden_id = d.golden_id AND l.binding_id = :binding AND l.state = 1)"""
)
_HELD_NOW = Lookup("SELECT count(*), min(held_at) FROM delivery WHERE binding_id = :binding AND state = 'held'")
_HELD_PAGE = Lookup(
    """SELECT d.golden_id, l.key, d.held_at FROM delivery d
         LEFT JOIN link l ON l.golden_id = d.golden_id AND l.binding_id = d.binding_id AND l.state = 1
       WHERE d.binding_id = :binding AND d.state = 'held' ORDER BY d.held_at, d.golden_id LIMIT :limit"""
)


class HeldDeletion(NamedTuple):
    """A deletion that is not sent."""

    golden_id: int
    #: Of the record there. None: it is not linked any more.
    key: str | None
    since: str


def deletions(tx: Tx, binding_id: int, now: str) -> tuple[int, int]:
    """Deletions to a system that are due and that no person let out; and how many more of them are held already."""
    [row] = tx.rows(_DELETIONS, {"binding": binding_id, "now": now})
    return int(row[0]) - int(row[1]), int(row[1])


def hold(tx: Tx, binding_id: int, golden_ids: Sequence[int], now: str, code: str, said: str) -> None:
    """These deletions wait for a person."""
    tx.many(_HOLD, [(binding_id, golden_id, now, _NEVER, code, said) for golden_id in golden_ids])


def approve(tx: Tx, binding_id: int, golden_ids: Sequence[int], now: str) -> None:
    """A person has seen these deletions already: the guard lets them out."""
    tx.each_do(_APPROVE, golden_ids, binding=binding_id, now=now)


def accept(tx: Tx, binding_id: int, most: int, now: str) -> int:
    """Let out those that are held, the oldest first and so many at the most; how many they are."""
    return tx.run(_ACCEPT, {"binding": binding_id, "most": most, "now": now}).rowcount


def held(tx: Tx, binding_id: int) -> tuple[int, str | None]:
    """How many are held, and since when."""
    [(count, since)] = tx.look(_HELD_NOW, binding=binding_id)
    return count, since


def held_page(tx: Tx, binding_id: int, limit: int) -> list[HeldDeletion]:
    """Those that are held, the oldest first."""
    return [HeldDeletion(*row) for row in tx.look(_HELD_PAGE, binding=binding_id, limit=limit)]


# -- for people -------------------------------------------------------------------------------------------------


def standing(
    tx: Tx, binding_ids: Sequence[int], states: Sequence[str], limit: int = 100, *, golden_id: int | None = None
) -> list[Standing]:
    """Deliveries in these states, for people; `golden_id`: only those of one golden record."""
    table = schema.delivery
    columns = [table.c[name] for name in Standing._fields]
    query = sa.select(*columns).where(table.c.binding_id.in_(binding_ids), table.c.state.in_(states))
    if golden_id is not None:
        query = query.where(table.c.golden_id == golden_id)
    rows = tx.rows(query.order_by(table.c.golden_id).limit(limit))
    return [Standing(*row) for row in rows]


def counts(tx: Tx) -> dict[tuple[int, str], int]:
    """How many, by binding and state."""
    return {(row[0], row[1]): row[2] for row in tx.rows(_COUNT)}
