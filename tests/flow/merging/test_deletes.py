"""Deletions: taken when the other side is as it was, decided by policy when it was edited, never invented."""

import pytest
from support.memory import ANNA, linked, memory

from hub.adapter import Can
from hub.core.model import Allowed, Policy
from hub.engine.sync import Sync
from hub.flow.deciding.decide import resolve

MUTE = Can(conditional=True, find=True, tokens=True, answers=True, batch=10)


@pytest.mark.parametrize("where", ["crm", "erp"])
def test_a_deletion_goes_to_the_other_side(where: str) -> None:
    world, crm, erp = linked()
    {"crm": crm, "erp": erp}[where].delete("1")
    world.sync()
    assert crm.keys_held() == erp.keys_held() == []
    assert world.sync().written == 0
    assert world.log() == []


def test_a_system_that_does_not_tell_is_found_out_by_comparing_keys() -> None:
    world, crm, erp = linked(erp=memory(MUTE))
    crm.create(name="Berta")
    world.sync()
    erp.delete("1")
    world.sync()
    assert crm.keys_held() == ["1", "2"]
    world.sync(keys=True)
    world.sync(keys=True)
    assert crm.keys_held() == ["2"]


def test_where_the_hub_only_writes_a_deleted_record_is_put_back() -> None:
    world, _, erp = linked(directions={"erp": "out"})
    erp.delete("1")
    world.sync()
    assert [erp.row(key) for key in erp.keys_held()] == [ANNA]
    [row] = world.log()
    assert (row.unit, row.verdict, row.rule) == ("*", "keep", "erp is written one-way")


def test_where_the_hub_may_not_delete_the_record_stays() -> None:
    world, crm, erp = linked(allowed={"erp": Allowed(delete=False)})
    crm.delete("1")
    world.sync()
    world.sync()
    assert (crm.keys_held(), erp.keys_held(), world.owed()) == ([], ["1"], [])


def against(deletes: str, deleted: str):  # type: ignore[no-untyped-def]
    """One side deletes, the other edits, and nobody has seen either."""
    world, crm, erp = linked(deletes=Policy(deletes))  # type: ignore[arg-type]
    sides = {"crm": crm, "erp": erp}
    sides.pop(deleted).delete("1")
    [other] = sides.values()
    other.edit("1", phone="2")
    world.sync()
    world.sync()
    return world, crm, erp


@pytest.mark.parametrize("deleted", ["crm", "erp"])
def test_the_edit_wins_and_the_record_is_made_anew(deleted: str) -> None:
    world, _crm, _erp = against("edit", deleted)
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "2"}]
    assert [row.unit for row in world.log()] == ["*"]
    assert world.log("open") == []


@pytest.mark.parametrize("deleted", ["crm", "erp"])
def test_the_deletion_wins_and_the_edit_is_in_the_log(deleted: str) -> None:
    world, crm, erp = against("delete", deleted)
    assert crm.keys_held() == erp.keys_held() == []
    [row] = world.log()
    assert "2" in (row.ours.get("phone"), row.theirs.get("phone"))


@pytest.mark.parametrize("deleted", ["crm", "erp"])
def test_a_person_decides_and_until_then_nothing_is_written(deleted: str) -> None:
    world, crm, erp = against("ask", deleted)
    assert sorted(crm.keys_held() + erp.keys_held()) == ["1"]
    [row] = world.log("open")
    assert row.unit == "*"
    assert world.sync().written == 0


@pytest.mark.parametrize("deleted", ["crm", "erp"])
@pytest.mark.parametrize("lives", [True, False])
def test_what_the_person_decided_is_done(deleted: str, lives: bool) -> None:
    world, _crm, _erp = against("ask", deleted)
    [row] = world.log("open")
    edited = "theirs" if row.theirs else "ours"
    gone = "ours" if row.theirs else "theirs"
    resolve(world.hub, row.id, edited if lives else gone, "somebody")  # type: ignore[arg-type]
    world.sync()
    world.sync()
    assert world.held("crm") == world.held("erp") == ([{**ANNA, "phone": "2"}] if lives else [])
    assert (world.log("open"), world.sync().written) == ([], 0)


def test_an_edit_that_counts_brings_its_whole_group_along() -> None:
    """What the hub held of the group goes with what was deleted: nobody made a mixture of the two."""
    world, crm, erp = linked(groups={"where": ("phone", "city")})
    crm.edit("1", city="Hull")
    Sync(world.hub).poll(world.place("crm"), False)
    crm.delete("1")
    Sync(world.hub).poll(world.place("crm"), False)
    erp.edit("1", phone="7")
    world.sync()
    [row] = world.log("open")
    resolve(world.hub, row.id, "theirs", "anna")
    for _ in range(2):
        world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "7"}]


def test_both_sides_deleted_is_agreed() -> None:
    world, crm, erp = linked()
    crm.delete("1")
    erp.delete("1")
    world.sync()
    assert (world.log(), world.owed(), world.sync().written) == ([], [], 0)


def test_an_edit_that_everybody_deleted_is_gone_without_a_question() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    Sync(world.hub).poll(world.place("crm"), False)
    erp.delete("1")
    Sync(world.hub).poll(world.place("erp"), False)
    assert len(world.log("open")) == 1
    crm.delete("1")
    world.sync()
    assert (world.log("open"), world.owed(), crm.keys_held()) == ([], [], [])


def test_a_record_edited_between_the_plan_and_the_delete_is_not_deleted() -> None:
    world, crm, erp = linked(deletes=Policy("edit"))
    crm.delete("1")
    erp.at("write", "before", lambda: erp.edit("1", phone="2"))
    world.sync()
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "2"}]


#: Who is asked first: the side that deleted or the one that edited, or each with a delivery between.
ORDERS = (("crm", "erp"), ("erp", "crm"), ("crm", "send erp", "erp"), ("erp", "send crm", "crm"))
LEFT = {"edit": ([{**ANNA, "phone": "2"}], "done"), "delete": ([], "done"), "ask": (None, "open")}


@pytest.mark.parametrize("deletes", LEFT)
@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_whatever_is_read_first_a_deletion_against_an_edit_ends_as_the_policy_says(
    order: tuple[str, ...], deletes: str
) -> None:
    """The CRM's record is deleted, the ERP's edited, and the hub learns of them in this order."""
    world, crm, erp = linked(deletes=Policy(deletes))  # type: ignore[arg-type]
    crm.delete("1")
    erp.edit("1", phone="2")
    step = Sync(world.hub)
    for word in order:
        if word.startswith("send "):
            step.send(world.place(word.removeprefix("send ")))
        else:
            step.poll(world.place(word), False)
    world.sync()
    world.sync()
    left, state = LEFT[deletes]
    rows = [row for row in world.log() if row.unit == "*"]
    assert len(rows) == 1
    assert (rows[0].state == "open") == (state == "open")
    if left is None:
        assert (world.held("crm"), world.held("erp")) == ([], [{**ANNA, "phone": "2"}])
    else:
        assert world.held("crm") == world.held("erp") == left
    assert world.sync().written == 0


@pytest.mark.parametrize("what", ["a clash", "the deletion"])
def test_an_edit_that_is_taken_back_is_no_reason_any_more_to_keep_a_deleted_record(what: str) -> None:
    """Whatever a person was asked about it."""
    world, crm, erp = linked(policy=Policy("ask"))
    if what == "a clash":
        crm.edit("1", phone="6")
    else:
        crm.delete("1")
    erp.edit("1", phone="7")
    Sync(world.hub).poll(world.place("crm"), False)
    Sync(world.hub).poll(world.place("erp"), False)
    [clash] = world.log("open")
    assert clash.unit == ("phone" if what == "a clash" else "*")
    erp.edit("1", phone="1")
    if what == "a clash":
        crm.delete("1")
    erp.calls.clear()
    world.sync()
    assert (crm.keys_held(), erp.keys_held(), world.log("open")) == ([], [], [])
    assert erp.calls.count("read") <= 2
    assert (world.owed(), world.sync().written) == ([], 0)
