"""A history follows from its seed: the same again, whatever was played before it, and up to any point of it."""

import pytest

from hub.simulator.catalogue import OWN, profile
from hub.simulator.histories import History, Step, make, run
from hub.simulator.moves import PHASES
from hub.simulator.profiles import BY_NAME, PROFILES
from hub.simulator.staging import Setup

SEEDS = range(100, 112)


def history(seed: int) -> History:
    return make(seed, profile(OWN, "", seed))


def story(seed: int, die_at: int = 0) -> str:
    found = history(seed)
    return run(found.setup, found.steps, die_at, story=True).story


def test_the_same_seed_tells_the_same_story() -> None:
    first = [story(seed) for seed in SEEDS]
    assert [story(seed) for seed in reversed(SEEDS)][::-1] == first
    assert len(set(first)) == len(first)


def test_a_history_that_dies_is_the_same_up_to_its_death() -> None:
    whole, cut = story(100).splitlines(), story(100, die_at=9).splitlines()
    died = cut.index("  the process dies")
    assert died > 3
    assert whole[: died - 1] == cut[: died - 1]


def test_every_point_of_a_history_is_a_death_of_its_own() -> None:
    found = history(101)
    points = run(found.setup, found.steps).points
    spots = [run(found.setup, found.steps, at).died_at for at in range(1, points + 1)]
    assert all(spots)
    assert {spot.phase for spot in spots if spot} == set(PHASES)
    assert {"commit", "changes"} <= {spot.call for spot in spots if spot}


def test_a_history_ends_where_somebody_can_see_that_all_is_well() -> None:
    outcome = run(Setup(), [Step("edit", {"where": 1, "which": 0, "names": ("name",)})], story=True)
    assert outcome.kind is None
    assert "hub update a a1 -> {'name': 'p20 Long-Name '}" in outcome.story


@pytest.mark.parametrize("kind", [profile.name for profile in PROFILES])
def test_the_engine_keeps_its_promises_in_every_kind_of_world(kind: str) -> None:
    for seed in range(6):
        found = make(seed, BY_NAME[kind])
        outcome = run(found.setup, found.steps)
        assert outcome.kind is None, outcome.story
