"""Runs are forgotten when they are old; those that found nothing to do soon, the last of each task never."""

import pytest
from desk import Desk

from hub.store import runs

TODAY, RECENT, OLD = "2026-11-22T09:00:00.000000Z", "2026-11-20T09:00:00.000000Z", "2026-08-24T09:00:00.000000Z"
BEFORE, LONG_BEFORE = "2026-11-19T09:00:00.000000Z", "2026-08-01T09:00:00.000000Z"


def ran(desk: Desk, at: str, task: str = "accounts", state: str = "done", *, idle: bool = False) -> int:
    number: int = desk.write(runs.start, desk.catalog.instance_id, task, at)
    desk.write(runs.end, number, at, state, {}, None, idle=idle)
    return number


def kept(desk: Desk) -> list[int]:
    desk.write(runs.forget, OLD, RECENT)
    return sorted(run.id for run in desk.read(runs.latest, desk.catalog.instance_id))


@pytest.mark.parametrize(
    ("at", "idle", "stays"),
    [
        (TODAY, False, True),
        (TODAY, True, True),
        (BEFORE, False, True),
        (BEFORE, True, False),
        (LONG_BEFORE, False, False),
        (LONG_BEFORE, True, False),
    ],
)
def test_how_long_a_run_is_remembered(desk: Desk, at: str, idle: bool, stays: bool) -> None:
    run, last = ran(desk, at, idle=idle), ran(desk, TODAY)
    assert kept(desk) == ([run, last] if stays else [last])


def test_the_last_run_of_each_task_is_never_forgotten(desk: Desk) -> None:
    """It says when the next one is due: comparing all keys, once a day."""
    runs_ = [ran(desk, LONG_BEFORE, task, idle=True) for task in ("accounts", "accounts, all keys")]
    assert kept(desk) == runs_
    assert desk.read(runs.last, desk.catalog.instance_id, "accounts, all keys") == LONG_BEFORE


def test_a_run_that_died_does_not_stand_in_for_the_last_one(desk: Desk) -> None:
    run = ran(desk, LONG_BEFORE)
    ran(desk, LONG_BEFORE, state="died")
    assert kept(desk) == [run]


def test_what_is_under_way_stays(desk: Desk) -> None:
    run = desk.write(runs.start, desk.catalog.instance_id, "accounts", LONG_BEFORE)
    assert kept(desk) == [run]
