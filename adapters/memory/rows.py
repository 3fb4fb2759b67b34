"""The records of a system in memory, and what it does to the values that it stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

from hub.adapter import FieldInfo, Write
from hub.core.errors import Refused
from hub.core.record import Raw, Record

Quirk = Literal["trim", "upper"] | dict[Literal["truncate", "round"], int]


class Row(NamedTuple):
    fields: Raw
    version: int
    sequence: int
    stamp: datetime


@dataclass(slots=True)
class Table:
    """The records of one object. `rows` and `gone` are in the order of their last change."""

    rows: dict[str, Row] = field(default_factory=dict)
    gone: dict[str, Row] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def copy(self) -> "Table":
        return Table(dict(self.rows), dict(self.gone), dict(self.tokens), self.made)


def record(key: str, row: Row) -> Record:
    return Record(key, dict(row.fields), str(row.version), row.stamp.isoformat())


def stored(value: Any, quirks: Sequence[Quirk]) -> Any:
    for quirk in quirks:
        if quirk == "trim":
            value = value.strip() if isinstance(value, str) else value
        elif quirk == "upper":
            value = value.upper() if isinstance(value, str) else value
        elif "truncate" in quirk:
            value = value[: quirk["truncate"]] if isinstance(value, str) else value
        else:
            value = _rounded(value, quirk["round"])
    return value


def _rounded(value: Any, digits: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    try:
        rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    except InvalidOperation:
        return value
    return str(rounded) if isinstance(value, str) else type(value)(rounded)


def fits(infos: Sequence[FieldInfo], write: Write, quirks: Mapping[str, Sequence[Quirk]]) -> None:
    """Raises Refused with a reason for each field that this system would not take."""
    reasons = []
    for info in infos:
        value = stored(write.fields.get(info.name), quirks.get(info.name, ()))
        absent = info.name not in write.fields
        if info.required and value in (None, "") and (write.kind == "create" or not absent):
            reasons.append(f"{info.name}: required")
        if info.length is not None and isinstance(value, str) and len(value) > info.length:
            reasons.append(f"{info.name}: longer than {info.length}")
        if info.choices and not absent and value is not None and value not in info.choices:
            reasons.append(f"{info.name}: not one of {', '.join(info.choices)}")
    if reasons:
        raise Refused("record.refused", f"{write.key or 'new record'}: {'; '.join(reasons)}", reasons=reasons)
