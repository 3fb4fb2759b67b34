"""Links: which record of a system is which golden record. 1:1, and the database holds us to it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import orjson

from hub.core.merge import Held, Late, Shadow
from hub.store import schema
from hub.store.bulk import Bulk, Row, upsert
from hub.store.database import Store, Tx, decode
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
    "SELECT l.binding_id, l.key FROM {each link l: l.binding_id = j.value AND l.golden_id = :golden AND l.state = 1}",
    kind="integer",
)
_HELD = Lookup(
    "SELECT l.golden_id, l.key FROM {each link l: l.binding_id = :binding AND l.golden_id = j.value AND l.state = 1}",
    kind="bigint",
)
_TAKEN = Lookup(
    "SELECT l.key, l.golden_id FROM {each link l: l.binding_id = :binding AND l.key = j.value AND l.state = 1}"
)
_REMEMBERED = Lookup(
    "SELECT l.key, l.doc, l.asked, l.held FROM "
    "{each link l: l.binding_id = :binding AND l.key = j.value AND l.state = 0 AND l.doc IS NOT NULL}"
)
_FORMER = Lookup(
    "SELECT l.golden_id, l.key FROM {each link l: l.binding_id = :binding AND l.golden_id = j.value AND l.state = 0}",
    kind="bigint",
)
NO_SHADOW: Row = (None, None, None)
_ONE = {"binding_id": "integer", "key": "text"}
_THIS = "link.binding_id = {binding_id} AND link.key = {key}"
_SAVE = upsert(schema.link, ("binding_id", "key", "golden_id", "state", "hash", "version", "doc", "asked", "held"))
_SHADOW = {"doc": "bytea", "asked": "bytea", "held": "bytea"}
_VERSION = Bulk("UPDATE link SET version = {version} {from_} WHERE " + _THIS, **_ONE, version="text")
_SEEN = Bulk(
    """UPDATE link SET hash = {hash}, version = {version}, doc = {doc}, asked = {asked}, held = {held} {from_}
       WHERE """ + _THIS,
    **_ONE, hash="bytea", version="text", **_SHADOW,
)  # fmt: skip
_DECIDED = Bulk("UPDATE link SET doc = {doc}, asked = {asked}, held = {held} {from_} WHERE " + _THIS, **_ONE, **_SHADOW)
_REVISIT = Bulk("UPDATE link SET hash = NULL {from_} WHERE " + _THIS, **_ONE)
_REVISIT_ALL = Lookup("UPDATE link SET hash = NULL WHERE binding_id = :binding AND state = 1")
_COUNT = Lookup("SELECT count(*) FROM link WHERE binding_id = :binding AND state = 1")
_MISSING = Lookup(
    "SELECT key FROM link WHERE binding_id = :binding AND state = 1 AND key > :after ORDER BY key LIMIT :limit"
)


def lookup(tx: Tx, binding_id: int, keys: Sequence[str]) -> dict[str, Link]:
    """The links of a page, by key."""
    link = partial(tuple.__new__, Link)  # a row is as long as a link: the constructor need not count
    return {row[0]: link(row) for row in tx.each(_LOOKUP, keys, binding=binding_id)}


def of_golden(tx: Tx, golden_id: int, binding_ids: Sequence[int]) -> dict[int, str]:
    """The keys of a golden record's live links in these systems, by binding."""
    return {row[0]: row[1] for row in tx.each(_OF_GOLDEN, binding_ids, golden=golden_id)}


def held(tx: Tx, binding_id: int, golden_ids: Sequence[int]) -> dict[int, str]:
    """The keys of these golden records' live links in one system, by golden id."""
    return {row[0]: row[1] for row in tx.each(_HELD, golden_ids, binding=binding_id)}


def taken(tx: Tx, binding_id: int, keys: Sequence[str]) -> dict[str, int]:
    """Of these keys, those of live links, with their golden ids."""
    return {row[0]: row[1] for row in tx.each(_TAKEN, keys, binding=binding_id)}


def remembered(tx: Tx, binding_id: int, keys: Sequence[str]) -> dict[str, Shadow]:
    """What records that are gone showed last, by key, as `hub.core.landing.gone` made it."""
    return {row[0]: decoded(*row[1:]) for row in tx.each(_REMEMBERED, keys, binding=binding_id)}


def former(tx: Tx, binding_id: int, golden_ids: Sequence[int]) -> dict[int, list[str]]:
    """The keys of the records that these golden records had in the system, and that are gone."""
    found: dict[int, list[str]] = {}
    for golden_id, key in tx.each(_FORMER, golden_ids, binding=binding_id):
        found.setdefault(golden_id, []).append(key)
    return found


def save(tx: Tx, rows: Sequence[Row]) -> None:
    """Rows of binding_id, key, golden_id, state, hash, version, and the three of a shadow (`encoded`)."""
    tx.many(_SAVE, rows)


def seen(tx: Tx, rows: Sequence[Row]) -> None:
    """Records that are linked already, and what they show now: rows of binding_id, key, hash, version, and the three of
    a shadow. Their index entries are left alone."""
    tx.many(_SEEN, rows)


def decided(tx: Tx, rows: Sequence[Row]) -> None:
    """A person moved the shadow: rows of binding_id, key, and the three of a shadow."""
    tx.many(_DECIDED, rows)


#: Among the units that are held: writes that were given up. No unit has such a name.
_LATE = "~late"


def encoded(shadow: Shadow | None, doc: bytes | None = None) -> Row:
    """A shadow as three columns: doc, asked, held. `doc`: the encoded fields, where the caller has them already."""
    if shadow is None:
        return NO_SHADOW
    fields, asked, held, late = shadow
    waiting = {unit: list(pair) for unit, pair in held.items()}
    if late is not None:
        waiting[_LATE] = list(late)
    return (
        doc or orjson.dumps(fields),
        orjson.dumps(asked) if asked else None,
        orjson.dumps(waiting) if waiting else None,
    )


def decoded(doc: bytes, asked: bytes | None, held: bytes | None) -> Shadow:
    """The shadow that these columns hold."""
    waiting = {} if held is None else orjson.loads(held)
    late = waiting.pop(_LATE, None)
    units = {unit: Held(*pair) for unit, pair in waiting.items()}
    return Shadow(orjson.loads(doc), decode(asked) or {}, units, Late(*late) if late is not None else None)


def units(held: bytes | None) -> Mapping[str, Held]:
    return decoded(b"{}", None, held).held


def versions(tx: Tx, rows: Sequence[Row]) -> None:
    """Records whose version moved while nothing we map did: rows of binding_id, key, version."""
    tx.many(_VERSION, rows)


def revisit(tx: Tx, binding_id: int, keys: Sequence[str]) -> None:
    """Merge these records when they are next seen, whatever they show."""
    tx.many(_REVISIT, [(binding_id, key) for key in keys])


def revisit_all(tx: Tx, binding_id: int) -> None:
    """Merge every record of a system when it is next seen, whatever it shows."""
    tx.do(_REVISIT_ALL, binding=binding_id)


def count(tx: Tx, binding_id: int) -> int:
    """How many records of a system are linked."""
    [(count,)] = tx.look(_COUNT, binding=binding_id)
    return int(count)


def live_keys(tx: Tx, binding_id: int, after: str, limit: int) -> list[str]:
    """Keys that the hub believes to exist, in order, for the comparison with a full listing."""
    return [row[0] for row in tx.look(_MISSING, binding=binding_id, after=after, limit=limit)]


def live_pages(store: Store, binding_id: int, size: int) -> Iterator[list[str]]:
    """All of them, page by page, each read in a transaction of its own."""
    after = ""
    while True:
        with store.reading() as tx:
            keys = live_keys(tx, binding_id, after, size)
        if not keys:
            return
        after = keys[-1]
        yield keys
