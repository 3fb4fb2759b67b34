"""Match keys: the normalised values by which an unlinked record finds its golden record."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from hub.core.record import Fields
from hub.store import schema
from hub.store.bulk import Row, upsert
from hub.store.database import Tx, decode
from hub.store.lookup import Lookup


class Candidate(NamedTuple):
    """A golden record with this value for this rule, and its key in the asking system (None: not linked there)."""

    rule: str
    value: str
    golden_id: int
    key: str | None


_FIND = Lookup(
    """SELECT m.rule, m.value, m.golden_id, l.key
       FROM {each match_key m: m.entity_id = :entity AND m.rule = :rule AND m.value = j.value}
       {left link l: l.binding_id = :binding AND l.golden_id = m.golden_id AND l.state = 1}"""
)
_FIND_FEW = Lookup(
    """SELECT m.rule, m.value, m.golden_id, l.key
       FROM {each match_key m: m.entity_id = :entity AND m.rule = :rule AND m.value = j.value}
       {left link l: l.golden_id = m.golden_id AND l.binding_id = :binding AND l.state = 1}
       WHERE (SELECT 1 FROM match_key c WHERE c.entity_id = :entity AND c.rule = :rule AND c.value = j.value
              LIMIT 1 OFFSET :most) IS NULL"""
)
_FIND_LINKED = Lookup(
    """SELECT l.key, l.golden_id, o.key
       FROM {each link l: l.binding_id = :other AND l.key = j.value AND l.state = 1}
       {left link o: o.golden_id = l.golden_id AND o.binding_id = :binding AND o.state = 1}"""
)
_NAMED = Lookup(
    """SELECT m.value
       FROM {each match_key m: m.entity_id = :entity AND m.rule = :rule AND m.value = j.value}
       {join golden g: g.id = m.golden_id AND g.state = 1}"""
)
_SAVE = upsert(schema.match_key, ("entity_id", "rule", "value", "golden_id"))
_FORGET = Lookup("DELETE FROM match_key WHERE golden_id {among}", kind="bigint")


def find(tx: Tx, entity_id: int, binding_id: int, rule: str, values: Sequence[str]) -> list[Candidate]:
    """Every golden record that one of the values of a rule points at."""
    return [Candidate(*row) for row in tx.each(_FIND, values, entity=entity_id, rule=rule, binding=binding_id)]


def find_few(tx: Tx, entity_id: int, binding_id: int, rule: str, values: Sequence[str], most: int) -> list[Candidate]:
    """The same; a value at which more than `most` golden records stand tells nothing, and none of them is found."""
    row = {"entity": entity_id, "rule": rule, "binding": binding_id, "most": most}
    return [Candidate(*found) for found in tx.each(_FIND_FEW, values, **row)]


def named(tx: Tx, entity_id: int, rule: str, values: Sequence[str]) -> set[str]:
    """Those of these values at which a live golden record stands."""
    return {value for (value,) in tx.each(_NAMED, values, entity=entity_id, rule=rule)}


def find_linked(tx: Tx, binding_id: int, other_id: int, rule: str, keys: Sequence[str]) -> list[Candidate]:
    """The golden records whose record in another system has one of these keys."""
    rows = tx.each(_FIND_LINKED, keys, other=other_id, binding=binding_id)
    return [Candidate(rule, key, golden_id, own) for key, golden_id, own in rows]


def save(tx: Tx, rows: Sequence[Row]) -> None:
    """Rows of entity_id, rule, value, golden_id."""
    tx.many(_SAVE, rows)


def forget(tx: Tx, golden_ids: Sequence[int]) -> None:
    tx.each_do(_FORGET, golden_ids)


_LIVE = sa.text(
    "SELECT id, doc FROM golden WHERE entity_id = :entity AND state = 1 AND id > :after ORDER BY id LIMIT :limit"
)


def live(tx: Tx, entity_id: int, after: int, limit: int) -> list[tuple[int, Fields]]:
    """Golden records in order, to make their keys anew."""
    rows = tx.rows(_LIVE, {"entity": entity_id, "after": after, "limit": limit})
    return [(row[0], decode(row[1])) for row in rows]
