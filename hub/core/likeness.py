"""Is one value what a system may have made of another? Servers cut, trim, round and change case."""

import re
import unicodedata
from decimal import Decimal

from hub.core.record import Fields, Value
from hub.core.references import is_named

_NOISE = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def folded(value: Value) -> str:
    """A value without case, blanks and punctuation; the same letter in two Unicode forms is the same."""
    text = "" if value is None else str(value)
    if text.isascii():
        return _NOISE.sub("", text.lower())
    letters = filter(counts, unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", "".join(letters))


def counts(letter: str) -> bool:
    """Letters and digits count, and the marks that are the vowels of some scripts."""
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


def like(sent: Value, holds: Value) -> bool:
    """Could `holds` be the system's own form of `sent`? A system may also not keep a value at all."""
    if sent == holds:
        return True
    if is_named(sent):
        return False
    amounts = _number(sent), _number(holds)
    if amounts[0] is not None and amounts[1] is not None and (amounts[0] == amounts[1] or _exact(sent, holds)):
        return _rounded(amounts[0], amounts[1])
    ours, theirs = folded(sent), folded(holds)
    return ours == theirs or (ours != "" and ours.startswith(theirs))


def _number(value: Value) -> Decimal | None:
    if isinstance(value, bool) or value is None or not _NUMBER.fullmatch(str(value)):
        return None
    return Decimal(value)


def _exact(*values: Value) -> bool:
    """Is it an amount? Bare digits may as well be a text that was cut: a telephone number, a postcode."""
    return any(isinstance(value, int) or not str(value).isdigit() for value in values)


def _rounded(ours: Decimal, theirs: Decimal) -> bool:
    """Equal to the last digit that the system keeps, whichever way it rounds or cuts."""
    return abs(ours - theirs) < Decimal(1).scaleb(int(theirs.as_tuple().exponent))


def alike(sent: Fields, holds: Fields) -> bool:
    """Does a record look as if it were made of what was sent?

    Of what was sent blank the system may have made anything, and what it does not show tells nothing. But a value
    that was sent and is blank there speaks against it, and something must speak for it.
    """
    told = [name for name, value in sent.items() if value is not None and name in holds]
    return bool(told) and all(holds[name] is not None and like(sent[name], holds[name]) for name in told)
