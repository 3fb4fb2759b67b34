"""A history: a world and a script of moves, both made of a seed; played to the end, and judged."""

import random
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.flow.delivering import deliver
from hub.flow.polling import reconcile
from hub.simulator.broken import OTHER, Broken
from hub.simulator.faults import Spot
from hub.simulator.moves import Hand
from hub.simulator.play import Play, begin
from hub.simulator.profiles import Profile
from hub.simulator.staging import Setup


class Step(NamedTuple):
    """One move with what it was given."""

    name: str
    given: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.given.items())})"


class History(NamedTuple):
    """Everything that a run depends on."""

    seed: int
    setup: Setup
    steps: tuple[Step, ...]


@dataclass
class Outcome:
    """What became of a history."""

    #: What was broken, one of `broken.KINDS` or another. None: nothing.
    kind: str | None = None
    said: str = ""
    #: It was an error that the engine let out: nothing that the oracle saw.
    raised: bool = False
    #: What happened, line by line; only where something was broken.
    story: str = ""
    points: int = 0
    faults: int = 0
    died_at: Spot | None = None
    met: Counter[str] = field(default_factory=Counter)

    @property
    def judged(self) -> bool:
        """Did the oracle see that something is broken?"""
        return self.kind is not None and not self.raised


def make(seed: int, profile: Profile) -> History:
    """The history of a seed: the same for the same profile, for ever."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    setup = profile.setup(chance)
    fewest, most = profile.steps
    return History(seed, setup, tuple(script(chance, profile, chance.randint(fewest, most))))


def script(chance: random.Random, profile: Profile, steps: int) -> list[Step]:
    moves = chance.choices(profile.moves, [move.weight for move in profile.moves], k=steps)
    return [Step(m.name, {name: chance.choice(values) for name, values in m.given.items()}) for m in moves]


def run(setup: Setup, steps: Sequence[Step], die_at: int = 0, *, story: bool = False) -> Outcome:
    """Play it. `die_at`: the numbered point at which the process is killed. `story`: also when nothing is broken."""
    play = Play(setup)
    outcome = Outcome()
    try:
        with paged(setup.page):
            through(play, steps, die_at)
    except Broken as error:
        outcome.kind, outcome.said, outcome.raised = error.kind, error.said, error.__cause__ is not None
    outcome.points, outcome.faults = play.trouble.passed, play.trouble.happened
    outcome.died_at, outcome.met = play.trouble.died_at, play.seen()
    outcome.story = play.history() if story or outcome.kind else ""
    return outcome


@contextmanager
def paged(size: int) -> Iterator[None]:
    """The engine works in pages of this size, as if there were hundreds of records. 0: in its own."""
    places = ((deliver, "PAGE"), (deliver, "LOOKED"), (reconcile, "PAGE"))
    right = [getattr(module, name) for module, name in places]
    for module, name in places if size else ():
        setattr(module, name, size)
    try:
        yield
    finally:
        for (module, name), value in zip(places, right, strict=True):
            setattr(module, name, value)


def through(play: Play, steps: Sequence[Step], die_at: int) -> None:
    """To the end, or to the first broken promise. An error that the engine lets out breaks one too."""
    try:
        begin(play)
        play.trouble.die_at = die_at
        hand = Hand(play)
        for step in steps:
            getattr(hand, step.name)(**step.given)
        play.settle()
    except Broken:
        raise
    except Exception as error:
        play.note(traceback.format_exc(limit=-6))
        raise Broken(OTHER, f"{type(error).__name__}: {error}") from error
