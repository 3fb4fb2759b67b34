"""A system that finds a new record only later: not found at once is not the same as not there."""

from typing import Any

import pytest
from support.memory import FIELDS, Noted, World, memory

from hub.adapter import Can, FieldInfo
from hub.core.errors import Unknown
from hub.core.record import Record

FINDS = Can(conditional=True, tombstones=True, find=True, answers=True, batch=10)
LOST = Unknown("system.no-answer", "no answer")


class Lagging(Noted):
    """The index of its search is behind for as long as `behind` says."""

    behind = False

    def find(self, obj: str, name: str, values: Any) -> list[Record]:
        found = super().find(obj, name, values)
        return [] if self.behind else found


def lost_create() -> tuple[World, Noted, Lagging]:
    crm = memory()
    erp = Lagging({"thing": [FieldInfo(name) for name in (*FIELDS, "crm_key")]}, can=FINDS)
    world = World({"crm": crm, "erp": erp}, links={"erp": {"@crm": "crm_key"}})
    crm.create(name="Anna")
    erp.behind = True
    erp.fail("write", "after", LOST)
    world.sync()
    return world, crm, erp


def test_what_was_sent_a_moment_ago_is_not_sent_again_because_a_search_does_not_find_it() -> None:
    world, crm, erp = lost_create()
    world.sync()
    world.sync()
    assert [write.kind for write in erp.writes] == ["create"]
    erp.behind = False
    for _ in range(3):
        world.clock.pass_(100)
        world.sync()
    assert (crm.keys_held(), erp.keys_held()) == (["1"], ["1"])
    assert (world.owed(), world.aside(), world.log()) == ([], [], [])


@pytest.mark.parametrize("waits", [1, 100, 90_000])
def test_a_child_that_a_poll_shows_is_recognised_however_late_the_search_is(waits: int) -> None:
    world, crm, erp = lost_create()
    for seconds in (waits, waits, 100, 100):
        world.clock.pass_(seconds)
        world.sync()
    assert (crm.keys_held(), erp.keys_held()) == (["1"], ["1"])
    assert (world.owed(), world.log()) == ([], [])
