"""How alike two names or two numbers are, from 0 to 100."""

from rapidfuzz.distance.Levenshtein import distance
from rapidfuzz.fuzz import ratio

#: Names less alike than this are different ones.
UNLIKE = 55.0
TYPO = 50.0
#: Shorter numbers are not one typo apart: they are others.
_SHORTEST = 6


def names(ours: tuple[str, str], theirs: tuple[str, str]) -> float:
    if ours[1] == theirs[1]:
        return 100.0
    straight = ratio(ours[0], theirs[0], score_cutoff=UNLIKE)
    if ours[0] == ours[1] and theirs[0] == theirs[1]:
        return straight
    return max(straight, ratio(ours[1], theirs[1], score_cutoff=UNLIKE))


def numbers(ours: str, theirs: str) -> float:
    if len(ours) < _SHORTEST or len(theirs) < _SHORTEST:
        return 0.0
    return TYPO if distance(ours, theirs, score_cutoff=1) <= 1 else 0.0
