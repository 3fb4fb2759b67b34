"""The simulator is only worth what it catches: bugs are planted in the engine, and its oracle must find each of them
within a few histories, whatever the seed. The engine as it is passes the same histories."""

import pytest

from hub.simulator.histories import make, run
from hub.simulator.planted import BUGS, Bug, planted
from hub.simulator.profiles import BY_NAME

SEEDS = (1, 2, 3)
RUNS = 40


def caught(profile: str, seed: int) -> int | None:
    """How many histories it took until the oracle found something. None: it did not."""
    for number in range(RUNS):
        history = make(seed * 1000 + number, BY_NAME[profile])
        if run(history.setup, history.steps).kind:
            return number + 1
    return None


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_caught_whatever_the_seed(bug: Bug) -> None:
    with planted(bug):
        assert all(caught(bug.profile, seed) for seed in SEEDS)


@pytest.mark.parametrize("profile", sorted({bug.profile for bug in BUGS}))
def test_the_engine_without_a_bug_passes_the_same_histories(profile: str) -> None:
    assert caught(profile, SEEDS[0]) is None
