"""The guard: more deletions at once than are believable wait for a person, and nothing else does."""

from typing import Any

import pytest
from support.memory import ANNA, Noted, World, linked, many, memory

from hub.adapter import Can
from hub.core.model import Deletes, Policy
from hub.engine.sync import Report, Sync
from hub.flow.deciding import held
from hub.flow.deciding.held import Waiting, waiting
from hub.flow.polling import absent
from hub.store import absences, deliveries


def shown(world: World) -> list[Waiting]:
    return [item for place in world.hub.all() for item in waiting(world.hub, place, 3)]


def delete(system: Noted, number: int) -> list[str]:
    keys = sorted(system.keys_held(), key=int)[:number]
    for key in keys:
        system.delete(key)
    return keys


def gone(number: int, deleted: int) -> tuple[World, Noted, Noted]:
    """So many linked records, of which the CRM deleted some before the last run."""
    world, crm, erp = many(number)
    delete(crm, deleted)
    world.sync()
    return world, crm, erp


def names(system: Noted) -> list[str]:
    return sorted(system.row(key)["name"] for key in system.keys_held())


def held_of(report: Report) -> list[bool]:
    return ["[deletes.too-many]" in said for said in report.troubles]


def test_as_many_as_are_believable_go_through() -> None:
    world, crm, erp = many(30)
    delete(crm, 20)
    report = world.sync()
    assert (len(erp.keys_held()), shown(world), report.troubles) == (10, [], [])


def test_one_more_holds_them_all_and_the_run_says_so() -> None:
    world, crm, erp = many(30)
    keys = delete(crm, 21)
    report = world.sync()
    assert len(erp.keys_held()) == 30
    assert held_of(report) == [True]
    [item] = shown(world)
    assert (item.entity, item.system, item.way, item.number) == ("account", "crm", "from", 21)
    assert set(item.sample) <= set(keys)


def test_a_tenth_of_many_is_believable() -> None:
    world, crm, erp = gone(300, 30)
    assert len(erp.keys_held()) == 270
    delete(crm, 31)
    world.sync()
    assert (len(erp.keys_held()), shown(world)[0].number) == (270, 31)


@pytest.mark.parametrize(("rule", "left"), [(Deletes(most=2, share=0), 30), (Deletes(most=0, share=0.1), 27)])
def test_the_limit_is_set_for_each_system(rule: Deletes, left: int) -> None:
    world, crm, erp = many(30, means={"crm": rule})
    delete(crm, 3)
    world.sync()
    assert len(erp.keys_held()) == left


def test_everything_else_goes_on() -> None:
    world, crm, erp = many(30)
    keys = delete(crm, 21)
    crm.edit(str(25), phone="7")
    crm.create(name="new one")
    world.sync()
    rows = [erp.row(key) for key in erp.keys_held()]
    assert len(keys) == 21
    assert [row["name"] for row in rows if row["phone"] == "7"] == ["company 024"]
    assert [row for row in rows if row["name"] == "new one"]


def test_while_some_are_held_the_next_ones_join_them() -> None:
    """Else a record a minute would drip through."""
    world, crm, erp = gone(40, 21)
    delete(crm, 1)
    world.sync()
    assert (len(erp.keys_held()), shown(world)[0].number) == (40, 22)


def test_accepted_ones_are_carried_out_by_the_next_run_without_a_second_question() -> None:
    world, _crm, erp = gone(30, 25)
    assert held.accept(world.hub, world.place("crm"), "from", 25) == 25
    report = world.sync()
    assert (len(erp.keys_held()), shown(world), report.troubles, world.owed()) == (5, [], [], [])
    assert world.sync().written == 0


def test_an_approval_is_a_ceiling_for_one_time() -> None:
    world, crm, erp = gone(60, 25)
    delete(crm, 10)  # after they were shown
    world.sync()
    assert held.accept(world.hub, world.place("crm"), "from", 25) == 25
    world.sync()
    assert (len(erp.keys_held()), shown(world)[0].number) == (35, 10)
    held.accept(world.hub, world.place("crm"), "from", 10)
    world.sync()
    delete(crm, 21)
    world.sync()
    assert (len(erp.keys_held()), shown(world)[0].number) == (25, 21)


def test_an_accepted_one_that_came_back_is_not_deleted() -> None:
    world, crm, erp = many(30)
    keys = delete(crm, 21)
    world.sync()
    held.accept(world.hub, world.place("crm"), "from", 21)
    crm.undelete(keys[0], name="company 000")
    world.sync()
    assert (len(erp.keys_held()), shown(world)) == (10, [])


def test_records_that_show_again_are_held_no_more() -> None:
    world, crm, erp = many(30)
    keys = delete(crm, 21)
    world.sync()
    for key in keys:
        crm.undelete(key, name=f"company {int(key) - 1:03}")
    world.sync()
    assert (shown(world), len(erp.keys_held())) == ([], 30)
    assert world.sync().written == 0


def test_refused_ones_are_put_back_and_logged() -> None:
    world, crm, erp = gone(30, 25)
    assert held.reject(world.hub, world.place("crm"), "from", 25, "anna") == 25
    world.sync()
    assert (len(crm.keys_held()), len(erp.keys_held()), shown(world)) == (30, 30, [])
    assert names(crm) == names(erp)
    assert {row.rule for row in world.log()} == {"deletes: anna refused the deletion"}
    assert world.sync().written == 0


def test_what_was_deleted_elsewhere_since_is_not_put_back() -> None:
    world, crm, erp = gone(30, 21)
    erp.delete("1")
    world.sync()
    held.reject(world.hub, world.place("crm"), "from", 21, "anna")
    world.sync()
    assert (len(crm.keys_held()), len(erp.keys_held()), world.owed()) == (29, 29, [])


def test_an_edit_of_a_held_record_waits_with_it_and_is_not_lost() -> None:
    world, crm, erp = gone(30, 21)
    erp.edit("1", phone="7")
    world.sync()
    assert len(crm.keys_held()) == 9
    held.reject(world.hub, world.place("crm"), "from", 21, "anna")
    world.sync()
    assert sorted(row["phone"] or "" for row in world.held("crm"))[-1] == "7"
    assert names(crm) == names(erp)


@pytest.fixture
def outgoing() -> tuple[World, Noted, Noted]:
    """More deletions for one system than are believable, of which none was too many where it came from: while that
    system was away they heaped up."""
    world, crm, erp = many(40)
    delete(crm, 15)
    Sync(world.hub).poll(world.place("crm"), False)
    delete(crm, 15)
    Sync(world.hub).poll(world.place("crm"), False)
    return world, crm, erp


def test_what_is_sent_to_a_system_is_guarded_as_well(outgoing: tuple[World, Noted, Noted]) -> None:
    world, _crm, erp = outgoing
    report = world.sync()
    [item] = shown(world)
    assert (item.system, item.way, item.number, len(item.sample)) == ("erp", "to", 30, 3)
    assert (len(erp.keys_held()), held_of(report)) == (40, [True])
    assert (world.sync().troubles, len(erp.keys_held())) == ([], 40)


def test_accepted_ones_are_sent(outgoing: tuple[World, Noted, Noted]) -> None:
    world, _crm, erp = outgoing
    world.sync()
    assert held.accept(world.hub, world.place("erp"), "to", 4) == 4
    world.sync()
    assert (len(erp.keys_held()), shown(world)[0].number) == (36, 26)
    held.accept(world.hub, world.place("erp"), "to", 100)
    world.sync()
    assert (len(erp.keys_held()), shown(world), world.owed()) == (10, [], [])


def test_one_that_people_delete_there_themselves_is_held_no_more(outgoing: tuple[World, Noted, Noted]) -> None:
    world, _crm, erp = outgoing
    world.sync()
    erp.delete("1")
    world.sync()
    assert (shown(world)[0].number, world.owed()) == (29, [])


def test_refused_ones_live_again_everywhere(outgoing: tuple[World, Noted, Noted]) -> None:
    world, crm, erp = outgoing
    world.sync()
    assert held.reject(world.hub, world.place("erp"), "to", 30, "anna") == 30
    world.sync()
    assert (len(crm.keys_held()), len(erp.keys_held()), shown(world)) == (40, 40, [])
    assert world.sync().written == 0


@pytest.mark.parametrize("elsewhere", [False, True], ids=["nobody else", "the origin too"])
def test_an_edit_that_had_lost_to_a_refused_deletion_is_an_edit_again(elsewhere: bool) -> None:
    """The deletion wins over edits, so the edit is in the log; but the deletion is refused."""
    rule = Deletes(most=0, share=0.0)
    world, crm, erp = linked(deletes=Policy("delete"), means={"erp": rule})
    crm.delete("1")
    Sync(world.hub).poll(world.place("crm"), False)
    erp.edit("1", phone="2")
    world.sync()
    [item] = shown(world)
    assert (item.way, erp.row("1")["phone"]) == ("to", "2")
    held.reject(world.hub, world.place("erp"), "to", 1, "anna")
    if elsewhere:
        erp.edit("1", city="Leeds")
    for _ in range(3):
        world.sync()
    wanted = {**ANNA, "phone": "2", "city": "Leeds" if elsewhere else "York"}
    assert world.held("crm") == world.held("erp") == [wanted]
    assert (world.owed(), world.sync().written) == ([], 0)


def test_edits_that_had_lost_one_after_the_other_are_edits_again() -> None:
    world, crm, erp = linked(deletes=Policy("delete"), means={"erp": Deletes(most=0, share=0.0)})
    crm.delete("1")
    world.sync()
    for edit in ({"phone": "2"}, {"city": "Leeds"}, {"phone": "3"}):
        erp.edit("1", **edit)
        world.sync()
    held.reject(world.hub, world.place("erp"), "to", 1, "anna")
    for _ in range(3):
        world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "3", "city": "Leeds"}]
    assert [row.state for row in world.log()] == ["reversed"] * 3


def test_what_is_held_and_accepted_survives_the_process() -> None:
    world, _crm, erp = gone(30, 21)
    world.restart()
    assert shown(world)[0].number == 21
    held.accept(world.hub, world.place("crm"), "from", 21)
    world.restart()
    world.sync()
    assert len(erp.keys_held()) == 9


def test_a_process_that_dies_between_two_pages_of_accepted_ones_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    world, _crm, erp = gone(30, 21)
    held.accept(world.hub, world.place("crm"), "from", 21)
    monkeypatch.setattr(absent, "PAGE", 5)
    right, pages = absent.merge_page, iter("12")

    def dies(*given: Any) -> Any:
        if next(pages, None) is None:
            raise RuntimeError("dead")
        return right(*given)

    with monkeypatch.context() as patched:
        patched.setattr(absent, "merge_page", dies)
        with pytest.raises(RuntimeError):
            absent.take(world.hub, world.place("crm"))
    assert len(world.owed()) == 10
    world.restart()
    world.sync()
    assert (len(erp.keys_held()), shown(world)) == (9, [])


def test_a_page_costs_no_statement_for_each_record() -> None:
    """Held, accepted and taken: as many statements for 40 as for 80."""
    counted = []
    for number in (40, 80):
        world, crm, _ = many(number)
        before = world.store.counts.statements
        delete(crm, number)
        world.sync()
        held.accept(world.hub, world.place("crm"), "from", number)
        with world.store.reading() as tx:
            assert len(absences.page(tx, world.place("crm").id, absences.ACCEPTED, 1000)) == number
        world.sync()
        counted.append(world.store.counts.statements - before)
    assert counted[0] == counted[1]


def test_a_system_that_shows_nothing_when_we_look_before_we_write_is_not_believed() -> None:
    """Rights that were taken away look like deletions: `read` finds nothing."""
    world, crm, erp = many(30, erp=memory(Can(tombstones=True)))
    for key in crm.keys_held():
        crm.edit(key, phone="7")
    right, erp.read = erp.read, lambda obj, keys: []  # type: ignore[method-assign]
    world.sync()
    assert (len(crm.keys_held()), shown(world)[0].number) == (30, 30)
    erp.read = right  # type: ignore[method-assign]
    assert len(world.owed(deliveries.OWED)) == 30
