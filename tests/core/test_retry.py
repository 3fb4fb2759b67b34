"""How long to wait before the next try."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Denied, Gone, HubError, Refused, Stale, TryLater, Unknown
from hub.core.retry import DAY, wait

AWAY = TryLater("system.unreachable", "nobody answers")


def seconds(attempts: int, error: HubError = AWAY, jitter: float = 1.0) -> float:
    return wait(attempts, error, jitter).total_seconds()


def test_each_pause_is_twice_as_long_up_to_a_day() -> None:
    assert [seconds(n) for n in range(6)] == [5, 10, 20, 40, 80, 160]
    assert seconds(14) == 81_920
    assert [wait(n, AWAY, 1.0) for n in (15, 20, 10_000)] == [DAY] * 3


def test_what_was_refused_as_it_is_waits_a_day() -> None:
    assert wait(0, Refused("record.required", "no name"), 0.0) == DAY


@pytest.mark.parametrize(("after", "pause"), [(0, 0), (7.5, 7.5), (3600, 3600), (10**9, 86_400), (-5, 0)])
def test_a_system_that_says_when_to_come_back_is_obeyed_up_to_a_day(after: float, pause: float) -> None:
    assert seconds(9, TryLater("system.busy", "429", after=after), 0.0) == pause


@pytest.mark.parametrize("after", [float("inf"), float("nan"), float("-inf")])
def test_an_impossible_time_is_no_reason_to_fail(after: float) -> None:
    assert timedelta(0) <= wait(0, TryLater("system.busy", "429", after=after), 0.5) <= DAY


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_everything_is_tried_at_least_daily_and_never_at_once(attempts: int, jitter: float) -> None:
    for error in (AWAY, Unknown("u", ""), Stale("s", ""), Gone("g", ""), Denied("d", ""), Refused("r", "")):
        assert timedelta(seconds=0.5) <= wait(attempts, error, jitter) <= DAY


@given(st.integers(0, 30), st.floats(0, 1), st.floats(0, 1))
def test_more_jitter_waits_no_shorter(attempts: int, less: float, more: float) -> None:
    assert seconds(attempts, AWAY, min(less, more)) <= seconds(attempts, AWAY, max(less, more))
