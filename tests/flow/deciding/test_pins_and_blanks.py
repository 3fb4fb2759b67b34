"""Who wins for one record alone; and a blank that does not overwrite a value."""

from support.memory import Noted, World, linked

from hub.core.model import Policy
from hub.flow.deciding.pins import pin


def pinned(world: World, unit: str, policy: Policy | None) -> None:
    pin(world.hub, "account", world.golden("crm", "1"), unit, policy, "somebody")


def clash(world: World, crm: Noted, erp: Noted, mark: str) -> None:
    crm.edit("1", phone=f"{mark} crm")
    erp.edit("1", phone=f"{mark} erp")
    world.sync()
    world.sync()


def test_a_pin_goes_before_the_files_until_it_is_taken_off() -> None:
    world, crm, erp = linked(policies={"phone": Policy("prefer", ("crm",))})
    pinned(world, "phone", Policy("prefer", ("erp",)))
    clash(world, crm, erp, "1")
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == "1 erp"
    pinned(world, "phone", None)
    clash(world, crm, erp, "2")
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == "2 crm"
    assert [row.rule for row in world.log()] == ["record pin: prefer erp", "field phone: prefer crm"]


def test_a_pin_of_all_fields_gives_way_to_one_of_a_field() -> None:
    world, crm, erp = linked(policies={"phone": Policy("prefer", ("crm",))})
    pinned(world, "*", Policy("ask"))
    pinned(world, "phone", Policy("prefer", ("erp",)))
    clash(world, crm, erp, "1")
    assert crm.row("1")["phone"] == "1 erp"


def test_a_pin_is_of_one_record_only() -> None:
    world, crm, erp = linked(policies={"phone": Policy("prefer", ("crm",))})
    other = crm.create(name="Bert", phone="0", street="Low Street 2", city="Leeds")
    world.sync()
    world.sync()
    pinned(world, "phone", Policy("prefer", ("erp",)))
    [there] = [key for key in erp.keys_held() if key != "1"]
    crm.edit(other, phone="9 crm")
    erp.edit(there, phone="9 erp")
    world.sync()
    world.sync()
    assert erp.row(there)["phone"] == "9 crm"


def test_a_blank_that_loses_is_filled_again_and_logged() -> None:
    world, crm, erp = linked(blank="loses")
    erp.edit("1", phone=None)
    world.sync()
    world.sync()
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == "1"
    [row] = world.log()
    assert (row.verdict, row.rule, row.theirs) == ("keep", "a blank does not overwrite", {"phone": None})


def test_a_blank_that_wins_clears_the_others() -> None:
    world, crm, erp = linked()
    erp.edit("1", phone=None)
    world.sync()
    world.sync()
    assert not crm.row("1")["phone"]
    assert world.log() == []


def test_a_value_goes_before_a_blank_whoever_is_preferred() -> None:
    world, crm, erp = linked(blank="loses", policy=Policy("prefer", ("erp",)))
    crm.edit("1", phone="7")
    erp.edit("1", phone=None)
    world.sync()
    world.sync()
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == "7"
