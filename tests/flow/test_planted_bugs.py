"""The machine is only worth what it catches: bugs are planted in the engine, and its oracle must find each of them
within a few random walks, whatever the seed. The engine as it is passes the same walks."""

import random
from dataclasses import replace
from typing import Any

import pytest
from moves import ALL, QUIET, Move, walk
from oracle import Broken
from planted import BUGS, Bug, planted
from play import FIELDS, Kind, Setup
from support.memory import ABLE

from hub.core.model import Policy

SEEDS = (1, 2, 3)
WALKS, STEPS = 40, 12
RULES = (Policy("ask"), Policy("prefer", ("a", "b")), Policy("prefer", ("b", "a")))
EXISTENCE = (Policy("ask"), Policy("edit"), Policy("delete"))
PLAIN = Kind()
LOSSY = Kind(quirks={"name": "truncate", "phone": "upper", "amount": "round"})
#: Knows neither tokens nor search nor versions, and does not say what it made of a write.
WEAK = Kind(replace(ABLE, tokens=False, find=False, conditional=False, answers=False))
#: Does not tell of deletions.
MUTE = Kind(replace(ABLE, tombstones=False))


def only(name: str, weight: float = 1, **given: Any) -> Move:
    """One move, with fewer choices."""
    [found] = [move for move in ALL if move.name == name]
    return found._replace(weight=weight, given={**found.given, **given})


MISHAPS = (
    only("lose_an_answer", 2, where=(1,), whole=(True,)),
    only("die_at_a_write", where=(1,), whole=(True,)),
    only("sync", 0.5),
    only("wait", 0.5),
)
CREATES = (only("create", 2, where=(0,)), *MISHAPS)
CHILDREN = (
    only("create", where=(0,)),
    only("edit", 2, where=(1,)),
    only("lose_an_answer", where=(1,), phase=("after",)),
)
UPDATES = (only("edit", 3), only("edit", where=(0,)), *MISHAPS)
DEATHS = (only("create"), only("edit", 2), only("die_at_a_commit", 2, polling=(True,)), only("sync", 0.5))
DELETES = (
    only("edit", 3),
    only("delete", where=(0,)),
    only("poll"),
    only("deliver", where=(1,)),
    only("create", where=(0,)),
    only("sync", 0.5),
)
LISTS = (
    only("list_short", 2, which=(0,)),
    only("list_nothing"),
    only("create", where=(0,)),
    only("delete", 0.5),
    only("compare_keys"),
    only("sync"),
)
#: The kinds of world in which bugs show soon: the second system, what happens, and the fields that belong together.
WORLDS: dict[str, tuple[Kind, tuple[Move, ...], tuple[str, ...]]] = {
    "plain": (PLAIN, QUIET, ()),
    "groups": (PLAIN, QUIET, ("phone", "amount")),
    "lossy": (LOSSY, QUIET, ()),
    "deletes": (LOSSY, DELETES, ()),
    "lost creates": (PLAIN, CREATES, ()),
    "lost creates, weak": (WEAK, CREATES, ()),
    "edited children": (WEAK, CHILDREN, ()),
    "lost updates": (LOSSY, UPDATES, ()),
    "deaths": (PLAIN, DEATHS, ()),
    "short lists": (MUTE, LISTS, ()),
}


def run(world: str, seed: int) -> int:
    """Walks until the oracle finds something. How many it took."""
    kind, moves, group = WORLDS[world]
    chance = random.Random(seed)
    for number in range(WALKS):
        policies = tuple(chance.choice(RULES) for _ in FIELDS)
        setup = Setup((PLAIN, kind), group=group, policies=policies, deletes=chance.choice(EXISTENCE))
        try:
            walk(setup, moves, chance, STEPS)
        except Broken:
            return number + 1
    raise Unbroken


class Unbroken(Exception):
    """All walks passed."""


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_caught_whatever_the_seed(bug: Bug) -> None:
    with planted(bug):
        for seed in SEEDS:
            assert run(bug.world, seed) <= WALKS


@pytest.mark.parametrize("world", WORLDS)
def test_the_engine_without_a_bug_passes_the_same_walks(world: str) -> None:
    for seed in SEEDS:
        with pytest.raises(Unbroken):
            run(world, seed)
