"""What can happen in a world, as a table: the state machine and the random walks choose from it."""

import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from play import FIELDS, Play, Setup, linked

from hub.flow.decide import Side

WHERE = WHICH = (0, 1, 2)
NAMES = (*((name,) for name in FIELDS), ("name", "phone"), ("phone", "amount"))
PHASES = ("before", "after")


class Move(NamedTuple):
    """One thing that somebody or the hub does, or that goes wrong."""

    #: A method of `Hand`.
    name: str
    given: Mapping[str, Sequence[Any]]
    #: How often a random walk takes it.
    weight: float = 1


PEOPLE = (
    Move("edit", {"where": WHERE, "which": WHICH, "names": NAMES}, 3),
    Move("edit_later", {"where": WHERE, "which": WHICH, "names": NAMES}, 2),
    Move("create", {"where": WHERE, "names": NAMES}),
    Move("delete", {"where": WHERE, "which": WHICH}),
    Move("copy", {"where": WHERE, "which": WHICH, "other": WHERE, "name": FIELDS}),
    Move("spoil", {"where": WHERE, "which": WHICH}, 0.5),
    Move("decide", {"which": WHICH, "side": ("ours", "theirs")}),
    Move("look", {}),
)
HUB = (
    Move("poll", {"where": WHERE}, 3),
    Move("deliver", {"where": WHERE}, 3),
    Move("compare_keys", {"where": WHERE}),
    Move("sync", {}),
    Move("wait", {"seconds": (1, 120, 90_000)}),
)
ACCIDENTS = (
    Move("die_at_a_write", {"where": WHERE, "phase": PHASES, "nth": (1, 1, 2), "whole": (False, True)}),
    Move("die_at_a_read", {"where": WHERE, "call": ("read", "changes", "find"), "phase": PHASES, "nth": (1, 2)}),
    Move("die_at_a_commit", {"where": WHERE, "polling": (False, True), "phase": PHASES, "nth": (1, 2, 3)}),
    Move("lose_an_answer", {"where": WHERE, "phase": PHASES, "whole": (False, True)}, 2),
    Move("be_away", {"where": WHERE, "call": ("write", "read", "changes", "find"), "whole": (False, True)}),
    Move("list_short", {"where": WHERE, "which": WHICH}, 0.5),
    Move("list_nothing", {"where": WHERE}, 0.5),
    Move("race", {"where": WHERE, "call": ("write", "changes"), "phase": PHASES, "which": WHICH, "names": NAMES}),
)
QUIET = (*PEOPLE, *HUB)
ALL = (*QUIET, *ACCIDENTS)


class Hand:
    """Makes the moves of one play."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.look, self.sync, self.wait = play.look, play.sync, play.wait

    def system(self, number: int) -> str:
        return self.play.names[number % len(self.play.names)]

    def create(self, where: int, names: Sequence[str]) -> None:
        self.play.create(self.system(where), names)

    def edit(self, where: int, which: int, names: Sequence[str]) -> None:
        self.play.edit(self.system(where), which, names)

    def delete(self, where: int, which: int) -> None:
        self.play.delete(self.system(where), which)

    def spoil(self, where: int, which: int) -> None:
        self.play.spoil(self.system(where), which)

    def decide(self, which: int, side: Side) -> None:
        self.play.decide(which, side)

    def poll(self, where: int) -> None:
        self.play.poll(self.system(where))

    def deliver(self, where: int) -> None:
        self.play.deliver(self.system(where))

    def compare_keys(self, where: int) -> None:
        self.play.compare_keys(self.system(where))

    def list_short(self, where: int, which: int) -> None:
        self.play.list_short(self.system(where), which)

    def list_nothing(self, where: int) -> None:
        self.play.list_nothing(self.system(where))

    def edit_later(self, where: int, which: int, names: Sequence[str]) -> None:
        self.play.wait(1)
        self.play.edit(self.system(where), which, names)

    def copy(self, where: int, which: int, other: int, name: str) -> None:
        self.play.copy(self.system(where), which, self.system(other), name)

    def die_at_a_write(self, where: int, phase: str, nth: int, whole: bool) -> None:
        self.play.die(self.system(where), "write", phase, nth)
        self.go(where, whole=whole)

    def die_at_a_read(self, where: int, call: str, phase: str, nth: int) -> None:
        self.play.die(self.system(where), call, phase, nth)
        self.go(where, polling=call == "changes")

    def die_at_a_commit(self, where: int, polling: bool, phase: str, nth: int) -> None:
        self.play.die("hub", "commit", phase, nth)
        self.go(where, polling=polling)

    def lose_an_answer(self, where: int, phase: str, whole: bool) -> None:
        self.play.lose(self.system(where), phase)
        self.go(where, whole=whole)

    def be_away(self, where: int, call: str, whole: bool) -> None:
        self.play.later(self.system(where), call)
        self.go(where, polling=call == "changes", whole=whole)

    def race(self, where: int, call: str, phase: str, which: int, names: Sequence[str]) -> None:
        self.play.race(self.system(where), call, phase, which, names)
        self.go(where, polling=call == "changes")

    def go(self, where: int, *, polling: bool = False, whole: bool = False) -> None:
        """The step in which the accident is to happen."""
        if whole:
            self.play.sync()
        elif polling:
            self.play.poll(self.system(where))
        else:
            self.play.deliver(self.system(where))


def walk(setup: Setup, moves: Sequence[Move], chance: random.Random, steps: int) -> Play:
    """So many moves at random, then until all is quiet. Raises what the oracle finds."""
    play = linked(setup)
    hand = Hand(play)
    for move in chance.choices(moves, [move.weight for move in moves], k=steps):
        getattr(hand, move.name)(**{name: chance.choice(values) for name, values in move.given.items()})
    play.settle()
    return play
