"""The hub at work: tasks on their schedule, whatever one of them meets."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from support.memory import World, memory

from hub.core.errors import TryLater
from hub.core.model import Task
from hub.engine.loop import Loop
from hub.store import runs


def world(*tasks: Task) -> World:
    found = World({"crm": memory(), "erp": memory()})
    found.hub.instance = type(found.instance)("test", "main", True, {}, found.instance.entities, tasks)
    return found


EVERY = Task("accounts", ("account",), timedelta(seconds=1))


def ran(task: Task, times: int, late: float = 0.0) -> list[float]:
    """When the runs of a task ended, in seconds from the start of the loop. `late`: so long the first one takes."""
    ended: list[float] = []

    def done(task: Task, outcome: object) -> None:
        if not ended:
            time.sleep(late)
        ended.append(time.monotonic() - began)

    found = world(task)
    began = time.monotonic()
    Loop(found.hub, done).run(times=times)
    return ended


def pauses(ended: Sequence[float]) -> list[float]:
    """Between one run and the next."""
    return [second - first for first, second in pairwise(ended)]


def test_a_task_runs_at_once_and_then_on_its_schedule():
    found, told = world(EVERY), []
    found.systems["crm"].person_create("thing", {"name": "Acme"})
    Loop(found.hub, lambda task, outcome: told.append((task.name, outcome.written))).run(times=2)
    assert told == [("accounts", 1), ("accounts", 0)]


def test_the_first_run_does_not_wait_for_the_schedule_and_the_next_one_does() -> None:
    [first] = ran(replace(EVERY, every=timedelta(seconds=10)), times=1)
    assert first < 5
    [pause] = pauses(ran(replace(EVERY, every=timedelta(seconds=2)), times=2))
    assert 1.8 < pause < 10


def test_a_task_that_is_late_runs_once_and_not_once_for_every_time_missed() -> None:
    """The first run takes so long that the second and the third would have been due already."""
    ended = ran(EVERY, times=3, late=2.5)
    assert ended[0] >= 2.5
    assert 0.8 < pauses(ended)[1] < 10, ended


def test_a_run_that_fails_is_told_and_the_next_one_comes(monkeypatch):
    found, told = world(EVERY), []
    outcomes = iter([TryLater("store.unavailable", "the database is away"), None])

    def sync(hub, entities, **options):
        error = next(outcomes)
        if error:
            raise error
        return "done"

    monkeypatch.setattr("hub.engine.loop.sync", sync)
    Loop(found.hub, lambda task, outcome: told.append(outcome)).run(times=2)
    assert told[0].code == "store.unavailable"
    assert told[1] == "done"


def test_all_keys_are_compared_daily_also_when_the_hub_is_restarted_more_often():
    found = world(EVERY)
    compared = []
    for _ in range(4):
        Loop(found.hub, lambda task, outcome: None).run(times=1)
        with found.store.reading() as tx:
            rows = tx.rows(__import__("sqlalchemy").text("SELECT task FROM run ORDER BY id"))
        compared = [row[0] for row in rows]
        found.clock.pass_(10 * 3600)
    assert compared == ["accounts, all keys", "accounts", "accounts", "accounts, all keys"]


def test_how_often_all_keys_are_compared_is_a_setting_of_the_task():
    found = world(Task("accounts", ("account",), timedelta(seconds=1), keys_every=timedelta(hours=2)))
    compared = []
    for _ in range(3):
        Loop(found.hub, lambda task, outcome: None).run(times=1)
        with found.store.reading() as tx:
            compared = [run.task for run in runs.latest(tx, found.hub.catalog.instance_id)]
        found.clock.pass_(1.5 * 3600)
    assert compared == ["accounts, all keys", "accounts", "accounts, all keys"]


def test_stop_ends_the_loop_after_the_run_that_is_under_way():
    found, told = world(EVERY), []
    loop = Loop(found.hub, lambda task, outcome: (told.append(task.name), loop.stop()))
    loop.run()
    assert told == ["accounts"]
