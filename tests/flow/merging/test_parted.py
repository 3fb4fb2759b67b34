"""Records that somebody parts by their foreign key go on alone: what the one holds is written to the other no more."""

from typing import Any

import pytest
from flow.merging.test_foreign_keys import BOTH_HOLD, DAY, same, three, two
from support.memory import World, memory

from hub.core.errors import TryLater
from hub.core.model import Allowed, Policy
from hub.engine.sync import Sync
from hub.flow.deciding.decide import resolve
from hub.flow.matchkeys import claims, rules_of

ASK = Policy("ask")


def pair(**options: Any) -> tuple[World, Any, Any]:
    """c1 and e1, linked; crm holds the key."""
    world, crm, erp = two(**options)
    crm.create(name="Anna", phone="0")
    world.sync()
    world.sync()
    return world, crm, erp


def clashed(first: str) -> tuple[World, Any, Any]:
    """Both were edited, the one of `first` was read first: the other one's edit waits for a person."""
    world, crm, erp = pair(policy=ASK)
    edits = {"crm": lambda: crm.edit("c1", phone="1"), "erp": lambda: erp.edit("e1", phone="2")}
    erp.fail("write", "before", TryLater("system.busy", "busy"))
    crm.fail("write", "before", TryLater("system.busy", "busy"))
    edits.pop(first)()
    world.sync()
    [edit] = edits.values()
    edit()
    world.clock.pass_(3600)
    world.sync()
    assert [row.state for row in world.log()] == ["open"]
    return world, crm, erp


@pytest.mark.parametrize("first", ["crm", "erp"])
def test_what_a_person_had_to_decide_between_the_two_is_withdrawn(first: str) -> None:
    world, crm, erp = clashed(first)
    crm.edit("c1", erp_key=None)
    world.sync()
    assert [row.state for row in world.log()] == ["withdrawn"]
    world.sync()
    assert (crm.row("c1")["phone"], erp.row("e1")["phone"]) == ("1", "2")


@pytest.mark.parametrize("first", ["crm", "erp"])
def test_each_goes_on_from_what_it_shows(first: str) -> None:
    world, crm, erp = clashed(first)
    crm.edit("c1", erp_key=None)
    world.sync()
    crm.edit("c1", phone="3")
    erp.edit("e1", phone="4")
    world.sync()
    world.sync()
    assert [row.state for row in world.log()] == ["withdrawn"]
    assert (crm.row("c1")["phone"], erp.row("e1")["phone"]) == ("3", "4")


def test_a_clash_that_is_seen_together_with_the_cleared_key_is_none() -> None:
    world, crm, erp = pair(policy=Policy("prefer", ("erp", "crm")))
    erp.edit("e1", phone="2")
    crm.edit("c1", phone="1", erp_key=None)
    world.sync()
    world.sync()
    assert (crm.row("c1")["phone"], erp.row("e1")["phone"], world.log()) == ("1", "2", [])


@pytest.mark.parametrize(("reader", "writer"), [("crm", "erp"), ("erp", "crm")])
def test_what_was_not_sent_yet_is_not_sent_any_more(reader: str, writer: str) -> None:
    world, crm, erp = pair()
    systems = {"crm": (crm, "c1"), "erp": (erp, "e1")}
    typed, key = systems[reader]
    typed.edit(key, phone="5")
    systems[writer][0].fail("write", "before", TryLater("system.busy", "busy"))
    world.sync()
    crm.edit("c1", erp_key=None)
    world.clock.pass_(3600)
    world.sync()
    world.sync()
    assert {name: system.row(key)["phone"] for name, (system, key) in systems.items()} == {reader: "5", writer: "0"}
    assert world.owed() == []


def test_whom_somebody_names_instead_gets_what_the_record_shows() -> None:
    world, crm, erp = two(policy=Policy("prefer", ("crm", "erp")))
    crm.create(name="Anna", phone="0")
    world.sync()
    world.sync()
    erp.edit("e1", phone="2")
    erp.create(name="Bert", phone="3")
    crm.edit("c1", erp_key="e2", phone="1")
    world.sync()
    world.sync()
    assert (crm.row("c1")["phone"], erp.row("e1")["phone"], erp.row("e2")["phone"]) == ("1", "2", "1")


def test_a_third_system_that_shows_the_value_still_clashes() -> None:
    world, crm, erp, shop = three("erp", policy=ASK)
    for system in (crm, erp, shop):
        system.create(name="Ann", phone="0")
    world.sync()
    world.sync()
    assert same(world, crm="c1", erp="e1", shop="s1")
    crm.fail("write", "before", TryLater("system.busy", "busy"))
    erp.edit("e1", phone="2")
    world.sync()
    assert shop.row("s1")["phone"] == "2"
    crm.edit("c1", phone="1")
    world.clock.pass_(3600)
    world.sync()
    crm.edit("c1", erp_key=None)
    world.sync()
    [row] = world.log("open")
    resolve(world.hub, row.id, "ours", "somebody")
    world.sync()
    world.sync()
    assert [row["phone"] for row in (crm.row("c1"), erp.row("e1"), shop.row("s1"))] == ["2", "2", "2"]
    shop.edit("s1", phone="7")
    world.sync()
    assert [row["phone"] for row in (crm.row("c1"), erp.row("e1"))] == ["7", "2"]


# -- keys that name nobody ------------------------------------------------------------------------


def test_a_key_that_named_nobody_parts_nobody_when_it_is_cleared() -> None:
    world, crm, erp = two()
    crm.create(name="Anna", erp_key="e77")
    world.sync()
    crm.edit("c1", erp_key=None)
    world.sync()
    world.sync()
    assert crm.row("c1")["erp_key"] == "e1"
    assert erp.row("e1")["name"] == "Anna"


def test_a_record_that_was_parted_is_not_made_anew_because_a_wrong_key_was_typed_and_cleared() -> None:
    world, crm, erp = pair()
    for key in ("e77", None):
        crm.edit("c1", erp_key=key)
        world.sync()
        world.sync()
    assert (erp.keys_held(), crm.row("c1")["erp_key"]) == (["e1"], None)


@pytest.mark.parametrize("right", ["e1", None])
def test_a_question_about_a_key_that_nobody_names_any_more_goes_away(right: str | None) -> None:
    world, crm, _ = pair()
    crm.edit("c1", erp_key="e77")
    world.sync()
    world.sync()
    assert [(review.kind, review.key) for review in world.aside()] == [("dangling", "e77")]
    crm.edit("c1", erp_key=right)
    world.sync()
    world.sync()
    assert world.aside() == []


def test_a_question_about_a_key_that_another_record_still_names_stays() -> None:
    world, crm, _ = two()
    crm.create(name="Anna", erp_key="e77")
    crm.create(name="Bert", erp_key="e77")
    world.sync()
    world.sync()
    crm.edit("c1", erp_key=None)
    world.sync()
    world.sync()
    assert [(review.kind, review.key) for review in world.aside()] == [("dangling", "e77")]


def test_a_question_about_a_key_goes_away_when_its_record_is_made_anew_under_another_one() -> None:
    world, crm, erp = pair(deletes=Policy("edit"))
    crm.edit("c1", erp_key="e77")
    world.sync()
    crm.edit("c1", erp_key="e1")
    erp.delete("e1")
    for _ in range(3):
        world.sync()
        world.clock.pass_(DAY)
    world.sync()
    assert (erp.keys_held(), crm.row("c1")["erp_key"], world.aside()) == (["e2"], "e2", [])


# -- deletions of what was linked and never met ---------------------------------------------------


@pytest.mark.parametrize(("rule", "left"), [("ask", ["c1"]), ("edit", ["c1"]), ("delete", [])])
def test_whoever_deletes_a_counterpart_that_was_just_named_has_not_seen_what_is_here(
    rule: Any, left: list[str]
) -> None:
    world, crm, erp = pair(deletes=Policy(rule))
    crm.edit("c1", erp_key=None)
    world.sync()
    crm.edit("c1", erp_key="e1", phone="7")
    erp.delete("e1")
    world.sync()
    world.sync()
    assert crm.keys_held() == left
    assert [row.unit for row in world.log()] == ["*"]


@pytest.mark.parametrize(("rule", "left"), [("ask", ["e1"]), ("edit", ["e1"]), ("delete", [])])
def test_whoever_deletes_a_record_that_just_named_another_one_has_not_seen_that(rule: Any, left: list[str]) -> None:
    world, crm, erp = pair(deletes=Policy(rule))
    crm.edit("c1", erp_key=None)
    world.sync()
    erp.edit("e1", phone="7")
    world.sync()
    crm.edit("c1", erp_key="e1")
    Sync(world.hub).poll(world.place("crm"), False)
    crm.delete("c1")
    world.sync()
    world.sync()
    assert erp.keys_held() == left
    assert [row.unit for row in world.log() if row.unit == "*"] == ["*"]


def test_the_keys_that_systems_hold_are_the_same_from_wherever_one_looks() -> None:
    """Else the keys of all records would be made anew whenever another system is read."""
    world, _, _ = pair(match=(("name",),))
    assert len({rules_of(world.place(name, "account")) for name in ("crm", "erp")}) == 1
    assert claims(world.place("erp")) == claims(world.place("crm")) == {"@erp"}


@pytest.mark.parametrize("who", ["crm", "erp"])
def test_where_both_hold_the_key_of_the_other_clearing_one_clears_both(who: str) -> None:
    world, crm, erp = pair(links=BOTH_HOLD)
    {"crm": lambda: crm.edit("c1", erp_key=None), "erp": lambda: erp.edit("e1", crm_key=None)}[who]()
    world.sync()
    world.sync()
    assert (crm.row("c1")["erp_key"] or None, erp.row("e1")["crm_key"] or None) == (None, None)
    assert (crm.keys_held(), erp.keys_held(), world.sync().written) == (["c1"], ["e1"], 0)


def test_who_is_parted_from_all_at_once_goes_on_from_what_it_shows() -> None:
    world, crm, erp, shop = three("erp", "shop")
    for system in (crm, erp, shop):
        system.create(name="Ann", phone="0")
    world.sync()
    world.sync()
    erp.edit("e1", phone="2")
    for system in (crm, shop):
        system.fail("write", "before", TryLater("system.busy", "busy"))
    world.sync()
    crm.edit("c1", erp_key=None, shop_key=None)
    world.clock.pass_(3600)
    world.sync()
    world.sync()
    assert [row["phone"] for row in (crm.row("c1"), erp.row("e1"), shop.row("s1"))] == ["0", "2", "0"]
    assert (world.aside(), world.log(), world.sync().written) == ([], [], 0)


def test_what_only_the_other_ones_hold_does_not_come_along_to_whom_it_is_linked_next() -> None:
    """A street is known in erp and in shop; crm has none, and no record in shop."""
    held = {"crm": {"@erp": "erp_key"}}
    crm = memory(fields=("name", "phone", "city"), links=["erp_key"], key=lambda _, number: f"c{number}")
    erp, shop = memory(key=lambda _, number: f"e{number}"), memory()
    may = {"crm": Allowed(insert=False), "shop": Allowed(insert=False)}
    mapped = {"crm": ("name", "phone", "city")}
    world = World({"crm": crm, "erp": erp, "shop": shop}, links=held, allowed=may, mapped=mapped)
    crm.create(name="Ann")
    world.sync()
    world.sync()
    erp.edit("e1", street="High Street")
    world.sync()
    erp.create(name="Bert")
    crm.edit("c1", erp_key="e2")
    world.sync()
    world.sync()
    assert (erp.row("e1")["street"], erp.row("e2")["street"] or None) == ("High Street", None)
