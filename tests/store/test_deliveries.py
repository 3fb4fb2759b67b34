"""What is owed: once per record and system, until it is done."""

from typing import Any

import pytest
from desk import NOW, Desk, link

from hub.core.merge import Shadow
from hub.store import deliveries, links
from hub.store.database import encode
from hub.store.deliveries import CREATING, OWED, REFUSED, Due

LATER = "2026-11-22T10:00:00.000000Z"
EVER = "2027-01-01T00:00:00.000000Z"


def owe(desk: Desk, *ids: int, now: str = NOW) -> None:
    desk.write(deliveries.owe, [(desk.erp, id_) for id_ in ids], now)


def due(desk: Desk, now: str = EVER, after: int = -1, limit: int = 1000, **more: Any) -> list[Due]:
    found: list[Due] = desk.read(deliveries.due, desk.erp, now, after, limit, **more)
    return found


def creating(desk: Desk, *ids: int, due_at: str = LATER) -> None:
    desk.write(deliveries.creating, [(desk.erp, id_, encode({"name": "Acme"}), "t1", due_at) for id_ in ids])


def failed(desk: Desk, id_: int, state: str = OWED, attempts: int = 1, *, doubt: bool = False) -> dict[str, Any]:
    said = {"code": "system.timeout", "said": "no answer", "due_at": LATER, "doubt": doubt}
    return {"binding_id": desk.erp, "golden_id": id_, "state": state, "attempts": attempts, **said}


def test_what_is_owed_twice_is_sent_once(desk: Desk) -> None:
    desk.golden(1)
    owe(desk, 1, 1)
    owe(desk, 1)
    assert [(item.golden_id, item.state, item.seq) for item in due(desk)] == [(1, OWED, 2)]


def test_a_delivery_comes_with_all_that_is_needed_to_decide_what_to_send(desk: Desk) -> None:
    desk.golden(1, name="Acme")
    there = link(desk.erp, "x", 1, version="3", shadow=Shadow({"name": "Acne"}))
    desk.write(links.save, [there, link(desk.crm, "a", 1)])
    owe(desk, 1)
    [item] = due(desk)
    assert (item.known.fields, item.known.key, item.known.version) == ({"name": "Acme"}, "x", "3")
    assert item.known.shadow == Shadow({"name": "Acne"})
    assert (item.token, item.attempts, item.known.sent) == (None, 0, None)


def test_deliveries_come_in_order_page_by_page_and_only_when_due(desk: Desk) -> None:
    desk.golden(*range(1, 8))
    owe(desk, 5, 3, 1, 7)
    owe(desk, 2, 4, now=EVER)
    assert [item.golden_id for item in due(desk, NOW, limit=3)] == [1, 3, 5]
    assert [item.golden_id for item in due(desk, NOW, after=5, limit=3)] == [7]
    assert due(desk, "2026-11-22T08:59:59.999999Z") == []


def test_each_system_is_owed_its_own(desk: Desk) -> None:
    desk.golden(1)
    desk.write(deliveries.owe, [(desk.crm, 1)], NOW)
    assert due(desk) == []
    assert desk.read(deliveries.counts) == {(desk.crm, OWED): 1}


def test_a_delivery_is_done_only_if_nothing_changed_while_it_was_out(desk: Desk) -> None:
    desk.golden(1, 2)
    owe(desk, 1, 2)
    out = due(desk)
    owe(desk, 2)
    desk.write(deliveries.finish, desk.erp, out)
    assert [(item.golden_id, item.seq) for item in due(desk)] == [(2, 2)]


def test_a_finished_delivery_that_is_owed_anew_begins_anew(desk: Desk) -> None:
    desk.golden(1)
    owe(desk, 1)
    desk.write(deliveries.finish, desk.erp, due(desk))
    assert due(desk) == []
    owe(desk, 1)
    assert [(item.state, item.seq, item.attempts) for item in due(desk)] == [(OWED, 1, 0)]


def test_a_create_that_may_be_out_stays_so_when_it_is_owed_anew(desk: Desk) -> None:
    desk.golden(1)
    owe(desk, 1)
    creating(desk, 1)
    owe(desk, 1)
    [item] = due(desk)
    assert (item.state, item.token, item.seq, item.due_at) == (CREATING, "t1", 2, LATER)
    assert item.known.sent == {"name": "Acme"}


def test_only_creates_that_may_be_out_are_in_doubt(desk: Desk) -> None:
    desk.golden(1, 2, 3)
    owe(desk, 1, 2, 3)
    creating(desk, 2, 3)
    assert [item.golden_id for item in desk.read(deliveries.doubts, desk.erp)] == [2, 3]
    assert [item.golden_id for item in due(desk, doubts=True)] == [2, 3]
    assert due(desk, NOW, doubts=True) == []
    assert desk.read(deliveries.doubts, desk.crm) == []


def test_what_a_create_carried_is_kept_until_it_is_settled(desk: Desk) -> None:
    desk.golden(1)
    owe(desk, 1)
    creating(desk, 1)
    [item] = desk.read(deliveries.doubts, desk.erp)
    assert item.known.sent == {"name": "Acme"}
    desk.write(deliveries.reopen, desk.erp, [1])
    [item] = due(desk)
    assert (item.state, item.token, item.known.sent) == (OWED, None, None)


def test_reopening_what_is_not_out_changes_nothing(desk: Desk) -> None:
    desk.golden(1, 2)
    owe(desk, 1, 2)
    desk.write(deliveries.postpone, [failed(desk, 1, REFUSED)])
    before = due(desk)
    desk.write(deliveries.reopen, desk.erp, [1, 2, 99])
    assert due(desk) == before


def test_an_update_that_may_be_out_keeps_its_state_and_what_it_carried(desk: Desk) -> None:
    desk.golden(1)
    owe(desk, 1)
    desk.write(deliveries.updating, [(desk.erp, 1, encode({"name": "B"}))])
    [item] = due(desk)
    assert (item.state, item.known.sent) == (OWED, {"name": "B"})


@pytest.mark.parametrize(("doubt", "sent"), [(True, {"name": "B"}), (False, None)])
def test_a_write_put_off_keeps_what_it_carried_only_while_it_may_be_out(desk: Desk, doubt: bool, sent: object) -> None:
    desk.golden(1)
    owe(desk, 1)
    desk.write(deliveries.updating, [(desk.erp, 1, encode({"name": "B"}))])
    desk.write(deliveries.postpone, [failed(desk, 1, doubt=doubt)])
    assert due(desk, LATER)[0].known.sent == sent


def test_a_delivery_put_off_comes_back_with_its_count_and_people_see_why(desk: Desk) -> None:
    desk.golden(1, 2)
    owe(desk, 1, 2)
    desk.write(deliveries.postpone, [failed(desk, 1, attempts=4)])
    assert [item.golden_id for item in due(desk, NOW)] == [2]
    assert [(item.golden_id, item.attempts) for item in due(desk, LATER)] == [(1, 4), (2, 0)]
    shown = desk.read(deliveries.standing, [desk.erp], [OWED])
    assert shown[0] == deliveries.Standing(desk.erp, 1, OWED, 4, LATER, "system.timeout", "no answer")


def test_a_refused_delivery_is_tried_at_once_when_it_is_owed_anew(desk: Desk) -> None:
    desk.golden(1)
    owe(desk, 1)
    desk.write(deliveries.postpone, [failed(desk, 1, REFUSED)])
    assert due(desk, NOW) == []
    owe(desk, 1)
    [item] = due(desk, NOW)
    assert (item.state, item.attempts) == (OWED, 0)
    assert desk.read(deliveries.standing, [desk.erp], [OWED])[0].said is None


def test_a_reason_may_quote_any_value(desk: Desk) -> None:
    desk.golden(1)
    owe(desk, 1)
    desk.write(deliveries.postpone, [{**failed(desk, 1), "said": "a zero \0"}])
    assert desk.read(deliveries.standing, [desk.erp], [OWED])[0].said == "a zero \N{REPLACEMENT CHARACTER}"


def test_a_person_can_discard_a_delivery(desk: Desk) -> None:
    desk.golden(1, 2)
    owe(desk, 1, 2)
    desk.write(deliveries.drop, desk.erp, [1])
    assert [item.golden_id for item in due(desk)] == [2]


def test_deliveries_are_counted_by_system_and_state(desk: Desk) -> None:
    desk.golden(*range(1, 6))
    owe(desk, 1, 2, 3, 4)
    desk.write(deliveries.owe, [(desk.crm, 5)], NOW)
    creating(desk, 1)
    desk.write(deliveries.postpone, [failed(desk, 2, REFUSED)])
    counted = {(desk.erp, OWED): 2, (desk.erp, CREATING): 1, (desk.erp, REFUSED): 1, (desk.crm, OWED): 1}
    assert desk.read(deliveries.counts) == counted
    assert [item.golden_id for item in desk.read(deliveries.standing, [desk.erp], [OWED, REFUSED], 2)] == [2, 3]


def test_a_page_of_a_thousand_is_owed_and_finished_with_a_statement_each(desk: Desk) -> None:
    ids = range(1, 1001)
    desk.golden(*ids)
    before = desk.store.counts.statements
    owe(desk, *ids)
    creating(desk, *ids)
    out = due(desk)
    desk.write(deliveries.finish, desk.erp, out)
    assert len(out) == 1000
    assert desk.store.counts.statements - before == 4
    assert due(desk) == []
