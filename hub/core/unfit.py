"""The signal that a value does not fit, and how a value is shown in a message."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

_SHOWN = 60


class Unfit(ValueError):
    """One value does not fit. Raised inside a compiled mapping, which turns it into a `Problem`.

    `said` is what was expected and what came, without the name of the field.
    """

    def __init__(self, code: str, said: str) -> None:
        super().__init__(code, said)
        self.code = code
        self.said = said


def shown(value: Any) -> str:
    """A value for a message: short, quoted, never a whole document."""
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    text = repr(str(value)) if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def expected(code: str, what: str, value: Any) -> Unfit:
    return Unfit(code, f"expected {what}, got {shown(value)}")


def nearest(name: str, names: Iterable[str]) -> str:
    """ ", did you mean 'x'?" when there is a name close by, in whichever case, else nothing."""
    folded = {other.lower(): other for other in names}
    found = get_close_matches(name.lower(), folded, 1)
    return f", did you mean '{folded[found[0]]}'?" if found else ""
