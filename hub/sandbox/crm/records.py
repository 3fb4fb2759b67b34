"""The records in SQLite: where texts of clients, ids page by page, rendered fragments."""

import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hub.sandbox.crm.fragments import Fragments
from hub.sandbox.crm.paging import Cursor, Shape
from hub.sandbox.crm.schema import COMPANY, ENTITIES, Column, Entity
from hub.sandbox.crm.settings import Settings

#: Seconds that a where text may keep SQLite busy.
PATIENCE = 30.0
_SQL_TYPES = {
    "string": "TEXT COLLATE NOCASE",
    "int": "INTEGER",
    "decimal": "REAL",
    "boolean": "INTEGER",
    "dateTime": "TEXT",
}
#: All that a where text may call.
_FUNCTIONS = frozenset(("like", "glob", "lower", "upper", "length", "coalesce", "ifnull", "nullif", "abs", "substr"))
_FUNCTIONS |= {"iif", "trim", "ltrim", "rtrim", "instr", "round", "count", "min", "max"}
_DATE = re.compile(r"'(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?'")


class QueryFailed(Exception):
    """SQLite would not run the text of a client."""


class Records:
    """All entities in one SQLite database. One connection, one lock: take `lock` around every use.

    `path`: a file, kept; "" or ":memory:": a private one that is gone at exit and goes to disk when it grows.
    """

    def __init__(self, path: str = "") -> None:
        self.lock = threading.RLock()
        self._foreign = False
        self._deadline = 0.0
        path = "" if path == ":memory:" else path
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=256)
        # A private database needs no journal on disk: nobody finds it after a crash.
        journal = "TRUNCATE" if path else "MEMORY"
        for pragma in (f"journal_mode={journal}", "synchronous=OFF", "cache_size=-65536", "temp_store=FILE"):
            self.db.execute(f"PRAGMA {pragma}")
        for entity in ENTITIES.values():
            self._create(entity)
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS widths(entity TEXT, name TEXT, width INTEGER, PRIMARY KEY(entity,name))"
        )
        self.db.set_authorizer(self._authorize)
        self.db.set_progress_handler(self._late, 100_000)
        self.fragments = Fragments(self.db)

    def _create(self, entity: Entity) -> None:
        columns = (
            f"{entity.db(c.name)} " + ("INTEGER PRIMARY KEY" if c.name == entity.key else _SQL_TYPES[c.type])
            for c in entity.columns
        )
        self.db.execute(f"CREATE TABLE IF NOT EXISTS {entity.name}({','.join(columns)})")
        if entity is not COMPANY and entity.column("companyid"):
            self._index(entity, "companyid")

    def index(self) -> None:
        """Indexes of the questions that a sync asks; made after a load, which is quicker."""
        for name in ("updateddate", "supplierid"):
            self._index(COMPANY, name)

    def _index(self, entity: Entity, name: str) -> None:
        column = entity.db(name)
        self.db.execute(f"CREATE INDEX IF NOT EXISTS {entity.name}_{name} ON {entity.name}({column})")

    def _authorize(self, action: int, first: str | None, second: str | None, *_: object) -> int:
        """While a client's text is compiled: reading of entities, harmless functions, nothing else."""
        if not self._foreign or action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and (first or "").lower() in ENTITIES:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    def _late(self) -> bool:
        return bool(self._deadline) and time.monotonic() > self._deadline

    @contextmanager
    def _patience(self, *, compiling: bool) -> Iterator[None]:
        self._foreign, self._deadline = compiling, time.monotonic() + PATIENCE
        try:
            yield
        except (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError) as e:
            raise QueryFailed(str(e)) from e
        finally:
            self._foreign, self._deadline = False, 0.0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def open(self, settings: Settings, entity: Entity, shape: Shape, where: str, order: str = "") -> Cursor:
        """A cursor over the rows that a client's where text finds. Raises QueryFailed."""
        if settings.hide_deleted:
            where = f"({where.strip() or '1=1'}\n) AND {entity.db('deleted')} IS NULL"
        return Cursor(entity, shape, self._select(entity, entity.db(entity.key), where, order), [])

    def _select(self, entity: Entity, what: str, where: str, order: str, **params: Any) -> sqlite3.Cursor:
        # The line break keeps a comment in the text from swallowing the bracket; what may be read is the authorizer's.
        text = _DATE.sub(r"'\1T\2'", where).strip() or "1=1"
        sql = f"SELECT {what} FROM {entity.name} WHERE ({text}\n)"  # noqa: S608
        with self._patience(compiling=True):
            return self.db.execute(sql + (f" ORDER BY {order}" if order.strip() else ""), params)

    def take(self, settings: Settings, cursor: Cursor) -> tuple[list[bytes], bool]:
        """The next page of a cursor, rendered, and whether there are more. Raises QueryFailed."""
        with self._patience(compiling=False):
            ids, more = cursor.take(settings.page)
        return self.fragments.get(settings, cursor.entity, cursor.shape, ids), more

    def rendered(self, entity: Entity, what: str, where: str, order: str = "", **params: Any) -> list[bytes]:
        """One rendered expression for each row that a client's where text finds. Raises QueryFailed."""
        cursor = self._select(entity, what, where, order, **params)
        with self._patience(compiling=False):
            return [row[0] for row in cursor]

    def rows(self, entity: Entity, where: str = "1=1", params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as short name -> value; `where` is ours, never a client's."""
        names = [c.name for c in entity.columns]
        sql = f"SELECT {','.join(entity.db(n) for n in names)} FROM {entity.name} WHERE {where}"  # noqa: S608
        return [dict(zip(names, row, strict=True)) for row in self.db.execute(sql, params)]

    def count(self, entity: Entity, where: str = "1=1", params: Sequence[Any] = ()) -> int:
        sql = f"SELECT count(*) FROM {entity.name} WHERE {where}"  # noqa: S608
        return int(self.db.execute(sql, params).fetchone()[0])

    def existing(self, entity: Entity, ids: Iterable[int]) -> set[int]:
        """Those of the ids that there are and that are not deleted."""
        key = entity.db(entity.key)
        sql = f"SELECT {key} FROM json_each(?) j CROSS JOIN {entity.name} ON {key}=j.value"  # noqa: S608
        live = f" WHERE {entity.db('deleted')} IS NULL"
        return {r[0] for r in self.db.execute(sql + live, [json.dumps(list(ids))])}

    def width(self, entity: Entity, column: Column) -> int:
        """Characters that a text column takes now. 0: no limit."""
        sql = "SELECT width FROM widths WHERE entity=? AND name=?"
        row = self.db.execute(sql, [entity.name, column.name]).fetchone()
        return int(row[0]) if row else column.length

    def set_width(self, entity: Entity, column: Column, width: int) -> None:
        sql = "INSERT OR REPLACE INTO widths VALUES(?,?,?)"
        self.db.execute(sql, [entity.name, column.name, width])
