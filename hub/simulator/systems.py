"""Simulated systems: what each can do, what it does to values, and everything that can happen at its calls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple, NoReturn

from adapters.memory import Feed, Memory, Quirk
from adapters.memory.rows import Row, Table
from hub.adapter import Can, Cursor, Failure, FieldInfo, Page, Write, Written
from hub.core.errors import HubError, Stale, Unknown
from hub.core.record import Raw, Record
from hub.simulator.clock import Clock
from hub.simulator.faults import Trouble

ABLE = Can(conditional=True, tombstones=True, find=True, tokens=True, answers=True, batch=10)
#: What systems do to values.
QUIRKS: dict[str, list[Quirk]] = {
    "truncate": [{"truncate": 9}],
    "upper": ["upper"],
    "trim": ["trim"],
    "round": [{"round": 2}],
}
#: How a mapping says so.
KNOWN: dict[str, dict[str, Any]] = {
    "truncate": {"length": 9, "too_long": "truncate"},
    "upper": {"transforms": (("case", "upper"),)},
    "trim": {"transforms": (("trim", None),)},
    "round": {"type": "decimal", "scale": 2},
}


@dataclass(frozen=True)
class Kind:
    """What one system is like."""

    can: Can = ABLE
    page: int = 2
    feed: Feed = "sequence"
    #: What it does to the values of a field: field -> truncate, upper, trim or round.
    quirks: Mapping[str, str] = field(default_factory=dict)
    #: Does the mapping say so?
    told: bool = False
    #: Its clock runs so many seconds ahead of the hub's.
    skew: int = 0
    #: A record is found by a search only after so many seconds.
    lag: float = 0


def mapped(kind: Kind) -> dict[str, dict[str, Any]]:
    """What the mapping says of the fields of a system."""
    told = {name: KNOWN[quirk] for name, quirk in kind.quirks.items()} if kind.told else {}
    return {"amount": {"type": "decimal"}, **told}


class Write1(NamedTuple):
    """One write of the hub that changed something."""

    system: "Simulated"
    write: Write
    key: str
    #: None: it was, or is, not there.
    before: Raw | None
    after: Raw | None


Watch = Callable[[Write1], None]


class Simulated(Memory):
    """A system in memory that tells of every write of the hub as it happens."""

    #: Does the list of keys leave out this one, or all?
    unlisted: Callable[[str], bool] | None = None

    def __init__(
        self,
        name: str,
        objects: Mapping[str, Sequence[FieldInfo]],
        kind: Kind,
        trouble: Trouble,
        clock: Clock,
        watch: Watch,
    ) -> None:
        super().__init__(
            objects,
            can=kind.can,
            page=kind.page,
            feed=kind.feed,
            quirks={field_: QUIRKS[quirk] for field_, quirk in kind.quirks.items()},
            clock=lambda: clock.at + timedelta(seconds=kind.skew),
            key=lambda _, number: f"{name}{number}",
            fault=lambda call, phase: trouble.at(name, call, phase),
        )
        [self.object] = objects
        self.name, self.kind, self.trouble, self.clock, self.watch = name, kind, trouble, clock, watch
        #: How often the hub was told things that it has to cope with, by what was told.
        self.told: dict[str, int] = {}
        #: The keys of records that the hub was shown.
        self.shown: set[str] = set()
        #: The tokens of creates so far, by golden record.
        self.tried: dict[str, set[str]] = {}
        self.under_way: tuple[str, Sequence[Write]] = "", ()
        #: The last backup: its records, and where its feed was. None: nobody made one.
        self.backup: tuple[Table, int] | None = None
        #: Records as they were when they were deleted.
        self.bin: dict[str, Row] = {}

    def back_up(self) -> None:
        self.backup = self._tables[self.object].copy(), self._sequence

    def put_back(self) -> bool:
        """All is as it was at the last backup, but that no key is given twice. False: there is none."""
        if self.backup is None:
            return False
        made = self._tables[self.object].made
        table, self._sequence = self.backup
        self._tables[self.object] = table.copy()
        self._tables[self.object].made = made
        self.bin = {key: row for key, row in self.bin.items() if key not in table.rows}
        return True

    def undelete(self, key: str) -> None:
        """Somebody takes a record out of the bin."""
        self.person_undelete(self.object, key, self.bin.pop(key).fields)

    def _delete(self, obj: str, key: str) -> None:
        self.bin[key] = self._tables[obj].rows[key]
        super()._delete(obj, key)

    def tell(self, what: str) -> None:
        self.told[what] = self.told.get(what, 0) + 1

    def write(self, obj: str, writes: Sequence[Write]) -> list[Written | Failure]:
        self.under_way = obj, writes
        outcomes = super().write(obj, writes)
        self.shown.update(outcome.key for outcome in outcomes if isinstance(outcome, Written))
        return outcomes

    def read(self, obj: str, keys: Sequence[str]) -> list[Record]:
        return self.show(super().read(obj, keys))

    def show(self, records: Sequence[Record]) -> list[Record]:
        self.shown.update(record.key for record in records)
        return list(records)

    def writing(self) -> list[Raw]:
        """The records that the write under way is about."""
        obj, writes = self.under_way
        held = self.held(obj)
        return [held[write.key] for write in writes if write.key in held]

    def delay(self, seconds: float, spares: Callable[[Write], bool]) -> NoReturn:
        """No answer to the write under way: it is carried out a moment later, and nobody hears what became of it. What
        `spares` says of then never arrives."""
        obj, writes = self.under_way

        def arrives() -> None:
            for write in writes:
                if not spares(write):
                    self.tell("late arrival")
                    self.come_late(obj, write)

        self.clock.plan(seconds, arrives)
        raise Unknown("system.no-answer", "no answer")

    def come_late(self, obj: str, write: Write) -> None:
        """Where no version protects a record, an update takes with it what was written since: no fault of the hub's."""
        if self.can.conditional or write.kind != "update":
            self.carry(obj, write)
        elif not isinstance(super()._write(obj, write), Failure):
            self.tell("an update came late over another one")

    def attempt(self, token: str) -> None:
        """A create, perhaps not the first try."""
        tried, golden = self.tried, token.rpartition("-")[2]
        if golden in tried:
            self.tell("token again" if token in tried[golden] else "sent again under a new token")
        tried.setdefault(golden, set()).add(token)

    def find(self, obj: str, name: str, values: Sequence[str]) -> list[Record]:
        found = super().find(obj, name, values)
        if found:
            self.tell("a search found")
        if self.kind.lag:
            rows, until = self._tables[obj].rows, self.clock.at + timedelta(seconds=self.kind.skew - self.kind.lag)
            found = [record for record in found if rows[record.key].stamp <= until]
        return self.show(found)

    def changes(self, obj: str, since: Cursor | None) -> Iterator[Page]:
        for number, page in enumerate(super().changes(obj, since)):
            if number == 1:
                self.tell("second page")
            self.show(page.records)
            yield page

    def keys(self, obj: str) -> Iterator[list[str]]:
        for page in super().keys(obj):
            yield [key for key in page if self.unlisted is None or not self.unlisted(key)]

    def _write(self, obj: str, write: Write) -> Written | Failure:
        """One of a batch. What happens to it alone happens here; a death leaves the rest of the batch undone."""
        try:
            self.trouble.at(self.name, "one", "before")
            outcome = self.carry(obj, write)
            self.trouble.at(self.name, "one", "after")
        except HubError as error:
            return Failure(error)
        return outcome

    def carry(self, obj: str, write: Write) -> Written | Failure:
        rows = self._tables[obj].rows
        before = dict(rows)
        if write.kind == "create":
            self.attempt(write.token)
        outcome = super()._write(obj, write)
        if isinstance(outcome, Failure):
            if isinstance(outcome.error, Stale):
                self.tell("stale")
            return outcome
        old, new = before.get(outcome.key), rows.get(outcome.key)
        if old is not new:
            fields = [None if row is None else dict(row.fields) for row in (old, new)]
            self.watch(Write1(self, write, outcome.key, *fields))
        return outcome
