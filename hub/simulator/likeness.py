"""Names by which people know a record, alike when it is the same one: for worlds in which scores decide who is who."""

import hashlib
from typing import Literal

from hub.core.model import Compared, Similar, Weighed

#: The field that holds the name. Nobody edits it, and it carries no number.
LABEL = "label"
#: Only likeness tells that two records are one.
SIMILAR = Similar((Weighed(LABEL, "text", 1),), ((Compared(LABEL, "start"),),), certain=94, possible=70)
#: How a name is spelled by somebody else: a letter is missing; half of a word is another; and another one's name that
#: is no less alike than that.
Spelling = Literal["typo", "half", "other"]
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvz", "aeiou"


def word(*seed: object) -> str:
    """Ten letters that can be said, the same for the same seed."""
    drawn = hashlib.sha256(":".join(map(str, seed)).encode()).digest()
    return "".join(_CONSONANTS[drawn[n] % 17] + _VOWELS[drawn[n + 5] % 5] for n in range(5))


def label(entity: int) -> str:
    return f"{word(entity)} {word(entity, 'second')}"


def spelled(right: str, how: Spelling, number: int) -> str:
    """A name as somebody else has it. `number`: of the spelling."""
    if how == "typo":
        return right[:13] + right[14:]
    return right[:16] + word(right, how, number)[:5]
