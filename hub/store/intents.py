"""Intents: what is about to go out, written before the calls and gone with their outcomes; one row a page, one page at
a time for a system. What is still there when nothing is out was left by a process that died: it may have arrived."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from hub.store import deliveries
from hub.store.database import Tx
from hub.store.lookup import Lookup


class Intent(NamedTuple):
    """One write."""

    golden_id: int
    create: bool
    #: Encoded fields, in the entity's terms.
    sent: bytes


_ANNOUNCE = Lookup("INSERT INTO intent (binding_id, token, due_at, items) VALUES (:binding, :token, :due_at, :items)")
_LEFT = Lookup("SELECT token, due_at, items FROM intent WHERE binding_id = :binding")
_DONE = Lookup("DELETE FROM intent WHERE binding_id = :binding")


def announce(tx: Tx, binding_id: int, token: str, due_at: str, intents: Sequence[Intent]) -> None:
    """From now on these may be out. `token`: of the creates; `due_at`: when they can be settled, should we die."""
    items = orjson.dumps([(golden_id, create, orjson.Fragment(sent)) for golden_id, create, sent in intents])
    tx.do(_ANNOUNCE, binding=binding_id, token=token, due_at=due_at, items=items)


def done(tx: Tx, binding_id: int) -> None:
    """Nothing is out any more; what became of each is stored in the same transaction."""
    tx.do(_DONE, binding=binding_id)


def land(tx: Tx, binding_id: int) -> None:
    """What a process that died had announced may have arrived: every such delivery is marked with what it carried."""
    left = tx.look(_LEFT, binding=binding_id)
    for token, due_at, items in left:
        rows = [(binding_id, golden_id, create, orjson.dumps(sent)) for golden_id, create, sent in orjson.loads(items)]
        creates = [(binding, golden_id, sent, token, due_at) for binding, golden_id, create, sent in rows if create]
        deliveries.creating(tx, creates)
        deliveries.updating(tx, [(binding, golden_id, sent) for binding, golden_id, create, sent in rows if not create])
    if left:
        done(tx, binding_id)
