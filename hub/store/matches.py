"""Match keys: the normalised values by which an unlinked record finds its golden record."""

from collections.abc import Sequence
from typing import NamedTuple

from hub.store import schema
from hub.store.bulk import Row, upsert
from hub.store.database import Tx
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
_FIND_LINKED = Lookup(
    """SELECT l.key, l.golden_id, o.key
       FROM {each link l: l.binding_id = :other AND l.key = j.value AND l.state = 1}
       {left link o: o.golden_id = l.golden_id AND o.binding_id = :binding AND o.state = 1}"""
)
_SAVE = upsert(schema.match_key, ("entity_id", "rule", "value", "golden_id"))
_FORGET = Lookup("DELETE FROM match_key WHERE golden_id {among}", kind="bigint")


def find(tx: Tx, entity_id: int, binding_id: int, rule: str, values: Sequence[str]) -> list[Candidate]:
    """Every golden record that one of the values of a rule points at."""
    return [Candidate(*row) for row in tx.each(_FIND, values, entity=entity_id, rule=rule, binding=binding_id)]


def find_linked(tx: Tx, binding_id: int, other_id: int, rule: str, keys: Sequence[str]) -> list[Candidate]:
    """The golden records whose record in another system has one of these keys."""
    rows = tx.each(_FIND_LINKED, keys, other=other_id, binding=binding_id)
    return [Candidate(rule, key, golden_id, own) for key, golden_id, own in rows]


def save(tx: Tx, rows: Sequence[Row]) -> None:
    """Rows of entity_id, rule, value, golden_id."""
    tx.many(_SAVE, rows)


def forget(tx: Tx, golden_ids: Sequence[int]) -> None:
    tx.each_do(_FORGET, golden_ids)
