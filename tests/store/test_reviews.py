"""Reviews: records that stand aside."""

from typing import Any

from desk import NOW, Desk, count

from hub.store import reviews, schema

LATER = "2026-11-23T09:00:00.000000Z"


def aside(desk: Desk, key: str, kind: str = "parked", due_at: str = NOW, **more: Any) -> dict[str, Any]:
    said = {"code": "record.required", "said": "no name", "golden_id": None}
    return {"at": NOW, "binding_id": desk.crm, "key": key, "kind": kind, "due_at": due_at, **said, **more}


def test_one_is_open_for_a_record_at_a_time_and_says_the_latest_reason(desk: Desk) -> None:
    desk.write(reviews.open_, [aside(desk, "a")])
    desk.write(reviews.open_, [aside(desk, "a", "ambiguous", LATER, code="match.ambiguous", said="two", golden_id=7)])
    [found] = desk.read(reviews.find, [desk.crm])
    assert (found.kind, found.code, found.said, found.golden_id) == ("ambiguous", "match.ambiguous", "two", 7)
    assert (found.attempts, found.at, found.due_at) == (1, NOW, LATER)


def test_the_same_record_twice_in_one_page_is_one_review(desk: Desk) -> None:
    desk.write(reviews.open_, [aside(desk, "a", said="first"), aside(desk, "a", said="second")])
    assert [found.said for found in desk.read(reviews.find, [desk.crm])] == ["second"]


def test_a_closed_review_stays_and_a_new_one_can_open(desk: Desk) -> None:
    desk.write(reviews.open_, [aside(desk, "a"), aside(desk, "b")])
    desk.write(reviews.close, desk.crm, ["a", "unknown"])
    desk.write(reviews.open_, [aside(desk, "a", said="again")])
    assert [(r.key, r.said, r.attempts) for r in desk.read(reviews.find, [desk.crm])] == [
        ("b", "no name", 0),
        ("a", "again", 0),
    ]
    assert [r.key for r in desk.read(reviews.find, [desk.crm], state="closed")] == ["a"]
    assert desk.read(count, schema.review) == 3


def test_closing_touches_one_system(desk: Desk) -> None:
    desk.write(reviews.open_, [aside(desk, "a"), aside(desk, "a", binding_id=desk.erp)])
    desk.write(reviews.close, desk.erp, ["a"])
    assert [r.binding_id for r in desk.read(reviews.find, [desk.crm, desk.erp])] == [desk.crm]


def test_what_is_due_comes_in_order_but_for_rows_that_have_no_key(desk: Desk) -> None:
    rows = [aside(desk, "a", due_at=LATER), aside(desk, "b"), aside(desk, "row 1", "broken"), aside(desk, "c")]
    desk.write(reviews.open_, [*rows, aside(desk, "d", binding_id=desk.erp)])
    assert [r.key for r in desk.read(reviews.due, desk.crm, NOW, 10)] == ["b", "c"]
    assert [r.key for r in desk.read(reviews.due, desk.crm, LATER, 2)] == ["a", "b"]


def test_a_record_can_be_tried_at_the_next_run(desk: Desk) -> None:
    desk.write(reviews.open_, [aside(desk, "a", due_at=LATER), aside(desk, "b", due_at=LATER)])
    desk.write(reviews.hurry, desk.crm, "a", NOW)
    assert [r.key for r in desk.read(reviews.due, desk.crm, NOW, 10)] == ["a"]


def test_those_that_wait_are_counted_by_system_and_kind(desk: Desk) -> None:
    rows = [aside(desk, "a"), aside(desk, "b"), aside(desk, "c", "taken"), aside(desk, "a", binding_id=desk.erp)]
    desk.write(reviews.open_, rows)
    desk.write(reviews.close, desk.crm, ["b"])
    assert desk.read(reviews.waiting, desk.crm, "parked") == 1
    assert desk.read(reviews.waiting, desk.shop, "parked") == 0


def test_a_reason_may_quote_any_value(desk: Desk) -> None:
    desk.write(reviews.open_, [aside(desk, "a", said="a zero \0, half a character \ud83d, ünï")])
    assert desk.read(reviews.find, [desk.crm])[0].said == "a zero \N{REPLACEMENT CHARACTER}, half a character ?, ünï"


def test_people_see_as_many_as_they_ask_for_the_oldest_first(desk: Desk) -> None:
    desk.write(reviews.open_, [aside(desk, key) for key in "cab"])
    assert [r.key for r in desk.read(reviews.find, [desk.crm], limit=2)] == ["c", "a"]
