"""The numbers that stand for names, where polling stands, runs, the audit log, and how things stand."""

from dataclasses import replace

from desk import NOW, Desk, instance, link

from hub.core.clocks import Skew
from hub.core.errors import TryLater
from hub.store import agenda, audit, catalog, deliveries, links, runs, schema, standing
from hub.store.catalog import Position, register
from hub.store.database import encode

LATER = "2026-11-22T10:00:00.000000Z"


def test_numbers_are_given_once_and_kept(desk: Desk) -> None:
    assert register(desk.store, instance()) == desk.catalog


def test_what_is_new_gets_a_number_and_nothing_is_renumbered(desk: Desk) -> None:
    wider = register(desk.store, instance(systems=("crm", "erp", "shop", "wiki"), entities=("contact", "account")))
    assert {name: row.id for name, row in wider.bindings["account"].items() if name != "wiki"} == {
        name: row.id for name, row in desk.catalog.bindings["account"].items()
    }
    numbers = [row.id for rows in wider.bindings.values() for row in rows.values()]
    assert len(set(numbers)) == 8
    assert wider.by_id()[desk.erp] == ("account", "erp")


def test_two_instances_share_nothing_but_the_organization(desk: Desk) -> None:
    other = register(desk.store, instance("second"))
    assert other.instance_id != desk.catalog.instance_id
    assert not other.by_id().keys() & desk.catalog.by_id().keys()


def test_two_organizations_share_nothing_whatever_their_instances_are_called(desk: Desk) -> None:
    other = register(desk.store, replace(instance(), organization="umbrella"))
    assert other.instance_id != desk.catalog.instance_id
    assert not other.by_id().keys() & desk.catalog.by_id().keys()
    assert desk.entity not in {row.entity_id for row in other.bindings["account"].values()}
    assert register(desk.store, instance()) == desk.catalog


def test_a_new_binding_is_polled_from_the_start(desk: Desk) -> None:
    assert desk.read(catalog.position, desk.crm) == Position(None, None, None)


def test_the_cursor_moves_for_its_own_binding(desk: Desk) -> None:
    desk.write(catalog.move, desk.crm, "page 7")
    desk.write(catalog.polled, [(desk.crm, None)], NOW)
    assert desk.read(catalog.position, desk.crm) == Position("page 7", NOW, None)
    assert desk.read(catalog.position, desk.erp) == Position(None, None, None)


def test_a_pause_ends_by_hand_only(desk: Desk) -> None:
    """A poll that was under way does not lift it: credentials were rejected, and accounts lock."""
    desk.write(catalog.pause, desk.crm, "logon refused")
    desk.write(catalog.polled, [(desk.crm, Skew(-0.5, 0.5, 1.0)), (desk.erp, None)], NOW)
    assert desk.read(catalog.position, desk.crm) == Position(None, NOW, "logon refused")
    assert desk.read(catalog.position, desk.erp) == Position(None, NOW, None)
    desk.write(catalog.pause, desk.crm, None)
    assert desk.read(catalog.position, desk.crm).paused is None


def test_how_a_clock_stood_at_the_last_poll_is_kept(desk: Desk) -> None:
    mine = desk.catalog.instance_id
    desk.write(catalog.polled, [(desk.crm, Skew(-0.5, 0.5, 1795435200.25)), (desk.erp, None)], NOW)
    found = desk.read(agenda.agenda, mine, NOW)
    assert (found[desk.crm].clock, found[desk.erp].clock) == (Skew(-0.5, 0.5, 1795435200.25), None)


def test_a_run_that_never_ended_died_when_the_next_one_starts(desk: Desk) -> None:
    mine = desk.catalog.instance_id
    other = register(desk.store, instance("second")).instance_id
    first = desk.write(runs.start, mine, "sync", NOW)
    elsewhere = desk.write(runs.start, other, "sync", NOW)
    second = desk.write(runs.start, mine, "sync", LATER)
    desk.write(runs.end, second, LATER, "failed", {"read": 3}, "one record stood aside")
    third = desk.write(runs.start, mine, "sync", LATER)
    shown = {run.id: run for run in desk.read(runs.latest, mine)}
    assert list(shown) == [third, second, first]
    assert [shown[id_].state for id_ in (first, second, third)] == ["died", "failed", "running"]
    assert (shown[second].counts, shown[second].said) == ({"read": 3}, "one record stood aside")
    assert shown[first].ended_at == LATER
    assert [run.id for run in desk.read(runs.latest, mine, 1)] == [third]
    assert [(run.id, run.state) for run in desk.read(runs.latest, other)] == [(elsewhere, "running")]


def test_the_audit_log_tells_the_history_of_a_record_the_latest_first(desk: Desk) -> None:
    detail = encode({"phone": [None, "1"]})
    desk.write(audit.add, [(NOW, None, id_, desk.crm, act, "hub", None) for id_, act in ((1, "linked"), (2, "took"))])
    desk.write(audit.add, [(NOW, None, 1, desk.crm, "updated", "ann", detail)])
    history = desk.read(audit.of_golden, 1)
    assert [(e.action, e.who, e.detail) for e in history] == [
        ("updated", "ann", {"phone": [None, "1"]}),
        ("linked", "hub", None),
    ]
    assert [e.action for e in desk.read(audit.of_golden, 1, 1)] == ["updated"]


def test_how_things_stand_is_told_for_every_entity_in_every_system(desk: Desk) -> None:
    desk.golden(1, 2, 3)
    desk.write(links.save, [link(desk.crm, "a", 1), link(desk.crm, "b", 2), link(desk.crm, "c", 3, schema.DELETED)])
    desk.write(deliveries.owe, [(desk.crm, 1), (desk.crm, 2), (desk.erp, 3)], NOW)
    desk.write(deliveries.creating, [(desk.crm, 2, None, "t", NOW)])
    desk.write(catalog.polled, [(desk.crm, None)], NOW)
    desk.write(runs.start, desk.catalog.instance_id, "sync", NOW)
    told = standing.standing(desk.store)
    assert [(p.entity, p.system, p.linked, p.owed, p.in_doubt, p.polled_at) for p in told.places] == [
        ("account", "crm", 2, 1, 1, NOW), ("account", "erp", 0, 1, 0, None), ("account", "shop", 0, 0, 0, None),
    ]  # fmt: skip
    assert [run.state for run in told.runs] == ["running"]


def test_a_failed_write_leaves_nothing_behind(desk: Desk) -> None:
    """A transaction is all or nothing: the cursor never passes a record that was not stored."""
    desk.golden(1)

    def page(tx: object) -> None:
        catalog.move(tx, desk.crm, "page 8")  # type: ignore[arg-type]
        links.save(tx, [link(desk.crm, "a", 1), link(desk.crm, "b", 1)])  # type: ignore[arg-type]

    try:
        desk.write(page)
    except TryLater:
        assert desk.read(catalog.position, desk.crm).cursor is None
    else:
        raise AssertionError("two live links of one golden record were stored")
