"""What the hub may do in a system: insert, update and delete apart, and which way records and fields go."""

from support.memory import ANNA, linked, memory, pair

from hub.core.model import Allowed, Policy


def test_no_insert_new_records_stay_where_they_are() -> None:
    world, crm, erp = pair(allowed={"erp": Allowed(insert=False)})
    crm.create(name="Anna")
    erp.create(name="Bert")
    world.sync()
    assert ([row["name"] for row in world.held("erp")], len(crm.keys_held())) == (["Bert"], 2)
    assert (world.owed(), world.aside()) == ([], [])


def test_no_update_edits_do_not_go_there_but_come_from_there() -> None:
    world, crm, erp = linked(allowed={"erp": Allowed(update=False)})
    crm.edit("1", phone="2")
    erp.edit("1", city="Leeds")
    world.sync()
    world.sync()
    assert (erp.row("1")["phone"], crm.row("1")["city"]) == ("1", "Leeds")
    assert erp.writes == []


def test_no_delete_the_record_stays() -> None:
    world, crm, erp = linked(allowed={"crm": Allowed(delete=False)})
    erp.delete("1")
    world.sync()
    assert crm.keys_held() == ["1"]
    assert world.sync().written == 0


def test_a_system_that_is_only_read_is_never_written_to() -> None:
    world, crm, erp = pair(directions={"crm": "in"})
    crm.create(name="Anna")
    erp.create(name="Bert")
    world.sync()
    erp.edit("1", phone="2")
    crm.edit("1", city="York")
    world.sync()
    world.sync()
    assert crm.writes == []
    assert [row["name"] for row in world.held("erp")] == ["Anna", "Bert"]


def test_in_a_system_that_is_only_written_edits_are_logged_and_put_back() -> None:
    world, crm, erp = linked(directions={"erp": "out"})
    erp.edit("1", phone="2")
    world.sync()
    world.sync()
    assert erp.row("1") == ANNA
    assert crm.writes == []
    [row] = world.log()
    assert (row.theirs, row.verdict) == ({"phone": "2"}, "keep")


def test_new_records_of_a_system_that_is_only_written_are_left_alone() -> None:
    world, crm, erp = pair(directions={"erp": "out"})
    erp.create(name="Bert")
    world.sync()
    assert (crm.keys_held(), erp.keys_held(), erp.writes) == ([], ["1"], [])


def test_a_field_that_only_comes_in_is_not_written() -> None:
    world, crm, erp = linked(specs={"erp": {"phone": {"direction": "in"}}})
    crm.edit("1", phone="2", city="Leeds")
    world.sync()
    assert (erp.row("1")["phone"], erp.row("1")["city"]) == (None, "Leeds")
    assert world.sync().written == 0


def test_a_field_that_only_comes_in_is_taken() -> None:
    world, crm, erp = pair(specs={"erp": {"phone": {"direction": "in"}}})
    erp.create(name="Anna", phone="1")
    world.sync()
    erp.edit("1", phone="3")
    world.sync()
    assert crm.row("1")["phone"] == "3"


def test_the_policy_of_a_field_counts_before_the_policy_of_all() -> None:
    policies = {"phone": Policy("prefer", ("erp",))}
    world, crm, erp = linked(memory(), memory(), policy=Policy("prefer", ("crm",)), policies=policies)
    crm.edit("1", phone="2", city="Leeds")
    erp.edit("1", phone="3", city="Hull")
    world.sync()
    world.sync()
    assert crm.row("1") == erp.row("1") == {**ANNA, "phone": "3", "city": "Leeds"}
    assert {row.unit: row.rule for row in world.log()} == {
        "phone": "field phone: prefer erp",
        "city": "hub: prefer crm",
    }
