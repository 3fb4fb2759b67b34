"""What the hub wrote itself is no change: it comes to rest after one write."""

import pytest
from support.memory import ABLE, linked, memory, pair

from hub.adapter import Can

CANS = {
    "answers": ABLE,
    "silent": Can(conditional=True, tombstones=True, batch=10),
    "silent and blind": Can(tombstones=True),
    "nothing but the least": Can(),
}


@pytest.mark.parametrize("can", CANS.values(), ids=CANS)
def test_a_second_sync_writes_nothing(can: Can) -> None:
    world, crm, erp = pair(erp=memory(can))
    for number in range(5):
        crm.create(name=f"company {number}")
        erp.create(name=f"supplier {number}")
    world.sync()
    crm.writes.clear()
    erp.writes.clear()
    report = world.sync()
    assert report.written == 0
    assert crm.writes == erp.writes == []


def test_an_edit_is_written_once_and_does_not_come_back() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    world.sync()
    world.sync()
    assert [write.fields for write in erp.writes] == [{"phone": "2"}]
    assert crm.writes == []


def test_only_what_changed_is_written() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2", city="Leeds")
    world.sync()
    [write] = erp.writes
    assert write.fields == {"phone": "2", "city": "Leeds"}


def test_two_edits_before_a_delivery_are_one_write() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    crm.edit("1", phone="3")
    world.sync()
    assert [write.fields for write in erp.writes] == [{"phone": "3"}]


def test_a_record_touched_without_a_change_writes_nothing() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="1")
    report = world.sync()
    assert report.tally(world.place("crm")).unchanged == 1
    assert erp.writes == []


def test_a_full_read_of_everything_writes_nothing() -> None:
    world, crm, erp = linked()
    report = world.sync(full=True, keys=True)
    assert report.tally(world.place("crm")).unchanged == 1
    assert crm.writes == erp.writes == []


def test_both_sides_edited_alike_is_no_clash_and_no_write() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    erp.edit("1", phone="2")
    world.sync()
    assert world.log() == []
    assert crm.writes == erp.writes == []
