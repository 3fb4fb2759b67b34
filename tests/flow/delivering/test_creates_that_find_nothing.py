"""A create that is answered "not found": most likely its address is wrong. Nobody deleted anything."""

import pytest
from support.memory import ABLE, Noted, World, memory, pair

from hub.adapter import Can
from hub.core.errors import Gone, Unknown

NOT_FOUND = Gone("record.gone", "POST /things: answered 404")
KINDS = {"with tokens": Can(conditional=True, tombstones=True, tokens=True, answers=True), "without": ABLE}


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def shut(request: pytest.FixtureRequest) -> tuple[World, Noted, Noted]:
    """Two records are new in one system, and the other does not find the place where to make them."""
    world, crm, erp = pair(erp=memory(request.param))
    for name in ("Anna", "Bert"):
        crm.create(name=name)
    erp.fail("write", "before", *[NOT_FOUND] * 99)
    world.sync()
    return world, crm, erp


def test_the_records_stay_where_they_are(shut: tuple[World, Noted, Noted]) -> None:
    world, crm, _ = shut
    for _ in range(2):
        world.clock.pass_(90_000)
        world.sync(full=True, keys=True)
    assert [row["name"] for row in world.held("crm")] == ["Anna", "Bert"]
    assert [write.kind for write in crm.writes] == []


def test_the_creates_stand_aside_and_say_why(shut: tuple[World, Noted, Noted]) -> None:
    world, _, _ = shut
    assert {row.code for row in world.owed("refused")} == {"create.gone"}
    assert "is the address of the create right?" in str(world.owed("refused")[0].said)


def test_they_are_made_once_the_place_is_there(shut: tuple[World, Noted, Noted]) -> None:
    world, _, erp = shut
    erp.fail("write", "before")
    world.clock.pass_(90_000)
    world.sync()
    assert [row["name"] for row in world.held("erp")] == ["Anna", "Bert"]
    assert world.owed() == []


def test_a_child_that_people_deleted_before_its_answer_came_is_deleted_here_too() -> None:
    """The token of the create is known there, and its record is gone."""
    world, crm, erp = pair(erp=memory(KINDS["with tokens"]))
    crm.create(name="Anna")
    erp.fail("write", "after", Unknown("net.timeout", "no answer"))
    erp.at("write", "after", lambda: erp.delete("1"))
    world.sync()
    for _ in range(3):
        world.clock.pass_(120)
        world.sync()
    assert (crm.keys_held(), erp.keys_held(), world.owed()) == ([], [], [])
