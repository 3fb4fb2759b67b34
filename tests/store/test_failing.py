"""Failed deliveries come with what people need to correct them; what is only owed, or in doubt, is none of them."""

from typing import Any

from desk import NOW, Desk, link

from hub.core.merge import Shadow
from hub.store import deliveries, links
from hub.store.database import encode
from hub.store.deliveries import OWED, REFUSED
from hub.store.failing import Failing, failing, fails

LATER = "2026-11-22T10:00:00.000000Z"


def failed(desk: Desk, id_: int, state: str, code: str = "record.refused") -> dict[str, Any]:
    row = {"binding_id": desk.erp, "golden_id": id_, "state": state, "attempts": 3, "due_at": LATER}
    return {**row, "code": code, "said": "no", "doubt": False}


def owed(desk: Desk, *ids: int) -> None:
    desk.golden(*ids)
    desk.write(deliveries.owe, [(desk.erp, id_) for id_ in ids], NOW)


def found(desk: Desk, *bindings: int, page: int = 1000) -> list[Failing]:
    with desk.store.reading() as tx:
        return list(failing(tx, bindings or (desk.erp,), page))


def test_refused_and_put_off_ones_are_told_with_key_and_values(desk: Desk) -> None:
    owed(desk, 1, 2, 3)
    desk.write(links.save, [link(desk.erp, "x", 2, shadow=Shadow({"name": "Acne"}))])
    desk.write(deliveries.postpone, [failed(desk, 1, REFUSED), failed(desk, 2, OWED, "system.timeout")])
    one, two = found(desk)
    assert (one.golden_id, one.state, one.attempts, one.key, one.fields) == (1, REFUSED, 3, None, {"name": "Acme"})
    assert (two.golden_id, two.state, two.code, two.due_at, two.key) == (2, OWED, "system.timeout", LATER, "x")


def test_a_create_in_doubt_is_none_of_them(desk: Desk) -> None:
    owed(desk, 1)
    desk.write(deliveries.creating, [(desk.erp, 1, encode({"name": "Acme"}), "t1", LATER)])
    desk.write(deliveries.postpone, [{**failed(desk, 1, "creating"), "doubt": True}])
    assert found(desk) == []
    assert not desk.read(fails, desk.erp, 1)


def test_they_come_page_by_page_each_once(desk: Desk) -> None:
    owed(desk, *range(1, 8))
    desk.write(deliveries.postpone, [failed(desk, id_, REFUSED) for id_ in range(1, 8)])
    assert [row.golden_id for row in found(desk, page=3)] == list(range(1, 8))
    assert found(desk, desk.crm) == []
    assert desk.read(fails, desk.erp, 7)


def test_what_is_discarded_is_gone_in_one_statement(desk: Desk) -> None:
    owed(desk, *range(1, 8))
    desk.write(deliveries.postpone, [failed(desk, id_, REFUSED) for id_ in range(1, 8)])
    before = desk.store.counts.statements
    desk.write(deliveries.drop, desk.erp, [1, 2, 3, 4, 5, 6])
    assert desk.store.counts.statements - before == 1
    assert [row.golden_id for row in found(desk)] == [7]
