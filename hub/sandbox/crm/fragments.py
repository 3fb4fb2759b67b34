"""Rendered records, kept beside the rows: made at the first read, dropped at a write.

A page is then one statement that fetches finished bytes. Each entity has the record of `query` and the last few
field lists of `queryrecord` (a *shape*), each in a table of its own.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from hub.sandbox.crm import render
from hub.sandbox.crm.paging import Shape
from hub.sandbox.crm.schema import ENTITIES, OWNERS, Column, Entity
from hub.sandbox.crm.settings import Settings

#: Field lists of `queryrecord` that are kept for an entity, besides the record of `query`.
KEPT = 3


class Fragments:
    """The rendered records of one database. Not locked: its owner's lock is held."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        #: entity -> the shapes of its tables, the longest unused first.
        self._shapes: dict[str, dict[Shape, str]] = {name: {} for name in ENTITIES}
        #: Rows that may have child rows; only their records need a second step.
        self._parents: dict[str, set[int]] = {owner.name: set() for owner in OWNERS}
        for entity in ENTITIES.values():
            for number in range(KEPT + 1):
                table = f"{entity.name}_xml_{number}"
                db.execute(f"CREATE TABLE IF NOT EXISTS {table}(id INTEGER PRIMARY KEY, xml BLOB)")
        self.clear()
        self.note_parents()

    def clear(self) -> None:
        """Forget everything: a setting that changes records was changed, or rows were loaded past this class."""
        for name, shapes in self._shapes.items():
            shapes.clear()
            for number in range(KEPT + 1):
                self._db.execute(f"DELETE FROM {name}_xml_{number}")  # noqa: S608

    def note_parents(self) -> None:
        """Learn anew which records have child rows."""
        for owner in OWNERS:
            for _, name in owner.lists:
                child = ENTITIES[name]
                column = child.db(owner.key)
                sql = f"SELECT DISTINCT {column} FROM {child.name} WHERE {column} IS NOT NULL"  # noqa: S608
                self._parents[owner.name].update(r[0] for r in self._db.execute(sql))

    def drop(self, entity: Entity, ids: Iterable[int]) -> None:
        """These rows were written."""
        keys = [(i,) for i in ids]
        for table in self._shapes[entity.name].values():
            self._db.executemany(f"DELETE FROM {table} WHERE id=?", keys)  # noqa: S608

    def drop_where(self, entity: Entity, condition: str) -> None:
        """Rows whose `id` meets the condition were written."""
        for table in self._shapes[entity.name].values():
            self._db.execute(f"DELETE FROM {table} WHERE {condition}")  # noqa: S608

    def drop_parent(self, owner: Entity, key: int) -> None:
        """A child of this record was written."""
        self._parents[owner.name].add(key)
        self.drop(owner, [key])

    def get(self, settings: Settings, entity: Entity, shape: Shape, ids: Sequence[int]) -> list[bytes]:
        """The rendered records of these ids, in their order; an id without a row is left out."""
        table = self._table(entity, shape)
        sql = f"SELECT t.xml FROM json_each(?) j CROSS JOIN {table} t ON t.id=j.value"  # noqa: S608
        keys = json.dumps(list(ids))
        found = [r[0] for r in self._db.execute(sql, [keys])]
        if len(found) == len(ids):
            return found
        self._fill(settings, entity, shape, table, keys)
        return [r[0] for r in self._db.execute(sql, [keys])]

    def _table(self, entity: Entity, shape: Shape) -> str:
        """The table of a shape; the one unused for longest is emptied for a new one."""
        shapes = self._shapes[entity.name]
        if shape is None:
            return shapes.setdefault(None, f"{entity.name}_xml_0")
        table = shapes.pop(shape, "")
        if not table and len(shapes) - (None in shapes) >= KEPT:
            table = shapes.pop(next(s for s in shapes if s is not None))
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608
        elif not table:
            table = f"{entity.name}_xml_{len(shapes) - (None in shapes) + 1}"
        shapes[shape] = table
        return table

    def _fill(self, settings: Settings, entity: Entity, shape: Shape, table: str, keys: str) -> None:
        key = entity.db(entity.key)
        missing = f"SELECT j.value FROM json_each(?) j LEFT JOIN {table} t ON t.id=j.value WHERE t.id IS NULL"  # noqa: S608
        ids = [r[0] for r in self._db.execute(missing, [keys])]
        expression = (
            render.record_sql(entity) if shape is None else render.crmrecord_sql(entity, _columns(entity, shape))
        )
        self._db.execute(
            f"INSERT OR REPLACE INTO {table} SELECT {key}, {expression}"  # noqa: S608
            f" FROM json_each(?) j CROSS JOIN {entity.name} ON {key}=j.value",
            [json.dumps(ids)],
        )
        if not entity.lists:
            return
        for parent in ids:
            if parent in self._parents[entity.name] or settings.nil_lists:
                self._add_children(settings, entity, shape, table, parent)

    def _add_children(self, settings: Settings, entity: Entity, shape: Shape, table: str, parent: int) -> None:
        lists = [
            (name, child, self._of(settings, entity, ENTITIES[child], shape, parent)) for name, child in entity.lists
        ]
        if shape is None:
            more = render.nested(settings, lists)
        else:
            more = b"".join(render.child_of_field(n, found) for n, _, found in lists if n in shape and found)
        if more:
            sql = f"UPDATE {table} SET xml=CAST(substr(xml,1,length(xml)-?)||? AS BLOB) WHERE id=?"  # noqa: S608
            self._db.execute(sql, [len(render.CLOSE), more + render.CLOSE, parent])

    def _of(self, settings: Settings, entity: Entity, child: Entity, shape: Shape, parent: int) -> list[bytes]:
        key, owner, gone = child.db(child.key), child.db(entity.key), child.db("deleted")
        sql = f"SELECT {key} FROM {child.name} WHERE {owner}=? AND {gone} IS NULL"  # noqa: S608
        ids = [r[0] for r in self._db.execute(sql, [parent])]
        return self.get(settings, child, None if shape is None else tuple(c.name for c in child.wire), ids)


def _columns(entity: Entity, shape: tuple[str, ...]) -> list[Column]:
    return [c for c in entity.columns if c.name in shape]
