"""References: a field that names another record. The hub holds which one it is; each system is written its own key."""

import pytest
from support.family import FIRM, GROUP, MAIN, PERSON, WORKS, Family, employed, office, refused, stranger, two
from support.memory import ABLE

from hub.adapter import Can
from hub.core.errors import Unknown
from hub.core.model import Allowed
from hub.engine.preview import preview


def test_each_system_is_written_its_own_key_of_the_parent() -> None:
    world, crm, erp = two()
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"))
    erp.add(PERSON, name="Bob", firm=erp.add(FIRM, name="Bolt"))
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Acme")
    assert crm.one(PERSON, "Bob")["firm"] == crm.key(FIRM, "Bolt")
    assert (world.waits(), world.owed(), world.sync().written) == ([], [], 0)


def test_parents_go_first_whatever_the_order_of_the_files() -> None:
    world, crm, erp = two(entities=(PERSON, FIRM))
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"))
    assert list(world.hub.places) == [FIRM, PERSON]
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Acme")
    assert erp.kinds() == ["create", "create"]


def test_a_person_who_changes_firms_does_so_everywhere() -> None:
    world, crm, erp = employed()
    crm.change(PERSON, "cp1", firm=crm.add(FIRM, name="Bolt"))
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Bolt")
    erp.change(PERSON, "ep1", firm=None)
    world.sync()
    assert not crm.one(PERSON, "Ann")["firm"]
    assert (world.waits(), world.sync().written) == ([], 0)


def test_a_clash_of_two_parents_is_a_conflict_like_any_other() -> None:
    world, crm, erp = employed()
    crm.change(PERSON, "cp1", firm=crm.add(FIRM, name="Bolt"))
    erp.change(PERSON, "ep1", firm=erp.add(FIRM, name="Cork"))
    report = world.sync()
    assert report.conflicts == 1
    assert (crm.one(PERSON, "Ann")["firm"], erp.one(PERSON, "Ann")["firm"]) == ("cf2", "ef2")


def test_two_in_a_circle_are_created_first_and_patched_then() -> None:
    world, crm, erp = two(references=MAIN)
    acme = crm.add(FIRM, name="Acme")
    crm.change(FIRM, acme, main=crm.add(PERSON, name="Ann", firm=acme))
    world.sync()
    assert erp.one(FIRM, "Acme")["main"] == erp.key(PERSON, "Ann")
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Acme")
    assert erp.kinds() == ["create", "create", "update"]
    assert (world.waits(), world.owed(), world.sync().written) == ([], [], 0)


def test_a_firm_that_belongs_to_a_firm_is_created_first_and_patched_then() -> None:
    world, crm, erp = two(references=GROUP)
    daughter = crm.add(FIRM, name="Daughter")
    crm.change(FIRM, daughter, mother=crm.add(FIRM, name="Mother"))
    world.sync()
    assert erp.one(FIRM, "Daughter")["mother"] == erp.key(FIRM, "Mother")
    assert (world.waits(), world.owed(), world.sync().written) == ([], [], 0)
    assert crm.writes == []


# -- deletions ----------------------------------------------------------------------------------------------


def test_children_are_deleted_before_their_parents() -> None:
    world, crm, erp = employed()
    crm.remove(FIRM, "cf1")
    crm.remove(PERSON, "cp1")
    world.sync()
    assert (erp.of(FIRM), erp.of(PERSON)) == ({}, {})
    assert [write.key for write in erp.writes] == ["ep1", "ef1"]
    assert (world.owed(), world.waits()) == ([], [])


def test_a_daughter_is_deleted_before_her_mother() -> None:
    world, crm, erp = two(references=GROUP)
    mother = crm.add(FIRM, name="Mother")
    daughter = crm.add(FIRM, name="Daughter", mother=mother)
    crm.add(FIRM, name="Granddaughter", mother=daughter)
    world.sync()
    world.sync()
    erp.writes.clear()
    for key in ("cf1", "cf2", "cf3"):
        crm.remove(FIRM, key)
    world.sync()
    assert erp.of(FIRM) == {}
    assert [write.key for write in erp.writes] == ["ef3", "ef2", "ef1"]


def test_a_parent_that_was_deleted_is_left_out_and_needed_by_no_one_else() -> None:
    world, crm, erp = employed()
    erp.add(FIRM, name="Bolt")
    world.sync()
    crm.remove(FIRM, "cf1")
    world.sync()
    crm.add(PERSON, name="Bob", firm="cf1")
    world.sync()
    assert not erp.one(PERSON, "Bob")["firm"]
    assert [said.partition("which")[2] for _, _, said in world.waits()] == [" was deleted"]


def test_a_child_that_needs_a_deleted_parent_waits_with_the_reason() -> None:
    world, crm, erp = employed(required=[("erp", "firm")])
    crm.remove(FIRM, "cf1")
    crm.add(PERSON, name="Bob", firm="cf1")
    crm.add(PERSON, name="Cid", firm=crm.add(FIRM, name="Cork"))
    world.sync()
    assert {row["name"] for row in erp.of(PERSON).values()} == {"Ann", "Cid"}
    assert [said.partition("which")[2] for _, _, said in world.waits()] == [" was deleted"]


def test_a_child_that_waits_and_is_deleted_waits_no_more() -> None:
    world, crm, erp = refused(required=[("erp", "firm")])
    crm.remove(PERSON, "cp1")
    world.sync()
    assert (erp.of(PERSON), world.every()) == ({}, [])


def test_a_record_that_is_gone_waits_for_nothing() -> None:
    world, crm, erp = stranger()
    crm.remove(PERSON, "cp1")
    for _ in range(2):
        world.sync()
    assert (erp.of(PERSON), world.every()) == ({}, [])


# -- systems that can do less -----------------------------------------------------------------------------------

#: Neither versions nor tokens nor search, and no word on what became of a write.
WEAK = Can(tombstones=True, batch=10)


@pytest.mark.parametrize("can", [ABLE, WEAK], ids=["able", "weak"])
@pytest.mark.parametrize("references", [WORKS, MAIN, GROUP], ids=["works", "main", "group"])
def test_any_shape_comes_to_rest(can: Can, references: dict[str, dict[str, str]]) -> None:
    crm, erp, shop = office("c", can), office("e", can), office("s", can)
    world = Family({"crm": crm, "erp": erp, "shop": shop}, references=references)
    for system in (crm, erp):
        mother = system.add(FIRM, name=f"Mother {system}")
        daughter = system.add(FIRM, name="Daughter", mother=mother)
        boss = system.add(PERSON, name="Boss", firm=mother)
        system.change(FIRM, mother, main=boss)
        system.add(PERSON, name="Ann", firm=daughter)
    for _ in range(3):
        world.sync()
    assert (world.sync().written, world.every(), world.owed(), world.aside()) == (0, [], [], [])
    for place in world.hub.all():
        for name in place.parents:
            assert sum(bool(row[name]) for row in world.systems[place.binding.system].of(place.entity.name).values())
        assert len(world.systems[place.binding.system].of(place.entity.name)) == 4


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("can", [ABLE, WEAK], ids=["able", "weak"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_lost_answer_makes_no_twin_and_loses_no_reference(can: Can, phase: str, nth: int) -> None:
    world, crm, erp = two(erp=office("e", can), references=MAIN)
    acme = crm.add(FIRM, name="Acme")
    crm.change(FIRM, acme, main=crm.add(PERSON, name="Ann", firm=acme))
    lost = [Unknown("system.no-answer", "no answer")]
    calls = iter(range(1, 100))

    def fault(call: str, at: str) -> None:
        if call == "write" and at == phase and next(calls) == nth:
            raise lost.pop()

    erp.fault = fault
    for _ in range(5):
        world.sync()
        world.clock.pass_(3600)
    assert not lost
    assert (len(erp.of(FIRM)), len(erp.of(PERSON))) == (1, 1)
    assert (erp.one(FIRM, "Acme")["main"], erp.one(PERSON, "Ann")["firm"]) == ("ep1", "ef1")
    assert (world.every(), world.owed(), world.log()) == ([], [], [])


# -- what it costs --------------------------------------------------------------------------------------------


def statements(world: Family) -> int:
    before = world.store.counts.statements
    world.sync()
    return world.store.counts.statements - before


@pytest.mark.parametrize("number", [1, 40])
def test_a_page_with_references_costs_one_statement_on_each_way(number: int) -> None:
    cost = []
    for references in ({}, WORKS):
        world, crm, _ = two(references=references)
        firm = crm.add(FIRM, name="Acme")
        world.sync()
        world.sync()
        for one in range(number):
            crm.add(PERSON, name=f"Ann {one}", **({"firm": firm} if references else {}))
        cost.append(statements(world))
    # one when they are read, one when they are delivered, one for the look at the delivered ones in the same run
    assert cost[1] - cost[0] <= 2


@pytest.mark.parametrize("number", [1, 40])
def test_parents_cost_one_statement_for_each_page_of_new_ones(number: int) -> None:
    """Were they there before, and do children still name them by another key?"""
    cost = []
    for references in ({}, WORKS):
        world, crm, _ = two(references=references)
        for one in range(number):
            crm.add(FIRM, name=f"Acme {one}")
        cost.append(statements(world))
    assert cost[1] - cost[0] == 1


# -- two firms that turn out to be one -----------------------------------------------------------------------


def test_children_of_a_record_that_turned_out_to_be_another_point_to_that_one() -> None:
    alone = {(FIRM, "crm"): Allowed(insert=False), (FIRM, "erp"): Allowed(insert=False)}
    world, crm, erp = two(allowed=alone, named=["crm"])
    crm.add(FIRM, name="Acme")
    erp.add(PERSON, name="Ann", firm=erp.add(FIRM, name="Acme"))
    world.sync()
    assert not crm.one(PERSON, "Ann")["firm"]
    crm.change(FIRM, "cf1", erp_key="ef1")
    for _ in range(2):
        world.sync()
    assert crm.one(PERSON, "Ann")["firm"] == "cf1"
    erp.change(PERSON, "ep1", phone="5")
    for _ in range(2):
        world.sync()
    assert (crm.one(PERSON, "Ann")["firm"], erp.one(PERSON, "Ann")["firm"]) == ("cf1", "ef1")
    assert (world.every(), world.log(), world.sync().written) == ([], [], 0)


def test_firms_that_belong_to_one_another_in_a_circle_can_be_deleted() -> None:
    world, crm, erp = two(references=GROUP)
    one = crm.add(FIRM, name="One")
    other = crm.add(FIRM, name="Other", mother=one)
    crm.change(FIRM, one, mother=other)
    crm.add(FIRM, name="Third", mother=one)
    world.sync()
    world.sync()
    erp.writes.clear()
    for key in ("cf1", "cf2", "cf3"):
        crm.remove(FIRM, key)
    world.sync()
    assert (erp.of(FIRM), world.owed()) == ({}, [])
    assert erp.writes[0].key == "ef3"


def test_a_preview_shows_what_a_run_would_write() -> None:
    world, crm, _ = two(references=MAIN)
    acme = crm.add(FIRM, name="Acme")
    crm.change(FIRM, acme, main=crm.add(PERSON, name="Ann", firm=acme))
    found = preview(world.store, world.instance, dict(world.systems))
    firm, person, main = found.writes
    assert [(write.object, write.kind) for write in found.writes] == [
        (FIRM, "create"), (PERSON, "create"), (FIRM, "update"),
    ]  # fmt: skip
    assert (person.fields["firm"], main.fields) == ("(new 1)", {"main": "(new 2)"})
    assert (firm.key, world.every()) == (None, [])
