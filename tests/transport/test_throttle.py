"""Calls a second, and the pauses that a system asks for."""

from datetime import UTC, datetime

import pytest

from hub.core.errors import TryLater
from hub.transport.throttle import Throttle, retry_after


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def times(throttle: Throttle, clock: Clock, calls: int) -> list[float]:
    out = []
    for _ in range(calls):
        throttle.wait(1000)
        out.append(round(clock.now - 100, 3))
    return out


@pytest.mark.parametrize(
    ("rate", "burst", "expected"),
    [
        (None, 1, [0, 0, 0, 0]),
        (2, 1, [0, 0.5, 1, 1.5]),
        (2, 3, [0, 0, 0, 0.5]),
        (0.1, 1, [0, 10, 20, 30]),
    ],
)
def test_calls_are_spread_to_the_rate(rate: float | None, burst: int, expected: list[float]) -> None:
    clock = Clock()
    assert times(Throttle(rate, burst, clock=clock, sleep=clock.sleep), clock, 4) == expected


def test_a_rest_does_not_save_up_more_than_the_burst() -> None:
    clock = Clock()
    throttle = Throttle(1, 2, clock=clock, sleep=clock.sleep)
    clock.now += 50
    assert times(throttle, clock, 4) == [50, 50, 51, 52]


def test_too_long_a_wait_is_try_later_and_uses_up_nothing() -> None:
    clock = Clock()
    throttle = Throttle(0.01, clock=clock, sleep=clock.sleep)
    throttle.wait(5)
    for _ in range(3):
        with pytest.raises(TryLater) as caught:
            throttle.wait(5)
        assert (caught.value.code, caught.value.after) == ("system.throttled", 100)


def test_a_pause_is_try_later_until_it_is_over() -> None:
    clock = Clock()
    throttle = Throttle(None, clock=clock, sleep=clock.sleep)
    throttle.pause(30)
    throttle.pause(10)
    with pytest.raises(TryLater) as caught:
        throttle.wait(1000)
    assert caught.value.after == 30
    clock.now += 30
    throttle.wait(0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("1.5", None),
        ("31536000", 3600),
        ("9" * 5000, 3600),
        ("²", None),
        ("Sun, 22 Nov 2026 09:02:00 GMT", 120),
        ("Sun, 22 Nov 2026 08:00:00 GMT", 0),
        ("Mon, 22 Nov 2027 09:00:00 GMT", 3600),
        ("Sun, 99 Nov 2026 09:02:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_nonsense_is_ignored(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, datetime(2026, 11, 22, 9, 0, tzinfo=UTC)) == seconds
