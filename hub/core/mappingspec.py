"""What a mapping says, as data: one object of one system, field by field."""

from dataclasses import dataclass
from typing import Any, Literal

from hub.core.creation import Initial


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
    #: The entity that a reference names. The system's field holds that system's key of it; `to_hub` gives the key and
    #: `to_system` takes it, whoever calls them knows the golden record. None: a plain value.
    refers: str | None = None


@dataclass(frozen=True, slots=True)
class MappingSpec:
    object: str
    entity: str
    fields: tuple[FieldSpec, ...]
    #: Fields of the system that are set in new records only.
    initial: tuple[Initial, ...] = ()
