"""References: a field that names another record. The hub holds which one it is; each system is written its own key."""

from support.family import FIRM, GROUP, MAIN, PERSON, Family, Office, office, two


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
