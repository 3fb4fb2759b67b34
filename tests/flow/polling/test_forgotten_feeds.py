"""A hub that was off for longer than a feed goes back has missed something without a word: it looks at everything."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.memory import ABLE, Noted, World, memory, pair

from hub.adapter import Can
from hub.core.errors import Denied

DAY = 86_400
KEEPS = replace(ABLE, keeps=timedelta(days=15))


def off(days: float, can: Can = KEEPS) -> tuple[World, Noted, Noted]:
    """Linked records; while the hub is off for so many days one is deleted in the ERP, whose feed has forgotten it."""
    world, crm, erp = pair(erp=memory(can))
    for each in range(3):
        crm.create(name=f"company {each}")
    world.sync()
    world.sync()
    erp.delete("2")
    erp._tables["thing"].gone.clear()
    world.clock.pass_(days * DAY)
    world.restart()
    for system in (crm, erp):
        system.calls.clear()
    return world, crm, erp


def test_after_longer_than_the_feed_goes_back_everything_is_read_and_said() -> None:
    world, crm, erp = off(20)
    report = world.sync()
    [said] = report.troubles
    assert "[feed.forgotten]" in said
    assert "20 days" in said
    assert report.polled["account", "erp"].read == 2
    assert (erp.calls.count("keys"), crm.calls.count("keys")) == (1, 0)


def test_what_it_missed_is_deleted_when_a_second_list_lacks_it_too() -> None:
    world, crm, _ = off(20)
    world.sync()
    assert len(crm.keys_held()) == 3
    world.sync(keys=True)
    assert sorted(row["name"] for row in world.held("crm")) == ["company 0", "company 2"]


def test_once_is_enough() -> None:
    world, _, erp = off(20)
    world.sync()
    erp.calls.clear()
    assert world.sync().troubles == []
    assert erp.calls == ["changes"]


@pytest.mark.parametrize(("days", "troubles"), [(13, 0), (14, 1)])
def test_the_feed_is_trusted_for_nine_tenths_of_the_time(days: float, troubles: int) -> None:
    world, _, _ = off(days)
    assert len(world.sync().troubles) == troubles


def test_a_feed_that_never_forgets_is_trusted_for_ever() -> None:
    world, _, erp = off(1000, ABLE)
    assert world.sync().troubles == []
    assert "keys" not in erp.calls


def test_a_system_that_cannot_list_its_keys_is_read_and_the_rest_is_said() -> None:
    world, _, erp = off(20, replace(KEEPS, keys=False))
    assert "deletions since then are not seen" in world.sync().troubles[0]
    assert "keys" not in erp.calls


def test_a_system_that_is_away_says_so_when_it_is_back() -> None:
    world, _, erp = off(20)
    erp.fail("changes", "before", Denied("system.denied", "wrong password"))
    world.sync()
    world.resume("erp")
    assert "[feed.forgotten]" in world.sync().troubles[0]
