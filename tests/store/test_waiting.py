"""References that wait for their parents: kept, found when the parent is there, forgotten with their records."""

import pytest
from desk import NOW, Desk, link

from hub.store import deliveries, links, schema, waiting
from hub.store.agenda import agenda
from hub.store.waiting import IN, OUT, RENEW, Known, Standing, Unread, Waiting

CHILD, PARENT = 2, 1


@pytest.fixture
def family(desk: Desk) -> Desk:
    """A child in the CRM, which names a parent."""
    desk.golden(PARENT, CHILD)
    desk.write(links.save, [link(desk.crm, "c2", CHILD)])
    return desk


def unread(desk: Desk) -> Waiting:
    return Waiting(desk.crm, CHILD, "mother", IN, desk.crm, "c1", None, False, False, "c1 is not known", NOW)


def unsent(desk: Desk, *, coming: bool = True) -> Waiting:
    return Waiting(desk.erp, CHILD, "mother", OUT, desk.erp, None, PARENT, coming, True, "not there yet", NOW)


def test_they_are_kept_and_told(family: Desk) -> None:
    family.write(waiting.save, [unread(family), unsent(family)])
    assert family.read(waiting.of_golden, CHILD) == [unread(family), unsent(family)]
    assert family.read(waiting.unread, [CHILD, 9]) == [
        Unread(family.crm, CHILD, "mother", IN, family.crm, "c1", None, "c1 is not known")
    ]
    known = family.read(agenda, family.catalog.instance_id, NOW)
    assert [known[place].waiting for place in (family.crm, family.erp, family.shop)] == [True, True, False]


def test_a_later_word_replaces_an_earlier_one(family: Desk) -> None:
    family.write(waiting.save, [unread(family)])
    family.write(waiting.save, [unread(family)._replace(parent_key="c3")])
    assert [row.parent_key for row in family.read(waiting.of_golden, CHILD)] == ["c3"]


def test_what_waits_already_is_not_replaced_by_a_key_that_is_gone(family: Desk) -> None:
    family.write(waiting.save, [unread(family)])
    family.write(waiting.add, [unread(family)._replace(way=RENEW), unsent(family)._replace(way=RENEW)])
    assert [row.way for row in family.read(waiting.of_golden, CHILD)] == [IN, RENEW]


def test_only_what_was_written_anew_is_done(family: Desk) -> None:
    family.write(waiting.save, [unread(family), unsent(family)._replace(way=RENEW)])
    family.write(waiting.done, [(family.crm, CHILD, "mother"), (family.erp, CHILD, "mother")])
    assert [row.way for row in family.read(waiting.of_golden, CHILD)] == [IN]


def test_a_key_is_known_as_soon_as_it_is_linked(family: Desk) -> None:
    family.write(waiting.save, [unread(family)])
    assert family.read(waiting.known, family.crm) == []
    family.write(links.save, [link(family.crm, "c1", PARENT)])
    assert family.read(waiting.known, family.crm) == [Known(CHILD, "c2", "mother", "c1")]


def test_a_child_is_ready_when_its_parent_is_there(family: Desk) -> None:
    family.write(deliveries.owe, [(family.erp, PARENT)], NOW)
    family.write(waiting.save, [unsent(family)])
    assert family.read(waiting.ready, family.erp) == []
    family.write(links.save, [link(family.erp, "e1", PARENT)])
    assert family.read(waiting.ready, family.erp) == [CHILD]


@pytest.mark.parametrize(("coming", "ready"), [(True, [CHILD]), (False, [])])
def test_a_child_is_looked_at_again_when_its_parent_is_to_come_no_more(
    family: Desk, coming: bool, ready: list[int]
) -> None:
    family.write(waiting.save, [unsent(family, coming=coming)])
    assert family.read(waiting.ready, family.erp) == ready


def test_a_parent_that_waits_itself_is_still_to_come(family: Desk) -> None:
    family.write(waiting.save, [unsent(family), unsent(family)._replace(golden_id=PARENT, parent_golden=3)])
    assert family.read(waiting.ready, family.erp) == [PARENT]


def test_a_deleted_parent_is_not_there_though_it_is_linked(family: Desk) -> None:
    family.golden(3, state=schema.DELETED)
    family.write(links.save, [link(family.erp, "e3", 3)])
    family.write(waiting.save, [unsent(family, coming=False)._replace(parent_golden=3)])
    assert family.read(waiting.ready, family.erp) == []


def test_parents_are_told_as_a_system_has_them(family: Desk) -> None:
    family.write(deliveries.owe, [(family.erp, PARENT)], NOW)
    family.write(links.save, [link(family.erp, "e2", CHILD)])
    found = family.read(waiting.standing, family.erp, [PARENT, CHILD, 9])
    assert found == {
        PARENT: Standing(PARENT, schema.LIVE, None, "owed", None, False),
        CHILD: Standing(CHILD, schema.LIVE, "e2", None, None, False),
    }


def test_what_is_gone_waits_for_nothing(family: Desk) -> None:
    family.golden(3, state=schema.DELETED)
    family.write(waiting.save, [unread(family), unread(family)._replace(golden_id=PARENT)])
    family.write(waiting.save, [unsent(family)._replace(golden_id=3), unsent(family)])
    family.write(waiting.sweep, family.crm)
    family.write(waiting.sweep, family.erp)
    left = [row for golden in (PARENT, CHILD, 3) for row in family.read(waiting.of_golden, golden)]
    assert left == [unread(family), unsent(family)]


def test_each_way_is_forgotten_alone(family: Desk) -> None:
    family.write(waiting.save, [unread(family), unsent(family)])
    family.write(waiting.forget, family.crm, [CHILD], OUT)
    family.write(waiting.forget, family.erp, [CHILD], OUT)
    assert family.read(waiting.of_golden, CHILD) == [unread(family)]
    family.write(waiting.forget, family.crm, [CHILD], IN)
    assert family.read(waiting.of_golden, CHILD) == []
