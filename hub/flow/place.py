"""What the steps work with: the machine they run on, and each entity's place in each system."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from hub.adapter import Adapter
from hub.core.clocks import Skew
from hub.core.keep import KEEP, Keep
from hub.core.model import LINK, Binding, Entity, Instance
from hub.core.record import Raw
from hub.flow.guard import Guard
from hub.store.catalog import BindingRow, Catalog
from hub.store.database import Store

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything the engine asks of the machine. Handed in, so that a test or a simulator can be the machine."""

    #: Aware, UTC.
    now: Callable[[], datetime]
    #: So many new golden ids, each greater than all before.
    ids: Callable[[int], list[int]]
    #: Between 0 and 1.
    jitter: Callable[[], float]
    #: Seconds to wait.
    sleep: Callable[[float], None]
    #: Calls of one function, so many at a time, results in order.
    spread: "Spread"
    #: How long a create whose answer was lost may still be on its way.
    settle_after: timedelta = timedelta(seconds=2)


class Spread:
    """One after the other; `hub.engine` has the one with threads."""

    def __call__(self, call: Callable[[A], B], items: Iterable[A], width: int) -> list[B]:
        return [call(item) for item in items]


def stamp(at: datetime) -> str:
    """An instant as the store writes it: sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Vanished:
    """Fields that vanished from a system: nothing is written to them until they are back (`hub.flow.drift`)."""

    names: frozenset[str] = frozenset()


@dataclass(slots=True)
class Waits:
    """Of one entity, what a run need not ask for where there is none of it. True while nobody has looked."""

    #: Does any reference wait for its parent?
    there: bool = True
    #: Does a record stand aside that may be one that is to be created beside it?
    contested: bool = True


class Parent(NamedTuple):
    """What a reference of one entity in one system names."""

    #: The parent's entity in the same system.
    place: "Place"
    #: No record of this system is without it.
    required: bool
    #: Does a way lead from the parent back here?
    circular: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An entity in one system, ready to use."""

    entity: Entity
    binding: Binding
    row: BindingRow
    adapter: Adapter
    #: The other places of the entity.
    others: tuple["Place", ...] = ()
    #: Foreign keys this system holds: field "@erp" -> the place in erp.
    links: Mapping[str, "Place"] = field(default_factory=dict)
    #: Does another system hold this one's keys?
    named: bool = False
    #: Of a raw record, what the mapping reads; and the 16 bytes that stand for it.
    values: Callable[[Raw], Any] = field(default=lambda raw: ())
    digest: Callable[[Any], bytes] = field(default=lambda values: b"")
    #: Each poll finds out anew.
    vanished: Vanished = field(default_factory=Vanished, compare=False)
    #: References, by field; and the places whose references lead here. Filled when all places are made.
    parents: dict[str, Parent] = field(default_factory=dict, compare=False, repr=False)
    children: "list[Place]" = field(default_factory=list, compare=False, repr=False)
    #: Shared by the places of an entity.
    waits: Waits = field(default_factory=Waits, compare=False, repr=False)
    #: The binding's number in the store.
    id: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", self.row.id)

    def fingerprint(self, raw: Raw) -> bytes:
        """Changes when something does that the mapping reads, and when the mapping does."""
        return self.digest(self.values(raw))

    @property
    def own(self) -> str:
        """The golden field with this system's key."""
        return LINK + self.binding.system

    @property
    def reads(self) -> bool:
        """Are records of this system taken?"""
        return self.binding.direction != "out"

    @property
    def writable(self) -> frozenset[str]:
        """The fields that the hub may write, and that are there to be written."""
        vanished = self.vanished.names
        return self.binding.mapping.writable - vanished if vanished else self.binding.mapping.writable

    @property
    def followed(self) -> bool:
        """Do deletions here go on to the other systems?"""
        return self.reads and self.binding.deletes.take == "delete"

    @property
    def writes(self) -> bool:
        return self.binding.direction != "in"


@dataclass(slots=True)
class Hub:
    """One instance at work."""

    store: Store
    instance: Instance
    catalog: Catalog
    #: By entity, then by system, in the order of polling.
    places: Mapping[str, Mapping[str, Place]]
    machine: Machine
    run_id: int | None = None
    #: Of the run that is under way.
    guard: Guard = field(default_factory=Guard)
    #: By binding, of systems that were put back to an earlier state and are not read anew yet: what a person says that
    #: counts there, baseline (what it shows) or replay (what the hub knows).
    modes: dict[int, str] = field(default_factory=dict)
    #: By system, how its clock stood when it was last asked.
    clocks: dict[str, Skew] = field(default_factory=dict)
    #: For how long runs are remembered.
    keep: Keep = KEEP

    def now(self) -> str:
        return stamp(self.machine.now())

    def all(self) -> list[Place]:
        return [place for places in self.places.values() for place in places.values()]

    def place_of(self, binding_id: int) -> Place:
        return next(place for place in self.all() if place.id == binding_id)
