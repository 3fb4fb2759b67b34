"""A failing history made small: fewer moves and a plainer world, as long as the same promise is broken."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hub.core.model import Policy
from hub.simulator.histories import History, Outcome, Step, run
from hub.simulator.staging import Setup
from hub.simulator.systems import Kind

#: Runs at the most: shrinking is for the reader, and need not be perfect.
TRIES = 400
_NAMES = re.compile(r"[\d']+|[abc]\d+|\{.*|\(.*")


def signature(kind: str | None, said: str) -> tuple[str | None, str]:
    """What is broken, without the names and numbers of this one history."""
    return kind, _NAMES.sub("", said)[:45]


def broken(outcome: Outcome) -> tuple[str | None, str]:
    return signature(outcome.kind, outcome.said)


class Shrinker:
    """Tries smaller histories."""

    def __init__(self, history: History, wanted: Outcome, die_at: int = 0) -> None:
        self.seed, self.setup, self.steps = history.seed, history.setup, list(history.steps)
        self.wanted, self.die_at, self.left = broken(wanted), die_at, TRIES

    def shrunk(self) -> History:
        changed = True
        while changed and self.left > 0:
            changed = self.fewer() | self.plainer() | self.narrower()
        return History(self.seed, self.setup, tuple(self.steps))

    def fails(self, setup: Setup, steps: list[Step]) -> bool:
        """Is it still broken? After a death, at any point of the history that died."""
        self.left -= 1
        if not self.die_at:
            return broken(run(setup, steps)) == self.wanted
        for point in range(max(1, self.die_at - 40), self.die_at + 1):
            if broken(run(setup, steps, point)) == self.wanted:
                self.die_at = point
                return True
        return False

    def fewer(self) -> bool:
        """Leave moves out: halves first, then one by one."""
        before, size = len(self.steps), max(1, len(self.steps) // 2)
        while size >= 1:
            at = 0
            while at < len(self.steps) and self.left > 0:
                rest = self.steps[:at] + self.steps[at + size :]
                if self.fails(self.setup, rest):
                    self.steps = rest
                else:
                    at += size
            size //= 2
        return len(self.steps) < before

    def plainer(self) -> bool:
        """A world with less in it."""
        changed = False
        for change in plainer():
            setup = change(self.setup)
            if setup != self.setup and self.left > 0 and self.fails(setup, self.steps):
                self.setup, changed = setup, True
        return changed

    def narrower(self) -> bool:
        """Moves that touch one field."""
        changed = False
        for at, step in enumerate(self.steps):
            for name in step.given.get("names", ()) if len(step.given.get("names", ())) > 1 else ():
                one = step._replace(given={**step.given, "names": (name,)})
                steps = [*self.steps[:at], one, *self.steps[at + 1 :]]
                if self.left > 0 and self.fails(self.setup, steps):
                    self.steps, changed = steps, True
                    break
        return changed


def plainer() -> Iterator[Callable[[Setup], Setup]]:
    """Changes of a world, each towards the plainest one."""
    plain: dict[str, Any] = {"links": (), "group": (), "match": (), "deletes": Policy("ask"), "page": 0, "means": ()}
    plain["policies"] = (Policy("ask"),) * 3
    for name, value in plain.items():
        yield lambda setup, name=name, value=value: replace(setup, **{name: value})  # type: ignore[misc]
    for number in range(3):
        for name, value in {"quirks": {}, "told": False, "page": 2, "feed": "sequence", "skew": 0, "lag": 0}.items():
            yield lambda setup, n=number, name=name, value=value: kind(setup, n, **{name: value})  # type: ignore[misc]
        for name in ("conditional", "tombstones", "find", "tokens", "answers"):
            yield lambda setup, n=number, name=name: able(setup, n, name)  # type: ignore[misc]


def kind(setup: Setup, number: int, **changes: Any) -> Setup:
    kinds: list[Kind] = list(setup.kinds)
    if number < len(kinds):
        kinds[number] = replace(kinds[number], **changes)
    return replace(setup, kinds=tuple(kinds))


def able(setup: Setup, number: int, name: str) -> Setup:
    if number >= len(setup.kinds):
        return setup
    changes: dict[str, Any] = {name: True}
    return kind(setup, number, can=replace(setup.kinds[number].can, **changes))
