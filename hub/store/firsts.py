"""Whether the first writes of an entity may go out, and by which rules its match keys were made."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.store import schema
from hub.store.bulk import upsert
from hub.store.database import Tx, decode, encode

HELD, OPEN = "held", "open"


class First(NamedTuple):
    """How an entity stands."""

    entity_id: int
    rules: str | None = None
    #: held, open; None: it was not asked yet.
    state: str | None = None
    #: Why it is held.
    said: str | None = None
    #: Of the report that was accepted.
    counts: Any = None
    who: str | None = None
    at: str | None = None


_SAVE_RULES = upsert(schema.matching, ("entity_id", "rules"))
_SAVE_STATE = upsert(schema.matching, ("entity_id", "state", "said", "counts", "who", "at"))
_DOUBTFUL = sa.text(
    """SELECT count(*) FROM review r JOIN binding b ON b.id = r.binding_id
       WHERE b.entity_id = :entity AND r.state = 'open' AND r.kind IN ('ambiguous', 'taken')"""
)


def find(tx: Tx, entity_ids: Sequence[int]) -> dict[int, First]:
    """How these entities stand; those that were never asked are not in it."""
    table = schema.matching
    columns = [table.c[name] for name in First._fields]
    rows = tx.rows(sa.select(*columns).where(table.c.entity_id.in_(entity_ids)))
    return {row[0]: First(*row)._replace(counts=decode(row.counts)) for row in rows}


def keyed(tx: Tx, entity_id: int, rules: str) -> None:
    """The match keys of all golden records are by these rules now."""
    tx.many(_SAVE_RULES, [(entity_id, rules)])


def hold(tx: Tx, entity_id: int, said: str) -> None:
    tx.many(_SAVE_STATE, [(entity_id, HELD, said, None, None, None)])


def open_(tx: Tx, entity_id: int, who: str, now: str, counts: Mapping[str, Any] | None = None) -> None:
    """The first writes may go out. `counts`: of the report that `who` accepted."""
    tx.many(_SAVE_STATE, [(entity_id, OPEN, None, encode(counts) if counts is not None else None, who, now)])


def doubtful(tx: Tx, entity_id: int) -> int:
    """Records that stand aside since it is not sure which golden record they are."""
    return int(tx.run(_DOUBTFUL, {"entity": entity_id}).scalar_one())
