"""How long to wait before the next try: of a record, and of a system."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Denied, Gone, HubError, Refused, Stale, TryLater, Unknown
from hub.core.retry import DAY, LONGEST, PATIENCE, UNSENT, asked, leave, tried, wait, whole

AWAY = TryLater("system.unreachable", "nobody answers")


def seconds(attempts: int, error: HubError = AWAY, jitter: float = 1.0) -> float:
    return wait(attempts, error, jitter).total_seconds()


def test_each_pause_is_twice_as_long_up_to_a_day() -> None:
    assert [seconds(n) for n in range(6)] == [5, 10, 20, 40, 80, 160]
    assert seconds(14) == 81_920
    assert [wait(n, AWAY, 1.0) for n in (15, 20, 10_000)] == [DAY] * 3


@pytest.mark.parametrize(
    ("attempts", "shortest", "longest"), [(0, 0.5, 5), (7, 64, 640), (14, 8_192, 81_920), (15, 82_800, 86_400)]
)
def test_jitter_is_full_until_it_is_daily(attempts: int, shortest: float, longest: float) -> None:
    assert (seconds(attempts, jitter=0.0), seconds(attempts, jitter=1.0)) == (shortest, longest)


def test_what_was_refused_as_it_is_waits_a_day() -> None:
    assert wait(0, Refused("record.required", "no name"), 0.0) == DAY


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_everything_is_tried_at_least_daily_and_never_at_once(attempts: int, jitter: float) -> None:
    for error in (AWAY, Unknown("u", ""), Stale("s", ""), Gone("g", ""), Denied("d", ""), Refused("r", "")):
        assert timedelta(seconds=0.5) <= wait(attempts, error, jitter) <= DAY


@given(st.integers(0, 30), st.floats(0, 1), st.floats(0, 1))
def test_more_jitter_waits_no_shorter(attempts: int, less: float, more: float) -> None:
    assert seconds(attempts, AWAY, min(less, more)) <= seconds(attempts, AWAY, max(less, more))


@pytest.mark.parametrize(("after", "pause"), [(0, 0), (7.5, 7.5), (3600, 3600), (10**9, 86_400), (-5, 0)])
def test_a_system_that_says_when_to_come_back_is_obeyed_up_to_a_day(after: float, pause: float) -> None:
    assert asked(TryLater("system.busy", "429", after=after)) == timedelta(seconds=pause)


@pytest.mark.parametrize("after", [float("inf"), float("nan"), float("-inf")])
def test_an_impossible_time_is_no_reason_to_fail(after: float) -> None:
    found = asked(TryLater("system.busy", "429", after=after))
    assert found is not None
    assert timedelta(0) <= found <= DAY


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (AWAY, True),
        (TryLater("system.busy", "503"), True),
        (TryLater("system.busy", "429", after=120), False),
        (TryLater("system.busy", "429", after=0), False),
        (TryLater(UNSENT, "not sent"), False),
        (Unknown("system.no-answer", "lost"), True),
        (Refused("record.refused", "no"), True),
    ],
)
def test_only_what_was_sent_and_judged_is_a_try_of_the_record(error: HubError, counts: bool) -> None:
    assert tried(error) is counts


def test_a_system_is_left_alone_from_the_fifth_failure_on_longer_each_time_up_to_an_hour() -> None:
    minutes = [pause and pause.total_seconds() / 60 for n in range(1, 14) if (pause := leave(n, 1.0)) or n < PATIENCE]
    assert minutes == [None] * 4 + [1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(st.integers(PATIENCE, 10_000), st.floats(0, 1))
def test_a_system_is_tried_at_least_hourly(failures: int, jitter: float) -> None:
    pause = leave(failures, jitter)
    assert pause is not None
    assert timedelta(seconds=30) <= pause <= LONGEST


@pytest.mark.parametrize(
    ("error", "of_the_system"),
    [
        (AWAY, True),
        (TryLater("store.unavailable", "disk full"), False),
        (Refused("system.redirect", "away"), False),
        (Denied("system.denied", "no"), False),
    ],
)
def test_a_failure_of_the_system_is_told_from_ours(error: HubError, of_the_system: bool) -> None:
    assert whole(error) is of_the_system
