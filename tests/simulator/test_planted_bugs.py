"""The simulator is only worth what it catches: bugs are planted in the engine, and its oracle must find each of them
within a few histories, whatever the seed. The engine as it is passes the same histories."""

import pytest

from hub.simulator.histories import make, run
from hub.simulator.planted import BUGS, Bug, planted
from hub.simulator.profiles import BY_NAME

SEEDS = (1, 2, 3)
RUNS = 40
SOON = [bug for bug in BUGS if not bug.rare]


def caught(profile: str, seed: int, runs: int = RUNS) -> int | None:
    """How many histories it took until the oracle found something. None: it did not."""
    for number in range(runs):
        history = make(seed * 1000 + number, BY_NAME[profile])
        if run(history.setup, history.steps).kind:
            return number + 1
    return None


@pytest.mark.parametrize("bug", SOON, ids=[bug.name for bug in SOON])
def test_a_planted_bug_is_caught_whatever_the_seed(bug: Bug) -> None:
    with planted(bug):
        assert all(caught(bug.profile, seed) for seed in SEEDS)


def test_there_are_bugs_for_all_that_could_go_wrong() -> None:
    """`make simulate` catches the rare ones too."""
    assert len(BUGS) > 35
    assert len(SOON) > 30


@pytest.mark.parametrize("profile", sorted({bug.profile for bug in BUGS}))
def test_the_engine_without_a_bug_passes_the_same_histories(profile: str) -> None:
    assert caught(profile, SEEDS[0], RUNS // 2) is None
