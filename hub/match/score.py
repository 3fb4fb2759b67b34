"""How alike two records are, from 0 to 100.

Names count by how alike they are, in the order of their words or in another. Numbers and addresses (telephone, e-mail,
VAT number) are equal, one typo apart (50), or different (0). A field that is blank on either side counts neither way;
but a score that stands on less than half of the weight is never certain.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from hub.core.model import Similar
from hub.core.normal import NAMES, normal
from hub.core.record import Fields

#: Of each field: its form, and the same with its words in order. None: it tells nothing.
Portrait = tuple[tuple[str, str] | None, ...]
#: A value that more records than this share says nothing: they are not compared for its sake.
MOST = 200

Verdict = Literal["certain", "several", "taken", "possible", "none"]


class Scored(NamedTuple):
    """A candidate and how alike it is."""

    score: float
    candidate: int
    #: It has a counterpart already.
    taken: bool = False


class Scorer:
    """Compares records by one entity's `similar`."""

    def __init__(self, similar: Similar) -> None:
        self.similar = similar
        self.parts = [(part.weight, part.form in NAMES) for part in similar.fields]
        self.half = sum(part.weight for part in similar.fields) / 2
        self.least = float(similar.possible)
        # Some megabytes, which only entities with such a rule need.
        from hub.match import alike

        self.names, self.numbers = alike.names, alike.numbers

    def portrait(self, fields: Fields) -> Portrait:
        """What is compared of a record."""
        return tuple(
            [_seen(normal(part.form, fields.get(part.field)), part.form in NAMES) for part in self.similar.fields]
        )

    def score(self, one: Portrait, other: Portrait) -> float:
        """From 0 to 100."""
        total = known = 0.0
        for (weight, name), ours, theirs in zip(self.parts, one, other, strict=True):
            if ours is None or theirs is None:
                continue
            known += weight
            if ours == theirs:
                total += weight * 100.0
            elif name:
                total += weight * self.names(ours, theirs)
            else:
                total += weight * self.numbers(ours[0], theirs[0])
        if not known:
            return 0.0
        score = total / known
        return min(score, self.similar.certain - 1.0) if known < self.half else score

    def judge(self, found: Iterable[Scored]) -> tuple[Verdict, list[Scored]]:
        """What follows from the scores of all candidates, and from which of them, the best first.

        One that is only possible and has a counterpart is no candidate: it is another record.
        """
        best = sorted((one for one in found if one.score >= self.least), key=lambda one: (-one.score, one.candidate))
        certain = [one for one in best if one.score >= self.similar.certain]
        if certain:
            free = [one for one in certain if not one.taken]
            if not free:
                return "taken", certain
            return ("certain", free) if len(certain) == 1 else ("several", certain)
        possible = [one for one in best if not one.taken]
        return ("possible", possible) if possible else ("none", [])


def _seen(text: str, name: bool) -> tuple[str, str] | None:
    """One text stands for both where they are equal: there are hundreds of thousands of them."""
    if not text:
        return None
    ordered = " ".join(sorted(text.split())) if name else text
    return (text, text if ordered == text else ordered)
