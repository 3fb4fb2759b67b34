"""Whatever people do and whatever goes wrong, in any order: no edit is lost, no twin is made, all comes to rest."""

from hypothesis.stateful import run_state_machine_as_test
from machine import chosen, over, setups


def test_two_systems_agree_and_lose_nothing_whatever_happens() -> None:
    run_state_machine_as_test(over(setups(2)), settings=chosen())


def test_three_systems_agree_and_lose_nothing_whatever_happens() -> None:
    run_state_machine_as_test(over(setups(3)), settings=chosen(0.6))
