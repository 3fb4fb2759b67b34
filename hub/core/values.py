"""Readers and writers of the hub's types: from a raw value to the canonical value, and back to the wire.

A reader takes text (XML) or a JSON scalar, whatever the wire, and gives the canonical value of `hub.core.record`.
Empty and blank-only text is None for every type. A writer takes a canonical value (it reads what is not canonical
first) and gives text, or for `json` a number or a boolean where the type has one. None stays None: what stands
for empty on the wire is decided where the field is finished. Both raise `Unfit`.
"""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, Literal

from hub.core.dates import instant_reader, read_date, wall_clock, zone_named
from hub.core.record import Value
from hub.core.unfit import Unfit, expected

Reader = Callable[[Any], Value]
Writer = Callable[[Value], Any]

TYPES = ("text", "integer", "decimal", "boolean", "date", "date-time", "reference", "choice")
TEXTS = frozenset({"text", "reference", "choice"})

#: What a store and a JSON document can hold: 64 bits with a sign.
LARGEST = 2**63 - 1
_DIGITS = 64
_ROUND = Context(prec=2 * _DIGITS, rounding=ROUND_HALF_UP)
_SURROGATES = re.compile("[\ud800-\udfff]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOOLEANS: dict[Any, bool | None] = {True: True, False: False, None: None, "": None}
_BOOLEANS |= dict.fromkeys(("true", "y", "yes", "1", "on", "t"), True)
_BOOLEANS |= dict.fromkeys(("false", "n", "no", "0", "off", "f"), False)
_BOOLEANS |= {name.upper(): value for name, value in _BOOLEANS.items() if isinstance(name, str)}


def as_text(raw: Any) -> str | None:
    """Any raw scalar as text. Line ends become a single line feed, as XML has them."""
    if raw.__class__ is str:
        if raw >= "!" and "\r" not in raw and "\0" not in raw and raw.isascii():  # the common case, at its cheapest
            return raw
        return _odd_text(raw)
    return _other_text(raw)


def _odd_text(raw: str) -> str | None:
    """Refuses what neither a store nor a document can hold."""
    if not raw or raw.isspace():
        return None
    if "\0" in raw:
        raise Unfit("record.text", f"expected text, got the character U+0000 at position {raw.index(chr(0)) + 1}")
    _refuse(_SURROGATES, raw, "half of a surrogate pair")
    return raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw


def _other_text(raw: Any) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, str):
        return as_text(str(raw))
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float | Decimal):
        return _plain(raw, None)
    raise expected("record.text", "text", raw)


def read_integer(raw: Any) -> Value:
    """A whole number that fits in 64 bits. Text such as "3.0" is one."""
    kind = raw.__class__
    if kind is str:
        try:
            number = int(raw)
        except ValueError:
            return _odd_integer(raw)
        if "_" in raw:
            raise expected("record.number", "a whole number", raw)
    elif kind is int:
        number = raw
    else:
        return _odd_integer(raw)
    if -LARGEST <= number <= LARGEST:
        return number
    raise expected("record.number", "a whole number of at most 64 bits (else use decimal or text)", raw)


def _odd_integer(raw: Any) -> Value:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    try:
        text = _plain(raw, None)
    except Unfit as error:
        raise expected("record.number", "a whole number", raw) from error
    if "." in text or abs(int(text)) > LARGEST:
        raise expected("record.number", "a whole number of at most 64 bits", raw)
    return int(text)


def decimal_reader(scale: int | None) -> Reader:
    """`scale`: digits after the point, rounded half up. None: as they come, trailing zeros dropped."""
    step = None if scale is None else Decimal(1).scaleb(-scale)

    def read(raw: Any) -> Value:
        if raw.__class__ is float:
            raw = repr(raw)
        if raw.__class__ is str and len(raw) <= _DIGITS and raw.isascii():  # the common case, at its cheapest
            whole, _, part = raw.partition(".")
            if whole.isdigit() and (part.isdigit() or whole == raw) and (whole[0] != "0" or whole == "0"):
                if scale is None:
                    return raw.rstrip("0").rstrip(".") if part else whole
                if len(part) <= scale:
                    return f"{whole}.{part.ljust(scale, '0')}" if scale else whole
        elif raw is None:
            return None
        if isinstance(raw, str) and (not raw or raw.isspace()):
            return None
        return _plain(raw, step)

    return read


def _plain(raw: Any, step: Decimal | None) -> str:
    """A number in plain notation, with the digits of `step` after the point."""
    number = _number(raw)
    try:
        if step is not None:
            number = number.quantize(step, context=_ROUND)
        text = str(number)
        if "E" in text:
            text = f"{number:f}" if abs(number.adjusted()) <= _DIGITS else ""
    except InvalidOperation as error:
        raise _overlong(raw) from error
    if not text or len(text) > _DIGITS + 2:
        raise _overlong(raw)
    if step is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text[1:] if text[0] == "-" and not number else text


def _number(raw: Any) -> Decimal:
    kind = raw.__class__
    try:
        if kind is str:
            number = Decimal(raw)
        elif kind is float:
            number = Decimal(repr(raw))
        elif isinstance(raw, str | int | Decimal) and kind is not bool:
            number = Decimal(raw)
        else:
            raise expected("record.number", "a number", raw)
    except InvalidOperation as error:
        raise expected("record.number", "a number such as 12.50", raw) from error
    if not number.is_finite() or (kind is str and "_" in raw):
        raise expected("record.number", "a number such as 12.50", raw)
    return number


def _overlong(raw: Any) -> Unfit:
    return expected("record.number", f"a number of at most {_DIGITS} digits", raw)


def read_boolean(raw: Any) -> Value:
    """true/false, yes/no, y/n, on/off, t/f, 1/0 in any case."""
    try:
        return _BOOLEANS[raw]
    except (KeyError, TypeError):
        if isinstance(raw, str):
            name = raw.strip().lower()
            if name in _BOOLEANS:
                return _BOOLEANS[name]
        raise expected("record.boolean", "true or false (or yes/no, 1/0)", raw) from None


def reader(type: str, *, scale: int | None = None, zone: str = "UTC") -> Reader:
    """From a raw value to the canonical value of a type. `zone`: of date-times that carry no offset."""
    if type in TEXTS:
        return as_text
    if type == "decimal":
        return decimal_reader(scale)
    if type == "date-time":
        return instant_reader(zone_named(zone))
    return {"integer": read_integer, "boolean": read_boolean, "date": read_date}[type]


def writer(type: str, *, scale: int | None = None, zone: str = "UTC", wire: Literal["text", "json"] = "text") -> Writer:
    """From a canonical value to the wire; date-times as wall clock time of `zone` (text) or in UTC with a Z (json)."""
    read = reader(type, scale=scale, zone=zone)
    if wire == "json":
        return (lambda value: _json_number(read(value))) if type == "decimal" else read
    if type == "date-time":
        return _instant_writer(read, zone)
    if type in ("integer", "boolean"):
        return lambda value: as_text(read(value))
    return read


def _instant_writer(read: Reader, zone: str) -> Writer:
    where = zone_named(zone)

    def write(value: Value) -> Any:
        text = read(value)
        return wall_clock(text, where) if isinstance(text, str) else None

    return write


def _json_number(value: Value) -> Any:
    """A JSON number when it says exactly the same, else text: money is never rounded on the way."""
    if not isinstance(value, str):
        return value
    if "." not in value:
        return int(value) if abs(int(value)) <= LARGEST else value
    number = float(value)
    return number if Decimal(repr(number)) == Decimal(value) else value


def sendable(text: str, wire: Literal["text", "json"]) -> str:
    """The same text, or `Unfit` with the position of the first character that the wire cannot carry."""
    if not text.isprintable():
        _refuse(*((_NOT_XML, text, "XML cannot carry it") if wire == "text" else (_SURROGATES, text, "JSON cannot")))
    return text


def _refuse(pattern: re.Pattern[str], text: str, why: str) -> None:
    found = pattern.search(text)
    if found:
        raise Unfit(
            "record.text", f"the character U+{ord(found.group()):04X} at position {found.start() + 1} is refused: {why}"
        )
