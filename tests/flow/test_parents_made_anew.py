"""A parent that is made anew has another key: records that name the old one are written the new one."""

import pytest
from support.family import FIRM, GROUP, PERSON, WORKS, Family, Office, employed, office, two

from hub.core.errors import TryLater, Unknown
from hub.core.model import Allowed, Deletes
from hub.flow import renewing
from hub.flow.deciding.decide import Side, resolve

RESTORE = Deletes(take="restore")


def anew(**options: object) -> tuple[Family, Office, Office]:
    """Ann's firm was deleted in the CRM, where deletions are not taken: it is cf2 there now."""
    world, crm, erp = employed(means=RESTORE, **options)
    crm.remove(FIRM, "cf1")
    world.sync()
    return world, crm, erp


def at_rest(world: Family) -> bool:
    return (world.every(), world.owed(), world.sync().written, world.every()) == ([], [], 0, [])


def test_its_children_are_written_its_new_key() -> None:
    world, crm, erp = anew()
    assert (crm.key(FIRM, "Acme"), crm.one(PERSON, "Ann")["firm"]) == ("cf2", "cf2")
    assert crm.kinds() == ["create", "update"]
    assert crm.writes[-1].fields == {"firm": "cf2"}
    assert (erp.writes, world.waits()) == ([], [])
    assert at_rest(world)


@pytest.mark.parametrize(("deleted", "side"), [("crm", "theirs"), ("erp", "ours")])
def test_so_they_are_when_a_person_says_that_the_edit_counts(deleted: str, side: Side) -> None:
    world, crm, erp = employed()
    systems = {"crm": crm, "erp": erp}
    system, other = systems.pop(deleted), systems.popitem()[1]
    system.remove(FIRM, system.key(FIRM, "Acme"))
    other.change(FIRM, other.key(FIRM, "Acme"), phone="7")
    world.sync()
    [row] = world.log()
    resolve(world.hub, row.id, side, "anna")
    world.sync()
    assert system.one(PERSON, "Ann")["firm"] == system.key(FIRM, "Acme")
    assert at_rest(world)


def test_so_they_are_when_the_answer_to_its_creation_was_lost() -> None:
    world, crm, _erp = employed(means=RESTORE)
    crm.remove(FIRM, "cf1")
    crm.fail("write", "after", Unknown("net.timeout", "no answer"))
    for _ in range(4):
        world.clock.pass_(120)
        world.sync()
    assert (list(crm.of(FIRM)), crm.one(PERSON, "Ann")["firm"]) == (["cf2"], "cf2")
    assert at_rest(world)


def test_a_daughter_of_its_own_kind_as_well() -> None:
    world, crm, _erp = two(references=GROUP, means=RESTORE)
    mother = crm.add(FIRM, name="Acme")
    crm.add(FIRM, name="Bolt", mother=mother)
    world.sync()
    world.sync()
    crm.remove(FIRM, mother)
    world.sync()
    assert crm.one(FIRM, "Bolt")["mother"] == crm.key(FIRM, "Acme") == "cf3"
    assert at_rest(world)


def test_a_record_that_is_read_meanwhile_is_written_the_new_key_all_the_same() -> None:
    world, crm, erp = employed(means=RESTORE)
    crm.remove(FIRM, "cf1")
    world.sync(entities=[FIRM])
    crm.change(PERSON, "cp1", phone="7")
    crm.fail("write", "before", TryLater("http.busy", "busy"))
    world.sync()
    assert crm.one(PERSON, "Ann") == {"name": "Ann", "phone": "7", "firm": "cf1"}
    assert ["made anew" in said for _, _, said in world.waits()] == [True]
    world.restart()
    world.clock.pass_(4000)
    world.sync()
    assert crm.one(PERSON, "Ann") == {"name": "Ann", "phone": "7", "firm": "cf2"}
    assert erp.one(PERSON, "Ann") == {"name": "Ann", "phone": "7", "firm": "ef1"}
    assert at_rest(world)


def test_a_record_that_somebody_gives_the_old_key_later_is_written_the_new_one() -> None:
    world, crm, erp = anew()
    crm.add(PERSON, name="Bob", firm="cf1")
    world.sync()
    assert (crm.one(PERSON, "Bob")["firm"], erp.one(PERSON, "Bob")["firm"]) == ("cf2", "ef1")
    assert at_rest(world)


@pytest.mark.parametrize("side", ["crm", "erp"])
def test_a_record_that_names_another_parent_by_then_is_left_alone(side: str) -> None:
    world, crm, erp = employed(means=RESTORE)
    systems = {"crm": crm, "erp": erp}
    bolt = systems[side].add(FIRM, name="Bolt")
    world.sync()
    crm.remove(FIRM, "cf1")
    crm.fail("write", "before", *[TryLater("http.busy", "busy")] * 9)
    world.sync()
    crm.fails.clear()
    systems[side].change(PERSON, systems[side].key(PERSON, "Ann"), firm=bolt)
    world.clock.pass_(4000)
    world.sync()
    world.sync()
    for system in systems.values():
        assert system.one(PERSON, "Ann")["firm"] == system.key(FIRM, "Bolt")
    assert (world.log()[1:], at_rest(world)) == ([], True)


def test_one_that_may_not_be_written_waits_for_nothing() -> None:
    world, crm, _erp = anew(allowed={(PERSON, "crm"): Allowed(update=False)})
    assert crm.one(PERSON, "Ann")["firm"] == "cf1"
    assert at_rest(world)


def test_a_process_that_dies_while_it_looks_for_children_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world, crm, _erp = two(means=RESTORE)
    firm = crm.add(FIRM, name="Acme")
    for number in range(5):
        crm.add(PERSON, name=f"Ann {number}", firm=firm)
    world.sync()
    world.sync()
    crm.remove(FIRM, firm)
    monkeypatch.setattr(renewing, "PAGE", 2)
    right, calls = renewing.keep, iter("1")

    def dies(*given: object) -> None:
        if next(calls, None) is None:
            raise RuntimeError("dead")
        right(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(renewing, "keep", dies)
        with pytest.raises(RuntimeError):
            world.sync()
    world.restart()
    world.sync()
    assert {row["firm"] for row in crm.of(PERSON).values()} == {"cf2"}
    assert at_rest(world)


def test_a_hundred_are_written_in_as_many_statements_as_ten() -> None:
    cost = []
    for number in (10, 100):
        world, crm, _erp = two(crm=office("c"), means=RESTORE, references=WORKS)
        firm = crm.add(FIRM, name="Acme")
        for one in range(number):
            crm.add(PERSON, name=f"Ann {one}", firm=firm)
        world.sync()
        world.sync()
        crm.remove(FIRM, firm)
        before = world.store.counts.statements
        world.sync()
        cost.append(world.store.counts.statements - before)
        assert {row["firm"] for row in crm.of(PERSON).values()} == {"cf2"}
    assert cost[0] == cost[1]


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_one_of_which_a_person_has_to_say_whose_it_is_is_written_it_then(side: Side) -> None:
    """Which of the two is the one that was made anew."""
    world, crm, erp = employed(means=RESTORE)
    for system, name in ((crm, "Bolt"), (erp, "Corp")):
        system.add(FIRM, name=name)
    world.sync()
    crm.change(PERSON, "cp1", firm=crm.key(FIRM, "Bolt"))
    erp.change(PERSON, erp.key(PERSON, "Ann"), firm=erp.key(FIRM, "Corp"))
    world.sync()
    [row] = world.log()
    for system, name in ((crm, "Bolt"), (erp, "Corp")):
        system.remove(FIRM, system.key(FIRM, name))
        world.sync()
    resolve(world.hub, row.id, side, "anna")
    world.sync()
    named = {system: [n for n in ("Bolt", "Corp") if system.one(PERSON, "Ann")["firm"] == system.key(FIRM, n)]
             for system in (crm, erp)}  # fmt: skip
    assert len(named[crm]) == 1
    assert named[crm] == named[erp]
    assert at_rest(world)
