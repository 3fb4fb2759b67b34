"""References: a field that names another record. The hub holds which one it is; each system is written its own key."""

from support.family import FIRM, GROUP, MAIN, PERSON, Family, Office, office, two

from hub.core.errors import TryLater
from hub.core.model import Allowed


def employed(**options: object) -> tuple[Family, Office, Office]:
    """Two systems that agree on a firm and on Ann, who works there."""
    world, crm, erp = two(**options)  # type: ignore[arg-type]
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"))
    world.sync()
    world.sync()
    crm.writes.clear()
    erp.writes.clear()
    return world, crm, erp


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


# -- a parent that is not known yet -------------------------------------------------------------------


def stranger(**options: object) -> tuple[Family, Office, Office]:
    """Ann's firm stands aside in the CRM: it does not fit the mapping. She is known, her firm is not."""
    world, crm, erp = employed(**options)
    bolt = crm.add(FIRM, name="\0", phone="5")
    crm.change(PERSON, "cp1", firm=bolt)
    world.sync()
    return world, crm, erp


def test_a_key_that_is_not_known_waits_and_says_for_what() -> None:
    world, _, erp = stranger()
    assert world.waits() == [(PERSON, "crm", "firm names crm firm cf2, which the hub does not know yet")]
    assert erp.one(PERSON, "Ann")["firm"] == "ef1", "nothing is written as empty over what is there"
    assert erp.writes == []


def test_everything_else_of_that_record_goes_on() -> None:
    world, crm, erp = stranger()
    crm.change(PERSON, "cp1", phone="7")
    erp.change(PERSON, "ep1", name="Anna")
    world.sync()
    assert (erp.fields(PERSON, "ep1"), crm.fields(PERSON, "cp1")) == (
        {"name": "Anna", "phone": "7", "firm": "ef1"},
        {"name": "Anna", "phone": "7", "firm": "cf2"},
    )
    assert len(world.waits()) == 1


def test_it_resolves_by_itself_when_the_parent_comes() -> None:
    world, crm, erp = stranger()
    crm.change(FIRM, "cf2", name="Bolt")
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Bolt")
    assert (world.waits(), world.owed(), world.sync().written) == ([], [], 0)


def test_it_waits_no_more_when_the_field_is_put_back() -> None:
    world, crm, erp = stranger()
    crm.change(PERSON, "cp1", firm="cf1")
    world.sync()
    assert (world.waits(), erp.writes) == ([], [])
    crm.change(PERSON, "cp1", firm=None)
    world.sync()
    assert not erp.one(PERSON, "Ann")["firm"]


def test_a_new_record_is_taken_and_only_its_reference_waits() -> None:
    world, crm, erp = two()
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="\0"))
    world.sync()
    assert not erp.one(PERSON, "Ann")["firm"]
    crm.change(FIRM, "cf1", name="Acme")
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Acme")
    assert (world.waits(), world.sync().written) == ([], 0)


def test_what_waits_is_not_written_over() -> None:
    """Somebody else changes the firm elsewhere, while what Ann's CRM shows is not known: a clash, once it is."""
    world, crm, erp = stranger()
    erp.change(PERSON, "ep1", firm=erp.add(FIRM, name="Cork"))
    world.sync()
    assert crm.one(PERSON, "Ann")["firm"] == "cf2"
    crm.change(FIRM, "cf2", name="Bolt")
    report = world.sync()
    assert report.conflicts == 1
    assert (crm.one(PERSON, "Ann")["firm"], erp.one(PERSON, "Ann")["firm"]) == ("cf2", "ef2")


def test_a_required_parent_that_is_not_known_keeps_the_child_from_being_created() -> None:
    world, crm, erp = two(required=[("erp", "firm")])
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="\0"))
    world.sync()
    assert erp.of(PERSON) == {}
    assert ("person", "erp", "firm names crm firm cf1, which the hub does not know yet") in world.waits()
    assert world.owed() == [], "it is blocked, not failed"
    crm.change(FIRM, "cf1", name="Acme")
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Acme")
    assert world.waits() == []


def test_a_record_that_only_its_parent_can_tell_from_others_stands_aside() -> None:
    """People are matched by firm and name: without the firm she would become a twin."""
    world, crm, erp = two(match={PERSON: [["firm", "name"]], FIRM: [["name"]]})
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"))
    erp.add(PERSON, name="Ann", firm=erp.add(FIRM, name="\0"))
    world.sync()
    assert len(erp.of(PERSON)) == 2, "the CRM's Ann is new there"
    assert [review.code for review in world.aside()] == ["record.text", "reference.waits"]


# -- a parent that a system does not have -----------------------------------------------------------------


def test_a_child_is_created_in_the_same_run_once_its_parent_is() -> None:
    world, crm, erp = two()
    erp.fail("write", "before", TryLater("system.busy", "come back later"))
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"))
    world.sync()
    assert erp.of(PERSON) == {}
    world.clock.pass_(100)
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Acme")
    assert erp.kinds() == ["create", "create"]


def refused(**options: object) -> tuple[Family, Office, Office]:
    """The ERP refuses the firm."""
    world, crm, erp = two(erp=office("e", refuses=["city"]), **options)  # type: ignore[arg-type]
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme", city="Atlantis"))
    crm.add(PERSON, name="Bob")
    world.sync()
    return world, crm, erp


def test_a_child_of_a_refused_parent_is_created_without_it() -> None:
    world, crm, erp = refused()
    assert not erp.one(PERSON, "Ann")["firm"]
    [(entity, system, said)] = world.waits()
    assert (entity, system) == (PERSON, "erp")
    assert said.startswith("firm names firm hub:")
    assert "which erp refused: " in said
    crm.change(FIRM, "cf1", city="York")
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Acme")
    assert (world.waits(), world.sync().written) == ([], 0)


def test_a_child_that_needs_a_refused_parent_waits_and_nobody_else_does() -> None:
    world, crm, erp = refused(required=[("erp", "firm")])
    assert erp.of(PERSON) == {}
    assert [item.state for item in world.owed() if world.entity(item) == PERSON] == ["refused"], "Bob has no firm"
    assert [said.partition("which")[2][:12] for _, _, said in world.waits()] == [" erp refused"]
    crm.change(FIRM, "cf1", city="York")
    world.sync()
    assert erp.one(PERSON, "Ann")["firm"] == erp.key(FIRM, "Acme")


def test_a_parent_that_is_not_to_be_created_there_is_left_out() -> None:
    world, crm, erp = two(allowed={(FIRM, "erp"): Allowed(insert=False)})
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"))
    world.sync()
    assert not erp.one(PERSON, "Ann")["firm"]
    assert [said.partition("which")[2] for _, _, said in world.waits()] == [" is not in erp, and not owed to it"]


def test_what_waits_for_a_parent_costs_nothing_and_is_tried_by_no_run() -> None:
    world, _, erp = refused(required=[("erp", "firm")])
    erp.calls.clear()
    world.sync()
    assert [call for call in erp.calls if call != "changes"] == []
    assert [item.attempts for item in world.owed() if world.entity(item) == PERSON] == [1], "only Bob was tried"
