"""A system that is away: one row, from the first failure to the next answer."""

from typing import Any

from desk import NOW, Desk

from hub.store import deliveries, outages
from hub.store.agenda import agenda
from hub.store.deliveries import OWED, REFUSED

LATER = "2026-11-22T10:00:00.000000Z"


def failed(desk: Desk, failures: int, until: str | None, now: str = NOW, system: str = "erp") -> None:
    said = {"code": "system.unreachable", "said": "nobody answers"}
    desk.write(outages.failed, desk.catalog.instance_id, system, now=now, failures=failures, until=until, **said)


def test_since_when_is_kept_however_often_it_fails(desk: Desk) -> None:
    failed(desk, 1, None)
    failed(desk, 2, LATER, now=LATER)
    [row] = desk.read(outages.find)
    assert (row.system, row.since, row.failures, row.until) == ("erp", NOW, 2, LATER)


def test_the_agenda_tells_of_it_and_of_no_other_system(desk: Desk) -> None:
    failed(desk, 2, LATER)
    found = desk.read(agenda, desk.catalog.instance_id, NOW)
    assert (found[desk.erp].failures, found[desk.erp].until, found[desk.erp].why) == (2, LATER, "nobody answers")
    assert (found[desk.crm].failures, found[desk.crm].until) == (None, None)


def test_it_is_over(desk: Desk) -> None:
    failed(desk, 2, LATER)
    failed(desk, 1, None, system="crm")
    desk.write(outages.over, desk.catalog.instance_id, "erp")
    assert [row.system for row in desk.read(outages.find)] == ["crm"]


def test_what_was_put_off_is_due_and_what_was_refused_is_not(desk: Desk) -> None:
    def put_off(id_: int, state: str) -> dict[str, Any]:
        row = {"binding_id": desk.erp, "golden_id": id_, "state": state, "attempts": 9, "due_at": LATER}
        return {**row, "code": "system.timeout", "said": "no answer", "doubt": False}

    desk.golden(1, 2)
    desk.write(deliveries.owe, [(desk.erp, 1), (desk.erp, 2)], NOW)
    desk.write(deliveries.postpone, [put_off(1, OWED), put_off(2, REFUSED)])
    desk.write(deliveries.wake, desk.erp, NOW)
    assert [item.golden_id for item in desk.read(deliveries.due, desk.erp, NOW, -1, 10)] == [1]
