"""A conflict that waits for a person: its field is left alone everywhere it clashed, everything else goes on."""

from typing import Any, Literal

import pytest
from support.memory import Noted, World, linked, memory

from hub.core.errors import Refused
from hub.core.model import Allowed, Policy
from hub.flow.deciding.decide import resolve, reverse
from hub.flow.polling.poll import poll

READ_ONLY: dict[str, Any] = {"allowed": {"erp": Allowed(update=False)}}


def clashing(**options: object) -> tuple[World, Noted, Noted]:
    world, crm, erp = linked(**options)  # type: ignore[arg-type]
    crm.edit("1", phone="2")
    erp.edit("1", phone="3")
    world.sync()
    return world, crm, erp


def test_the_field_keeps_both_values_until_somebody_decides() -> None:
    world, crm, erp = clashing()
    for _ in range(3):
        world.sync(full=True)
    assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("2", "3")
    assert crm.writes == erp.writes == []


def test_it_is_logged_once_however_often_it_is_seen() -> None:
    world, crm, erp = clashing()
    crm.edit("1", city="Leeds")
    world.sync()
    erp.edit("1", street="Low Street 2")
    world.sync(full=True)
    world.sync(full=True)
    [row] = world.log()
    assert (row.state, row.base, row.ours, row.theirs) == ("open", {"phone": "1"}, {"phone": "2"}, {"phone": "3"})


def test_the_other_fields_go_on() -> None:
    world, crm, erp = clashing()
    crm.edit("1", city="Leeds")
    erp.edit("1", street="Low Street 2")
    world.sync()
    world.sync()
    assert (erp.row("1")["city"], crm.row("1")["street"]) == ("Leeds", "Low Street 2")
    assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("2", "3")


def test_a_system_that_is_no_party_gets_what_the_hub_holds() -> None:
    third = memory()
    crm, erp = memory(), memory()
    world = World({"crm": crm, "erp": erp, "shop": third})
    crm.create(name="Anna", phone="1")
    world.sync()
    world.sync()
    crm.edit("1", phone="2")
    erp.edit("1", phone="3")
    world.sync()
    assert [system.row("1")["phone"] for system in (crm, erp, third)] == ["2", "3", "2"]


def test_a_decision_is_carried_out() -> None:
    for side, phone in (("ours", "2"), ("theirs", "3")):
        world, crm, erp = clashing()
        [row] = world.log("open")
        resolve(world.hub, row.id, side, "somebody")  # type: ignore[arg-type]
        world.sync()
        assert crm.row("1")["phone"] == erp.row("1")["phone"] == phone
        [row] = world.log()
        assert (row.state, row.decided_by) == ("decided", "somebody")
        assert world.sync().written == 0


@pytest.mark.parametrize("rule", ["ask", "edit", "delete"])
def test_it_is_over_when_the_record_it_is_about_is_deleted(rule: Literal["ask", "edit", "delete"]) -> None:
    world, _, erp = clashing(deletes=Policy(rule))
    erp.delete("1")
    world.sync()
    [row] = [row for row in world.log() if row.unit == "phone"]
    assert row.state == "superseded"
    assert (row.ours, row.theirs) == ({"phone": "2"}, {"phone": "3"})


@pytest.mark.parametrize("options", [{}, {"allowed": {"erp": Allowed(delete=False)}}], ids=["both", "kept"])
def test_once_the_record_is_deleted_its_edit_is_weighed_against_that_and_no_decision_is_taken(options: Any) -> None:
    """Else the edit that a person just chose would be deleted without a word."""
    world, crm, erp = clashing(deletes=Policy("delete"), **options)
    [row] = world.log("open")
    crm.delete("1")
    poll(world.hub, world.place("crm"))
    with pytest.raises(Refused) as refused:
        resolve(world.hub, row.id, "theirs", "somebody")
    assert refused.value.code == "conflict.outdated"
    for _ in range(2):
        world.sync()
    assert [(row.unit, row.state, row.theirs.get("phone")) for row in world.log()] == [
        ("phone", "superseded", "3"),
        ("*", "decided", "3"),
    ]
    assert erp.keys_held() == (["1"] if options else [])
    assert (world.owed(), world.sync().written) == ([], 0)


@pytest.mark.parametrize("options", [{}, READ_ONLY, {"directions": {"erp": "from"}}], ids=["both", "read only", "from"])
def test_a_decision_that_comes_when_both_sides_agree_is_refused_and_the_clash_goes_away(options: Any) -> None:
    world, crm, erp = clashing(**options)
    [row] = world.log("open")
    crm.edit("1", phone="3")
    poll(world.hub, world.place("crm"))
    with pytest.raises(Refused) as refused:
        resolve(world.hub, row.id, "ours", "somebody")
    assert refused.value.code == "conflict.moved"
    [row] = world.log()
    assert (row.state, row.ours, row.theirs) == ("withdrawn", {"phone": "2"}, {"phone": "3"})
    erp.edit("1", phone="4")
    world.sync()
    assert (crm.row("1")["phone"], world.log("open")) == ("4", [])


def test_a_decision_can_be_reversed() -> None:
    world, crm, erp = clashing(policy=Policy("prefer", ("erp",)))
    world.sync()
    assert crm.row("1")["phone"] == "3"
    [row] = world.log()
    reverse(world.hub, row.id, "somebody")
    world.sync()
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == "2"


def test_it_goes_away_also_where_the_hub_only_reads() -> None:
    world, crm, _ = clashing(**READ_ONLY)
    crm.edit("1", phone="3")
    world.sync()
    assert [row.state for row in world.log()] == ["withdrawn"]


@pytest.mark.parametrize(("side", "phone"), [("erp", "2"), ("crm", "3")])
def test_it_goes_away_when_a_person_makes_both_sides_agree(side: str, phone: str) -> None:
    world, crm, erp = clashing()
    {"crm": crm, "erp": erp}[side].edit("1", phone=phone)
    world.sync()
    [row] = world.log()
    assert row.state == "withdrawn"
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == phone
    crm.edit("1", phone="5")
    world.sync()
    assert erp.row("1")["phone"] == "5"


def test_a_new_edit_takes_the_place_of_the_old_clash() -> None:
    world, _, erp = clashing()
    erp.edit("1", phone="4")
    world.sync()
    assert [(row.state, row.theirs) for row in world.log()] == [
        ("superseded", {"phone": "3"}),
        ("open", {"phone": "4"}),
    ]


def test_nobody_decides_against_a_value_that_he_was_not_shown() -> None:
    world, crm, erp = clashing()
    crm.edit("1", phone="9")
    world.sync()
    [row] = world.log("open")
    with pytest.raises(Refused) as refused:
        resolve(world.hub, row.id, "theirs", "somebody")
    assert refused.value.code == "conflict.moved"
    [row] = world.log("open")
    assert row.ours == {"phone": "9"}
    resolve(world.hub, row.id, "theirs", "somebody")
    world.sync()
    assert crm.row("1")["phone"] == erp.row("1")["phone"] == "3"
