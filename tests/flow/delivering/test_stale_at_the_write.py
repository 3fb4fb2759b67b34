"""Edited between our poll and our write: the system refuses the old version, and the edit is merged first."""

from support.memory import ABLE, linked, memory

from hub.adapter import Can
from hub.core.model import Policy

SILENT = Can(conditional=True, tombstones=True, batch=10)


def test_another_field_edited_at_that_moment_survives() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    erp.at("write", "before", lambda: erp.edit("1", city="Leeds"))
    world.sync()
    world.sync()
    assert erp.row("1") == crm.row("1") == {"name": "Anna", "phone": "2", "street": "High Street 1", "city": "Leeds"}
    assert world.log() == []


def test_the_same_field_edited_at_that_moment_is_a_clash() -> None:
    world, crm, erp = linked(policy=Policy("prefer", ("erp",)))
    crm.edit("1", phone="2")
    erp.at("write", "before", lambda: erp.edit("1", phone="3"))
    world.sync()
    world.sync()
    assert erp.row("1")["phone"] == crm.row("1")["phone"] == "3"
    assert [(row.ours, row.theirs) for row in world.log()] == [({"phone": "2"}, {"phone": "3"})]


def test_an_edit_right_after_the_write_is_not_taken_for_what_the_system_made_of_it() -> None:
    world, crm, erp = linked(erp=memory(SILENT))
    crm.edit("1", phone="2")
    erp.at("write", "after", lambda: erp.edit("1", phone="3"))
    world.sync()
    world.sync()
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == "3"
    assert world.log() == []


def test_a_record_that_keeps_changing_is_left_for_the_next_run() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    erp.at("write", "before", *[lambda n=n: erp.edit("1", city=f"city {n}") for n in range(40)])
    world.sync()
    assert erp.row("1")["phone"] == "1"
    erp.at("write", "before")
    world.sync()
    assert erp.row("1")["phone"] == "2"


def test_deleted_at_that_moment_is_a_deletion_against_an_edit() -> None:
    world, crm, erp = linked(deletes=Policy("edit"))
    crm.edit("1", phone="2")
    erp.at("write", "before", lambda: erp.delete("1"))
    world.sync()
    world.sync()
    assert world.held("erp") == world.held("crm")
    assert erp.row("2")["phone"] == "2"
    assert [row.unit for row in world.log()] == ["*"]


def test_others_in_the_same_batch_are_written() -> None:
    world, crm, erp = linked(erp=memory(ABLE))
    crm.create(name="Bert")
    world.sync()
    crm.edit("1", phone="2")
    crm.edit("2", phone="4")
    erp.at("write", "before", lambda: erp.edit("1", city="Leeds"))
    world.sync()
    assert [erp.row(key)["phone"] for key in ("1", "2")] == ["2", "4"]
