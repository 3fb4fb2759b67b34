"""What a step saw of a system, and what it did: pages of records, one record that differs, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hub.adapter import Broken
from hub.core.record import Fields, Record
from hub.flow.drift import Watch
from hub.store.absences import TOLD

NOTHING: Mapping[str, int | None] = {}


@dataclass(slots=True)
class Tally:
    """What a step did, for people and reports."""

    read: int = 0
    unchanged: int = 0
    created: int = 0
    linked: int = 0
    merged: int = 0
    deleted: int = 0
    #: Deletions that the guard does not let through.
    held: int = 0
    #: Fields that vanished, and are left alone from now on.
    stopped: int = 0
    conflicts: int = 0
    aside: int = 0

    def add(self, other: "Tally") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Seen(NamedTuple):
    """Records of one system as it holds them now, from a poll, a look before a write, or a second try."""

    records: Sequence[Record]
    gone: Sequence[str] = ()
    broken: Sequence[Broken] = ()
    #: Where the poll stands after this page. None: this was not a poll.
    cursor: str | None = None
    #: Were these records standing aside? Those that show nothing new are then settled.
    again: bool = False
    #: By key, what a person says that a record is: a golden record, or a new one (None).
    decided: Mapping[str, int | None] = NOTHING
    #: How `gone` was noticed; what it has passed: the guard, or a person's eyes.
    way: str = TOLD
    passed: Literal["nothing", "guard", "person"] = "nothing"
    #: Of a poll: which fields its records show.
    watch: Watch | None = None

    def once(self) -> "Seen":
        """Of a record that is shown more than once, the last look: a page is read in the order of what happened, and
        each look is merged from what the record showed before the page."""
        last = {record.key: record for record in self.records}
        return self if len(last) == len(self.records) else self._replace(records=list(last.values()))


class Look(NamedTuple):
    """One record that differs from when we last looked."""

    record: Record
    hash: bytes
    fields: Fields
    #: Is it linked already?
    linked: bool = False
