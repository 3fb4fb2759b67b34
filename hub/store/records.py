"""Golden records, and what a system holds of them: wide rows, read only for records that differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from hub.core.merge import Shadow
from hub.core.model import Policy
from hub.core.policy import NO_PINS
from hub.core.record import Fields
from hub.store import links, schema
from hub.store.bulk import Bulk, Row, insert
from hub.store.database import Store, Tx
from hub.store.lookup import Lookup

#: field -> [system, stamp] of its value; "" is for all that are not named.
Origin = dict[str, list[str | None]]
#: Before the name of a field: where its origins hold the turns that systems took at it (see hub.flow.merging.fights),
#: each a line of words, the oldest first. No field has such a name.
TURNS = "~"
NOWHERE: frozenset[int] = frozenset()


class Known(NamedTuple):
    """A golden record, and what one system holds of it."""

    golden_id: int
    state: int
    fields: Fields
    #: Encoded: where each value came from (`Origin`).
    origin: bytes
    #: Bindings in which it must not be created.
    apart: frozenset[int]
    #: The key in the system in question. None: not linked there.
    key: str | None
    version: str | None
    #: Of what the system showed when we last looked.
    hash: bytes | None
    #: None: linked, but never merged; or not linked.
    shadow: Shadow | None
    #: What a write carried whose outcome we do not know. None: no write is out.
    sent: Fields | None = None
    #: Policies of this one record, by unit name or "*".
    pins: Mapping[str, Policy] = NO_PINS

    def sources(self) -> list[list[str | None]]:
        """[system, stamp] of its values."""
        return [source for name, source in orjson.loads(self.origin).items() if not name.startswith(TURNS)]


#: The columns of `Known`, and the joins that give them; `:binding` names the system.
COLUMNS = "g.id, g.state, g.doc, g.origin, g.apart, l.key, l.version, l.hash, l.doc, l.asked, l.held, d.sent, g.pins"
JOINS = "{left link l: l.binding_id = :binding AND l.golden_id = g.id AND l.state = 1}"
_LOAD = Lookup(
    f"SELECT {COLUMNS} FROM {{each golden g: g.id = j.value}} {JOINS} "
    "{left delivery d: d.binding_id = :binding AND d.golden_id = g.id}",
    kind="bigint",
)
_LINKED = Lookup(
    """SELECT l.golden_id, g.doc, l.held
       FROM link l {by uq_link_golden} JOIN golden g ON g.id = l.golden_id AND g.state = 1
       WHERE l.binding_id = :binding AND l.state = 1 AND l.golden_id > :after ORDER BY l.golden_id LIMIT :limit"""
)
_NEW = insert(schema.golden, ("id", "entity_id", "state", "doc", "origin", "apart"))
_PIN = Lookup("UPDATE golden SET pins = :pins WHERE id = :id")
_GOLDEN = Bulk(
    """UPDATE golden SET state = {state}, doc = {doc}, origin = {origin}, apart = {apart} {from_}
       WHERE golden.id = {id} AND golden.entity_id = {entity_id}""",
    id="bigint", entity_id="integer", state="smallint", doc="bytea", origin="bytea", apart="bytea",
)  # fmt: skip


def load(tx: Tx, binding_id: int, golden_ids: Sequence[int]) -> dict[int, Known]:
    """Golden records with one system's shadows, by golden id."""
    return {row[0]: known(row) for row in tx.each(_LOAD, golden_ids, binding=binding_id)}


def linked_pages(store: Store, binding_id: int, size: int) -> Iterator[list[tuple[int, list[Fields]]]]:
    """All live golden records that a system holds, page by page, each read in a transaction of its own: their fields,
    and what the system shows that waits for a person."""
    after = -1
    while True:
        with store.reading() as tx:
            rows = tx.look(_LINKED, binding=binding_id, after=after, limit=size)
        if not rows:
            return
        after = rows[-1][0]
        yield [
            (row[0], [orjson.loads(row[1]), *(held.theirs for held in links.units(row[2]).values())]) for row in rows
        ]


def known(row: Sequence[Any]) -> Known:
    """A row of `COLUMNS`."""
    golden_id, state, doc, origin, apart, key, version, hash_, base, asked, held, sent, pins = row
    shadow = None
    if base is not None:
        shadow = Shadow(orjson.loads(base)) if asked is held is None else links.decoded(base, asked, held)
    marks = frozenset(orjson.loads(apart)) if apart else NOWHERE
    out = None if sent is None else orjson.loads(sent)
    pinned = NO_PINS if pins is None else _pins(pins)
    return Known(golden_id, state, orjson.loads(doc), origin, marks, key, version, hash_, shadow, out, pinned)


def _pins(data: bytes) -> Mapping[str, Policy]:
    return {unit: Policy(rule, tuple(order)) for unit, (rule, order) in orjson.loads(data).items()}


def pin(tx: Tx, golden_id: int, pins: Mapping[str, Policy]) -> None:
    """Who wins a conflict of this one record, by unit name or "*"."""
    said = orjson.dumps({unit: [policy.rule, policy.order] for unit, policy in pins.items()}) if pins else None
    tx.do(_PIN, id=golden_id, pins=said)


def golden_row(golden_id: int, entity_id: int, state: int, doc: bytes, origin: bytes, apart: frozenset[int]) -> Row:
    """`doc` and `origin`: encoded."""
    return golden_id, entity_id, state, doc, origin, orjson.dumps(sorted(apart)) if apart else None


def new_golden(tx: Tx, rows: Sequence[Row]) -> None:
    """Golden records that are not there yet, as `golden_row` gives them."""
    tx.many(_NEW, rows)


def change_golden(tx: Tx, rows: Sequence[Row]) -> None:
    """Golden records that are there already, as `golden_row` gives them."""
    tx.many(_GOLDEN, rows)
