"""The simulator is only worth what it catches: bugs are planted in the engine, and its oracle must find each of them
within a few histories, whatever the seed. The engine as it is passes such histories."""

from inspect import Parameter, signature

import pytest

from hub.flow.delivering import plan
from hub.simulator.histories import make, run
from hub.simulator.planted import BUGS, Bug, Swap, planted
from hub.simulator.profiles import BY_NAME

SEEDS = (1, 2, 3)
RUNS = 40
SOON = [bug for bug in BUGS if not bug.rare]


def caught(profile: str, seed: int, runs: int = RUNS) -> int | None:
    """How many histories it took until the oracle found something. None: it did not."""
    for number in range(runs):
        history = make(seed * 1000 + number, BY_NAME[profile])
        if run(history.setup, history.steps).judged:
            return number + 1
    return None


@pytest.mark.parametrize("bug", SOON, ids=[bug.name for bug in SOON])
def test_a_planted_bug_is_caught_whatever_the_seed(bug: Bug) -> None:
    with planted(bug):
        assert all(caught(bug.profile, seed) for seed in SEEDS)


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_called_as_what_it_stands_for(bug: Bug) -> None:
    """Else it is only a wrong call, which shows whatever the oracle looks at."""
    for swap in bug.swaps():
        right = getattr(swap.owner, swap.name)
        assert callable(right) == callable(swap.value)
        if callable(right):
            asked = signature(right).parameters.values()
            named = {each.name: ... for each in asked if each.kind is Parameter.KEYWORD_ONLY}
            given = [each for each in asked if each.kind not in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD)]
            taken = signature(swap.value)
            taken.bind(*given, **named)
            taken.bind(*(each for each in given if each.default is Parameter.empty), **named)


def test_an_error_that_the_engine_lets_out_is_nothing_that_the_oracle_saw() -> None:
    """A campaign reports it; but it does not catch a planted bug."""
    wrong = Bug("called wrongly", lambda: [Swap(plan, "create", lambda: None)])
    history = make(SEEDS[0], BY_NAME[wrong.profile])
    with planted(wrong):
        outcome = run(history.setup, history.steps)
    assert (outcome.kind, outcome.raised, outcome.judged) == ("other", True, False)
    assert "TypeError" in outcome.said


def test_there_are_bugs_for_all_that_could_go_wrong() -> None:
    """`make simulate` catches the rare ones too."""
    assert len(BUGS) > 35
    assert len(SOON) > 30


@pytest.mark.parametrize("profile", sorted({bug.profile for bug in BUGS}))
def test_the_engine_without_a_bug_passes_such_histories(profile: str) -> None:
    for number in range(RUNS // 2):
        history = make(SEEDS[0] * 1000 + number, BY_NAME[profile])
        assert run(history.setup, history.steps).kind is None
