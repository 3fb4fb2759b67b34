"""Is one value what a system may have made of another? Servers cut, trim, round and change case."""

import re
from decimal import Decimal, InvalidOperation

from hub.core.record import Fields, Value

_NOISE = re.compile(r"[\W_]+")


def folded(value: Value) -> str:
    """A value without case, blanks and punctuation."""
    return "" if value is None else _NOISE.sub("", str(value).casefold())


def like(sent: Value, holds: Value) -> bool:
    """Could `holds` be the system's own form of `sent`?"""
    if sent == holds:
        return True
    ours, theirs = folded(sent), folded(holds)
    if ours == theirs:
        return True
    if ours and theirs and ours.startswith(theirs):
        return True
    return _near(sent, holds)


def _near(sent: Value, holds: Value) -> bool:
    """Equal but for rounding."""
    if isinstance(sent, bool) or isinstance(holds, bool):
        return False
    try:
        ours, theirs = Decimal(str(sent)), Decimal(str(holds))
    except InvalidOperation:
        return False
    digits = max(0, -int(theirs.as_tuple().exponent))
    return round(ours, digits) == round(theirs, digits)


def alike(sent: Fields, holds: Fields) -> bool:
    """Does every field that was sent look as if it had arrived?"""
    return all(like(value, holds.get(name)) for name, value in sent.items())
