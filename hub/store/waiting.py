"""References that wait for their parent: what a system shows and we do not know, what it is owed and has no key for,
and what names a key that is gone, of a parent that was made anew."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from hub.store import schema
from hub.store.bulk import Bulk, Row, insert_new, upsert
from hub.store.database import Tx, plain
from hub.store.lookup import Lookup

IN, OUT, RENEW, ANEW = "in", "out", "renew", "anew"


class Waiting(NamedTuple):
    """One reference of one record in one system."""

    binding_id: int
    golden_id: int
    field: str
    #: in: the record shows a key that is not taken yet. out: it is owed a key that is not there yet. renew: it shows a
    #: key that is gone, and is owed another one. anew: it is itself a parent with another key, and has no `field`.
    way: str
    #: The parent: its binding, and its key (in) or its golden record (out, renew).
    parent_id: int
    parent_key: str | None
    parent_golden: int | None
    #: Is the parent owed to that system?
    coming: bool
    #: Is the record not created before?
    blocks: bool
    said: str
    since: str


class Standing(NamedTuple):
    """A golden record that is somebody's parent, as one system has it."""

    golden_id: int
    #: 1 live, 0 deleted, 2 absorbed.
    state: int
    #: None: it is not there.
    key: str | None
    #: Of the delivery that is owed there, and why it failed. None: there is none, it did not.
    delivery: str | None
    said: str | None
    #: Is it to be created there, and waits for a parent of its own?
    waits: bool


_SAVE = upsert(schema.waiting, Waiting._fields)
_FORGET = Lookup("DELETE FROM waiting WHERE binding_id = :binding AND way = :way AND golden_id {among}", kind="bigint")
_ADD = insert_new(schema.waiting, Waiting._fields)
_DONE = Bulk(
    """DELETE FROM waiting {using} WHERE waiting.binding_id = {binding_id} AND waiting.golden_id = {golden_id}
         AND waiting.field = {field} AND waiting.way = 'renew'""",
    binding_id="integer", golden_id="bigint", field="text",
)  # fmt: skip
_ANEW = sa.text("SELECT golden_id FROM waiting WHERE binding_id = :binding AND way = :way ORDER BY golden_id")
_UNREAD = Lookup(
    """SELECT w.binding_id, w.golden_id, w.field, w.way, w.parent_id, w.parent_key, w.parent_golden, w.said
       FROM {each waiting w: w.golden_id = j.value AND w.way IN ('in', 'renew')}""",
    kind="bigint",
)
_SHOWN = Lookup(
    """SELECT l.key, w.field, w.parent_id, w.parent_key
       FROM {each link l: l.binding_id = :binding AND l.key = j.value AND l.state = 1}
         {join waiting w: w.binding_id = :binding AND w.golden_id = l.golden_id AND w.way = 'in'}"""
)
_STANDING = Lookup(
    """SELECT g.id, g.state, l.key, d.state, d.said,
         EXISTS (SELECT 1 FROM waiting w
                 WHERE w.binding_id = :binding AND w.golden_id = g.id AND w.way = 'out' AND w.blocks = 1)
       FROM {each golden g: g.id = j.value}
         {left link l: l.binding_id = :binding AND l.golden_id = g.id AND l.state = 1}
         {left delivery d: d.binding_id = :binding AND d.golden_id = g.id}""",
    kind="bigint",
)
_KNOWN = sa.text(
    """SELECT w.golden_id, c.key, w.field, w.parent_key FROM waiting w
         JOIN link p ON p.binding_id = w.parent_id AND p.key = w.parent_key
         JOIN link c ON c.binding_id = w.binding_id AND c.golden_id = w.golden_id AND c.state = 1
       WHERE w.binding_id = :binding AND w.way = 'in'"""
)
_READY = sa.text(
    """SELECT DISTINCT w.golden_id FROM waiting w WHERE w.binding_id = :binding AND w.way = 'out' AND (
         EXISTS (SELECT 1 FROM link p JOIN golden g ON g.id = p.golden_id AND g.state = 1
                 WHERE p.binding_id = w.parent_id AND p.golden_id = w.parent_golden AND p.state = 1)
         OR EXISTS (SELECT 1 FROM golden a WHERE a.id = w.parent_golden AND a.state = 2)
         OR (w.coming = 1
             AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.binding_id = w.parent_id
                             AND d.golden_id = w.parent_golden AND d.state IN ('owed', 'creating'))
             AND NOT EXISTS (SELECT 1 FROM waiting x WHERE x.binding_id = w.parent_id
                             AND x.golden_id = w.parent_golden AND x.way = 'out' AND x.blocks = 1)))"""
)
_SWEEP = sa.text(
    """DELETE FROM waiting WHERE binding_id = :binding AND (
         NOT EXISTS (SELECT 1 FROM golden g WHERE g.id = waiting.golden_id AND g.state = 1)
         OR (way IN ('in', 'renew') AND NOT EXISTS (SELECT 1 FROM link l WHERE l.binding_id = waiting.binding_id
                                        AND l.golden_id = waiting.golden_id AND l.state = 1)))"""
)
_OF = sa.text("SELECT * FROM waiting WHERE golden_id = :golden ORDER BY binding_id, field")


class Unread(NamedTuple):
    """A key that a record shows, of a parent that is not known (in), or has another one by now (renew)."""

    binding_id: int
    golden_id: int
    field: str
    way: str
    parent_id: int
    parent_key: str | None
    parent_golden: int | None
    said: str


class LastShown(NamedTuple):
    """A key that a record showed, of a parent that is not known."""

    key: str
    field: str
    parent_id: int
    parent_key: str


class Known(NamedTuple):
    """A record whose parent is known by now."""

    golden_id: int
    key: str
    field: str
    parent_key: str


def save(tx: Tx, rows: Sequence[Waiting]) -> None:
    """From now on these wait."""
    tx.many(_SAVE, [_row(row) for row in rows])


def _row(row: Waiting) -> Row:
    return (*row[:7], int(row.coming), int(row.blocks), plain(row.said), row.since)


def add(tx: Tx, rows: Sequence[Waiting]) -> None:
    """The same, but for references that wait already."""
    tx.many(_ADD, [_row(row) for row in rows])


def done(tx: Tx, rows: Sequence[tuple[int, int, str]]) -> None:
    """References (binding, golden record, field) that were written their new key."""
    tx.many(_DONE, rows)


def anew(tx: Tx, binding_id: int) -> list[int]:
    """The parents that were made anew in a system, and whose children were not looked for yet."""
    return [row[0] for row in tx.rows(_ANEW, {"binding": binding_id, "way": ANEW})]


def forget(tx: Tx, binding_id: int, golden_ids: Sequence[int], way: str) -> None:
    """These wait no more, that way."""
    tx.each_do(_FORGET, golden_ids, binding=binding_id, way=way)


def sweep(tx: Tx, binding_id: int) -> None:
    """Records that are gone wait for nothing."""
    tx.run(_SWEEP, {"binding": binding_id})


def unread(tx: Tx, golden_ids: Sequence[int]) -> list[Unread]:
    """What any system shows of these golden records, and is not taken yet."""
    return [Unread(*row) for row in tx.each(_UNREAD, golden_ids)]


def last_shown(tx: Tx, binding_id: int, keys: Sequence[str]) -> list[LastShown]:
    """What these records of a system showed, and is not taken yet."""
    return [LastShown(*row) for row in tx.each(_SHOWN, keys, binding=binding_id)]


def standing(tx: Tx, binding_id: int, golden_ids: Sequence[int]) -> dict[int, Standing]:
    """Parents, as one system has them."""
    found = (Standing(*row) for row in tx.each(_STANDING, golden_ids, binding=binding_id))
    return {row.golden_id: row for row in found}


def known(tx: Tx, binding_id: int) -> list[Known]:
    """Records of a system whose parents are known by now."""
    return [Known(*row) for row in tx.rows(_KNOWN, {"binding": binding_id})]


def ready(tx: Tx, binding_id: int) -> list[int]:
    """Golden records whose parents are there by now, or are not to come any more."""
    return [row[0] for row in tx.rows(_READY, {"binding": binding_id})]


def of_golden(tx: Tx, golden_id: int) -> list[Waiting]:
    """What waits of one golden record, in all systems."""
    return [Waiting(*row) for row in tx.rows(_OF, {"golden": golden_id})]
