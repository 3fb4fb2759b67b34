"""An integration as the engine sees it: what the files say, checked and compiled. All frozen."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from hub.core.clocks import Clocks
from hub.core.mapping import Mapping
from hub.core.normal import Form
from hub.core.record import Value

TypeName = Literal["text", "integer", "decimal", "boolean", "date", "date-time", "reference", "choice"]
Direction = Literal["both", "in", "out"]
FirstSync = Literal["ask", "sure", "go"]
#: A field name of this prefix holds the key of the record's counterpart in another system: "@erp".
LINK = "@"
#: The one unit of an entity with `merge: row`.
ROW = "row"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who wins a conflict."""

    #: `edit` and `delete` are for `Entity.deletes` only: the edited or the deleted side wins, whichever system it is.
    rule: Literal["prefer", "newest", "ask", "edit", "delete"]
    #: For `prefer`: the systems in order; the first that is a party to the conflict wins.
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """Fields that merge or clash together: one field, a group, or (merge: row) all of them."""

    name: str
    fields: tuple[str, ...]
    policy: Policy
    #: Where the policy was said, for the conflict log: "hub", "entity account", "group address", "field phone".
    said: str
    #: loses: where one side is blank and the other is not, the value stands, whoever changed it.
    blank: Literal["wins", "loses"] = "wins"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which changes the hub may make in a system, per entity."""

    insert: bool = True
    update: bool = True
    delete: bool = True


@dataclass(frozen=True, slots=True)
class Deletes:
    """What a deletion means between the hub and one system, for one entity."""

    #: What a deletion elsewhere does here: the record is deleted, marked as closed, let go, or none of these.
    send: Literal["hard", "soft", "unlink", "ignore"] = "hard"
    #: What a deletion here does elsewhere: the same, nothing, or nothing and the record is made anew here.
    take: Literal["delete", "unlink", "restore"] = "delete"
    #: For `soft`: the fields that mark a record as closed, with their values.
    marks: MappingOf[str, Value] = field(default_factory=dict)
    #: The guard: of more deletions in one run than this, and than this share of the links, none is believed.
    most: int = 20
    share: float = 0.1
    #: How long a record must have been missing from lists of keys. Zero: from one list to the next.
    confirm_after: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Binding:
    """An entity in one system."""

    entity: str
    system: str
    object: str
    mapping: Mapping
    #: in: the hub only reads it; out: the hub only writes it and puts back what is changed there.
    direction: Direction = "both"
    allowed: Allowed = field(default_factory=Allowed)
    #: A system of grade D may overwrite edits unseen. False: it is synced one way only.
    accepts_grade_d: bool = False
    #: The subset to sync, in the system's own words. None: all of it.
    filter: str | None = None
    #: Settings of this object that only the system's adapter understands.
    options: MappingOf[str, Any] = field(default_factory=dict)
    deletes: Deletes = field(default_factory=Deletes)


class Compared(NamedTuple):
    """A field of a match rule, and the form in which it is compared."""

    field: str
    form: Form = "text"


class Weighed(NamedTuple):
    """A field that is compared by likeness, and how much it counts."""

    field: str
    form: Form
    weight: int


#: All of these fields are equal.
MatchRule = tuple[Compared, ...]


class Similar(NamedTuple):
    """The scored match rule: how alike two records are, from 0 to 100."""

    fields: tuple[Weighed, ...]
    #: Only records that are equal in all fields of one of these are compared at all.
    candidates: tuple[MatchRule, ...]
    #: From here on it is the same record; from `possible` on a person decides.
    certain: int
    possible: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of record in the hub."""

    name: str
    #: Every field belongs to exactly one unit.
    units: tuple[Unit, ...]
    #: In the order in which they are polled.
    bindings: MappingOf[str, Binding]
    #: Exact match rules: records that are equal in all fields of one of them are the same. Tried in order.
    match: tuple[MatchRule, ...] = ()
    #: What to do when one side deleted and the other edited.
    deletes: Policy = field(default_factory=lambda: Policy("ask"))
    #: For records that no exact rule finds. None: there is no such rule.
    similar: Similar | None = None
    #: What the first writes wait for: ask (a person accepts the match report), sure (that, if anything is doubtful).
    first_sync: FirstSync = "go"
    #: Fields that name a record of another entity, or of this one: field -> entity.
    references: MappingOf[str, str] = field(default_factory=dict)

    @property
    def matches(self) -> bool:
        """Are there rules by which records without a link may be the same?"""
        return bool(self.match or self.similar)


@dataclass(frozen=True, slots=True)
class SystemSpec:
    """A configured system, before its adapter is connected."""

    name: str
    adapter: str
    #: The adapter module's `Options`, validated.
    options: Any


@dataclass(frozen=True, slots=True)
class Task:
    """What runs when."""

    name: str
    entities: tuple[str, ...]
    every: timedelta
    #: How often all keys are compared, for deletions that no system told of.
    keys_every: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Instance:
    """One integration of an organization."""

    organization: str
    name: str
    active: bool
    systems: MappingOf[str, SystemSpec]
    entities: MappingOf[str, Entity]
    tasks: tuple[Task, ...]
    #: What `newest` asks of the systems' clocks.
    clocks: Clocks = field(default_factory=Clocks)
