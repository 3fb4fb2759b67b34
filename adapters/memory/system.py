"""The system itself: the adapter contract on one side, what people do on the other."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from adapters.memory.rows import Quirk, Row, Table, fits, record, stored
from adapters.memory.walks import Step, by_sequence, by_stamp, inside
from hub.adapter import Can, Cursor, Failure, FieldInfo, ObjectInfo, Page, Told, Write, Written
from hub.core.errors import Gone, HubError, Refused, Stale
from hub.core.record import Raw, Record

#: "before" a call touches anything, and "after" it is carried out but before its answer is given.
Phase = Literal["before", "after"]
#: Called at both, with the name of the call; what it raises is what the caller of the adapter gets.
Fault = Callable[[str, Phase], None]
Feed = Literal["sequence", "stamp"]


class Memory:
    """See `hub.adapter.Adapter`. `person_*` are what people do in the system, behind the hub's back."""

    def __init__(
        self,
        objects: Mapping[str, Sequence[FieldInfo]],
        *,
        can: Can,
        page: int = 100,
        feed: Feed = "sequence",
        quirks: Mapping[str, Sequence[Quirk]] | None = None,
        clock: Callable[[], datetime] | None = None,
        key: Callable[[str, int], str] = lambda obj, number: str(number),
        fault: Fault | None = None,
        grain: timedelta = timedelta(seconds=1),
    ) -> None:
        """`clock`: the system's own, never going back; None: a second for each change, from 2026-01-01.
        `key`: of the n-th record of an object. `grain`: what a stamp is cut down to (feed: stamp).
        """
        self._can, self.page, self.feed = can, page, feed
        self.fault: Fault = fault or (lambda call, phase: None)
        self._infos = {name: tuple(fields) for name, fields in objects.items()}
        self._quirks = {name: tuple(steps) for name, steps in (quirks or {}).items()}
        self._clock, self._key, self._grain = clock, key, grain
        self._tables = {name: Table() for name in objects}
        self._sequence = 0
        self._lock = threading.RLock()

    @property
    def can(self) -> Can:
        return self._can

    def copy(self) -> "Memory":
        """The same system, going its own way from here."""
        twin = Memory(
            self._infos,
            can=self._can,
            page=self.page,
            feed=self.feed,
            quirks=self._quirks,
            clock=self._clock,
            key=self._key,
            fault=self.fault,
            grain=self._grain,
        )
        with self._lock:
            twin._tables = {name: table.copy() for name, table in self._tables.items()}
            twin._sequence = self._sequence
        return twin

    def describe(self) -> list[ObjectInfo]:
        self.fault("describe", "before")
        return [ObjectInfo(name, fields) for name, fields in self._infos.items()]

    def changes(self, obj: str, since: Cursor | None) -> Iterator[Page]:
        steps, at = self._steps(self._tables[obj], since), since
        while step := self._next(steps):
            self.fault("changes", "before")
            page = self._page(obj, step)
            self.fault("changes", "after")
            yield page
            at = step.cursor
        if since is not None and inside(since):
            yield from self.changes(obj, at)

    def read(self, obj: str, keys: Sequence[str]) -> list[Record]:
        self.fault("read", "before")
        if len(keys) > self._can.read_batch:
            raise ValueError(f"{len(keys)} keys in one read, at most {self._can.read_batch}")
        rows = self._tables[obj].rows
        with self._lock:
            found = [record(key, rows[key]) for key in dict.fromkeys(keys) if key in rows]
        self.fault("read", "after")
        return found

    def find(self, obj: str, name: str, values: Sequence[str]) -> list[Record]:
        self.fault("find", "before")
        if not self._can.find:
            raise Refused("system.cannot-find", f"{obj}: this system cannot search")
        wanted = set(values)
        with self._lock:
            rows = list(self._tables[obj].rows.items())
        found = [record(key, row) for key, row in rows if row.fields.get(name) in wanted]
        self.fault("find", "after")
        return found

    def write(self, obj: str, writes: Sequence[Write]) -> list[Written | Failure]:
        self.fault("write", "before")
        if len(writes) > self._can.batch:
            raise ValueError(f"{len(writes)} writes in one call, at most {self._can.batch}")
        with self._lock:
            outcomes = [self._write(obj, write) for write in writes]
        self.fault("write", "after")
        return outcomes

    def keys(self, obj: str) -> Iterator[list[str]]:
        if not self._can.keys:
            raise Refused("system.cannot-list", f"{obj}: this system cannot list its keys")
        with self._lock:
            keys = list(self._tables[obj].rows)
        for start in range(0, len(keys) or 1, self.page):
            self.fault("keys", "before")
            yield keys[start : start + self.page]

    def when(self, stamp: str) -> datetime | None:
        return datetime.fromisoformat(stamp)

    def told_time(self) -> Told | None:
        return Told(self._clock()) if self._clock else None

    def close(self) -> None:
        """Nothing is open."""

    # What people do

    def person_create(self, obj: str, fields: Raw) -> str:
        with self._lock:
            return self._create(obj, fields)

    def person_edit(self, obj: str, key: str, fields: Raw) -> None:
        with self._lock:
            self._update(obj, key, fields)

    def person_delete(self, obj: str, key: str) -> None:
        with self._lock:
            self._delete(obj, key)

    def person_undelete(self, obj: str, key: str, fields: Raw) -> None:
        """Somebody takes a record out of the bin, as `fields` say."""
        with self._lock:
            table = self._tables[obj]
            table.rows[key] = self._row(table.gone.pop(key).version + 1, fields, {})

    def held(self, obj: str) -> dict[str, Raw]:
        """What the system holds now, by key."""
        with self._lock:
            return {key: dict(row.fields) for key, row in self._tables[obj].rows.items()}

    # What happens to the records

    def _write(self, obj: str, write: Write) -> Written | Failure:
        try:
            key = self._carry_out(obj, write)
        except HubError as error:
            return Failure(error)
        row = self._tables[obj].rows.get(key)
        if row is None:
            return Written(key)
        return Written(key, str(row.version), row.stamp.isoformat(), dict(row.fields) if self._can.answers else None)

    def _carry_out(self, obj: str, write: Write) -> str:
        table = self._tables[obj]
        if not getattr(self._can, write.kind):
            raise Refused("system.cannot-write", f"{obj}: this system takes no {write.kind}")
        if write.kind != "delete":
            fits(self._infos[obj], write, self._quirks)
        if write.kind == "create":
            return self._create_once(obj, write)
        key = write.key or ""
        if key not in table.rows:
            raise Gone("record.gone", f"{obj} {key}: there is no such record")
        if self._can.conditional and write.version not in (None, str(table.rows[key].version)):
            raise Stale("record.stale", f"{obj} {key}: it has another version by now")
        if write.kind == "update":
            self._update(obj, key, write.fields)
        else:
            self._delete(obj, key)
        return key

    def _create_once(self, obj: str, write: Write) -> str:
        table = self._tables[obj]
        known = table.tokens.get(write.token) if self._can.tokens and write.token else None
        if known is None:
            known = self._create(obj, write.fields)
            if write.token:
                table.tokens[write.token] = known
        elif known not in table.rows:
            raise Gone("record.gone", f"{obj} {known}: made by this token, and deleted since")
        return known

    def _create(self, obj: str, fields: Raw) -> str:
        table = self._tables[obj]
        table.made += 1
        key = self._key(obj, table.made)
        table.rows[key] = self._row(1, {info.name: None for info in self._infos[obj]}, fields)
        return key

    def _update(self, obj: str, key: str, fields: Raw) -> None:
        rows = self._tables[obj].rows
        before = rows.pop(key)
        rows[key] = self._row(before.version + 1, before.fields, fields)

    def _delete(self, obj: str, key: str) -> None:
        table = self._tables[obj]
        table.gone[key] = self._row(table.rows.pop(key).version + 1, {}, {})

    def _row(self, version: int, before: Raw, fields: Raw) -> Row:
        self._sequence += 1
        kept = {name: stored(value, self._quirks.get(name, ())) for name, value in fields.items()}
        return Row({**before, **kept}, version, self._sequence, self._now())

    def _now(self) -> datetime:
        now = self._clock() if self._clock else datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._sequence)
        if self.feed == "sequence":
            return now
        start = datetime(2000, 1, 1, tzinfo=UTC)
        return start + (now - start) // self._grain * self._grain

    # How changes are found

    def _steps(self, table: Table, since: Cursor | None) -> Iterator[Step]:
        if self.feed == "sequence":
            return by_sequence(table, since, self._sequence, self.page)
        return by_stamp(table, since, self.page)

    def _next(self, steps: Iterator[Step]) -> Step | None:
        with self._lock:
            return next(steps, None)

    def _page(self, obj: str, step: Step) -> Page:
        with self._lock:
            rows = self._tables[obj].rows
            records = [record(key, rows[key]) for key in step.keys if key in rows]
        return Page(
            records, step.cursor, step.gone if self._can.tombstones else (), total=step.total, rewound=step.rewound
        )
