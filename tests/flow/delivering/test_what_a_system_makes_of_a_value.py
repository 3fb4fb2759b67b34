"""A value that a system cuts, trims, rounds or writes in capitals does not come back as an edit."""

from typing import Any

import pytest
from support.memory import linked, memory, pair

from hub.adapter import Can
from hub.core.errors import TryLater, Unknown
from hub.core.model import Policy

LONG = "Anna's Company for Long Names"
SILENT = Can(conditional=True, tombstones=True, find=True, tokens=True, batch=10)
CUT = {"name": {"length": 10, "too_long": "truncate"}}


@pytest.mark.parametrize("specs", [{}, {"erp": CUT}], ids=["unknown to the mapping", "known"])
@pytest.mark.parametrize("answers", [True, False], ids=["answers", "silent"])
def test_a_value_that_is_cut_stays_whole_where_it_was_typed(specs: Any, answers: bool) -> None:
    can = memory().can if answers else SILENT
    world, crm, erp = pair(erp=memory(can, quirks={"name": [{"truncate": 10}]}), specs=specs)
    key = crm.create(name=LONG)
    for _ in range(3):
        world.sync(full=True)
    assert crm.row(key)["name"] == LONG
    assert [row["name"] for row in world.held("erp")] == [LONG[:10]]
    assert len(erp.writes) == 1
    assert crm.writes == []


@pytest.mark.parametrize(
    ("quirk", "typed", "made"),
    [("upper", "anna", "ANNA"), ("trim", " anna ", "anna"), ({"round": 2}, "10.005", "10.01")],
)
def test_no_quirk_of_a_system_comes_back(quirk: Any, typed: str, made: str) -> None:
    world, crm, erp = linked(erp=memory(quirks={"name": [quirk]}))
    crm.edit("1", name=typed)
    for _ in range(3):
        world.sync()
    assert (crm.row("1")["name"], erp.row("1")["name"]) == (typed, made)
    assert len(erp.writes) == 1


def test_another_field_edited_there_does_not_bring_the_cut_value_back() -> None:
    world, crm, erp = linked(erp=memory(quirks={"name": [{"truncate": 10}]}))
    crm.edit("1", name=LONG)
    world.sync()
    erp.edit("1", phone="2")
    world.sync()
    assert (crm.row("1")["name"], crm.row("1")["phone"]) == (LONG, "2")


def test_the_cut_field_edited_there_is_an_edit() -> None:
    world, crm, erp = linked(erp=memory(quirks={"name": [{"truncate": 10}]}))
    crm.edit("1", name=LONG)
    world.sync()
    erp.edit("1", name="Anna Ltd")
    world.sync()
    assert crm.row("1")["name"] == "Anna Ltd"
    assert world.log() == []


def test_the_same_long_value_typed_again_is_not_written_again() -> None:
    world, crm, erp = linked(erp=memory(quirks={"name": [{"truncate": 10}]}))
    crm.edit("1", name=LONG)
    world.sync()
    crm.edit("1", name=LONG, phone="2")
    world.sync()
    assert [write.fields for write in erp.writes] == [{"name": LONG}, {"phone": "2"}]


def test_a_cut_value_whose_answer_was_lost_is_recognised() -> None:
    world, crm, erp = linked(erp=memory(quirks={"name": [{"truncate": 10}]}))
    crm.edit("1", name=LONG)
    erp.fail("write", "after", Unknown("system.no-answer", "no answer"))
    world.sync()
    world.sync()
    assert crm.row("1")["name"] == LONG
    assert world.log() == []
    assert crm.writes == []


def test_a_cut_value_that_could_not_be_read_back_is_recognised_later() -> None:
    world, crm, erp = linked(erp=memory(SILENT, quirks={"name": [{"truncate": 10}]}))
    crm.edit("1", name=LONG)
    erp.fail("read", "before", TryLater("system.busy", "later"))
    world.sync()
    world.sync()
    assert crm.row("1")["name"] == LONG
    assert (crm.writes, world.log(), world.owed()) == ([], [], [])


@pytest.mark.parametrize("phase", ["before", "after"])
def test_what_somebody_empties_while_an_update_is_unanswered_is_an_edit(phase: str) -> None:
    """A system may not keep a value; but it does not empty what it had."""
    world, crm, erp = linked(policy=Policy("prefer", ("erp", "crm")))
    crm.edit("1", phone="2")
    erp.fail("write", phase, Unknown("system.no-answer", "no answer"))
    world.sync()
    erp.edit("1", phone="")
    for _ in range(2):
        world.clock.pass_(120)
        world.sync()
    assert not crm.row("1")["phone"]
    assert not erp.row("1")["phone"]
    assert [row.theirs for row in world.log()] == [{"phone": None}]
