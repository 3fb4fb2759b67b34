"""Records that people enter anew while their former selves are being deleted, or come back from a bin: no twin."""

from dataclasses import replace

import pytest
from support.memory import ABLE, ANNA, World, memory

from hub.flow.deciding.decide import resolve

ORDERS = [("crm", "erp"), ("erp", "crm")]


def numbered(order=("crm", "erp"), can=ABLE, **options):
    """The crm holds the erp's keys. Keys are numbered."""
    systems = {
        "crm": memory(can, links=["erp_key"], key=lambda _, number: f"c{number}"),
        "erp": memory(key=lambda _, number: f"e{number}"),
    }
    world = World({name: systems[name] for name in order}, links={"crm": {"@erp": "erp_key"}}, **options)
    systems["crm"].create(**ANNA)
    at_rest(world)
    return world, systems["crm"], systems["erp"]


def at_rest(world):
    for _ in range(4):
        world.sync()
    world.clock.pass_(90_000)
    world.sync(full=True, keys=True)
    world.sync()


def pairs(crm):
    return {key: row["erp_key"] for key, row in crm.held("thing").items()}


@pytest.mark.parametrize("order", ORDERS)
def test_one_that_names_a_record_that_is_back_from_the_bin_is_its_counterpart(order):
    world, crm, erp = numbered(order)
    erp.delete("e1")
    at_rest(world)
    assert (crm.keys_held(), erp.keys_held()) == ([], [])
    erp.undelete("e1", **ANNA)
    crm.create(**ANNA, erp_key="e1")
    at_rest(world)
    assert (pairs(crm), erp.keys_held()) == ({"c2": "e1"}, ["e1"])
    assert not world.aside()


@pytest.mark.parametrize("order", ORDERS)
def test_one_that_a_rule_finds_to_be_a_record_that_is_back_from_the_bin_is_its_counterpart(order):
    world, crm, erp = numbered(order, match=(("name",),))
    erp.delete("e1")
    at_rest(world)
    erp.undelete("e1", **ANNA)
    crm.create(**{**ANNA, "phone": "9"})
    at_rest(world)
    assert (pairs(crm), erp.keys_held()) == ({"c2": "e1"}, ["e1"])
    assert [(row.unit, row.state) for row in world.log()] == [("phone", "open")]


@pytest.mark.parametrize("order", ORDERS)
def test_a_record_that_is_back_and_may_be_either_of_two_waits_for_a_person(order):
    world, crm, erp = numbered(order, match=(("name",),))
    erp.delete("e1")
    at_rest(world)
    crm.create(**ANNA, erp_key="e8")  # two of one name, as their counterparts are not there
    crm.create(**ANNA, erp_key="e9")
    world.sync()
    erp.undelete("e1", **ANNA)
    at_rest(world)
    assert len(crm.keys_held()) == 2
    assert erp.keys_held() == ["e1"]
    assert [row.key for row in world.aside() if row.kind == "ambiguous"] == ["e1"]


@pytest.mark.parametrize("order", ORDERS)
def test_one_that_names_a_record_that_is_to_be_deleted_keeps_that(order):
    world, crm, erp = numbered(order)
    crm.delete("c1")
    crm.create(**{**ANNA, "phone": "9"}, erp_key="e1")
    at_rest(world)
    assert (pairs(crm), erp.keys_held()) == ({"c2": "e1"}, ["e1"])
    assert not world.aside()


@pytest.mark.parametrize("order", ORDERS)
def test_one_that_names_a_record_that_is_to_be_deleted_keeps_that_where_deletions_are_told_later(order):
    world, crm, erp = numbered(order, can=replace(ABLE, tombstones=False))
    crm.create(name="Bert")  # a list that shows none of those that the hub knows would not be believed
    at_rest(world)
    crm.delete("c1")
    crm.create(**{**ANNA, "phone": "9"}, erp_key="e1")
    at_rest(world)
    assert [row.key for row in world.aside()] == ["c3"]
    at_rest(world)  # a second comparison of keys, and c1 is believed to be gone
    assert (pairs(crm), erp.keys_held()) == ({"c2": "e2", "c3": "e1"}, ["e1", "e2"])
    assert not world.aside()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_one_that_names_a_record_whose_deletion_is_in_question_ends_the_question(order, side):
    world, crm, erp = numbered(order)
    crm.delete("c1")
    erp.edit("e1", phone="9")
    world.sync()
    assert [(row.unit, row.state) for row in world.log()] == [("*", "open")]
    crm.create(**ANNA, erp_key="e1")
    at_rest(world)
    assert (pairs(crm), erp.keys_held()) == ({"c2": "e1"}, ["e1"])
    assert [row.state for row in world.log() if row.unit == "*"] == ["withdrawn"]
    for clash in world.log("open"):  # of the phone, where the edit was taken before the question ended
        resolve(world.hub, clash.id, side, "me")
    at_rest(world)
    assert world.held("crm") == world.held("erp")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("lives", [True, False])
def test_one_that_a_rule_finds_to_be_a_record_whose_deletion_is_in_question_waits_for_the_answer(order, lives):
    world, crm, erp = numbered(order, match=(("name",),))
    crm.delete("c1")
    erp.edit("e1", phone="9")
    world.sync()
    [question] = world.log("open")
    crm.create(**ANNA)
    at_rest(world)
    assert (pairs(crm), erp.keys_held()) == ({"c2": None}, ["e1"])
    assert [row.code for row in world.aside()] == ["match.in-question"]
    edited_there = bool(question.theirs)
    resolve(world.hub, question.id, "theirs" if lives == edited_there else "ours", "me")
    at_rest(world)
    assert pairs(crm) == {"c2": "e1" if lives else "e2"}
    assert erp.keys_held() == ["e1" if lives else "e2"]
    assert not world.aside()
