"""How far clocks may be apart, and when stamps tell nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.core.clocks import Clocks, Skew, Told, ahead, apart, measured, set_back

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE = timedelta(seconds=1)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("told", "low", "high"),
    [
        (Told(NOON), 0, 0),
        (Told(later(90)), 90, 90),
        (Told(later(-90)), -90, -90),
        # Whole seconds: it may show any part of one more.
        (Told(NOON, grain=1), 0, 1),
        # Read between two seconds and one second ago.
        (Told(NOON, asked=2, answered=1), 1, 2),
        (Told(later(-1), grain=1, asked=0.5, answered=0.25), -0.75, 0.5),
    ],
)
def test_a_reading_tells_how_far_a_clock_is_ahead_within_bounds(told: Told, low: float, high: float) -> None:
    skew = measured(NOON, told)
    assert (skew.low, skew.high) == (low, high)
    assert skew.off == max(abs(low), abs(high))


@pytest.mark.parametrize(
    ("one", "other", "seconds"),
    [
        (Skew(0, 0), Skew(0, 0), 1),
        (Skew(-0.7, 0.3), Skew(0, 1), 2.7),
        (
            Skew(10, 10),
            Skew(10, 10),
            21,
        ),  # both alike, now: who knows how they stood at the edits
        (Skew(60, 60), Skew(0, 0), 61),
        (Skew(60.1, 60.1), Skew(0, 0), None),
        (Skew(0, 0), Skew(-61, -60), None),
        (None, Skew(0, 0), None),
        (Skew(0, 0), None, None),
    ],
)
def test_two_clocks_together_are_off_by_both_and_a_margin(
    one: Skew | None, other: Skew | None, seconds: float | None
) -> None:
    found = apart(one, other, Clocks())
    assert (found.total_seconds() if found is not None else None) == seconds


def test_what_is_believed_of_a_clock_can_be_set() -> None:
    strict = Clocks(most=ONE, margin=5 * ONE)
    assert apart(Skew(1, 1), Skew(0, 0), strict) == 6 * ONE
    assert apart(Skew(1.5, 1.5), Skew(0, 0), strict) is None


@pytest.mark.parametrize(("seconds", "told"), [(1, False), (3.9, False), (4.1, True), (3600, True)])
def test_a_stamp_in_the_future_is_by_another_clock(seconds: float, told: bool) -> None:
    assert ahead(later(seconds), NOON, Skew(-3, 1), Clocks()) is told


def test_a_clock_that_shows_less_than_before_was_set_back_until_it_has_caught_up() -> None:
    before = measured(NOON, Told(NOON))
    back = measured(later(60), Told(later(-7200)), before)
    assert set_back(later(60), back)
    still = measured(later(3600), Told(later(-3660)), back)
    assert set_back(later(3600), still)
    again = measured(later(7300), Told(later(40)), still)
    assert not set_back(later(7300), again)


@pytest.mark.parametrize("back", [1, 5])
def test_servers_behind_one_address_may_differ_a_little(back: float) -> None:
    skew = measured(NOON, Told(later(-back)), measured(NOON, Told(NOON)))
    assert not set_back(NOON, skew)
