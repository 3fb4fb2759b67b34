"""What a deletion means, by system: the tables of docs/concepts.md, row by row."""

import pytest
from support.memory import ANNA, Noted, World, linked, memory

from hub.adapter import Can
from hub.core.errors import Unknown
from hub.core.model import Allowed, Deletes, Policy

SOFT = Deletes("soft", marks={"city": "closed"})
CLOSED = {**ANNA, "city": "closed"}
NUMBER = {"erp": {"phone": {"type": "decimal"}}}
BLIND = Can(tombstones=True, find=True, batch=10)


def deleted_elsewhere(send: Deletes, **options: object) -> tuple[World, Noted, Noted]:
    world, crm, erp = linked(means={"erp": send}, **options)  # type: ignore[arg-type]
    crm.delete("1")
    world.sync()
    return world, crm, erp


# -- send: a deletion elsewhere -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("send", "left", "writes"),
    [
        (Deletes("hard"), [], ["delete"]),
        (SOFT, [CLOSED], ["update"]),
        (Deletes("unlink"), [ANNA], []),
        (Deletes("ignore"), [ANNA], []),
    ],
    ids=["hard", "soft", "unlink", "ignore"],
)
def test_what_a_deletion_elsewhere_does_here(send: Deletes, left: list[object], writes: list[str]) -> None:
    world, crm, erp = deleted_elsewhere(send)
    assert (world.held("erp"), [write.kind for write in erp.writes]) == (left, writes)
    assert (crm.keys_held(), world.owed(), world.log()) == ([], [], [])
    assert world.sync(full=True, keys=True).written == 0
    assert crm.keys_held() == []


@pytest.mark.parametrize("send", [SOFT, Deletes("unlink")], ids=["soft", "unlink"])
def test_a_record_that_was_let_go_is_left_alone_whoever_edits_it(send: Deletes) -> None:
    world, crm, erp = deleted_elsewhere(send)
    erp.edit("1", phone="2")
    world.sync()
    world.sync(full=True)
    assert (crm.keys_held(), crm.writes, world.log(), world.aside()) == ([], [], [], [])
    erp.delete("1")
    assert world.sync().written == 0


def test_an_edit_of_a_record_whose_deletion_was_ignored_is_an_edit_against_a_deletion() -> None:
    world, crm, erp = deleted_elsewhere(Deletes("ignore"), deletes=Policy("edit"))
    erp.edit("1", phone="2")
    world.sync()
    world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "2"}]
    assert [row.unit for row in world.log()] == ["*"]
    assert crm.writes[-1].kind == "create"
    assert erp.keys_held() == ["1"]


@pytest.mark.parametrize("send", [Deletes("hard"), SOFT, Deletes("unlink")], ids=["hard", "soft", "unlink"])
def test_an_edit_before_the_deletion_arrives_is_a_conflict(send: Deletes) -> None:
    world, crm, erp = linked(means={"erp": send})
    crm.delete("1")
    erp.edit("1", phone="2")
    world.sync()
    world.sync()
    assert [row.unit for row in world.log("open")] == ["*"]
    assert world.held("erp") == [{**ANNA, "phone": "2"}]


@pytest.mark.parametrize("send", [SOFT, Deletes("unlink")], ids=["soft", "unlink"])
def test_a_record_that_was_let_go_is_not_made_again_when_the_deletion_is_taken_back(send: Deletes) -> None:
    """A third system's edit wins over the deletion: the record lives again, but not twice where it stayed."""
    crm, erp, shop = memory(), memory(), memory()
    world = World({"crm": crm, "erp": erp, "shop": shop}, means={"erp": send}, deletes=Policy("edit"))
    crm.create(**ANNA)
    world.sync()
    world.sync()
    crm.delete("1")
    shop.at("write", "before", lambda: shop.edit("1", phone="2"))
    for _ in range(3):
        world.sync()
    assert [row["phone"] for row in world.held("crm")] == ["2"]
    assert len(erp.keys_held()) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("can", [Can(conditional=True, tombstones=True, batch=10), BLIND], ids=["compares", "is read"])
def test_a_mark_whose_answer_was_lost_is_no_edit_of_theirs(when: str, can: Can) -> None:
    world, crm, erp = linked(means={"erp": SOFT}, erp=memory(can))
    erp.fail("write", when, Unknown("system.no-answer", "no answer"))
    crm.delete("1")
    world.sync()
    world.clock.pass_(3600)
    for _ in range(3):
        world.sync()
    assert (world.held("erp"), crm.keys_held(), world.log(), world.owed()) == ([CLOSED], [], [], [])


def test_a_record_that_is_marked_already_is_let_go_without_a_write() -> None:
    world, crm, erp = linked(means={"erp": SOFT})
    crm.edit("1", city="closed")
    world.sync()
    erp.writes.clear()
    crm.delete("1")
    world.sync()
    assert (erp.writes, world.owed()) == ([], [])
    erp.edit("1", phone="3")
    assert world.sync().written == 0


def test_where_the_hub_may_not_delete_nothing_is_marked_either() -> None:
    world, crm, erp = linked(means={"erp": SOFT}, allowed={"erp": Allowed(delete=False)})
    crm.delete("1")
    world.sync()
    assert (erp.writes, world.held("erp")) == ([], [ANNA])


# -- take: a deletion here ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("take", "here", "there", "logged"),
    [("delete", [], [], 0), ("unlink", [], [ANNA], 0), ("restore", [ANNA], [ANNA], 1)],
)
def test_what_a_deletion_here_does_elsewhere(take: str, here: list[object], there: list[object], logged: int) -> None:
    world, _, _ = linked(means={"erp": Deletes(take=take)})  # type: ignore[arg-type]
    world.systems["erp"].person_delete("thing", "1")
    world.sync()
    assert (world.held("erp"), world.held("crm"), len(world.log())) == (here, there, logged)
    assert world.sync(full=True, keys=True).written == 0


def test_a_record_that_was_unlinked_by_its_deletion_goes_on_elsewhere_and_is_not_made_again() -> None:
    world, crm, erp = linked(means={"erp": Deletes(take="unlink")})
    erp.delete("1")
    world.sync()
    crm.edit("1", phone="2")
    world.sync()
    assert (erp.keys_held(), erp.writes, world.owed()) == ([], [], [])


@pytest.mark.parametrize("take", ["unlink", "restore"])
def test_an_edit_elsewhere_is_no_conflict_where_the_deletion_is_not_followed(take: str) -> None:
    world, crm, erp = linked(means={"erp": Deletes(take=take)})  # type: ignore[arg-type]
    erp.delete("1")
    crm.edit("1", phone="2")
    world.sync()
    world.sync()
    assert world.log("open") == []
    assert [row["phone"] for row in world.held("crm")] == ["2"]
    assert [row["phone"] for row in world.held("erp")] == (["2"] if take == "restore" else [])


@pytest.mark.parametrize("take", ["unlink", "restore"])
def test_deletions_that_nobody_follows_need_no_guard(take: str) -> None:
    world, _crm, erp = linked(means={"erp": Deletes(take=take, most=0, share=0)})  # type: ignore[arg-type]
    erp.delete("1")
    assert world.sync().troubles == []


def test_the_foreign_key_of_a_record_that_was_unlinked_by_its_deletion_is_cleared() -> None:
    crm = memory(links=["erp_key"])
    world, crm, erp = linked(crm, links={"crm": {"@erp": "erp_key"}}, means={"erp": Deletes(take="unlink")})
    assert crm.row("1")["erp_key"] == "1"
    erp.delete("1")
    world.sync()
    world.sync()
    assert not crm.row("1")["erp_key"]
    assert (erp.keys_held(), world.owed(), world.aside()) == ([], [], [])


def test_a_mark_whose_answer_was_lost_is_nobody_s_edit_when_the_record_lives_again() -> None:
    world, crm, erp = linked(means={"erp": SOFT}, deletes=Policy("edit"))
    crm.delete("1")
    erp.fail("write", "after", Unknown("net.timeout", "no answer"))
    world.sync()
    assert world.held("erp") == [CLOSED]
    erp.edit("1", phone="2")
    for _ in range(3):
        world.clock.pass_(120)
        world.sync()
    assert world.held("crm") == world.held("erp") == [{**ANNA, "phone": "2"}]
    assert (world.owed(), world.sync().written) == ([], 0)


def misfit_let_go() -> tuple[World, Noted, Noted]:
    """A record of the ERP that does not fit stands aside, and is let go meanwhile."""
    world, crm, erp = linked(specs=NUMBER, means={"erp": Deletes("unlink")})
    erp.edit("1", phone="about two")
    world.sync()
    crm.delete("1")
    world.sync()
    assert [(row.key, row.kind) for row in world.aside()] == [("1", "parked")]
    return world, crm, erp


def test_a_record_that_is_let_go_while_it_stands_aside_is_left_alone_once_it_is_mended() -> None:
    world, crm, erp = misfit_let_go()
    erp.edit("1", phone="2")
    world.sync()
    world.clock.pass_(90_000)
    world.sync()
    assert (crm.keys_held(), erp.keys_held(), erp.row("1")["phone"]) == ([], ["1"], "2")


def test_a_record_that_is_let_go_stands_aside_no_more() -> None:
    world, _, _ = misfit_let_go()
    world.clock.pass_(90_000)
    world.sync()
    assert world.aside() == []


def test_a_record_that_was_let_go_is_linked_when_a_foreign_key_names_it() -> None:
    crm = memory(links=["erp_key"])
    world, crm, erp = linked(crm, links={"crm": {"@erp": "erp_key"}}, means={"erp": Deletes("unlink")})
    crm.delete("1")
    world.sync()
    key = crm.create(name="Anna", erp_key="1")
    world.sync()
    world.sync()
    erp.edit("1", phone="7")
    world.sync()
    assert (crm.row(key)["phone"], erp.keys_held(), world.aside()) == ("7", ["1"], [])


def test_a_foreign_key_that_names_a_misfit_that_was_let_go_links_it_once_it_is_mended() -> None:
    world, crm, erp = linked(
        memory(links=["erp_key"]),
        links={"crm": {"@erp": "erp_key"}},
        specs=NUMBER,
        means={"erp": Deletes("unlink")},
    )
    crm.delete("1")
    world.sync()
    erp.edit("1", phone="about two")
    key = crm.create(name="Anna", erp_key="1")
    world.sync()
    erp.edit("1", phone="2")
    world.clock.pass_(90_000)
    world.sync()
    world.sync()
    assert (crm.row(key)["phone"], erp.keys_held(), world.aside()) == ("2", ["1"], [])
