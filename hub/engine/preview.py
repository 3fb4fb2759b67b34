"""Preview: the real engine on a copy of the database, reading the real systems and writing to none of them.

It is the same code as a run, so it does what a run would do; the copy is thrown away.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from hub.adapter import Adapter, Can, Cursor, Failure, Page, Write, Written
from hub.core.model import Instance
from hub.core.record import Raw, Record
from hub.engine.opening import assembled
from hub.engine.sync import Progress, Report, quiet, sync
from hub.store import conflicts, reviews
from hub.store.conflicts import Conflict
from hub.store.database import Store, chunks
from hub.store.rehearsal import Rehearsal
from hub.store.reviews import Review


class Intended(NamedTuple):
    """A write that a run would make."""

    system: str
    object: str
    kind: str
    #: None: a new record.
    key: str | None
    #: In the system's terms: what it holds now (unknown for a new record) and what it would be sent.
    before: Raw
    fields: Raw


class Preview(NamedTuple):
    """What a run would do."""

    writes: list[Intended]
    conflicts: list[Conflict]
    reviews: list[Review]
    report: Report
    #: (entity, system) by the binding numbers of conflicts and reviews.
    names: dict[int, tuple[str, str]]


class Rehearsed:
    """A system that is read for real and only told what would be written. See `hub.adapter.Adapter`."""

    def __init__(self, name: str, adapter: Adapter, note: Callable[[Intended], None]) -> None:
        self.name, self.adapter, self.note = name, adapter, note
        self._new = count(1)
        #: What the pretended writes left behind: read back like the real thing.
        self._held: dict[tuple[str, str], Record] = {}
        self.describe = adapter.describe
        self.keys = adapter.keys
        self.when = adapter.when
        self.told_time = getattr(adapter, "told_time", lambda: None)

    @property
    def can(self) -> Can:
        return self.adapter.can

    def changes(self, obj: str, since: Cursor | None) -> Iterator[Page]:
        return self.adapter.changes(obj, since)

    def read(self, obj: str, keys: Sequence[str]) -> list[Record]:
        real_keys = [key for key in keys if (obj, key) not in self._held]
        found = self.adapter.read(obj, real_keys) if real_keys else []
        return found + [self._held[obj, key] for key in keys if (obj, key) in self._held]

    def find(self, obj: str, name: str, values: Sequence[str]) -> list[Record]:
        return self.adapter.find(obj, name, values)

    def write(self, obj: str, writes: Sequence[Write]) -> list[Written | Failure]:
        held: dict[str, Raw] = {}
        for part in chunks([write.key for write in writes if write.key], self.can.read_batch):
            held |= {record.key: record.fields for record in self.read(obj, part)}
        return [self._pretend(obj, write, held.get(write.key or "", {})) for write in writes]

    def _pretend(self, obj: str, write: Write, before: Raw) -> Written:
        self.note(Intended(self.name, obj, write.kind, write.key, before, write.fields))
        key = write.key or f"(new {next(self._new)})"
        record = Record(key, {**before, **write.fields}, write.version)
        self._held[obj, key] = record
        return Written(key, write.version, None, record.fields)

    def close(self) -> None:
        """The real adapter is closed by whoever opened it."""


def preview(
    store: Store,
    instance: Instance,
    adapters: dict[str, Adapter],
    entities: Sequence[str] = (),
    *,
    full: bool = False,
    progress: Progress = quiet,
) -> Preview:
    """What `sync` would do now. Writes nothing: not to a system, not to the hub's own database."""
    writes: list[Intended] = []
    with copied(store) as copy:
        pretended: dict[str, Any] = {name: Rehearsed(name, it, writes.append) for name, it in adapters.items()}
        hub = assembled(copy, instance, pretended)
        report = sync(hub, entities, task="preview", full=full, progress=progress)
        with copy.reading() as tx:
            ids = [place.id for place in hub.all()]
            clashes = [c for c in conflicts.find(tx, ids, limit=100_000) if c.run_id == hub.run_id]
            aside = reviews.find(tx, ids, limit=100_000)
    return Preview(writes, clashes, aside, report, hub.catalog.by_id())


@contextmanager
def copied(store: Store) -> Generator[Store]:
    """A database to try things in. SQLite: a copy; PostgreSQL: one transaction that is rolled back."""
    if not store.lite:
        with Rehearsal(store) as rehearsal:
            yield rehearsal
        return
    with tempfile.TemporaryDirectory(prefix="hub-preview-") as folder:
        path = Path(folder) / "copy.db"
        _copy(store, path)
        copy = Store(f"sqlite:///{path}")
        try:
            yield copy
        finally:
            copy.close()


def _copy(store: Store, path: Path) -> None:
    with store.engine.connect() as connection, sqlite3.connect(path) as target:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        connection.rollback()
        source.backup(target)
