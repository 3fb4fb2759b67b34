"""Fields of a system that are set when the hub creates a record there, and never again: a territory, an owner.

They are not mapped: what they hold afterwards is people's business, and no edit. A value is a constant, or by a rule
over the hub's fields: a table for one of them, or an expression. No value: the field is left to the system.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.core.errors import ConfigError
from hub.core.heads import Expression
from hub.core.record import Fields, Raw
from hub.core.unfit import Unfit
from hub.core.values import as_text

Fill = Callable[[Fields], Any]


@dataclass(frozen=True, slots=True)
class Initial:
    """One such field, as the files say it. One of `constant`, `source` and `expression` is there."""

    #: The system's field.
    name: str
    constant: Any = None
    #: The hub's field whose value is looked up in `table`.
    source: str | None = None
    table: Mapping[str, Any] = field(default_factory=dict)
    #: For values that the table does not have. None: the field is left to the system.
    otherwise: Any = None
    #: JSONata over the hub's fields.
    expression: str | None = None


def compile_initial(initial: Initial, expression: Expression | None) -> Fill:
    """Raises ConfigError where the expression is none."""
    if initial.expression is not None:
        if expression is None:
            raise ConfigError(["expressions are not available here"], "config.expression")
        evaluate = expression(initial.expression)
        return lambda fields: evaluate(dict(fields))
    if initial.source is None:
        return lambda _: initial.constant
    source, table, otherwise = initial.source, initial.table, initial.otherwise
    return lambda fields: table.get(as_text(fields.get(source)) or "", otherwise)


def filled(fills: Sequence[tuple[str, Fill]], fields: Fields) -> tuple[Raw, list[tuple[str, Unfit]]]:
    """The raw fields of a new record, and what did not fit."""
    raw: Raw = {}
    unfit = []
    for name, fill in fills:
        try:
            value = fill(fields)
        except Unfit as error:
            unfit.append((name, error))
            continue
        if isinstance(value, list | dict):
            unfit.append((name, Unfit("record.expression", "expected one value, got a list or an object")))
        elif value is not None:
            raw[name] = value
    return raw, unfit
