"""Records that are missed, and deletions that are held: kept, found, accepted as far as they were shown."""

from desk import NOW, Desk, link

from hub.store import absences, deliveries, links, schema
from hub.store.absences import ACCEPTED, HELD, MISSING, SIGHTED, TOLD, Absence

LATER = "2026-11-23T00:00:00.000000Z"


def missed(desk: Desk, *rows: Absence) -> None:
    desk.write(absences.save, desk.crm, list(rows))


def test_they_are_kept_by_system_and_key(desk: Desk) -> None:
    row = Absence("k1", SIGHTED, MISSING, NOW)
    missed(desk, row)
    assert desk.read(absences.of, desk.crm) == {"k1": row}
    assert desk.read(absences.of, desk.erp) == {}
    missed(desk, row._replace(state=HELD))
    assert desk.read(absences.of, desk.crm)["k1"].state == HELD
    desk.write(absences.drop, desk.crm, ["k1", "k2"])
    assert desk.read(absences.of, desk.crm) == {}


def test_the_oldest_are_accepted_first_and_no_more_than_asked_for(desk: Desk) -> None:
    missed(
        desk,
        Absence("a", HELD, TOLD, LATER),
        Absence("b", HELD, TOLD, NOW),
        Absence("c", HELD, TOLD, NOW),
        Absence("d", SIGHTED, MISSING, NOW),
    )
    assert desk.read(absences.held, desk.crm) == (3, NOW)
    assert desk.write(absences.accept, desk.crm, 2) == 2
    assert [row.key for row in desk.read(absences.page, desk.crm, ACCEPTED, 10)] == ["b", "c"]
    assert [row.key for row in desk.read(absences.page, desk.crm, HELD, 10)] == ["a"]
    assert desk.read(absences.held, desk.erp) == (0, None)


def owed(desk: Desk, *ids: int) -> None:
    """Deletions that are owed to the ERP."""
    desk.golden(*ids, state=schema.DELETED)
    desk.write(links.save, [link(desk.erp, f"k{id_}", id_) for id_ in ids])
    desk.write(deliveries.owe, [(desk.erp, id_) for id_ in ids], NOW)


def hold(desk: Desk, *ids: int, at: str = NOW) -> None:
    desk.write(deliveries.hold, desk.erp, list(ids), at, "deletes.too-many", "held")


def test_a_deletion_that_is_held_is_not_due(desk: Desk) -> None:
    owed(desk, 1, 2)
    assert desk.read(deliveries.deletions, desk.erp, NOW) == (2, 0)
    hold(desk, 1)
    assert desk.read(deliveries.deletions, desk.erp, NOW) == (1, 1)
    assert [due.golden_id for due in desk.read(deliveries.due, desk.erp, LATER, -1, 10)] == [2]
    assert desk.read(deliveries.held, desk.erp) == (1, NOW)
    [row] = desk.read(deliveries.held_page, desk.erp, 10)
    assert tuple(row) == (1, "k1", NOW)


def test_one_that_is_accepted_is_due_and_counted_no_more(desk: Desk) -> None:
    owed(desk, 1, 2, 3)
    hold(desk, 2, 3, at=LATER)
    hold(desk, 1)
    assert desk.write(deliveries.accept, desk.erp, 2, NOW) == 2
    assert [(due.golden_id, due.approved) for due in desk.read(deliveries.due, desk.erp, NOW, -1, 10)] == [
        (1, True),
        (2, True),
    ]
    assert desk.read(deliveries.deletions, desk.erp, NOW) == (0, 1)


def test_one_that_follows_from_an_approval_is_not_counted(desk: Desk) -> None:
    owed(desk, 1, 2)
    desk.write(deliveries.approve, desk.erp, [1], NOW)
    assert desk.read(deliveries.deletions, desk.erp, NOW) == (1, 0)


def test_an_approval_is_for_one_time(desk: Desk) -> None:
    owed(desk, 1)
    desk.write(deliveries.approve, desk.erp, [1], NOW)
    desk.write(deliveries.owe, [(desk.erp, 1)], NOW)
    assert [due.approved for due in desk.read(deliveries.due, desk.erp, NOW, -1, 10)] == [False]


def test_records_that_are_not_there_are_no_deletions_to_send(desk: Desk) -> None:
    desk.golden(1, state=schema.DELETED)
    desk.golden(2)
    desk.write(links.save, [link(desk.erp, "k2", 2)])
    desk.write(deliveries.owe, [(desk.erp, 1), (desk.erp, 2)], NOW)
    assert desk.read(deliveries.deletions, desk.erp, NOW) == (0, 0)


def test_links_are_counted_by_system(desk: Desk) -> None:
    desk.golden(1, 2)
    desk.write(links.save, [link(desk.erp, "k1", 1), link(desk.erp, "k2", 2, schema.UNLINKED)])
    assert desk.read(links.count, desk.erp) == 1
