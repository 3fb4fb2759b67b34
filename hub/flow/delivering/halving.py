"""A batch that a system refuses as a whole is halved until the bad records are alone, so that the others arrive."""

from collections.abc import Callable, Sequence

from hub.adapter import Failure, Write
from hub.core.errors import Refused, TryLater, Unknown
from hub.flow.delivering.outcome import Outcome

#: Calls that one refused batch may cost beyond its own: enough for four bad records in a hundred.
MOST = 64

Call = Callable[[Sequence[Write]], list[Outcome]]


def alike(outcomes: Sequence[Outcome]) -> bool:
    """Was every write refused in the same words? Then the system did not say which of them it meant."""
    words = {
        (outcome.error.code, outcome.error.said)
        for outcome in outcomes
        if isinstance(outcome, Failure) and isinstance(outcome.error, Refused)
    }
    return len(words) == 1 and all(
        isinstance(outcome, Failure) and isinstance(outcome.error, Refused) for outcome in outcomes
    )


class Halving:
    """The search in one batch. `call`: sends writes; one outcome each."""

    def __init__(self, call: Call, most: int = MOST) -> None:
        self.call, self.left = call, most
        #: An answer got lost on the way: what may have been done is settled before anything is sent again.
        self.lost = False

    def send(self, writes: Sequence[Write]) -> list[Outcome]:
        """One outcome each, in order."""
        return self.search(writes, self.call(writes))

    def search(self, writes: Sequence[Write], outcomes: list[Outcome]) -> list[Outcome]:
        if len(writes) < 2 or not alike(outcomes):
            return outcomes
        half = len(writes) // 2
        return [*self.part(writes[:half], outcomes), *self.part(writes[half:], outcomes)]

    def part(self, writes: Sequence[Write], before: Sequence[Outcome]) -> list[Outcome]:
        if self.lost or self.left <= 0:
            return [untried(before)] * len(writes)
        self.left -= 1
        outcomes = self.call(writes)
        self.lost = self.lost or any(isinstance(o, Failure) and isinstance(o.error, Unknown) for o in outcomes)
        return self.search(writes, outcomes)


def untried(before: Sequence[Outcome]) -> Failure:
    """Refused only together with others, and not tried without them."""
    said = next(outcome.error.said for outcome in before if isinstance(outcome, Failure))
    return Failure(TryLater("batch.untried", f"its batch was refused, and it was not tried alone yet: {said}"))
