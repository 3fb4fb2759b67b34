"""Mappings, compiled once into fast functions.

A mapping says, for one object of one system, which raw field is which field of the entity and how the
value changes on the way. `FieldSpec` and `MappingSpec` are the data; `compile_mapping` makes the functions.
"""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from hub.core.record import Fields, Raw


class Problem(NamedTuple):
    """Why one field of one record does not fit."""

    field: str
    code: str
    said: str


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a mapping, as the files say it."""

    #: The entity's field, or "@SYSTEM" for the foreign key of the counterpart in that system.
    name: str
    type: str
    #: The system's fields it is made of. Several need a `join` transform. None for a constant.
    sources: tuple[str, ...]
    #: (name, argument) in the order system -> hub; the way back runs them in reverse.
    transforms: tuple[tuple[str, Any], ...] = ()
    direction: Literal["both", "in", "out"] = "both"
    #: A record without it is refused, both ways.
    required: bool = False
    #: Characters the system's field holds.
    length: int | None = None
    #: What to do with a longer value on the way out.
    too_long: Literal["refuse", "truncate", "widen"] = "refuse"
    #: Digits after the point, for decimals. None: as they come, trailing zeros dropped.
    scale: int | None = None
    #: The system's allowed raw values, for a choice. Empty: any.
    choices: tuple[str, ...] = ()
    #: How the system writes it: text (XML) or json (numbers and booleans as such).
    wire: Literal["text", "json"] = "text"
    #: Zone of date-times that carry none.
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class MappingSpec:
    object: str
    entity: str
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A compiled mapping. All functions are pure and thread-safe."""

    object: str
    entity: str
    specs: MappingOf[str, FieldSpec]
    #: The raw fields it reads, sorted. What they hold is what the hub compares.
    raw_names: tuple[str, ...]
    #: Fields the hub may take from the system, and may write to it.
    readable: frozenset[str]
    writable: frozenset[str]
    #: Changes when the mapping does.
    fingerprint: str
    #: A raw record in the entity's terms, with what did not fit (those fields are then absent).
    #: An absent raw field gives an absent field.
    to_hub: Callable[[Raw], tuple[Fields, Sequence[Problem]]]
    #: Fields in the system's terms, ready to send. Fields the mapping does not know are left out.
    to_system: Callable[[Fields], tuple[Raw, Sequence[Problem]]]
    #: The golden record as this system would show it: mapped fields only, each value as it would come
    #: back (truncated, looked up and back, rounded). `project(project(x)) == project(x)`.
    project: Callable[[Fields], Fields]
