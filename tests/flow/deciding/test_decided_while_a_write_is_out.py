"""People decide while a write of the same record is out. What they said counts, whatever the write's answer brings."""

import pytest
from support.memory import ANNA, World, linked, memory

from hub.core.errors import Refused, TryLater, Unknown
from hub.flow.deciding.decide import resolve, reverse
from hub.flow.deciding.enter import edit


def at_rest(world: World) -> None:
    for _ in range(3):
        world.sync()
    world.clock.pass_(90_000)
    world.sync(full=True, keys=True)
    world.sync(full=True)


@pytest.mark.parametrize(
    ("side", "values", "phone"), [("ours", None, "erp"), ("theirs", None, "crm"), ("theirs", {"phone": "9"}, "9")]
)
def test_a_conflict_decided_while_another_field_is_on_its_way_stays_decided(side, values, phone):
    world, crm, erp = linked()
    crm.edit("1", phone="crm")
    erp.edit("1", phone="erp")
    world.sync()
    [conflict] = world.log("open")
    source, target = (erp, crm) if conflict.binding_id == world.place("crm").id else (crm, erp)
    if target is erp:  # what is "ours" there is what the crm shows
        phone = {"erp": "crm", "crm": "erp"}.get(phone, phone)
    source.edit("1", name="Anna B")
    target.at("write", "before", lambda: resolve(world.hub, conflict.id, side, "me", values))
    at_rest(world)
    assert world.held("crm") == world.held("erp") == [{**ANNA, "name": "Anna B", "phone": phone}]
    assert [row.state for row in world.log()] == ["decided"]
    assert not world.owed()


def test_a_decision_for_a_field_that_the_system_written_to_does_not_have_stays():
    """The shop maps no phone, so that it is owed nothing by the decision; its key is a golden field of the crm."""
    crm = memory(links=["shop_key"], key=lambda _, number: f"c{number}")
    erp = memory(key=lambda _, number: f"e{number}")
    shop = memory(key=lambda _, number: f"s{number}", fields=("name", "street", "city"))
    world = World(
        {"crm": crm, "erp": erp, "shop": shop},
        links={"crm": {"@shop": "shop_key"}},
        mapped={"shop": ("name", "street", "city")},
    )
    shop.fail("write", "before", TryLater("system.error", "away"))
    crm.create(**ANNA)
    world.sync()
    crm.edit("c1", phone="crm")
    erp.edit("e1", phone="erp")
    shop.fail("changes", "before", TryLater("system.error", "away"))
    world.sync()
    [conflict] = world.log("open")
    assert not shop.keys_held()
    world.clock.pass_(90_000)
    shop.at("write", "before", lambda: resolve(world.hub, conflict.id, "theirs", "me"))
    at_rest(world)
    assert crm.row("c1") == {**ANNA, "phone": conflict.theirs["phone"], "shop_key": "s1"}
    assert world.held("erp") == [{**ANNA, "phone": conflict.theirs["phone"]}]
    assert len(shop.keys_held()) == 1


@pytest.mark.parametrize("when", ["before it is sent", "while it is out", "after it was carried out"])
def test_a_deletion_that_a_person_takes_back_gives_the_edit_back_that_lost_to_it(when):
    crm = memory(links=["erp_key"], key=lambda _, number: f"c{number}")
    erp = memory(key=lambda _, number: f"e{number}")
    world = World({"crm": crm, "erp": erp}, links={"crm": {"@erp": "erp_key"}})
    crm.create(**ANNA)
    world.sync()
    crm.delete("c1")
    erp.edit("e1", phone="9")
    world.sync()
    [conflict] = world.log("open")
    assert conflict.theirs["phone"] == "9"  # it was found in the erp: ours is the deletion
    resolve(world.hub, conflict.id, "ours", "me")
    if when == "while it is out":
        erp.at("write", "before", lambda: reverse(world.hub, conflict.id, "me"))
    if when != "before it is sent":
        world.sync()
        assert not erp.held("thing").get("e1")
    if when != "while it is out":
        reverse(world.hub, conflict.id, "me")
    at_rest(world)
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "9"}]
    [key] = erp.keys_held()
    assert [row["erp_key"] for row in crm.held("thing").values()] == [key]
    assert not world.owed()


def test_a_write_that_is_refused_after_it_was_put_right_is_tried_again_at_once():
    world, crm, erp = linked()
    crm.edit("1", phone="wrong")
    golden_id, place = world.golden("crm", "1"), world.place("erp")

    def corrected():
        with world.store.transaction() as tx:
            edit(tx, world.hub, place, {golden_id: {"phone": "right"}}, "me")

    erp.at("write", "before", corrected)
    erp.fail("write", "before", Refused("record.refused", "no such number"))
    world.sync()
    world.sync()
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == "right"
    assert not world.owed()


def test_an_edit_made_here_while_a_lost_child_is_created_again_is_weighed_against_the_childs_deletion():
    """The create is sent again under its token; its child was deleted before the hub saw it, and the hub is told so."""
    world, crm, erp = linked()
    erp.fail("write", "after", Unknown("answer.lost", "no answer"))
    crm.create(name="Bert")
    world.sync()
    [child] = [key for key, row in erp.held("thing").items() if row["name"] == "Bert"]
    erp.delete(child)
    [owed] = world.owed("creating")
    place = world.place("crm")

    def edited():
        with world.store.transaction() as tx:
            edit(tx, world.hub, place, {owed.golden_id: {"phone": "9"}}, "me")

    world.clock.pass_(90)
    erp.at("write", "before", edited)
    erp.fail("changes", "before", TryLater("system.error", "away"))
    world.sync()
    [conflict] = world.log("open")
    assert (conflict.unit, conflict.ours["phone"], conflict.theirs) == ("*", "9", {})
    assert crm.row("2")["phone"] in (None, "9")
