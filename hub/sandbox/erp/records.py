"""The suppliers, in SQLite: each row keeps its JSON as it is answered, so a page is a concatenation.

One connection behind one lock: a change gets its number in the transaction that commits it, so whoever follows
the numbers never misses one.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

import orjson

from hub.sandbox.erp.fields import Values, rules
from hub.sandbox.erp.writing import Op, Outcome, Row, Settings, Writing, body

TABLES = """
CREATE TABLE supplier (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, external_ref TEXT, json BLOB NOT NULL);
CREATE UNIQUE INDEX supplier_seq ON supplier (seq);
CREATE INDEX supplier_external_ref ON supplier (external_ref) WHERE external_ref IS NOT NULL;
CREATE TABLE deleted (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL UNIQUE);
CREATE TABLE idempotency (key TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
"""
LIVE = "SELECT seq, id, json FROM supplier WHERE seq > ? ORDER BY seq LIMIT ?"
GONE = "SELECT seq, id, NULL FROM deleted WHERE seq > ? ORDER BY seq LIMIT ?"
#: Rows that are read or stored at once where all are wanted: the memory it takes.
CHUNK = 1000
#: The largest whole number that SQLite holds.
MOST = 2**63 - 1


class Changes(NamedTuple):
    items: list[bytes]
    deleted: list[int]
    #: The number to ask from next.
    next: int
    more: bool


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """As the API writes it: UTC with microseconds and a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Suppliers:
    """All suppliers of one ERP. Safe to call from many threads."""

    def __init__(self, path: str, settings: Settings, clock: Callable[[], datetime] = now) -> None:
        self._settings, self._rules, self._clock = settings, rules(settings.cut), clock
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        if not self._select("SELECT 1 FROM sqlite_master WHERE name = 'supplier'"):
            self._db.executescript(TABLES)
        self._id, self._seq = self._highest()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def count(self) -> int:
        return int(self._select("SELECT count(*) FROM supplier")[0][0])

    @property
    def seq(self) -> int:
        """The number of the latest change."""
        return int(self._seq)

    def get(self, id: int) -> Row | None:
        found = self._select("SELECT id, json FROM supplier WHERE id = ?", id)
        return Row(*found[0]) if found else None

    def page(
        self, after: int, limit: int, ids: Sequence[int] | None = None, refs: Sequence[str] | None = None
    ) -> list[Row]:
        """Suppliers with ids above `after`, in order; only those of `ids` and with one of `refs` where given."""
        where: dict[str, object] = {"id > ?": after}
        if ids is not None:
            where["id IN (SELECT value FROM json_each(?))"] = _json(ids)
        if refs is not None:
            where["external_ref IN (SELECT value FROM json_each(?))"] = _json(refs)
        sql = f"SELECT id, json FROM supplier WHERE {' AND '.join(where)} ORDER BY id LIMIT ?"  # noqa: S608 - constants
        return [Row(*r) for r in self._select(sql, *where.values(), limit)]

    def search(self, words: str, limit: int) -> list[Row]:
        """The first suppliers that hold these words somewhere, whatever the case of the letters A to Z."""
        sql = "SELECT id, json FROM supplier WHERE instr(lower(json), lower(?)) ORDER BY id LIMIT ?"
        return [Row(*r) for r in self._select(sql, words, limit)]

    def ids(self, after: int, limit: int) -> list[int]:
        return [i for (i,) in self._select("SELECT id FROM supplier WHERE id > ? ORDER BY id LIMIT ?", after, limit)]

    def changes(self, after: int, limit: int) -> Changes:
        """At most `limit` changes and deletions with numbers above `after`, each supplier once. The number to ask from
        next is never above that of the last change."""
        with self._lock:
            live, gone = self._select(LIVE, after, limit + 1), self._select(GONE, after, limit + 1)
        found = list(islice(merge(live, gone, key=lambda r: r[0]), limit + 1))
        kept = found[:limit]
        items = [json for _, _, json in kept if json is not None]
        deleted = [id for _, id, json in kept if json is None]
        return Changes(items, deleted, kept[-1][0] if kept else min(after, self._seq), len(found) > limit)

    def chunks(self) -> Iterator[list[Row]]:
        """Every supplier, in the order of the ids."""
        after = 0
        while rows := self.page(after, CHUNK):
            yield rows
            after = rows[-1].id

    def write(self, ops: Sequence[Op]) -> list[Outcome]:
        """All of them in one transaction, one outcome each; one that fails stops no other."""
        with self._lock:
            tokens = self._tokens([op.token for op in ops if op.token is not None])
            rows = self._found([*(op.id for op in ops if op.id is not None), *tokens.values()])
            work = Writing(
                rows, tokens, self._rules, self._settings, self._holder, stamp(self._clock()), self._id, self._seq
            )
            outcomes = [work.do(op) for op in ops]
            self._save(work)
            return outcomes

    def load(self, suppliers: Iterable[tuple[Values, datetime]]) -> None:
        """Put in suppliers that are known to fit, with the moments they were last changed."""
        rest = iter(suppliers)
        with self._lock:
            while chunk := list(islice(rest, CHUNK)):
                rows = [
                    (self._id + n, self._seq + n, values["external_ref"], body(self._id + n, 1, stamp(moment), values))
                    for n, (values, moment) in enumerate(chunk, 1)
                ]
                with self._transaction() as db:
                    db.executemany("INSERT INTO supplier VALUES (?, ?, ?, ?)", rows)
                self._id, self._seq = self._id + len(rows), self._seq + len(rows)

    def clear(self) -> None:
        """Forget everything, the numbers too."""
        with self._lock, self._transaction() as db:
            for statement in ("DELETE FROM supplier", "DELETE FROM deleted", "DELETE FROM idempotency"):
                db.execute(statement)
            self._id, self._seq = 0, 0

    def _save(self, work: Writing) -> None:
        with self._transaction() as db:
            db.executemany("INSERT OR REPLACE INTO supplier VALUES (?, ?, ?, ?)", work.puts.values())
            db.executemany("DELETE FROM supplier WHERE id = ?", [(id,) for id in work.gone])
            db.executemany("INSERT INTO deleted VALUES (?, ?)", work.gone.items())
            db.executemany("INSERT INTO idempotency VALUES (?, ?)", work.made.items())
        self._id, self._seq = work.id, work.seq

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _select(self, sql: str, *given: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, given).fetchall()

    def _highest(self) -> tuple[int, int]:
        """The highest id and number ever given; a deleted supplier keeps its own."""
        both = "(SELECT id, seq FROM supplier UNION ALL SELECT id, seq FROM deleted)"
        found = self._select(f"SELECT ifnull(max(id), 0), ifnull(max(seq), 0) FROM {both}")  # noqa: S608
        return found[0][0], found[0][1]

    def _found(self, ids: Sequence[int]) -> dict[int, Row]:
        sql = "SELECT id, json FROM supplier WHERE id IN (SELECT value FROM json_each(?))"
        return {id: Row(id, json) for id, json in self._select(sql, _json(ids))} if ids else {}

    def _tokens(self, tokens: Sequence[str]) -> dict[str, int]:
        sql = "SELECT key, id FROM idempotency WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._select(sql, _json(tokens))) if tokens else {}

    def _holder(self, ref: str) -> int | None:
        found = self._select("SELECT id FROM supplier WHERE external_ref = ? LIMIT 1", ref)
        return int(found[0][0]) if found else None


def _json(values: Sequence[int] | Sequence[str]) -> str:
    return orjson.dumps(values).decode()
