"""Links: which record of a system is which golden record. 1:1, and the database holds us to it."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from hub.store import schema
from hub.store.bulk import Bulk, Row, upsert
from hub.store.database import Tx
from hub.store.lookup import Lookup


class Link(NamedTuple):
    """A record's link. `state` 0: the record is gone there; 2: it was let go."""

    key: str
    golden_id: int
    state: int
    hash: bytes | None
    version: str | None


_LOOKUP = Lookup(
    "SELECT l.key, l.golden_id, l.state, l.hash, l.version "
    "FROM {each link l: l.binding_id = :binding AND l.key = j.value}"
)
_OF_GOLDEN = Lookup(
    "SELECT l.binding_id, l.key, l.golden_id FROM {each link l: l.golden_id = j.value AND l.state = 1}", kind="bigint"
)
_ONE = {"binding_id": "integer", "key": "text"}
_THIS = "link.binding_id = {binding_id} AND link.key = {key}"
_SAVE = upsert(schema.link, ("binding_id", "key", "golden_id", "state", "hash", "version"))
_VERSION = Bulk("UPDATE link SET version = {version} {from_} WHERE " + _THIS, **_ONE, version="text")
_SEEN = Bulk(
    "UPDATE link SET hash = {hash}, version = {version} {from_} WHERE " + _THIS, **_ONE, hash="bytea", version="text"
)
_REVISIT = Bulk("UPDATE link SET hash = NULL {from_} WHERE " + _THIS, **_ONE)
_REVISIT_ALL = sa.text("UPDATE link SET hash = NULL WHERE binding_id = :binding AND state = 1")
_COUNT = sa.text("SELECT count(*) FROM link WHERE binding_id = :binding AND state = 1")
_MISSING = sa.text(
    "SELECT key FROM link WHERE binding_id = :binding AND state = 1 AND key > :after ORDER BY key LIMIT :limit"
)


def lookup(tx: Tx, binding_id: int, keys: Sequence[str]) -> dict[str, Link]:
    """The links of a page, by key."""
    return {row[0]: Link(*row) for row in tx.each(_LOOKUP, keys, binding=binding_id)}


def of_golden(tx: Tx, golden_ids: Sequence[int]) -> list[tuple[int, str, int]]:
    """(binding, key, golden) of every live link of these golden records."""
    return [(row[0], row[1], row[2]) for row in tx.each(_OF_GOLDEN, golden_ids)]


def save(tx: Tx, rows: Sequence[Row]) -> None:
    """Rows of binding_id, key, golden_id, state, hash, version."""
    tx.many(_SAVE, rows)


def seen(tx: Tx, rows: Sequence[Row]) -> None:
    """Records that are linked already, and what they show now: rows of binding_id, key, hash, version. Their index
    entries are left alone."""
    tx.many(_SEEN, rows)


def versions(tx: Tx, rows: Sequence[Row]) -> None:
    """Records whose version moved while nothing we map did: rows of binding_id, key, version."""
    tx.many(_VERSION, rows)


def revisit(tx: Tx, binding_id: int, keys: Sequence[str]) -> None:
    """Merge these records when they are next seen, whatever they show."""
    tx.many(_REVISIT, [(binding_id, key) for key in keys])


def revisit_all(tx: Tx, binding_id: int) -> None:
    """Merge every record of a system when it is next seen, whatever it shows."""
    tx.run(_REVISIT_ALL, {"binding": binding_id})


def count(tx: Tx, binding_id: int) -> int:
    """How many records of a system are linked."""
    return int(tx.run(_COUNT, {"binding": binding_id}).scalar_one())


def live_keys(tx: Tx, binding_id: int, after: str, limit: int) -> list[str]:
    """Keys that the hub believes to exist, in order, for the comparison with a full listing."""
    return [row[0] for row in tx.rows(_MISSING, {"binding": binding_id, "after": after, "limit": limit})]
