"""Now and then a run forgets old ones; which ones found nothing to do is seen from what they did."""

from datetime import timedelta

import pytest
from support.memory import Noted, World, linked

from hub.core.errors import TryLater
from hub.core.keep import Keep
from hub.engine import sync
from hub.store import runs

HOUR = 3600


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> tuple[World, Noted, Noted]:
    """Idle runs are kept for an hour, others for a day; every run forgets."""
    monkeypatch.setattr(sync, "FORGETFUL", 1)
    world, crm, erp = linked()
    world.hub.keep = Keep(timedelta(days=1), timedelta(hours=1))
    world.clock.pass_(48 * HOUR)
    world.sync()
    return world, crm, erp


def known(world: World) -> list[str]:
    """The runs that are remembered, the oldest first."""
    with world.store.reading() as tx:
        return [run.state for run in runs.latest(tx, world.hub.catalog.instance_id)][::-1]


def test_a_run_that_found_nothing_to_do_is_forgotten_after_an_hour(worlds: tuple[World, Noted, Noted]) -> None:
    world, _, _ = worlds
    world.clock.pass_(2 * HOUR)
    world.sync(full=True)  # everything is read, and as before
    assert known(world) == ["done"]


def test_one_that_did_something_is_remembered_for_a_day(worlds: tuple[World, Noted, Noted]) -> None:
    world, crm, _ = worlds
    crm.edit("1", phone="2")
    world.sync()
    world.clock.pass_(23 * HOUR)
    world.sync()
    assert known(world) == ["done", "done"]
    world.clock.pass_(2 * HOUR)
    world.sync()
    assert known(world) == ["done"]


def test_one_in_which_a_system_was_away_is_remembered_as_long(worlds: tuple[World, Noted, Noted]) -> None:
    world, crm, _ = worlds
    crm.fail("changes", "before", TryLater("system.unreachable", "crm is away"))
    world.sync()
    world.clock.pass_(2 * HOUR)
    world.sync()
    assert known(world) == ["failed", "done"]
