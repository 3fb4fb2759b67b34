"""How alike two records are, and what follows from it."""

import subprocess
import sys

import pytest

from hub.core.model import Compared, Similar, Weighed
from hub.core.record import Fields
from hub.match.score import Scored, Scorer

FIELDS = (Weighed("name", "company", 3), Weighed("phone", "phone", 2), Weighed("city", "text", 1))
SCORER = Scorer(Similar(FIELDS, ((Compared("name", "start"),),), certain=90, possible=70))


def score(one: Fields, other: Fields) -> float:
    return SCORER.score(SCORER.portrait(one), SCORER.portrait(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            {"name": "Acme", "phone": "123456", "city": "York"},
            {"name": "ACME Ltd", "phone": "12-34-56", "city": "york"},
            100,
        ),
        ({"name": "Acme Data", "phone": "123456"}, {"name": "Data Acme", "phone": "123456"}, 100),
        ({"name": "Acme", "phone": "123456"}, {"name": "Acme", "phone": "123457"}, 80),
        ({"name": "Acme", "phone": "123456"}, {"name": "Acme", "phone": "998877"}, 60),
        ({"name": "Acme", "phone": "123456"}, {"name": "Zebra", "phone": "123456"}, 40),
        ({"name": "Acme", "phone": None, "city": "York"}, {"name": "Acme", "phone": "123456", "city": "York"}, 100),
        ({"name": None}, {"name": "Acme"}, 0),
        ({}, {}, 0),
    ],
)
def test_fields_count_by_their_weights_and_blanks_count_neither_way(one: Fields, other: Fields, expected: int) -> None:
    assert score(one, other) == pytest.approx(expected)
    assert score(other, one) == pytest.approx(expected)


def test_on_less_than_half_of_the_weight_it_is_never_certain() -> None:
    assert score({"phone": "123456"}, {"phone": "123456"}) == 89


def test_a_typing_error_costs_little_and_another_name_all() -> None:
    assert 90 < score({"name": "Atlantic Engineering"}, {"name": "Atlantic Enginering"}) < 100
    assert score({"name": "Atlantic"}, {"name": "Bakery"}) == 0


@pytest.mark.parametrize(
    ("found", "verdict", "best"),
    [
        ([], "none", []),
        ([Scored(60, 1)], "none", []),
        ([Scored(75, 1), Scored(80, 2)], "possible", [2, 1]),
        ([Scored(95, 1), Scored(80, 2)], "certain", [1]),
        ([Scored(95, 1), Scored(91, 2)], "several", [1, 2]),
        ([Scored(95, 1, taken=True)], "taken", [1]),
        ([Scored(95, 1, taken=True), Scored(91, 2)], "several", [1, 2]),
        ([Scored(80, 1, taken=True)], "none", []),
        ([Scored(80, 1, taken=True), Scored(75, 2)], "possible", [2]),
    ],
)
def test_what_follows_from_the_scores(found: list[Scored], verdict: str, best: list[int]) -> None:
    judged, candidates = SCORER.judge(found)
    if verdict == "several":
        assert {one.candidate for one in candidates} <= set(best)
    else:
        assert [one.candidate for one in candidates] == best
    assert judged == verdict


def test_what_likeness_costs_in_memory_is_left_to_entities_that_ask_for_it() -> None:
    code = "import sys, hub.engine.sync, hub.engine.opening; print('rapidfuzz' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
