"""A write that arrives after the hub gave it up: a value sent later is not written over by it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from support.memory import ABLE, ANNA, Noted, World, linked, memory

from hub.adapter import Failure, Write
from hub.core.errors import Stale, TryLater, Unknown
from hub.core.model import Policy


def under_way(monkeypatch: pytest.MonkeyPatch, erp: Noted | None = None) -> tuple[World, Noted, Noted, list[Write]]:
    """Anna's telephone was edited, and nobody answered when the hub told the ERP; what it sent is still on its way."""
    world, crm, erp = linked(None, erp)
    late: list[Write] = []

    def unanswered(obj: str, writes: Sequence[Write]) -> list[object]:
        late.extend(writes)
        raise Unknown("system.no-answer", "no answer")

    crm.edit("1", phone="2")
    with monkeypatch.context() as patched:
        patched.setattr(erp, "write", unanswered)
        world.sync()
    assert [write.fields for write in late] == [{"phone": "2"}]
    world.clock.pass_(60)
    return world, crm, erp, late


def agreed(world: World) -> list[dict[str, Any]]:
    """The ERP's records, when both systems are at rest."""
    for _ in range(2):
        world.sync()
    assert world.held("crm") == world.held("erp")
    assert (world.log(), world.owed(), world.sync().written) == ([], [], 0)
    return world.held("erp")


def test_an_older_value_that_arrives_after_a_newer_one_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    world, crm, erp, late = under_way(monkeypatch)
    crm.edit("1", phone="3")
    world.sync()
    assert [write.fields for write in erp.writes] == [{"phone": "3"}]
    [outcome] = erp.write("thing", late)
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.error, Stale)
    assert agreed(world) == [{**ANNA, "phone": "3"}]


def test_a_newer_value_follows_an_older_one_that_arrived_late(monkeypatch: pytest.MonkeyPatch) -> None:
    world, crm, erp, late = under_way(monkeypatch)
    erp.write("thing", late)
    crm.edit("1", phone="3")
    assert agreed(world) == [{**ANNA, "phone": "3"}]


def test_an_edit_made_there_meanwhile_is_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    world, _crm, erp, late = under_way(monkeypatch)
    erp.edit("1", city="Leeds")
    erp.write("thing", late)
    assert erp.row("1") == {**ANNA, "city": "Leeds"}
    assert agreed(world) == [{**ANNA, "city": "Leeds", "phone": "2"}]


# -- where a system takes a write whatever the record's version ------------------------------------------------------

BLIND = replace(ABLE, conditional=False)


@pytest.fixture
def blindly(monkeypatch: pytest.MonkeyPatch) -> tuple[World, Noted, Noted, list[Write]]:
    """The same, to an ERP without versions; the hub has looked for the write, and sent 3 since."""
    world, crm, erp, late = under_way(monkeypatch, memory(BLIND))
    crm.edit("1", phone="3")
    world.sync()
    assert erp.row("1")["phone"] == "3"
    return world, crm, erp, late


def test_an_older_value_that_overwrites_a_newer_one_is_overwritten_again_and_logged(blindly) -> None:
    world, _crm, erp, late = blindly
    erp.write("thing", late)
    assert erp.row("1")["phone"] == "2"
    for _ in range(2):
        world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "3"}]
    [row] = world.log()
    assert (row.unit, row.ours, row.theirs, row.verdict) == ("phone", {"phone": "3"}, {"phone": "2"}, "keep")
    assert "came late" in row.rule
    assert world.sync().written == 0


def test_what_else_was_edited_there_stays(blindly) -> None:
    world, _crm, erp, late = blindly
    erp.edit("1", city="Leeds")
    world.sync()
    erp.write("thing", late)
    erp.edit("1", street="Low Street 2")
    for _ in range(2):
        world.sync()
    assert world.held("crm") == world.held("erp") == [
        {**ANNA, "phone": "3", "city": "Leeds", "street": "Low Street 2"}
    ]  # fmt: skip


def test_what_was_typed_there_since_is_written_again_too(blindly) -> None:
    world, _crm, erp, late = blindly
    erp.edit("1", phone="5")
    world.sync()
    erp.write("thing", late)
    for _ in range(2):
        world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "5"}]


@pytest.mark.parametrize(("after", "phone"), [(500_000, "3"), (700_000, "2")])
def test_after_a_week_such_a_value_is_somebodys_edit(blindly, after, phone) -> None:
    world, _crm, erp, _late = blindly
    world.clock.pass_(after)
    erp.edit("1", phone="2")
    for _ in range(2):
        world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": phone}]


def test_it_comes_late_once(blindly) -> None:
    """Who types it then means it."""
    world, _crm, erp, late = blindly
    erp.write("thing", late)
    for _ in range(2):
        world.sync()
    erp.edit("1", phone="2")
    for _ in range(2):
        world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "2"}]


def test_a_foreign_key_that_came_late_is_nobodys_and_parts_no_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's record is deleted and made anew; that it is gone was sent to the CRM, and comes there after its new
    key."""
    crm = memory(BLIND, links=["shop_key"], key=lambda _, number: f"c{number}")
    shop = memory(key=lambda _, number: f"s{number}")
    world = World({"crm": crm, "shop": shop}, links={"crm": {"@shop": "shop_key"}}, deletes=Policy("edit"))
    crm.create(**ANNA)
    for _ in range(2):
        world.sync()
    late: list[Write] = []

    def unanswered(obj: str, writes: Sequence[Write]) -> list[object]:
        late.extend(writes)
        raise Unknown("system.no-answer", "no answer")

    shop.delete("s1")
    crm.edit("c1", phone="2")
    shop.fail("write", "before", TryLater("system.busy", "come back later"))
    with monkeypatch.context() as patched:
        patched.setattr(crm, "write", unanswered)
        world.sync()
    assert [write.fields for write in late] == [{"shop_key": ""}]
    world.clock.pass_(3600)
    for _ in range(2):
        world.sync()
    assert crm.row("c1")["shop_key"] == "s2"
    crm.write("thing", late)
    for _ in range(2):
        world.sync()
    assert crm.row("c1")["shop_key"] == "s2"
    assert shop.keys_held() == ["s2"]
    crm.edit("c1", phone="3")
    world.sync()
    assert shop.row("s2")["phone"] == "3"


def test_a_clash_that_waits_for_a_person_goes_on_waiting(blindly) -> None:
    world, crm, erp, late = blindly
    erp.edit("1", phone="5")
    crm.edit("1", phone="6")
    world.sync()
    assert [row.theirs for row in world.log("open") if row.unit == "phone"] == [{"phone": "5"}]
    erp.write("thing", late)
    for _ in range(2):
        world.sync()
    [question] = world.log("open")
    assert (question.ours, question.theirs) == ({"phone": "6"}, {"phone": "2"})
    assert [row.theirs for row in world.log("superseded")] == [{"phone": "5"}]
    assert erp.row("1")["phone"] == "2"
