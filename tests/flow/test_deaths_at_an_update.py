"""An update whose outcome the hub never stored: what it finds afterwards is its own write, or still the old value."""

import pytest
from support.memory import ABLE, ANNA, Noted, World, linked, memory

from hub.adapter import Can
from hub.core.errors import Refused, TryLater, Unknown

BLIND = Can(tombstones=True, find=True, tokens=True, answers=True, batch=10)


class Killed(BaseException):
    """The process ends here."""


def killed_at_a_write(can: Can, phase: str) -> tuple[World, Noted, Noted]:
    """Anna's telephone was edited, and the hub died while it told the other system."""
    world, crm, erp = linked(erp=memory(can))
    crm.edit("1", phone="2")
    erp.fail("write", phase, Killed())
    with pytest.raises(Killed):
        world.sync()
    world.restart()
    return world, crm, erp


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("can", [ABLE, BLIND], ids=["versions", "no versions"])
def test_a_process_killed_at_an_update_makes_no_clash_of_its_own_write(can: Can, phase: str) -> None:
    world, _crm, _erp = killed_at_a_write(can, phase)
    world.sync()
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "2"}]
    assert (world.log(), world.owed(), world.sync().written) == ([], [], 0)


@pytest.mark.parametrize("phase", ["before", "after"])
def test_an_edit_made_before_the_next_start_is_merged_with_it(phase: str) -> None:
    world, _crm, erp = killed_at_a_write(ABLE, phase)
    erp.edit("1", city="Leeds")
    world.sync()
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "2", "city": "Leeds"}]
    assert (world.log(), world.owed()) == ([], [])


def test_typed_on_while_the_hub_was_dead_the_origin_gets_the_later_value() -> None:
    world, crm, _erp = killed_at_a_write(ABLE, "after")
    crm.edit("1", phone="3")
    world.sync()
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "3"}]
    assert world.log() == []


@pytest.mark.parametrize(
    "error",
    [
        TryLater("system.busy", "later"),
        Refused("record.refused", "no right"),
        Unknown("system.no-answer", "no answer"),
    ],
    ids=["away", "refused", "unanswered"],
)
def test_a_write_that_did_not_arrive_leaves_the_shadow_where_it_was(error: Exception) -> None:
    """So an edit of the same field is a clash afterwards, and not the hub's own value come back."""
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    erp.fail("write", "before", error)
    world.sync()
    erp.edit("1", phone="3")
    world.sync()
    [clash] = world.log()
    assert (clash.base, clash.ours, clash.theirs) == ({"phone": "1"}, {"phone": "2"}, {"phone": "3"})
    assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("2", "3")
