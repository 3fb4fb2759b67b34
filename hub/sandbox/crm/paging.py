"""The server-side cursor of a session: the ids that a query found, read from SQLite as they are asked for."""

import sqlite3
from dataclasses import dataclass

from hub.sandbox.crm.schema import Entity

#: What a rendered record carries: None is the whole record of `query`, else the names that a `queryrecord` asked for.
Shape = tuple[str, ...] | None


@dataclass(slots=True)
class Cursor:
    """An open query. Rows that are written while it is open may be met twice or not at all, as on a real server."""

    entity: Entity
    shape: Shape
    rows: sqlite3.Cursor
    ahead: list[int]

    def take(self, size: int) -> tuple[list[int], bool]:
        """The next `size` ids (0: all the rest), and whether there are more."""
        want = size + 1 - len(self.ahead)
        found = self.ahead + [r[0] for r in (self.rows.fetchmany(want) if size else self.rows)]
        ids, self.ahead = (found[:size], found[size:]) if size else (found, [])
        return ids, bool(self.ahead)

    def close(self) -> None:
        self.rows.close()
