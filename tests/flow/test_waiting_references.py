"""References whose parents are not known, or not there: they wait, say for what, and go on by themselves."""

from support.family import FIRM, PERSON, Family, Office, refused, stranger, two

from hub.core.errors import TryLater
from hub.core.model import Allowed
from hub.store import reviews

# -- a parent that is not known yet -------------------------------------------------------------------


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


def spared() -> tuple[Family, Office, Office]:
    """Ann's firm is not known; then the CRM shows her without it, and the ERP has her work for another one."""
    world, crm, erp = stranger()
    crm.spares = "firm"
    crm.change(PERSON, "cp1", phone="7")
    world.sync()
    erp.change(PERSON, "ep1", firm=erp.add(FIRM, name="Cork"))
    world.sync()
    return world, crm, erp


def test_what_waits_is_not_written_over_after_a_look_that_leaves_it_out() -> None:
    """What is left out is as it was last shown."""
    world, crm, erp = spared()
    assert (crm.fields(PERSON, "cp1")["firm"], erp.one(PERSON, "Ann")["phone"]) == ("cf2", "7")
    assert world.waits() == [(PERSON, "crm", "firm names crm firm cf2, which the hub does not know yet")]


def test_what_waits_and_is_left_out_is_taken_as_it_was_last_shown_when_the_parent_comes() -> None:
    world, crm, _ = spared()
    crm.change(FIRM, "cf2", name="Bolt")
    report = world.sync()
    assert (report.conflicts, crm.fields(PERSON, "cp1")["firm"]) == (1, "cf2")
    assert (world.waits(), world.sync().written) == ([], 0)


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


def test_people_are_found_by_their_firm_in_the_run_that_finds_the_firm() -> None:
    world, crm, erp = two(match={PERSON: [["firm", "name"]], FIRM: [["name"]]})
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"), phone="1")
    erp.add(PERSON, name="Ann", firm=erp.add(FIRM, name="acme"))
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Bolt"), phone="2")
    world.sync()
    assert sorted((row["firm"], row["phone"]) for row in erp.of(PERSON).values()) == [("ef1", "1"), ("ef2", "2")]
    assert (len(crm.of(PERSON)), world.aside(), world.sync().written) == (2, [], 0)


def test_a_record_that_stands_aside_for_its_parent_is_taken_as_soon_as_it_is_known() -> None:
    world, crm, erp = two(match={PERSON: [["firm", "name"]], FIRM: [["name"]]})
    erp.add(PERSON, name="Ann", firm=erp.add(FIRM, name="\0"))
    world.sync()
    assert crm.of(PERSON) == {}
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"), phone="7")
    erp.change(FIRM, "ef1", name="Acme")
    world.sync()
    assert (len(crm.of(PERSON)), len(erp.of(PERSON))) == (1, 1)
    assert (erp.one(PERSON, "Ann")["phone"], world.aside()) == ("7", [])


def test_a_person_may_say_that_it_is_a_new_one_without_its_parent() -> None:
    world, crm, erp = two(match={PERSON: [["firm", "name"]], FIRM: [["name"]]})
    erp.add(PERSON, name="Ann", firm=erp.add(FIRM, name="\0"))
    world.sync()
    place = world.place("erp", PERSON)
    with world.store.transaction() as tx:
        reviews.decide(tx, place.id, "ep1", None, "a person", world.hub.now())
    world.sync()
    assert [row["name"] for row in crm.of(PERSON).values()] == ["Ann"]


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
