"""The named steps a value takes between a system and the hub, each with its way back.

A step has `into` (system -> hub) and `back` (hub -> system). What flows between steps is a raw scalar; the type
is read after the last step. Texts, lookups and numbers are here, dates in `datesteps`, and what makes one value
of a whole record (join, constant, expression) in `heads`.
"""

import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from hub.core.record import Value
from hub.core.unfit import Unfit, nearest, shown
from hub.core.values import TEXTS, Reader, as_text, decimal_reader

Change = Callable[[Any], Any]


class BadSpec(ValueError):
    """A transform that cannot be compiled: what was expected, what came."""


class Context(NamedTuple):
    """What a step may know of its field."""

    type: str
    zone: str
    wire: Literal["text", "json"]
    #: Makes the canonical value, when this is the last step; else None.
    read: Reader | None
    #: The hub writes this field.
    writable: bool


class Step(NamedTuple):
    into: Change
    #: None: there is no way back, the field can only be read.
    back: Change | None
    #: into(back(v)) == v for every v that `back` takes.
    exact: bool = False
    #: Takes and gives values of the field's own type: it works on canonical values, before they are written.
    plain: bool = True
    #: Gives what the type's reader would, so that need not run again.
    canonical: bool = False
    #: Its way back takes the canonical date itself, not its wire form.
    dated: bool = False
    #: Gives one of a few values.
    few: bool = False


Builder = Callable[[Any, Context], Step]


def whole(argument: Any, least: int, most: int) -> int:
    if isinstance(argument, bool) or not isinstance(argument, int) or not least <= argument <= most:
        raise BadSpec(f"expected a whole number from {least} to {most}, got {shown(argument)}")
    return argument


def one_of(argument: Any, names: tuple[str, ...]) -> str:
    if argument not in names:
        close = nearest(str(argument), names)
        raise BadSpec(f"expected one of {', '.join(names)}, got {shown(argument)}{close}")
    return str(argument)


def some_text(argument: Any) -> str:
    if not isinstance(argument, str) or not argument:
        raise BadSpec(f"expected a text, got {shown(argument)}")
    return argument


def settings(argument: Any, allowed: tuple[str, ...], needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """A step's argument when it is several settings."""
    if not isinstance(argument, dict):
        raise BadSpec(f"expected settings ({', '.join(allowed)}), got {shown(argument)}")
    for name in argument:
        if name not in allowed:
            raise BadSpec(
                f"unknown setting {name!r}{nearest(str(name), allowed) or ', expected ' + ', '.join(allowed)}"
            )
    for name in needed:
        if name not in argument:
            raise BadSpec(f"the setting {name!r} is missing")
    return argument


def _on_text(change: Callable[[str], str], context: Context, *, tidy: bool = True) -> Step:
    """The same change both ways: both sides see the value so. `tidy`: it leaves no blank-only text."""

    def both(raw: Any) -> Any:
        text = as_text(raw)
        return None if text is None else change(text) or None

    return Step(both, both, canonical=tidy and context.type in TEXTS)


def _case(argument: Any, context: Context) -> Step:
    name = one_of(argument, ("upper", "lower", "title"))
    changes = {"upper": str.upper, "lower": str.lower, "title": str.title}
    return _on_text(changes[name], context)


def _flag(argument: Any) -> None:
    """`trim`, `collapse` and `digits` take nothing, or true."""
    if argument not in (None, True):
        raise BadSpec(f"expected nothing or true, got {shown(argument)}")


def _trim(argument: Any, context: Context) -> Step:
    _flag(argument)
    return _on_text(str.strip, context)


def _collapse(argument: Any, context: Context) -> Step:
    _flag(argument)
    return _on_text(lambda text: " ".join(text.split()), context)


_NO_DIGIT = re.compile("[^0-9+]+")
_ASCII_NO_DIGIT = str.maketrans("", "", "".join(set(map(chr, range(128))) - set("0123456789+")))


def _digits(argument: Any, context: Context) -> Step:
    _flag(argument)
    return _on_text(_phone, context)


def _phone(text: str) -> str:
    kept = text.translate(_ASCII_NO_DIGIT) if text.isascii() else _NO_DIGIT.sub("", text)
    if "+" not in kept:
        return kept
    digits = kept.replace("+", "")
    return "+" + digits if digits and kept[0] == "+" else digits


def _truncate(argument: Any, context: Context) -> Step:
    length = whole(argument, 1, 1_000_000)
    return _on_text(lambda text: text[:length], context, tidy=False)


def _scale(argument: Any, context: Context) -> Step:
    tidy = decimal_reader(whole(argument, 0, 20))
    return Step(tidy, tidy, canonical=False)


def _default(argument: Any, context: Context) -> Step:
    """Empty becomes the default, both ways: a system that must have a value gets it."""
    if context.read is not None:
        argument = value_of(argument, context.read)
    if argument is None or isinstance(argument, list | dict):
        raise BadSpec(f"expected a value, got {shown(argument)}")

    def into(raw: Any) -> Any:
        return argument if raw is None or raw == "" or (isinstance(raw, str) and raw.isspace()) else raw

    return Step(into, into)


def _affix(text: str, *, adds: bool, front: bool) -> Step:
    def add(raw: Any) -> Any:
        value = as_text(raw)
        return value if value is None else text + value if front else value + text

    def cut(raw: Any) -> Any:
        value = as_text(raw)
        if value is None:
            return None
        if not (value.startswith(text) if front else value.endswith(text)):
            raise Unfit("record.affix", f"expected a text that {place} {text!r}, got {shown(value)}")
        return value[len(text) :] if front else value[: -len(text)]

    place = "begins with" if front else "ends with"
    return Step(add, cut, plain=False) if adds else Step(cut, add, plain=False)


def value_of(argument: Any, read: Reader) -> Value:
    """A value that a file says, in canonical form."""
    try:
        return read(argument)
    except Unfit as error:
        raise BadSpec(error.said) from error


def _lookup(argument: Any, context: Context) -> Step:
    said = settings(argument, ("table", "otherwise", "back"), ("table",))
    otherwise = one_of(said.get("otherwise", "refuse"), ("refuse", "keep", "empty"))
    if not isinstance(said["table"], dict) or not said["table"]:
        raise BadSpec(f"the setting 'table' must say value: value, got {shown(said['table'])}")
    read = context.read or as_text
    table = {_key(key): value_of(value, read) for key, value in said["table"].items()}
    inverse = _inverse(said["table"], said.get("back", {}), read, context.writable)
    keep = read if otherwise == "keep" else None
    into = _find({None: None, **table}, otherwise, keep)
    back = None if inverse is None else _find({None: None, **inverse}, otherwise, as_text)
    exact = otherwise == "refuse" and None not in table
    return Step(into, back, exact=exact, plain=False, canonical=context.read is not None, few=True)


def _key(value: Any) -> str | None:
    try:
        return as_text(value)
    except Unfit as error:
        raise BadSpec(error.said) from error


def _inverse(table: dict[Any, Any], back: Any, read: Reader, writable: bool) -> dict[str | None, Any] | None:
    """From the hub's text to the system's value as the file says it. None: ambiguous, and nobody needs it."""
    if not isinstance(back, dict):
        raise BadSpec(f"the setting 'back' must say value: value, got {shown(back)}")
    chosen = {_key(value_of(value, read)): raw for value, raw in back.items()}
    inverse: dict[str | None, Any] = {}
    for raw, value in table.items():
        key = _key(value_of(value, read))
        if key in inverse and key not in chosen:
            if not writable:
                return None
            raise BadSpec(
                f"ambiguous way back: {shown(inverse[key])} and {shown(raw)} both become {shown(value)}; "
                f"say which to write (back: {{{value}: {raw}}}) or make the field 'direction: in'"
            )
        inverse.setdefault(key, raw)
    known = {_key(raw) for raw in table}
    for key, raw in chosen.items():
        if key not in inverse or _key(raw) not in known:
            raise BadSpec(f"the setting 'back' says {shown(key)}: {shown(raw)}, which is not in the table")
    return inverse | chosen


def _find(table: dict[str | None, Any], otherwise: str, keep: Change | None) -> Change:
    def find(raw: Any) -> Any:
        try:
            return table[raw if raw.__class__ is str else as_text(raw)]
        except KeyError:
            return miss(raw)

    def miss(raw: Any) -> Any:
        text = as_text(raw)
        if text in table:  # blank text, line ends
            return table[text]
        if otherwise == "empty":
            return table[None]
        if otherwise == "keep" and keep is not None:
            return keep(raw)
        names = [name for name in table if name is not None]
        listed = ", ".join(map(shown, names[:10])) + (", ..." if len(names) > 10 else "")
        raise Unfit("record.lookup", f"expected one of {listed}, got {shown(raw)}{nearest(str(text), names)}")

    return find


STEPS: dict[str, Builder] = {
    "lookup": _lookup,
    "case": _case,
    "trim": _trim,
    "collapse": _collapse,
    "digits": _digits,
    "truncate": _truncate,
    "scale": _scale,
    "default": _default,
    "prefix": lambda argument, context: _affix(some_text(argument), adds=True, front=True),
    "suffix": lambda argument, context: _affix(some_text(argument), adds=True, front=False),
    "cut_prefix": lambda argument, context: _affix(some_text(argument), adds=False, front=True),
    "cut_suffix": lambda argument, context: _affix(some_text(argument), adds=False, front=False),
}
