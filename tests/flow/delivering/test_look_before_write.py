"""A system that cannot compare versions is looked at before it is written to: no edit is overwritten unseen."""

import pytest
from support.memory import linked, memory

from hub.adapter import Can
from hub.core.errors import TryLater
from hub.core.model import Policy
from hub.engine.sync import Sync

BLIND = Can(tombstones=True, find=True, tokens=True, answers=True, batch=10)


def test_an_edit_that_no_poll_has_seen_is_merged_before_the_write() -> None:
    world, crm, erp = linked(erp=memory(BLIND))
    crm.edit("1", phone="2")
    sync = Sync(world.hub)
    sync.poll(world.place("crm"), False)
    erp.edit("1", city="Leeds")
    sync.send(world.place("erp"))
    assert erp.row("1") == {"name": "Anna", "phone": "2", "street": "High Street 1", "city": "Leeds"}
    world.sync()
    assert crm.row("1")["city"] == "Leeds"
    assert world.log() == []


@pytest.mark.parametrize(("winner", "phone"), [("crm", "2"), ("erp", "3")])
def test_an_edit_of_the_same_field_that_no_poll_has_seen_is_a_clash(winner: str, phone: str) -> None:
    world, crm, erp = linked(erp=memory(BLIND), policy=Policy("prefer", (winner,)))
    crm.edit("1", phone="2")
    sync = Sync(world.hub)
    sync.poll(world.place("crm"), False)
    erp.edit("1", phone="3")
    sync.send(world.place("erp"))
    world.sync()
    assert erp.row("1")["phone"] == crm.row("1")["phone"] == phone
    [clash] = world.log()
    assert (clash.ours, clash.theirs) == ({"phone": "2"}, {"phone": "3"})


def test_a_record_that_is_as_we_knew_it_is_written_after_one_look() -> None:
    world, crm, erp = linked(erp=memory(BLIND))
    crm.edit("1", phone="2")
    world.sync()
    assert erp.calls.count("read") == 1
    assert erp.calls.count("write") == 1


def test_a_system_with_versions_is_not_looked_at() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    world.sync()
    assert "read" not in erp.calls


def test_when_the_look_fails_nothing_is_sent_and_nothing_is_in_doubt() -> None:
    world, crm, erp = linked(erp=memory(BLIND))
    crm.edit("1", phone="2")
    crm.create(name="Bert")
    erp.fail("read", "before", TryLater("system.busy", "later"))
    world.sync()
    assert erp.writes == []
    assert {item.state for item in world.owed()} == {"owed"}
    world.sync()
    assert erp.row("1")["phone"] == "2"
    assert len(erp.keys_held()) == 2


def test_a_record_deleted_over_there_is_not_written_to() -> None:
    world, crm, erp = linked(erp=memory(BLIND), deletes=Policy("delete"))
    crm.edit("1", phone="2")
    sync = Sync(world.hub)
    sync.poll(world.place("crm"), False)
    erp.delete("1")
    sync.send(world.place("erp"))
    assert erp.writes == []
    [clash] = world.log()
    assert (clash.unit, clash.ours["phone"], clash.theirs) == ("*", "2", {})
