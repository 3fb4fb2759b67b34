"""A create whose answer never came is not repeated blindly: token, search by our key, or a poll to the end tell."""

from collections.abc import Iterator

import pytest
from support.memory import FIELDS, Noted, World, linked, memory

from hub.adapter import Can, FieldInfo, Page
from hub.core.errors import TryLater, Unknown
from hub.engine.sync import Sync
from hub.flow.deciding.aside import link, retry_delivery, separate
from hub.flow.polling.poll import poll
from hub.store.agenda import agenda

TOKENS = Can(conditional=True, tombstones=True, tokens=True, answers=True, batch=10)
FINDS = Can(conditional=True, tombstones=True, find=True, answers=True, batch=10)
POLLS = Can(conditional=True, tombstones=True, answers=True, batch=10)
CANS = {"token": TOKENS, "find": FINDS, "poll": POLLS}
LOST = Unknown("system.no-answer", "no answer")


class Killed(BaseException):
    """The process ends here."""


def world_of(can: Can) -> tuple[World, Noted, Noted]:
    crm, erp = memory(), memory(can, links=["crm_key"])
    return World({"crm": crm, "erp": erp}, links={"erp": {"@crm": "crm_key"}}), crm, erp


def unanswered(can: Can, **fields: str) -> tuple[World, Noted, Noted]:
    """Anna was created in the ERP, and the hub was not told."""
    world, crm, erp = world_of(can)
    crm.create(name="Anna", **fields)
    erp.fail("write", "after", LOST)
    world.sync()
    return world, crm, erp


def settle(world: World) -> None:
    for _ in range(3):
        world.clock.pass_(100)
        world.sync()


@pytest.mark.parametrize("phase", ["before", "after"], ids=["never arrived", "carried out"])
@pytest.mark.parametrize("can", CANS.values(), ids=CANS)
def test_a_lost_answer_makes_neither_a_twin_nor_a_gap(can: Can, phase: str) -> None:
    world, crm, erp = world_of(can)
    crm.create(name="Anna")
    crm.create(name="Bert")
    erp.fail("write", phase, LOST)
    world.sync()
    settle(world)
    assert [row["name"] for row in world.held("erp")] == ["Anna", "Bert"]
    assert len(crm.keys_held()) == 2
    assert (world.owed(), world.aside(), world.log()) == ([], [], [])


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("can", CANS.values(), ids=CANS)
def test_a_process_killed_at_a_create_makes_neither_a_twin_nor_a_gap(can: Can, phase: str) -> None:
    world, crm, erp = world_of(can)
    crm.create(name="Anna")
    erp.fail("write", phase, Killed())
    with pytest.raises(Killed):
        world.sync()
    world.restart()
    settle(world)
    assert [row["name"] for row in world.held("erp")] == ["Anna"]
    assert crm.keys_held() == ["1"]
    assert (world.owed(), world.aside()) == ([], [])


def announced(world: World) -> list[bool]:
    """For each system: is something announced that has no outcome?"""
    hub = world.hub
    with hub.store.reading() as tx:
        known = agenda(tx, hub.catalog.instance_id, hub.now())
    return [known[place.id].intents for place in hub.all()]


def test_the_intent_is_stored_before_the_call() -> None:
    world, crm, erp = world_of(POLLS)
    crm.create(name="Anna")
    seen: list[list[bool]] = []
    erp.at("write", "before", lambda: seen.append(announced(world)))
    world.sync()
    assert seen == [[False, True]]
    assert announced(world) == [False, False]


def test_the_same_token_goes_out_however_often() -> None:
    world, crm, erp = world_of(TOKENS)
    crm.create(name="Anna")
    erp.fail("write", "after", LOST, LOST, LOST)
    world.sync()
    settle(world)
    settle(world)
    tokens = [write.token for write in erp.writes if write.kind == "create"]
    assert len(tokens) > 1
    assert len(set(tokens)) == 1
    assert len(erp.keys_held()) == 1


def test_an_edit_made_meanwhile_is_not_undone_by_the_child() -> None:
    for can in CANS.values():
        world, crm, erp = unanswered(can, phone="1")
        crm.edit("1", phone="2")
        settle(world)
        assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("2", "2")
        assert world.log() == []


def test_a_child_edited_meanwhile_keeps_its_edit() -> None:
    for can in (TOKENS, FINDS):
        world, crm, erp = unanswered(can, phone="1")
        erp.edit("1", phone="3")
        settle(world)
        assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("3", "3")
        assert (world.log(), erp.keys_held()) == ([], ["1"])


def lost_and_edited() -> tuple[World, Noted, Noted]:
    """Nothing tells whether the supplier 1 is the child of the lost create: somebody edited it."""
    crm, erp = memory(), memory(POLLS)
    world = World({"crm": crm, "erp": erp})
    crm.create(name="Anna")
    erp.fail("write", "after", LOST)
    world.sync()
    erp.edit("1", name="Anne")
    settle(world)
    return world, crm, erp


def test_what_may_be_the_child_waits_for_a_person_and_nothing_is_sent() -> None:
    world, crm, erp = lost_and_edited()
    [review] = world.aside()
    assert (review.kind, review.key) == ("in-doubt", "1")
    assert [item.state for item in world.owed()] == ["creating"]
    assert (crm.keys_held(), erp.keys_held()) == (["1"], ["1"])


def test_a_person_says_that_it_is_the_child() -> None:
    world, crm, erp = lost_and_edited()
    link(world.hub, world.place("erp"), "1", world.golden("crm", "1"), "somebody")
    settle(world)
    assert (crm.row("1")["name"], erp.keys_held(), crm.keys_held()) == ("Anne", ["1"], ["1"])
    assert (world.aside(), world.owed(), world.log()) == ([], [], [])


def test_a_person_says_that_it_is_another_one() -> None:
    world, crm, _erp = lost_and_edited()
    separate(world.hub, world.place("erp"), "1", "somebody")
    settle(world)
    assert [row["name"] for row in world.held("crm")] == ["Anna", "Anne"]
    assert [row["name"] for row in world.held("erp")] == ["Anna", "Anne"]
    assert (world.aside(), world.owed(), len(crm.keys_held())) == ([], [], 2)


def test_a_new_record_of_theirs_does_not_wait_longer_than_the_doubt() -> None:
    world, _, erp = unanswered(POLLS)
    erp.create(name="Bert")
    settle(world)
    assert [row["name"] for row in world.held("crm")] == ["Anna", "Bert"]
    assert world.aside() == []


def test_a_record_deleted_while_its_create_is_in_doubt_leaves_no_child() -> None:
    for can in CANS.values():
        world, crm, erp = unanswered(can)
        crm.delete("1")
        settle(world)
        assert (crm.keys_held(), erp.keys_held(), world.owed()) == ([], [], [])


def test_a_child_deleted_before_the_hub_knew_of_it_stays_deleted() -> None:
    world, crm, erp = unanswered(TOKENS)
    erp.delete("1")
    settle(world)
    assert (crm.keys_held(), erp.keys_held(), world.owed()) == ([], [], [])


@pytest.mark.parametrize("tells", [True, False], ids=["tombstones", "lists of keys"])
def test_what_may_be_the_child_and_is_deleted_while_it_waits_is_copied_nowhere(tells: bool) -> None:
    crm, erp = memory(), memory(POLLS if tells else Can(conditional=True, answers=True, batch=10))
    world = World({"crm": crm, "erp": erp})
    crm.create(name="Anna")
    erp.fail("write", "after", LOST)
    world.sync()
    erp.edit("1", name="Anne")
    settle(world)
    assert [review.key for review in world.aside()] == ["1"]
    erp.delete("1")
    for _ in range(3):
        world.clock.pass_(90_000)
        world.sync(keys=True)
    assert [row["name"] for row in world.held("crm")] == ["Anna"]
    assert "Anne" not in [row["name"] for row in world.held("erp")]
    assert (world.aside(), world.log()) == ([], [])


def test_the_child_that_a_poll_shows_before_the_doubt_is_settled_is_not_taken_for_new() -> None:
    world, crm, erp = unanswered(POLLS)
    for _ in range(3):  # too early to settle anything
        world.sync(full=True)
    assert (crm.keys_held(), erp.keys_held()) == (["1"], ["1"])


def test_what_a_person_said_is_carried_out_before_the_child_is_looked_for_again() -> None:
    """The child was edited and what it was made for deleted: only a person knows it, and the search does not."""
    world, crm, erp = unanswered(FINDS, phone="1")
    crm.delete("1")
    Sync(world.hub).poll(world.place("crm"), False)
    erp.edit("1", phone="3")
    settle(world)
    [review] = world.aside()
    [item] = world.owed()
    link(world.hub, world.place("erp"), review.key, item.golden_id, "somebody")
    settle(world)
    assert world.aside() == []
    assert [item.state for item in world.owed()] == []


def doubtful(can: Can) -> tuple[World, Noted, Noted, str]:
    """The create of Cora is unanswered; Bert, whom somebody entered there, may be its child. Bert's key."""
    world, crm, erp = linked(erp=memory(can), match=(("name",),))
    crm.create(name="Cora")
    erp.fail("write", "before", LOST)
    world.sync()
    key = erp.create(name="Bert")
    poll(world.hub, world.place("erp"))
    assert [(row.key, row.kind) for row in world.aside()] == [(key, "in-doubt")]
    return world, crm, erp, key


def test_nothing_is_created_beside_a_record_of_which_nobody_knows_yet_whether_it_is_ours() -> None:
    """It may be the counterpart, which only shows once it is met. Everything else is created."""
    world, crm, _, _ = doubtful(TOKENS)
    crm.create(name="Bert")
    crm.create(name="Dora")
    world.sync()
    assert sorted(row["name"] for row in world.held("erp")) == ["Anna", "Bert", "Dora"]
    settle(world)
    for system in ("crm", "erp"):
        assert sorted(row["name"] for row in world.held(system)) == ["Anna", "Bert", "Cora", "Dora"]
    assert (world.aside(), world.owed()) == ([], [])


def test_while_that_one_cannot_be_read_nothing_is_sent() -> None:
    world, crm, erp, _ = doubtful(TOKENS)
    crm.create(name="Bert")
    erp.writes.clear()
    erp.fail("read", "before", TryLater("system.busy", "later"))
    [trouble] = world.sync().troubles
    assert "system.busy" in trouble
    assert erp.writes == []
    settle(world)
    assert sorted(row["name"] for row in world.held("erp")) == ["Anna", "Bert", "Cora"]


@pytest.mark.parametrize("can", [FINDS, POLLS], ids=["find", "poll"])
def test_not_even_where_a_person_has_to_say_which_is_which(can: Can) -> None:
    world, crm, _, key = doubtful(can)
    crm.create(name="Bert")
    settle(world)
    assert sorted(row["name"] for row in world.held("erp")) == ["Anna", "Bert"]
    separate(world.hub, world.place("erp"), key, "anna")
    settle(world)
    link(world.hub, world.place("erp"), key, world.golden("crm", "3"), "anna")
    settle(world)
    for system in ("crm", "erp"):
        assert sorted(row["name"] for row in world.held(system)) == ["Anna", "Bert", "Cora"]
    assert (world.aside(), world.owed()) == ([], [])


# -- behind a filter ----------------------------------------------------------------------------------


class York(Noted):
    """A system whose polls show what is in York."""

    def changes(self, obj: str, since: str | None) -> Iterator[Page]:
        for page in super().changes(obj, since):
            yield page._replace(records=[record for record in page.records if record.fields.get("city") == "York"])


def hidden(phase: str = "after", can: Can = POLLS, links: tuple[str, ...] = ()) -> tuple[World, Noted, Noted]:
    """Anna of Leeds was created in the ERP, or not; the hub was not told, and no poll shows her."""
    crm, erp = memory(), York({"thing": [FieldInfo(name) for name in (*FIELDS, *links)]}, can=can)
    named = {"erp": {"@crm": links[0]}} if links else {}
    world = World({"crm": crm, "erp": erp}, filters={"erp": "city=York"}, links=named, match=(("name",),))
    crm.create(name="Anna", city="Leeds")
    erp.fail("write", phase, LOST)
    world.sync()
    settle(world)
    return world, crm, erp


BLIND = {"carried out": ("after", POLLS), "never arrived": ("before", POLLS), "searched in vain": ("before", FINDS)}


@pytest.mark.parametrize(("phase", "can"), BLIND.values(), ids=BLIND)
def test_a_poll_behind_a_filter_settles_nothing_and_a_person_is_told_what_to_do(phase: str, can: Can) -> None:
    world, _, erp = hidden(phase, can)
    [item] = world.owed()
    assert (item.state, item.code, len(erp.writes)) == ("creating", "create.unseen", int(phase == "after"))
    assert item.said is not None
    assert f"hub reviews retry account erp hub:{item.golden_id}" in item.said


def test_a_person_says_which_hidden_record_it_is() -> None:
    world, crm, erp = hidden()
    link(world.hub, world.place("erp"), "1", world.golden("crm", "1"), "somebody")
    crm.edit("1", phone="7")
    settle(world)
    assert (erp.row("1")["phone"], erp.keys_held(), crm.keys_held()) == ("7", ["1"], ["1"])
    assert (world.aside(), world.owed(), world.log()) == ([], [], [])


def test_a_key_that_is_not_there_settles_nothing() -> None:
    world, _, erp = hidden()
    link(world.hub, world.place("erp"), "99", world.golden("crm", "1"), "somebody")
    settle(world)
    assert (world.aside(), [item.code for item in world.owed()], erp.keys_held()) == ([], ["create.unseen"], ["1"])


def test_a_person_says_that_it_never_arrived() -> None:
    world, crm, erp = hidden("before")
    retry_delivery(world.hub, world.place("erp"), world.golden("crm", "1"))
    settle(world)
    assert (erp.keys_held(), crm.keys_held(), world.owed(), world.aside()) == (["1"], ["1"], [], [])


def test_one_that_comes_into_the_filter_is_recognised() -> None:
    world, crm, erp = hidden()
    erp.edit("1", city="York")
    crm.edit("1", city="York")
    settle(world)
    assert (erp.keys_held(), crm.keys_held(), world.aside()) == (["1"], ["1"], [])


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("can", [TOKENS, FINDS], ids=["token", "our key"])
def test_a_token_or_our_own_key_settles_it_whatever_the_filter(can: Can, phase: str) -> None:
    world, crm, erp = hidden(phase, can, links=("crm_key",))
    assert (erp.keys_held(), crm.keys_held(), world.owed(), world.aside()) == (["1"], ["1"], [], [])
