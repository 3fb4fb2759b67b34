"""Whatever people do and whatever goes wrong, in any order: no edit is lost, no twin is made, all comes to rest."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from machine import chosen, over, setups
from support import databases

#: So many examples on PostgreSQL, where one takes ten times as long: the engine is the same, its statements are not.
FEW = 12


def test_two_systems_agree_and_lose_nothing_whatever_happens() -> None:
    run_state_machine_as_test(over(setups(2)), settings=chosen())


def test_three_systems_agree_and_lose_nothing_whatever_happens() -> None:
    run_state_machine_as_test(over(setups(3)), settings=chosen(0.6))


def test_on_postgresql_too_they_agree_and_lose_nothing(stories_url: str) -> None:
    with databases.kept_in(stories_url):
        run_state_machine_as_test(over(setups(3)), settings=settings(chosen(), max_examples=FEW))
