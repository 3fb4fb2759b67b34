"""Records without a link: one certain match links; several, or a match that is taken, wait for a person."""

from support.memory import Noted, World, pair

from hub.core.model import Allowed
from hub.flow.deciding.aside import link, separate

BY_NAME = (("name",),)


def test_records_that_match_by_a_rule_are_one() -> None:
    world, crm, erp = pair(match=BY_NAME)
    crm.create(name="Anna Ltd.", phone="1")
    erp.create(name="ANNA LTD", phone="1", city="York")
    world.sync()
    assert len(crm.keys_held()) == len(erp.keys_held()) == 1
    assert crm.row("1")["city"] == "York"


def test_what_differs_at_the_first_meeting_is_a_clash_and_a_blank_is_filled() -> None:
    world, crm, erp = pair(match=BY_NAME)
    crm.create(name="Anna", phone="1")
    erp.create(name="Anna", phone="2", city="York")
    world.sync()
    [clash] = world.log()
    assert (clash.unit, clash.base, clash.ours, clash.theirs) == ("phone", None, {"phone": "1"}, {"phone": "2"})
    assert crm.row("1")["city"] == "York"
    assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("1", "2")


def test_of_several_rules_the_first_that_finds_one_counts() -> None:
    world, crm, erp = pair(match=(("phone",), ("name",)))
    crm.create(name="Anna", phone="1")
    crm.create(name="Bert", phone="2")
    erp.create(name="Bert", phone="1")
    world.sync()
    assert [(row.ours, row.theirs) for row in world.log()] == [({"name": "Anna"}, {"name": "Bert"})]
    assert sorted(row["phone"] for row in world.held("erp")) == ["1", "2"]


def ambiguous() -> tuple[World, Noted, Noted]:
    """The supplier 1 matches two companies, since 2 has got the name of 1."""
    world, crm, erp = pair(match=BY_NAME, allowed={"erp": Allowed(insert=False)})
    crm.create(name="Anna", phone="1")
    crm.create(name="Bert", phone="2")
    world.sync()
    crm.edit("2", name="Anna")
    world.sync()
    erp.create(name="Anna", city="York")
    world.sync()
    return world, crm, erp


def test_an_ambiguous_match_waits_and_makes_no_twin() -> None:
    world, crm, erp = ambiguous()
    [review] = world.aside()
    assert (review.kind, review.key) == ("ambiguous", "1")
    assert (crm.keys_held(), erp.keys_held()) == (["1", "2"], ["1"])
    assert world.sync().written == 0


def test_a_person_says_which_one_it_is() -> None:
    world, crm, erp = ambiguous()
    link(world.hub, world.place("erp"), "1", world.golden("crm", "2"), "somebody")
    world.sync()
    assert world.aside() == []
    assert (crm.row("2")["city"], erp.row("1")["phone"]) == ("York", "2")
    assert crm.row("1")["city"] is None


def test_a_person_says_that_it_is_none_of_them() -> None:
    world, _crm, erp = ambiguous()
    separate(world.hub, world.place("erp"), "1", "somebody")
    world.sync()
    assert world.aside() == []
    assert sorted(str(row["city"]) for row in world.held("crm")) == ["None", "None", "York"]
    assert erp.keys_held() == ["1"]


def test_a_match_that_is_linked_already_waits() -> None:
    world, crm, erp = pair(match=BY_NAME)
    crm.create(name="Anna", city="York")
    world.sync()
    erp.create(name="Anna", city="Leeds")
    world.sync()
    [review] = world.aside()
    assert (review.kind, review.key) == ("taken", "2")
    assert len(crm.keys_held()) == 1


def test_who_does_not_match_any_more_links_at_the_next_try() -> None:
    world, crm, _erp = ambiguous()
    crm.edit("1", name="Cora")
    world.sync()
    world.clock.pass_(90_000)
    world.sync()
    assert world.aside() == []
    assert crm.row("2")["city"] == "York"


def test_two_alike_on_one_page_are_not_one() -> None:
    world, crm, erp = pair(match=BY_NAME)
    crm.create(name="Anna", phone="1")
    crm.create(name="Anna", phone="2")
    world.sync()
    [review] = world.aside()
    assert (review.kind, review.key) == ("taken", "2")
    assert len(erp.keys_held()) == 1


def test_a_pair_on_one_page_and_its_match_on_another_are_linked_once() -> None:
    world, crm, erp = pair(match=BY_NAME)
    for number in range(25):
        crm.create(name=f"company {number}")
        erp.create(name=f"Company {number}", city="York")
    world.sync()
    assert len(crm.keys_held()) == len(erp.keys_held()) == 25
    assert {row["city"] for row in world.held("crm")} == {"York"}
    assert world.sync().written == 0
