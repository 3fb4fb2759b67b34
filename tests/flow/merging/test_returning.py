"""Records that people take out of a bin: known by their keys, and never made twice."""

from typing import Any, Literal

import pytest
from support.memory import ANNA, Noted, World, linked, many, memory

from hub.adapter import Can
from hub.core.errors import Refused, TryLater, Unknown
from hub.core.model import Deletes, Policy
from hub.engine.sync import Sync
from hub.flow.deciding.aside import link, separate
from hub.flow.deciding.decide import resolve


def kinds(world: World) -> list[tuple[str, str]]:
    """What stands aside, and why."""
    return [(row.key, row.kind) for row in world.aside()]


def settled(world: World) -> bool:
    return (world.owed(), kinds(world), world.sync().written) == ([], [], 0)


def contested(**options: Any) -> tuple[World, Noted, Noted]:
    """Anna is deleted in the ERP, and edited in the CRM meanwhile."""
    world, crm, erp = linked(**options)
    erp.delete("1")
    crm.edit("1", phone="7")
    return world, crm, erp


def test_a_deletion_that_a_person_was_asked_about_is_no_question_any_more() -> None:
    world, _, erp = contested()
    world.sync()
    erp.undelete("1", **ANNA)
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7"}]
    assert [row.state for row in world.log()] == ["withdrawn"]
    assert settled(world)


def test_what_was_edited_in_the_bin_is_an_edit() -> None:
    world, _, erp = contested()
    world.sync()
    erp.undelete("1", **{**ANNA, "city": "Hull"})
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7", "city": "Hull"}]
    assert settled(world)


def test_a_record_that_was_let_go_by_its_deletion_is_linked_again() -> None:
    world, crm, erp = linked(means={"erp": Deletes(take="unlink")})
    erp.delete("1")
    world.sync()
    crm.edit("1", phone="7")
    world.sync()
    assert len(crm.keys_held()) == 1
    erp.undelete("1", **ANNA)
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7"}]
    assert settled(world)


def anew(erp: Noted | None = None) -> tuple[World, Noted, Noted]:
    """Anna was deleted in the ERP and made anew there, since an edit won; then she was taken out of the bin."""
    world, crm, erp = contested(erp=erp, deletes=Policy("edit"))
    world.sync(keys=True)
    world.sync(keys=True)
    assert sorted(erp.keys_held()) == ["2"]
    erp.undelete("1", **ANNA)
    world.sync()
    return world, crm, erp


def test_one_that_was_made_anew_by_then_is_asked_about() -> None:
    world, crm, erp = anew()
    assert (len(crm.keys_held()), sorted(erp.keys_held())) == (1, ["1", "2"])
    assert kinds(world) == [("1", "taken")]


def test_a_person_says_that_it_is_another_one() -> None:
    world, crm, erp = anew()
    separate(world.hub, world.place("erp"), "1", "anna")
    world.sync()
    assert (len(crm.keys_held()), sorted(erp.keys_held())) == (2, ["1", "2"])
    assert settled(world)


@pytest.mark.parametrize("which", ["1", "2"])
def test_or_deletes_one_of_the_two(which: str) -> None:
    world, crm, erp = anew()
    erp.delete(which)
    for _ in range(3):
        world.clock.pass_(90_000)
        world.sync(keys=True)
    assert len(crm.keys_held()) == len(erp.keys_held()) == 1
    assert settled(world)


@pytest.mark.parametrize("told", [True, False], ids=["told", "seen before a write"])
def test_the_one_that_was_made_anew_may_go_while_an_edit_is_on_its_way_to_it(told: bool) -> None:
    """The other one is it then, and no third one is made."""
    world, crm, erp = anew(None if told else memory(Can(find=True, tokens=True, answers=True)))
    crm.edit("1", city="Hull")
    erp.delete("2")
    for _ in range(2):
        world.sync()
    assert (len(crm.keys_held()), erp.keys_held()) == (1, ["1"])
    assert crm.row("1")["city"] == erp.row("1")["city"] == "Hull"
    assert settled(world)


def test_while_its_new_record_may_be_on_its_way_it_stands_aside() -> None:
    world, crm, erp = contested(deletes=Policy("edit"))
    erp.fail("write", "after", Unknown("net.timeout", "no answer"))
    world.sync()
    erp.undelete("1", **ANNA)
    world.sync()
    for _ in range(3):
        world.clock.pass_(90_000)
        world.sync()
    assert len(crm.keys_held()) == 1
    assert kinds(world) == [("1", "taken")]
    assert len(erp.keys_held()) == 2


@pytest.mark.parametrize("find", [False, True], ids=["seen in a poll", "searched"])
@pytest.mark.parametrize("tokens", [False, True], ids=["no tokens", "tokens"])
@pytest.mark.parametrize("also_gone", [False, True], ids=["lives", "deleted everywhere meanwhile"])
def test_and_is_it_again_where_the_new_one_never_arrived(find: bool, tokens: bool, also_gone: bool) -> None:
    """The create is not sent once more, whatever the system knows: that would be a second record."""
    erp = memory(Can(conditional=True, tombstones=True, answers=True, find=find, tokens=tokens))
    world, crm, erp = contested(erp=erp, deletes=Policy("edit"))
    erp.fail("write", "before", Unknown("net.timeout", "no answer"))
    world.sync()
    if also_gone:
        crm.delete("1")
    erp.undelete("1", **ANNA)
    poll(world, "erp")
    for _ in range(3):
        world.clock.pass_(90_000)
        world.sync()
    assert [write.kind for write in erp.writes] == ["update"]
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7"}]
    assert settled(world)


def test_one_that_is_back_in_the_moment_in_which_it_would_be_made_anew_is_seen() -> None:
    world, _, erp = contested(deletes=Policy("edit"))
    poll(world, "crm", "erp")
    erp.undelete("1", **{**ANNA, "city": "Hull"})
    Sync(world.hub).send(world.place("erp"))
    assert [write.kind for write in erp.writes] == ["update"]
    assert world.sync().written == 1
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7", "city": "Hull"}]
    assert settled(world)


def test_while_one_that_is_back_does_not_fit_none_is_made_beside_it() -> None:
    """That is tried again after a pause, not over and over."""
    world, crm, erp = contested(deletes=Policy("edit"), specs={"erp": {"phone": {"type": "integer"}}})
    poll(world, "crm", "erp")
    erp.undelete("1", **{**ANNA, "phone": "unknown"})
    for _ in range(2):
        erp.calls.clear()
        Sync(world.hub).send(world.place("erp"))
        assert erp.calls.count("read") <= 1
    assert (erp.writes, erp.keys_held(), kinds(world)) == ([], ["1"], [("1", "parked")])
    assert [row.code for row in world.owed()] == ["record.number"]
    erp.edit("1", phone="8")
    world.clock.pass_(90_000)
    world.sync()
    assert [row.unit for row in world.log("open")] == ["phone"]
    assert len(crm.keys_held()) == len(erp.keys_held()) == 1


def test_nobody_can_say_that_it_is_the_one_that_may_be_on_its_way() -> None:
    """What was edited elsewhere meanwhile would be overwritten by what it showed in the bin."""
    world, _, erp = contested(deletes=Policy("edit"))
    erp.fail("write", "before", Unknown("net.timeout", "no answer"))
    world.sync()
    erp.undelete("1", **ANNA)
    poll(world, "erp")
    with pytest.raises(Refused, match="wait until that is settled"):
        link(world.hub, world.place("erp"), "1", world.golden("crm", "1"), "anna")


def test_one_that_everybody_deleted_is_a_new_one() -> None:
    world, crm, erp = linked()
    erp.delete("1")
    world.sync()
    assert crm.keys_held() == []
    erp.undelete("1", **ANNA)
    world.sync()
    assert (len(crm.keys_held()), sorted(erp.keys_held())) == (1, ["1"])
    assert settled(world)


def test_a_deletion_is_no_question_any_more_in_a_system_that_had_asked_before() -> None:
    world, crm, _ = contested()
    world.sync()
    crm.delete("1")
    world.sync()
    crm.undelete("1", **{**ANNA, "phone": "7"})
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7"}]
    assert settled(world)


def cutting() -> Noted:
    return memory(quirks={"phone": [{"truncate": 3}]})


@pytest.mark.parametrize("cuts", [False, True])
def test_an_edit_that_lost_to_a_deletion_is_one_again_when_the_deletion_is_taken_back(cuts: bool) -> None:
    """It clashes with nothing, whatever the system had made of the value before."""
    world, crm, erp = linked(erp=cutting() if cuts else None, deletes=Policy("delete"))
    crm.edit("1", phone="12345")
    world.sync()
    crm.delete("1")
    erp.edit("1", phone="7")
    world.sync()
    assert erp.keys_held() == []
    erp.undelete("1", **{**ANNA, "phone": "7"})
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7"}]
    assert [row.unit for row in world.log()] == ["*"]
    assert settled(world)


def test_edits_that_lost_one_after_the_other_are_edits_again() -> None:
    world, crm, erp = linked(deletes=Policy("delete"))
    crm.delete("1")
    poll(world, "crm")
    for edit in ({"phone": "7"}, {"city": "Leeds"}):
        erp.edit("1", **edit)
        poll(world, "erp")
    crm.undelete("1", **ANNA)
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7", "city": "Leeds"}]
    assert [row.state for row in world.log()] == ["reversed"] * 2


def test_it_is_one_again_once() -> None:
    """What was typed over it since does not clash with it when the record comes out of the bin another time."""
    world, crm, erp = linked(deletes=Policy("delete"))
    crm.delete("1")
    erp.edit("1", phone="7")
    world.sync()
    erp.undelete("1", **{**ANNA, "phone": "7"})
    crm.undelete("1", **ANNA)
    world.sync()
    assert crm.row("1")["phone"] == "7"
    assert [row.state for row in world.log()] == ["reversed"]
    crm.edit("1", phone="8")
    erp.delete("1")
    poll(world, "crm")
    crm.delete("1")
    poll(world, "crm", "erp")
    erp.undelete("1", **{**ANNA, "phone": "7"})
    for _ in range(2):
        world.sync()
    assert [row["phone"] for row in (*world.held("crm"), *world.held("erp"))] == ["8", "8"]
    assert [row.unit for row in world.log()] == ["*"]


def test_an_edit_that_lost_by_the_word_of_a_person_is_one_again_too() -> None:
    world, crm, erp = linked()
    crm.delete("1")
    erp.edit("1", phone="7")
    poll(world, "crm", "erp")
    [row] = world.log("open")
    resolve(world.hub, row.id, "ours", "anna")
    crm.undelete("1", **{**ANNA, "phone": "8"})
    for _ in range(2):
        world.sync()
    [clash] = world.log("open")
    assert (clash.unit, {clash.ours["phone"], clash.theirs["phone"]}) == ("phone", {"7", "8"})


def test_a_question_about_a_record_that_is_back_is_decided_by_nobody() -> None:
    """What it shows now would be overwritten by an edit that was only held against its deletion."""
    world, crm, erp = linked()
    crm.edit("1", phone="6")
    poll(world, "crm")
    crm.delete("1")
    erp.edit("1", phone="7")
    poll(world, "crm", "erp")
    [row] = world.log("open")
    crm.undelete("1", **{**ANNA, "phone": "6"})
    poll(world, "crm")
    with pytest.raises(Refused, match="lives again"):
        resolve(world.hub, row.id, "theirs", "anna")
    for _ in range(2):
        world.sync()
    assert [(clash.unit, clash.state) for clash in world.log()] == [("*", "withdrawn"), ("phone", "open")]


@pytest.mark.parametrize(("rule", "states"), [("ask", ["open"]), ("delete", ["reversed", "decided"])])
def test_one_that_is_deleted_again_before_the_others_edit_was_merged_is_decided_again(
    rule: Literal["ask", "delete"], states: list[str]
) -> None:
    world, crm, erp = linked(deletes=Policy(rule))
    crm.delete("1")
    erp.edit("1", phone="7")
    poll(world, "crm", "erp")
    crm.undelete("1", **ANNA)
    poll(world, "crm")
    crm.delete("1")
    poll(world, "crm")
    for _ in range(2):
        world.sync()
    assert [row.state for row in world.log()] == states
    assert erp.keys_held() == (["1"] if rule == "ask" else [])
    assert (world.owed(), world.sync().written) == ([], 0)


def poll(world: World, *systems: str) -> None:
    """Read them, and write nothing."""
    for system in systems:
        Sync(world.hub).poll(world.place(system), False)


@pytest.mark.parametrize("rule", ["ask", "delete"])
def test_a_page_of_them_takes_as_many_statements_as_one(rule: Literal["ask", "delete"]) -> None:
    """They come back in the CRM; the ERP has edited each of them meanwhile, which lost or is a question."""
    spent = []
    for number in (1, 15):
        world, crm, erp = many(number, deletes=Policy(rule))
        for key in crm.keys_held():
            erp.edit(key, phone="7")
            crm.delete(key)
        poll(world, "crm", "erp")
        for key in erp.keys_held():
            crm.undelete(key, name=erp.row(key)["name"])
        before = world.store.counts.statements
        poll(world, "crm")
        spent.append(world.store.counts.statements - before)
        world.sync()
        assert {row["phone"] for row in world.held("crm")} == {"7"}
    assert spent[0] == spent[1]


@pytest.mark.parametrize("number", [1, 15])
def test_deletions_that_answer_a_question_elsewhere_take_as_many_statements_as_one(number: int) -> None:
    """The ERP deleted them, the CRM edited them, and deletes them as well."""
    world, crm, erp = many(number)
    for key in erp.keys_held():
        crm.edit(key, phone="7")
        erp.delete(key)
    world.sync()
    for key in crm.keys_held():
        crm.delete(key)
    before = world.store.counts.statements
    poll(world, "crm")
    assert [row.state for row in world.log()] == ["withdrawn"] * number
    assert world.store.counts.statements - before <= 20


def test_of_two_that_were_the_same_one_and_are_back_together_one_waits_for_a_person() -> None:
    world, crm, erp = contested(deletes=Policy("edit"))
    world.sync()
    erp.delete("2")
    world.sync()
    assert crm.keys_held() == []
    erp.undelete("1", **ANNA)
    erp.undelete("2", **ANNA)
    for _ in range(2):
        world.sync()
    assert (len(crm.keys_held()), len(kinds(world))) == (1, 1)
    [(key, _)] = kinds(world)
    erp.delete(key)
    for _ in range(2):
        world.clock.pass_(90_000)
        world.sync()
    assert (len(crm.keys_held()), len(erp.keys_held())) == (1, 1)
    assert settled(world)


@pytest.mark.parametrize("phone", ["7", "8"], ids=["as it was sent", "edited since"])
@pytest.mark.parametrize("phase", ["before", "after"], ids=["never arrived", "carried out"])
def test_an_update_that_was_not_answered_before_the_deletion_is_nobodys_edit(phase: str, phone: str) -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="7")
    erp.fail("write", phase, Unknown("lost", "no answer"))
    world.sync()
    shown = erp.row("1")
    erp.delete("1")
    world.sync()
    crm.edit("1", phone=phone)
    world.sync()
    erp.undelete("1", **shown)
    world.sync()
    world.clock.pass_(100)
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": phone}]
    assert [row.unit for row in world.log()] == ["*"]
    assert settled(world)


def keyed(*others: str, **options: Any) -> tuple[World, Noted, list[Noted]]:
    """A record of crm that holds the keys of its counterparts, e1 and so on."""
    fields = {f"@{name}": f"{name}_key" for name in others}
    crm = memory(links=list(fields.values()), key=lambda _, number: f"c{number}")
    there = [memory(key=lambda _, number, name=name: f"{name[0]}{number}") for name in others]
    systems = {"crm": crm, **dict(zip(others, there, strict=True))}
    world = World(systems, links={"crm": fields}, **options)
    crm.create(**ANNA)
    world.sync()
    world.sync()
    return world, crm, there


def test_one_that_names_its_own_counterpart_is_met_from_what_it_showed() -> None:
    world, crm, [erp] = keyed("erp", deletes=Policy("delete"))
    was = crm.row("c1")
    erp.edit("e1", phone="7")
    for system in (crm, erp):
        system.fail("write", "before", TryLater("system.busy", "busy"))
    world.sync()
    crm.delete("c1")
    world.clock.pass_(3600)
    world.sync()
    assert erp.keys_held() == ["e1"]
    crm.undelete("c1", **was)
    world.clock.pass_(3600)
    world.sync()
    world.sync()
    assert (crm.row("c1")["phone"], erp.row("e1")["phone"]) == ("7", "7")
    assert [row.unit for row in world.log()] == ["*"]


def test_one_whose_counterparts_were_partly_deleted_is_made_anew_there() -> None:
    world, crm, [erp, shop] = keyed("erp", "shop")
    was = crm.row("c1")
    crm.delete("c1")
    shop.fail("write", "before", TryLater("system.busy", "busy"))
    world.sync()
    assert (erp.keys_held(), shop.keys_held()) == ([], ["s1"])
    crm.undelete("c1", **was)
    world.clock.pass_(3600)
    world.sync()
    world.sync()
    assert (erp.keys_held(), shop.keys_held(), crm.row("c1")["erp_key"]) == (["e2"], ["s1"], "e2")
