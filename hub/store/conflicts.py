"""The conflict log: what each side had, what was there before, who won, by which rule, when."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.record import Fields
from hub.store import schema
from hub.store.bulk import Bulk, Row
from hub.store.database import Tx, decode, encode
from hub.store.lookup import Lookup

OPEN, DECIDED, REVERSED, WITHDRAWN, SUPERSEDED = "open", "decided", "reversed", "withdrawn", "superseded"
#: No row has a greater number.
LAST = 2**31 - 1


class Conflict(NamedTuple):
    """A row of the conflict log."""

    id: int
    at: str
    run_id: int | None
    binding_id: int
    golden_id: int
    key: str
    unit: str
    base: Fields | None
    ours: Fields
    theirs: Fields
    ours_from: str | None
    verdict: str
    rule: str
    state: str
    decided_by: str | None
    decided_at: str | None


# `was` is always "open": as a constant it would lead the planner to begin with all that are open.
_CLOSE = Bulk(
    """UPDATE conflict SET state = {state}, decided_by = {who}, decided_at = {now} {from_}
       WHERE conflict.golden_id = {golden_id} AND conflict.binding_id = {binding_id} AND conflict.unit = {unit}
         AND conflict.state = {was}""",
    state="text", who="text", now="text", golden_id="bigint", binding_id="integer", unit="text", was="text",
)  # fmt: skip


_ABOUT = Lookup(
    f"""SELECT {", ".join(f"c.{name}" for name in Conflict._fields)} FROM
        {{each conflict c: c.golden_id = j.value AND c.binding_id = :binding AND c.unit = :unit AND c.state = :state}}
        ORDER BY c.id DESC""",
    kind="bigint",
)
_TAKE_BACK = Lookup(
    "UPDATE conflict SET state = :state, decided_by = :who, decided_at = :now WHERE id {among}", kind="integer"
)


def log(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows; `base`, `ours` and `theirs` are fields."""
    encoded = [
        {**row, "base": None if row["base"] is None else encode(row["base"]), "ours": encode(row["ours"]),
         "theirs": encode(row["theirs"])}
        for row in rows
    ]  # fmt: skip
    tx.insert(schema.conflict, encoded)


def close(tx: Tx, rows: Sequence[Row]) -> None:
    """Rows of state, who, now, golden_id, binding_id, unit: what is open for the last three ends so."""
    tx.many(_CLOSE, [(*row, OPEN) for row in rows])


def decide(tx: Tx, conflict_id: int, state: str, verdict: str, who: str, now: str) -> None:
    """A person's word on one conflict."""
    table = schema.conflict
    values = {"state": state, "verdict": verdict, "decided_by": who, "decided_at": now}
    tx.run(sa.update(table).where(table.c.id == conflict_id).values(values))


def take_back(tx: Tx, ids: Sequence[int], who: str, now: str) -> None:
    """The losing sides of these count again."""
    tx.each_do(_TAKE_BACK, ids, state=REVERSED, who=who, now=now)


def refresh(tx: Tx, conflict_id: int, ours: Fields) -> None:
    """The hub's value was edited since the conflict was logged."""
    tx.run(sa.update(schema.conflict).where(schema.conflict.c.id == conflict_id).values(ours=encode(ours)))


def find(
    tx: Tx,
    binding_ids: Sequence[int],
    *,
    states: Sequence[str] = (),
    ids: Sequence[int] = (),
    golden_id: int | None = None,
    limit: int = 100,
) -> list[Conflict]:
    """The newest first."""
    table = schema.conflict
    query = sa.select(table).where(table.c.binding_id.in_(binding_ids))
    if states:
        query = query.where(table.c.state.in_(states))
    if ids:
        query = query.where(table.c.id.in_(ids))
    if golden_id is not None:
        query = query.where(table.c.golden_id == golden_id)
    return [_conflict(row) for row in tx.run(query.order_by(table.c.id.desc()).limit(limit))]


def about(tx: Tx, binding_id: int, golden_ids: Sequence[int], unit: str, state: str) -> list[Conflict]:
    """Those of one unit of many golden records, in one system and one state, the newest first."""
    return [_conflict(row) for row in tx.each(_ABOUT, golden_ids, binding=binding_id, unit=unit, state=state)]


def _conflict(row: Sequence[Any]) -> Conflict:
    found = Conflict(*row)
    return found._replace(base=decode(row[7]), ours=decode(row[8]), theirs=decode(row[9]))
