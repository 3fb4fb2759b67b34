"""The shapes of the files of a project folder. Every unknown key is an error."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, StringConstraints, model_validator

from hub.config.hubfile import Duration, Shape, short
from hub.config.words import NAME_PATTERN
from hub.core.model import Direction, FirstSync, Policy, TypeName
from hub.core.normal import Form

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Count = Annotated[int, Field(ge=1)]


def parse_policy(value: Any) -> Policy:
    """newest | ask | {prefer: SYSTEM} | {prefer: [SYSTEM, ...]}, most wanted first."""
    if value in ("newest", "ask"):
        return Policy(value)
    order = value.get("prefer") if isinstance(value, dict) and len(value) == 1 else None
    names = [order] if isinstance(order, str) else order
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        return Policy("prefer", tuple(names))
    raise ValueError(f"expected newest, ask or {{prefer: SYSTEM}}, got {value!r}")


def parse_deletes(value: Any) -> Policy:
    """ask | edit wins | delete wins."""
    known = {"ask": Policy("ask"), "edit wins": Policy("edit"), "delete wins": Policy("delete")}
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"expected 'ask', 'edit wins' or 'delete wins', got {value!r}")
    return known[value]


def parse_share(value: Any) -> str:
    """A share of the links: 0% to 100%."""
    number = value.removesuffix("%") if isinstance(value, str) else ""
    if not (isinstance(value, str) and value.endswith("%") and number.isascii() and number.isdigit()):
        raise ValueError(f"expected a share such as '10%', got {value!r}")
    if int(number) > 100:
        raise ValueError(f"expected a share from 0% to 100%, got {value!r}")
    return value


PolicyText = Annotated[Policy, PlainValidator(parse_policy)]
DeletesText = Annotated[Policy, PlainValidator(parse_deletes)]
Share = Annotated[str, PlainValidator(parse_share)]
Blank = Literal["wins", "loses"]


class FieldFile(Shape):
    """A field of an entity: `text`, or `{type: decimal, scale: 2}`."""

    type: TypeName
    scale: Annotated[int, Field(ge=0, le=12)] | None = None
    choices: Annotated[list[str], Field(min_length=1)] | None = None
    #: Of a reference: the entity whose records it names. None: a key that means nothing to the hub.
    entity: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> "FieldFile":
        if self.scale is not None and self.type != "decimal":
            raise ValueError(f"'scale' is for type decimal, not for {self.type}")
        if self.choices is not None and self.type != "choice":
            raise ValueError(f"'choices' is for type choice, not for {self.type}")
        if self.entity is not None and self.type != "reference":
            raise ValueError(f"'entity' is for type reference, not for {self.type}")
        return self


class GroupFile(Shape):
    """Fields that merge or clash together: `[street, city]`, or `{fields: [...], policy: ...}`."""

    fields: Annotated[list[str], Field(min_length=1)]
    policy: PolicyText | None = None


class GuardFile(Shape):
    """How many deletions in one run are believed."""

    most: Annotated[int, Field(ge=0)] = 20
    share: Share = "10%"


class DeletesFile(Shape):
    """What a deletion means between the hub and this system."""

    send: Literal["hard", "soft", "unlink", "ignore"] = "hard"
    take: Literal["delete", "unlink", "restore"] = "delete"
    set: dict[str, Any] = {}
    guard: GuardFile = GuardFile()
    confirm_after: Duration | None = None


class BindingFile(Shape):
    """An entity in one system."""

    object: str | None = None
    mapping: str | None = None
    direction: Direction = "both"
    insert: bool = True
    update: bool = True
    delete: bool = True
    grade_d: Literal["one-way", "two-way"] = "one-way"
    filter: str | None = None
    deletes: DeletesFile = DeletesFile()
    options: dict[str, Any] = {}


def _group(value: Any) -> Any:
    if not isinstance(value, list | dict):
        raise ValueError("expected a list of fields, or settings")
    return {"fields": value} if isinstance(value, list) else value


class ComparedFile(Shape):
    """A field of a match rule: `vat`, or `{field: name, as: company}`."""

    field: str
    form: Annotated[Form, Field(alias="as")] = "text"


class WeighedFile(Shape):
    """A field of `similar`: its weight, or `{as: company, weight: 3}`."""

    form: Annotated[Form, Field(alias="as")] = "text"
    weight: Annotated[int, Field(ge=1, le=100)] = 1


def _weight(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | dict):
        raise ValueError(f"expected a weight such as 3, or {{as: company, weight: 3}}, got {value!r}")
    return {"weight": value} if isinstance(value, int) else value


MatchFile = Annotated[list[Annotated[ComparedFile, short("field")]], Field(min_length=1)]
Score = Annotated[int, Field(ge=1, le=100)]


class SimilarFile(Shape):
    """The scored match rule."""

    fields: Annotated[dict[str, Annotated[WeighedFile, BeforeValidator(_weight)]], Field(min_length=1)]
    candidates: Annotated[list[MatchFile], Field(min_length=1)]
    certain: Score = 95
    possible: Score = 80

    @model_validator(mode="after")
    def _in_order(self) -> "SimilarFile":
        if self.possible >= self.certain:
            raise ValueError(f"expected 'possible' below 'certain', got {self.possible} and {self.certain}")
        return self


class EntityFile(Shape):
    fields: Annotated[dict[Name, Annotated[FieldFile, short("type")]], Field(min_length=1)]
    groups: dict[Name, Annotated[GroupFile, BeforeValidator(_group)]] = {}
    merge: Literal["field", "row"] = "field"
    policy: PolicyText | None = None
    policies: dict[str, PolicyText] = {}
    #: loses: a blank does not overwrite a value. By field or group: `blanks`.
    blank: Blank = "wins"
    blanks: dict[str, Blank] = {}
    deletes: DeletesText = Policy("ask")
    match: list[MatchFile] = []
    similar: SimilarFile | None = None
    first_sync: FirstSync = "sure"
    bindings: Annotated[dict[str, BindingFile], Field(min_length=1)]


class TaskFile(Shape):
    entities: Annotated[list[str], Field(min_length=1)]
    every: Duration
    #: None: daily.
    keys_every: Duration | None = None


class ClocksFile(Shape):
    """What `newest` asks of the systems' clocks."""

    most: Duration | None = None
    margin: Duration | None = None


class InstanceFile(Shape):
    """conf/instances/NAME.yaml. The settings of a system belong to its adapter, which checks them."""

    organization: Name
    active: bool = True
    systems: dict[Name, dict[str, Any]]
    policy: PolicyText = Policy("ask")
    clocks: ClocksFile = ClocksFile()
    entities: dict[Name, EntityFile]
    tasks: dict[Name, TaskFile] = {}


class MappedFile(Shape):
    """One field of a mapping: `comp_name`, or its settings."""

    field: str | None = None
    fields: Annotated[list[str], Field(min_length=1)] | None = None
    transforms: list[str | dict[str, Any]] = []
    direction: Direction = "both"
    required: bool = False
    length: Count | None = None
    too_long: Literal["refuse", "truncate", "widen"] = "refuse"
    scale: Annotated[int, Field(ge=0, le=12)] | None = None
    choices: list[str] = []
    zone: str | None = None
    #: Of a reference to an entity: how this system writes its keys.
    key: Literal["text", "integer"] = "text"

    @model_validator(mode="after")
    def _one_source(self) -> "MappedFile":
        if self.field is not None and self.fields is not None:
            raise ValueError("'field' and 'fields' are both there; keep one")
        if any(isinstance(step, dict) and len(step) != 1 for step in self.transforms):
            raise ValueError("a transform is a name, or one name with its argument: {lookup: {...}}")
        if not self.sources and not any(isinstance(step, dict) for step in self.transforms):
            raise ValueError("'field' is missing: which field of the system it is")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.field,) if self.field is not None else tuple(self.fields or ())


class InitialFile(Shape):
    """What a field of the system is set to in new records: a value, by a table, or by an expression."""

    value: str | int | float | bool | None = None
    source: Annotated[str | None, Field(alias="from")] = None
    table: dict[str, Any] = {}
    otherwise: str | int | float | bool | None = None
    expression: str | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> "InitialFile":
        if sum(said is not None for said in (self.value, self.source, self.expression)) != 1:
            raise ValueError("expected a value, {from, table, otherwise} or {expression}")
        if bool(self.table) != (self.source is not None):
            raise ValueError("'from' and 'table' belong together")
        return self


def _initial(value: Any) -> Any:
    return value if isinstance(value, dict) else {"value": value}


class MappingFile(Shape):
    """mappings/NAME.yaml, or what an adapter reads from its own document."""

    object: str
    entity: str
    #: How the system writes values: text as in XML, json with numbers and booleans. None: as its adapter says.
    wire: Literal["text", "json"] | None = None
    zone: str | None = None
    fields: Annotated[dict[str, Annotated[MappedFile, short("field")]], Field(min_length=1)]
    #: Fields of the system that are set in new records only.
    create: dict[str, Annotated[InitialFile, BeforeValidator(_initial)]] = {}
