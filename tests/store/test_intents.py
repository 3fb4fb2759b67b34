"""Intents: what is about to go out is known before it goes, and what became of it is stored with its outcome."""

import pytest
from desk import NOW, Desk

from hub.core.errors import TryLater
from hub.store import agenda, deliveries, intents
from hub.store.database import encode
from hub.store.deliveries import CREATING, OWED
from hub.store.intents import Intent

LATER = "2026-11-22T10:00:00.000000Z"


def announced(desk: Desk, *made: Intent) -> None:
    desk.golden(*[one.golden_id for one in made])
    desk.write(deliveries.owe, [(desk.erp, one.golden_id) for one in made], NOW)
    desk.write(intents.announce, desk.erp, "t1", LATER, made)


def standing(desk: Desk) -> list[tuple[int, str, str | None, object]]:
    found = desk.read(deliveries.due, desk.erp, "2027-01-01", -1, 100)
    return [(item.golden_id, item.state, item.token, item.known.sent) for item in found]


def left(desk: Desk) -> list[bool]:
    known = desk.read(agenda.agenda, desk.catalog.instance_id, NOW)
    return [known[binding].intents for binding in (desk.crm, desk.erp)]


def test_what_was_announced_and_never_concluded_may_be_out(desk: Desk) -> None:
    announced(desk, Intent(1, True, encode({"name": "Å"})), Intent(2, False, encode({"phone": None})))
    assert standing(desk) == [(1, OWED, None, None), (2, OWED, None, None)]
    assert left(desk) == [False, True]
    desk.write(intents.land, desk.erp)
    assert standing(desk) == [(1, CREATING, "t1", {"name": "Å"}), (2, OWED, None, {"phone": None})]
    assert left(desk) == [False, False]


def test_what_was_concluded_is_not_out(desk: Desk) -> None:
    announced(desk, Intent(1, True, b"{}"))
    desk.write(intents.done, desk.erp)
    desk.write(intents.land, desk.erp)
    assert standing(desk) == [(1, OWED, None, None)]


def test_a_create_that_may_be_out_can_be_settled_when_its_time_has_come(desk: Desk) -> None:
    announced(desk, Intent(1, True, b"{}"))
    desk.write(intents.land, desk.erp)
    assert desk.read(deliveries.due, desk.erp, NOW, -1, 100) == []
    assert len(desk.read(deliveries.due, desk.erp, LATER, -1, 100)) == 1


def test_a_page_goes_out_to_a_system_when_the_page_before_is_concluded(desk: Desk) -> None:
    announced(desk, Intent(1, True, b"{}"))
    with pytest.raises(TryLater):
        desk.write(intents.announce, desk.erp, "t2", LATER, [Intent(2, True, b"{}")])
    desk.write(intents.announce, desk.crm, "t3", LATER, [Intent(1, False, b"{}")])


def test_a_page_of_a_thousand_is_announced_and_concluded_with_a_statement_each(desk: Desk) -> None:
    made = [Intent(id_, True, encode({"name": "x" * 100})) for id_ in range(1, 1001)]
    before = desk.store.counts.statements
    desk.write(intents.announce, desk.erp, "t1", LATER, made)
    desk.write(intents.done, desk.erp)
    assert desk.store.counts.statements - before == 2
