"""Deliveries that failed: refused as they are, or put off. (Creates in doubt are settled, not corrected.)"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson
import sqlalchemy as sa

from hub.core.record import Fields
from hub.store import schema
from hub.store.database import Tx

#: Rows read in one go.
PAGE = 1000


class Failing(NamedTuple):
    """A delivery that failed, with what its golden record holds."""

    binding_id: int
    golden_id: int
    #: refused, or owed: put off.
    state: str
    attempts: int
    due_at: str
    code: str
    said: str
    #: The record over there. None: it is to be created.
    key: str | None
    #: Of the golden record: 1 live, 0 deleted.
    golden_state: int
    fields: Fields


_delivery, _golden, _link = schema.delivery, schema.golden, schema.link
_ALL = (
    sa.select(
        _delivery.c.binding_id,
        _delivery.c.golden_id,
        _delivery.c.state,
        _delivery.c.attempts,
        _delivery.c.due_at,
        _delivery.c.code,
        _delivery.c.said,
        _link.c.key,
        _golden.c.state,
        _golden.c.doc,
    )
    .join(_golden, _golden.c.id == _delivery.c.golden_id)
    .outerjoin(
        _link,
        sa.and_(
            _link.c.golden_id == _delivery.c.golden_id,
            _link.c.binding_id == _delivery.c.binding_id,
            _link.c.state == schema.LIVE,
        ),
    )
    .where(_delivery.c.code.is_not(None), _delivery.c.state.in_(("refused", "owed")))
    .order_by(_delivery.c.golden_id)
)


def failing(tx: Tx, binding_ids: Sequence[int], page: int = PAGE) -> Iterator[Failing]:
    """All of these bindings, page by page."""
    for binding_id in binding_ids:
        after = -1
        while rows := tx.rows(
            _ALL.where(_delivery.c.binding_id == binding_id, _delivery.c.golden_id > after).limit(page)
        ):
            for row in rows:
                yield Failing._make([*row[:9], orjson.loads(row[9])])
            after = rows[-1][1]


def fails(tx: Tx, binding_id: int, golden_id: int) -> bool:
    """Did this one fail?"""
    query = _ALL.where(_delivery.c.binding_id == binding_id, _delivery.c.golden_id == golden_id)
    return bool(tx.rows(query.limit(1)))
