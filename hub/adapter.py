"""The contract between the hub and a kind of system. It fits on one screen, on purpose.

system   something we exchange records with        object   a kind of record there: `company`, `supplier`
record   one instance as the system holds it       key      its identifier there, always text
cursor   where to go on polling, made and read only by the adapter; any text

An adapter is a module `adapters/NAME.py` with a pydantic model `Options` (its settings in
`conf/instances/*.yaml`, validated before anything runs) and a function `connect(system: System[Options]) -> Adapter`.
It may have a function `widen(adapter, object, field, length)` that makes a text field of the system hold so many
characters (Refused: it does not); without one, no mapping of such a system can say `too_long: widen`.
An adapter may answer a question more (see `TellsTime`); without it the policy `newest` leaves all to a person.
It never retries, never sleeps, keeps no state that matters and raises only the errors of `hub.core.errors`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel

from hub.core.clocks import Told as Told
from hub.core.errors import HubError
from hub.core.record import Raw, Record
from hub.core.secret import Secret

Cursor = str
Kind = Literal["create", "update", "delete"]


class Broken(NamedTuple):
    """A row that could not be read as a record. It is parked; the page goes on."""

    key: str | None
    error: HubError


class Page(NamedTuple):
    """Some records, and the cursor that is safe to go on from once they are merged.

    Pages may repeat records, never skip one. Of a record that is in `records` more than once, the last counts; one that
    is in `gone` too is read, and that answer counts. A field that the answer did not carry is absent from
    `Record.fields`.
    """

    records: list[Record]
    cursor: Cursor
    gone: Sequence[str] = ()
    broken: Sequence[Broken] = ()
    #: How many records this walk will read in all, for the progress bar. None: the system does not say.
    total: int | None = None
    #: The cursor that we came with is behind all there is: the system was put back to an earlier state.
    rewound: bool = False


class Write(NamedTuple):
    """One record to write. Only `fields` change; a field that is not named keeps its value there."""

    kind: Kind
    #: None for a create.
    key: str | None
    fields: Raw
    #: The version that we read. A system that can compare refuses (Stale) when it holds another one.
    version: str | None = None
    #: Stays the same however often this create is sent. Used as idempotency key where there is one.
    token: str = ""


class Written(NamedTuple):
    """The system carried out a write."""

    key: str
    version: str | None = None
    stamp: str | None = None
    #: The record as the system now holds it, as far as its answer said. None: it did not say; read it back.
    fields: Raw | None = None


class Failure(NamedTuple):
    """One write that was not carried out, or (`Unknown`) may have been."""

    error: HubError


@dataclass(frozen=True, slots=True)
class Can:
    """What a system can do. The contract suite (`hub.testing`) checks it both ways, but for `traces`, `in_order`,
    `steady` and `keeps`."""

    create: bool = True
    update: bool = True
    delete: bool = True
    #: A write with an old version is refused as Stale.
    conditional: bool = False
    #: `changes` reports deleted keys.
    tombstones: bool = False
    #: `keys` lists every key.
    keys: bool = True
    #: `find` searches by the value of a field.
    find: bool = False
    #: The same create with the same token twice makes one record.
    tokens: bool = False
    #: Written.fields carries the record after a create or an update.
    answers: bool = False
    #: A record has a version, or tells who changed it last: an edit that was overwritten can be seen afterwards.
    traces: bool = False
    #: Versions are numbers that grow with every change.
    counted: bool = False
    #: What `changes` goes by is given when a change is committed: none is told later than one that came after it.
    in_order: bool = False
    #: Pages go on from a key, a stamp or a cursor: rows that move meanwhile are not skipped.
    steady: bool = False
    #: How long `changes` goes on telling of a change or a deletion. None: for ever.
    keeps: timedelta | None = None
    #: Records a write call takes, and keys a read call takes.
    batch: int = 1
    read_batch: int = 100
    #: Calls that may be under way at once.
    connections: int = 1


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What a system says of one of its fields."""

    name: str
    #: One of the hub's types: text, integer, decimal, boolean, date, date-time, choice, reference.
    type: str = "text"
    #: Characters it holds. None: it does not say.
    length: int | None = None
    required: bool = False
    read_only: bool = False
    #: The allowed values of a choice. Empty: any.
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What a system says of one of its objects."""

    name: str
    fields: tuple[FieldInfo, ...]


class Adapter(Protocol):
    """One configured system. Calls may come from several threads at once."""

    @property
    def can(self) -> Can: ...

    def describe(self) -> list[ObjectInfo]:
        """The objects in use and their fields, from live metadata where the system has it."""
        ...

    def changes(self, obj: str, since: Cursor | None) -> Iterator[Page]:
        """Everything that changed after `since`, page by page; None: everything there is.

        May repeat, must not skip: not rows with equal stamps at a page edge, not rows that move while they are
        paged. Yields at least one page, so that the cursor is known. A full walk reports no deletions. A walk that was
        broken off is ended first; then comes what changed meanwhile.
        """
        ...

    def read(self, obj: str, keys: Sequence[str]) -> list[Record]:
        """These records as they are now. A key that is not there is not in the answer."""
        ...

    def find(self, obj: str, name: str, values: Sequence[str]) -> list[Record]:
        """The records whose raw field `name` equals one of `values`."""
        ...

    def write(self, obj: str, writes: Sequence[Write]) -> list[Written | Failure]:
        """At most `can.batch` writes in one call, one outcome each, in order. Raises only if all fared alike.

        A batch that is refused as a whole (raised, or the same words for all) is sent again in halves, so Refused
        must mean that nothing of it was done.
        """
        ...

    def keys(self, obj: str) -> Iterator[list[str]]:
        """Every key there is, in pages; raises rather than end early."""
        ...

    def when(self, stamp: str) -> datetime | None:
        """A record's stamp as an aware instant."""
        ...

    def close(self) -> None:
        """Log off, close connections."""
        ...


class TellsTime(Protocol):
    """What an adapter may answer besides."""

    def told_time(self) -> Told | None:
        """What the clock that stamps records showed lately, if the system said so since this was last asked. Makes no
        call."""
        ...


class SecretName(BaseModel, frozen=True, extra="forbid"):
    """`{secret: NAME}` in a file: the name of a secret, never its value."""

    secret: str


OptionsT = TypeVar("OptionsT")


@dataclass(frozen=True, slots=True)
class ObjectUse:
    """How one object is used: which of its fields the mapping reads or writes."""

    name: str
    fields: tuple[str, ...]
    #: The subset to sync, in the system's own words (a where clause, a query parameter list). None: all of it.
    filter: str | None = None
    #: Settings of this object that only its adapter understands.
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class System(Generic[OptionsT]):
    """What an adapter is given: its checked settings and the only ways out of the process it may use."""

    name: str
    options: OptionsT
    objects: Mapping[str, ObjectUse]
    #: The project folder: `wsdl/`, `mappings/` and `conf/` are in it.
    folder: Path
    #: The value of a named secret.
    secret: Callable[[str], Secret]
