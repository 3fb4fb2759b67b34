"""A system that is away stops nobody else, loses nothing and gets today's truth when it is back; one that rejects our
credentials is left alone until a person says so."""

from collections.abc import Callable

import pytest
from support.memory import ANNA, Noted, World, memory

from hub.core.errors import Denied, TryLater
from hub.store import runs

DAY = 86_400


def three() -> tuple[World, Noted, Noted, Noted]:
    """Three systems that agree on Anna, who has the key 1 in all."""
    crm, erp, shop = memory(), memory(), memory()
    world = World({"crm": crm, "erp": erp, "shop": shop})
    crm.create(**ANNA)
    world.sync()
    world.sync()
    for system in (crm, erp, shop):
        system.writes.clear()
        system.calls.clear()
    return world, crm, erp, shop


def cut(system: Noted, error: Callable[[], Exception]) -> list[str]:
    """Every call fails; the calls that were tried."""
    tried: list[str] = []

    def fault(call: str, phase: str) -> None:
        tried.append(call)
        raise error()

    system.fault = fault
    return tried


def away(system: Noted) -> list[str]:
    return cut(system, lambda: TryLater("system.unreachable", "erp is away"))


def locked(system: Noted) -> list[str]:
    return cut(system, lambda: Denied("system.denied", "wrong password"))


def back(system: Noted) -> None:
    system.fault = system._at


def test_the_others_go_on_both_ways() -> None:
    world, crm, erp, shop = three()
    away(erp)
    crm.edit("1", phone="2")
    shop.edit("1", city="Leeds")
    report = world.sync()
    world.sync()
    assert crm.row("1") == shop.row("1") == {**ANNA, "phone": "2", "city": "Leeds"}
    [said] = report.troubles
    assert "erp" in said
    assert "system.unreachable" in said


def test_it_is_asked_once_a_run() -> None:
    world, crm, erp, _ = three()
    tried = away(erp)
    for number in range(5):
        crm.create(name=f"company {number}")
    world.sync()
    assert len(tried) == 1


def test_what_is_owed_to_it_waits_and_the_run_says_why() -> None:
    world, crm, erp, _ = three()
    away(erp)
    crm.edit("1", phone="2")
    world.sync()
    assert [(item.state, item.binding_id) for item in world.owed()] == [("owed", world.place("erp").id)]
    with world.store.reading() as tx:
        [run] = runs.latest(tx, world.hub.catalog.instance_id, 1)
    assert run.state == "failed"
    assert "erp is away" in (run.said or "")


def test_after_days_it_gets_one_write_a_record_with_what_is_true_then() -> None:
    world, crm, erp, shop = three()
    crm.create(name="Bert", phone="0")
    world.sync()
    erp.writes.clear()
    away(erp)
    for day in range(1, 5):
        crm.edit("1", phone=f"crm {day}")
        shop.edit("2", phone=f"shop {day}")
        world.clock.pass_(DAY)
        world.sync()
    back(erp)
    world.clock.pass_(DAY)
    world.sync()
    assert [(write.kind, write.key, write.fields) for write in erp.writes] == [
        ("update", "1", {"phone": "crm 4"}),
        ("update", "2", {"phone": "shop 4"}),
    ]
    assert (world.owed(), world.log(), world.sync().written) == ([], [], 0)


def test_what_came_and_went_meanwhile_is_never_written_there() -> None:
    world, crm, erp, _ = three()
    away(erp)
    key = crm.create(name="Bert")
    crm.edit("1", phone="2")
    world.sync()
    crm.delete(key)
    crm.edit("1", phone="1")
    world.sync()
    back(erp)
    world.clock.pass_(DAY)
    world.sync()
    assert (erp.writes, world.owed(), erp.keys_held()) == ([], [], ["1"])


def test_what_people_typed_there_meanwhile_is_not_lost() -> None:
    world, crm, erp, shop = three()
    away(erp)
    crm.edit("1", phone="2")
    world.sync()
    erp.edit("1", city="Leeds")
    world.clock.pass_(3 * DAY)
    back(erp)
    world.sync()
    world.sync()
    assert crm.row("1") == erp.row("1") == shop.row("1") == {**ANNA, "phone": "2", "city": "Leeds"}


def test_an_edit_made_there_against_one_made_elsewhere_is_a_conflict_as_on_any_day() -> None:
    world, crm, erp, _ = three()
    away(erp)
    crm.edit("1", phone="2")
    world.sync()
    erp.edit("1", phone="3")
    world.clock.pass_(3 * DAY)
    back(erp)
    world.sync()
    [row] = world.log("open")
    assert (row.ours, row.theirs, erp.writes) == ({"phone": "2"}, {"phone": "3"}, [])


def test_a_write_that_meets_a_system_going_away_is_sent_later_and_once() -> None:
    world, crm, erp, _ = three()
    crm.edit("1", phone="2")
    erp.fail("write", "before", TryLater("system.busy", "come back later"))
    world.sync()
    assert erp.writes == []
    world.clock.pass_(DAY)
    world.sync()
    assert [write.fields for write in erp.writes] == [{"phone": "2"}]


@pytest.mark.parametrize("call", ["changes", "write"])
def test_rejected_credentials_pause_the_system_and_are_never_tried_again(call: str) -> None:
    world, crm, erp, shop = three()
    crm.edit("1", phone="2")
    erp.fail(call, "before", Denied("system.denied", "wrong password"))
    world.sync()
    tried = locked(erp)
    for _ in range(3):
        world.clock.pass_(DAY)
        report = world.sync()
        world.restart()
    assert tried == [], "accounts lock"
    assert [said for said in report.troubles if "hub resume erp" in said and "wrong password" in said]
    assert shop.row("1")["phone"] == "2"


def test_after_resume_what_was_owed_is_written() -> None:
    world, crm, erp, _ = three()
    locked(erp)
    world.sync()
    crm.edit("1", phone="2")
    world.sync()
    back(erp)
    world.resume("erp")
    report = world.sync()
    assert (report.troubles, erp.row("1")["phone"], len(erp.writes)) == ([], "2", 1)


def test_credentials_that_are_still_wrong_after_resume_are_tried_once_and_pause_again() -> None:
    world, _, erp, _ = three()
    tried = locked(erp)
    world.sync()
    world.resume("erp")
    world.sync()
    world.sync()
    assert len(tried) == 2
