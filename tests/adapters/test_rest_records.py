"""What REST systems answer to reading, searching and writing, and how their errors look."""

from typing import Any

import pytest
from rest_zoo import Reply, Zoo

from hub.adapter import Failure, Write, Written
from hub.core.errors import Denied, Gone, HubError, Refused, Stale, TryLater, Unknown

RECORD = {"id": 7, "name": "a", "ver": 3}
UPDATE = Write("update", "7", {"name": "b"}, "3")
CREATE = Write("create", None, {"name": "b"}, token="t1")
DELETE = Write("delete", "7", {}, "3")


def only(outcomes: list[Written | Failure]) -> Written | Failure:
    [outcome] = outcomes
    return outcome


# Reading


@pytest.mark.parametrize(
    ("ids", "keys"), [([1, 2], ["1", "2"]), (["1", 2], ["1", "2"]), (["007", "7"], ["007", "7"]), (["a/b"], ["a/b"])]
)
def test_keys_are_text_whatever_they_come_as(zoo: Zoo, ids: Any, keys: list[str]) -> None:
    rest = zoo.with_thing({}, lambda asked: {"items": [{"id": one} for one in ids]})
    [page] = rest.changes("thing", None)
    assert [record.key for record in page.records] == keys


def test_a_row_without_a_key_steps_aside(zoo: Zoo) -> None:
    rows = [{"id": 1}, {"name": "no key"}, "text", {"id": None}, {"id": [1]}, {"id": ""}, {"id": True}, {"id": 2}]
    rest = zoo.with_thing({}, lambda asked: {"items": rows})
    [page] = rest.changes("thing", None)
    assert [record.key for record in page.records] == ["1", "2"]
    assert [broken.error.code for broken in page.broken] == ["record.no-key"] * 6


def test_a_row_without_version_or_stamp_is_a_record_without_them(zoo: Zoo) -> None:
    rows = [{"id": 1, "ver": 2, "at": "2026-01-01T00:00:00Z"}, {"id": 2}, {"id": 3, "ver": None, "at": None}]
    rest = zoo.with_thing({"version": "ver", "stamp": "at"}, lambda asked: {"items": rows})
    [page] = rest.changes("thing", None)
    assert [(r.key, r.version, r.stamp) for r in page.records] == [
        ("1", "2", "2026-01-01T00:00:00Z"),
        ("2", None, None),
        ("3", None, None),
    ]


def test_nested_fields_are_flat_both_ways(zoo: Zoo) -> None:
    row = {"id": 7, "address": {"city": "Bonn", "geo": {"lat": 1.5}}, "tags": ["x", "y"]}
    rest = zoo.with_thing(
        {}, lambda asked: {"items": [row]}, fields=("address.city", "address.geo.lat", "address.zip", "tags.0")
    )
    [page] = rest.changes("thing", None)
    fields = page.records[0].fields
    assert (fields["address.city"], fields["address.geo.lat"], fields["tags.0"]) == ("Bonn", 1.5, "x")
    assert "address.zip" not in fields
    zoo.handler = lambda asked: row
    rest.write("thing", [Write("update", "7", {"address.city": "Cork", "address.geo.lat": None, "name": "n"})])
    assert zoo.asked[-1].body == {"address": {"city": "Cork", "geo": {"lat": None}}, "name": "n"}


def test_entities_are_turned_back_where_the_system_writes_them(zoo: Zoo) -> None:
    row = {"id": 7, "name": "M&uuml;ller &amp; S&ouml;hne &#39;&lt;", "note": "&amp;"}
    rest = zoo.with_thing({"entities": ["name"]}, lambda asked: {"items": [row]})
    [page] = rest.changes("thing", None)
    assert page.records[0].fields == {"id": 7, "name": "Müller & Söhne '<", "note": "&amp;"}


@pytest.mark.parametrize(
    ("answer", "one"),
    [
        (RECORD, {"call": "GET /things/{id}"}),
        ([RECORD], {"call": "GET /things/{id}", "answer": {"record": "0"}}),
        ({"data": {"thing": RECORD}}, {"call": "GET /things/{id}", "answer": {"record": "data.thing"}}),
    ],
)
def test_one_record_is_read_from_any_shape(zoo: Zoo, answer: Any, one: Any) -> None:
    rest = zoo.with_thing({"read": {"one": one}, "version": "ver"}, lambda asked: answer)
    [record] = rest.read("thing", ["7"])
    assert (record.key, record.version, record.fields["name"]) == ("7", "3", "a")


@pytest.mark.parametrize("status", [404, 410])
def test_a_record_that_is_not_there_is_left_out(zoo: Zoo, status: int) -> None:
    rest = zoo.with_thing({}, lambda asked: Reply(status) if asked.path.endswith("/8") else RECORD)
    assert [record.key for record in rest.read("thing", ["8", "7"])] == ["7"]


def test_a_deleted_record_may_answer_403_if_the_document_says_so(zoo: Zoo) -> None:
    rest = zoo.with_thing({}, lambda asked: Reply(403))
    with pytest.raises(Denied):
        rest.read("thing", ["7"])
    rest = zoo.with_thing({"errors": {"status": {"403": "gone"}}}, lambda asked: Reply(403))
    assert rest.read("thing", ["7"]) == []
    outcome = only(rest.write("thing", [UPDATE]))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.error, Gone)


def test_the_version_may_come_in_a_header(zoo: Zoo) -> None:
    thing = {
        "version": {"header": "ETag"},
        "update": {"call": "PATCH /things/{id}", "headers": {"If-Match": "{version}"}, "answer": {"record": ""}},
    }
    rest = zoo.with_thing(thing, lambda asked: Reply(200, {"id": 7, "name": "a"}, {"ETag": 'W/"x1"'}))
    [record] = rest.read("thing", ["7"])
    assert record.version == 'W/"x1"'
    assert rest.can.conditional
    written = only(rest.write("thing", [UPDATE._replace(version=record.version)]))
    assert isinstance(written, Written)
    assert written.version == 'W/"x1"'
    assert zoo.asked[-1].headers["If-Match"] == 'W/"x1"'


def test_a_marked_record_is_not_there(zoo: Zoo) -> None:
    rest = zoo.with_thing({"deleted": {"field": "state", "values": ["X"]}}, lambda asked: {"id": 7, "state": "X"})
    assert rest.read("thing", ["7"]) == []


@pytest.mark.parametrize("key", ["../admin", "a b", "?x=1&y=", "%2e%2e%2f", "a/b", "ä", "#", "a\r\nX: y"])
def test_a_key_stays_in_its_place_in_the_address(zoo: Zoo, key: str) -> None:
    rest = zoo.with_thing({}, lambda asked: {"id": key})
    assert [record.key for record in rest.read("thing", [key])] == [key]
    [asked] = zoo.asked
    assert asked.path.startswith("/things/")
    assert asked.path.count("/") == 2
    assert asked.query == {}


@pytest.mark.parametrize("key", ["..", ".", ""])
def test_a_key_that_would_lead_elsewhere_is_refused(zoo: Zoo, key: str) -> None:
    rest = zoo.with_thing({}, lambda asked: RECORD)
    with pytest.raises(Refused):
        rest.read("thing", [key])
    assert zoo.asked == []


# Searching


def test_values_are_sought_in_the_systems_own_words(zoo: Zoo) -> None:
    find = {
        "*": {
            "call": "GET /things",
            "query": {"filter": "{field}:=:'{value}'"},
            "items": "items",
            "escape": {"'": "''"},
        }
    }
    rows = [{"id": 1, "name": "O'Brien"}, {"id": 2, "name": "o'brien "}, {"id": 3, "name": None}]
    rest = zoo.with_thing({"find": find}, lambda asked: {"items": rows})
    assert [record.key for record in rest.find("thing", "name", ["O'Brien", "x"])] == ["1"]
    assert [asked.query["filter"] for asked in zoo.asked] == ["name:=:'O''Brien'", "name:=:'x'"]


def test_a_value_that_holds_the_separator_is_not_sought_wrongly(zoo: Zoo) -> None:
    find = {"name": {"call": "GET /things", "query": {"names": "{values}"}, "items": "items", "size": 10}}
    rest = zoo.with_thing({"find": find}, lambda asked: {"items": []})
    assert rest.find("thing", "name", ["a", "b"]) == []
    assert zoo.asked[0].query == {"names": "a,b"}
    with pytest.raises(Refused) as caught:
        rest.find("thing", "name", ["a", "b,c"])
    assert caught.value.code == "find.cannot-ask"
    with pytest.raises(Refused):
        rest.find("thing", "other", ["a"])


# Writing


@pytest.mark.parametrize(
    ("create", "reply"),
    [
        ({"answer": {"record": ""}}, Reply(201, RECORD)),
        ({"answer": {"record": "0"}}, Reply(201, [RECORD])),
        ({"answer": {"record": "data.thing"}}, {"data": {"thing": RECORD}, "ok": True}),
        ({"answer": {"key": ""}}, Reply(200, 7)),
        ({"answer": {"key": ""}}, Reply(200, "7")),
        ({"answer": {"key": "data.id"}}, {"data": {"id": 7}}),
        (
            {"answer": {"key": "header:Location"}},
            Reply(201, b"", {"Location": "https://erp.example/api/things/7/?x=1"}),
        ),
        ({"answer": {"key": "header:Location"}}, Reply(201, b"", {"Location": "things/7"})),
        ({"answer": {"record": "", "key": "id"}}, {"id": 7}),
    ],
)
def test_the_key_of_a_new_record_is_found_in_any_answer(zoo: Zoo, create: Any, reply: Any) -> None:
    rest = zoo.with_thing({"create": {"call": "POST /things", **create}, "version": "ver"}, lambda asked: reply)
    written = only(rest.write("thing", [CREATE]))
    assert isinstance(written, Written)
    assert written.key == "7"
    if written.fields == RECORD:
        assert written.version == "3"


@pytest.mark.parametrize("reply", [Reply(201), Reply(200, {}), Reply(200, []), Reply(200, {"key": None})])
def test_a_create_whose_key_does_not_come_is_looked_for(zoo: Zoo, reply: Reply) -> None:
    for answer in ({"record": ""}, {"key": "key"}):
        rest = zoo.with_thing({"create": {"call": "POST /things", "answer": answer}}, lambda asked: reply)
        outcome = only(rest.write("thing", [CREATE]))
        assert isinstance(outcome, Failure)
        assert isinstance(outcome.error, Unknown)


@pytest.mark.parametrize("reply", [Reply(204), Reply(200, {"ok": True}), Reply(200, RECORD), Reply(200, b"")])
def test_an_update_or_delete_may_answer_anything_that_says_yes(zoo: Zoo, reply: Reply) -> None:
    thing = {"update": "PATCH /things/{id}", "delete": {"call": "DELETE /things/{id}", "body": None}}
    rest = zoo.with_thing(thing, lambda asked: reply)
    assert not rest.can.answers
    assert [only(rest.write("thing", [write])) for write in (UPDATE, DELETE)] == [Written("7"), Written("7")]
    assert zoo.asked[-1].method == "DELETE"
    assert zoo.asked[-1].body == ""


def test_bodies_are_bare_wrapped_a_list_or_a_form(zoo: Zoo) -> None:
    shapes: list[tuple[Any, Any]] = [
        ({}, {"name": "b"}),
        ({"body": {"thing": "{fields}", "lock": "{version}"}}, {"thing": {"name": "b"}, "lock": "3"}),
        ({"body": [{"values": "{fields}", "id": "{key}"}]}, [{"values": {"name": "b"}, "id": "7"}]),
        ({"type": "application/x-www-form-urlencoded"}, "name=b"),
        ({"type": "application/merge-patch+json"}, {"name": "b"}),
    ]
    for settings, body in shapes:
        rest = zoo.with_thing({"update": {"call": "PUT /things/{id}", **settings}}, lambda asked: Reply(204))
        rest.write("thing", [UPDATE])
        assert zoo.asked[-1].body == body
        assert zoo.asked[-1].headers["Content-Type"] == settings.get("type", "application/json")


def test_a_key_is_a_number_in_a_body_where_the_schema_says_so(zoo: Zoo) -> None:
    schemas = {"schemas": {"Thing": {"properties": {"id": {"type": "integer"}}}}}
    update = {"call": "PUT /things/{id}", "body": {"id": "{key}", "v": "{fields}"}}
    rest = zoo.with_thing({"schema": "Thing", "update": update}, lambda asked: Reply(204), more={"components": schemas})
    rest.write("thing", [UPDATE])
    assert zoo.asked[-1].body == {"id": 7, "v": {"name": "b"}}


def test_a_part_that_is_not_known_is_left_out(zoo: Zoo) -> None:
    create = {"call": "POST /things", "headers": {"Idempotency-Key": "{token}"}, "answer": {"record": ""}}
    update = {
        "call": "PATCH /things/{id}",
        "headers": {"If-Match": '"{version}"'},
        "query": {"v": "{version}", "mode": "part"},
        "answer": {"record": ""},
    }
    rest = zoo.with_thing({"create": create, "update": update, "version": "ver"}, lambda asked: RECORD)
    assert rest.can.tokens
    rest.write("thing", [CREATE])
    assert zoo.asked[-1].headers["Idempotency-Key"] == "t1"
    rest.write("thing", [CREATE._replace(token="")])
    assert "Idempotency-Key" not in zoo.asked[-1].headers
    rest.write("thing", [UPDATE])
    assert (zoo.asked[-1].headers["If-Match"], zoo.asked[-1].query) == ('"3"', {"v": "3", "mode": "part"})
    rest.write("thing", [UPDATE._replace(version=None)])
    assert "If-Match" not in zoo.asked[-1].headers
    assert zoo.asked[-1].query == {"mode": "part"}


def test_the_lock_may_be_a_field_of_the_body(zoo: Zoo) -> None:
    update = {"call": "PUT /things/{id}", "body": {"fields": "{fields}", "context": {"changed": "{version}"}}}
    rest = zoo.with_thing({"update": update, "version": "ver"}, lambda asked: Reply(409))
    assert rest.can.conditional
    outcome = only(rest.write("thing", [UPDATE]))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.error, Stale)


# Errors

BAD = {"error": {"code": "E1", "message": "no", "fields": [{"field": "name", "message": "too long"}]}}
AT = {"at": "error", "code": "error.code", "message": "error.message", "fields": "error.fields"}


@pytest.mark.parametrize(
    ("errors", "reply", "read", "write"),
    [
        ({}, Reply(400, BAD), Refused, Refused),
        ({}, Reply(403), Denied, Refused),
        ({}, Reply(401), Denied, Denied),
        ({}, Reply(409), Refused, Stale),
        ({}, Reply(412), Stale, Stale),
        ({}, Reply(422, BAD), Refused, Refused),
        ({}, Reply(423), TryLater, TryLater),
        ({}, Reply(429), TryLater, TryLater),
        ({}, Reply(500, b"<html>"), TryLater, Unknown),
        ({}, Reply(503), TryLater, TryLater),
        ({}, Reply(304), TryLater, Refused),
        ({}, b"plain text", TryLater, Unknown),
        ({}, b"<html>", TryLater, Unknown),
        ({"status": {"500": "refused"}}, Reply(500, b"Bad data"), Refused, Refused),
        ({"status": {"409": "refused"}}, Reply(409), Refused, Refused),
        (AT, BAD, Refused, Refused),
        (AT | {"codes": {"E1": "stale"}}, BAD, Stale, Stale),
        (AT | {"codes": {"E1": "later"}}, Reply(400, BAD), TryLater, TryLater),
        ({"code": "result", "ok": [0]}, {"result": 17}, Refused, Refused),
        ({"code": "result", "ok": ["OK"], "codes": {"LOCKED": "later"}}, {"result": "LOCKED"}, TryLater, TryLater),
        ({"code": "result", "ok": [0], "codes": {"17": "denied"}}, {"result": 17}, Denied, Denied),
    ],
)
def test_an_error_means_what_to_do_next(zoo: Zoo, errors: Any, reply: Any, read: Any, write: Any) -> None:
    rest = zoo.with_thing({"errors": errors}, lambda asked: reply)
    with pytest.raises(read):
        rest.read("thing", ["7"])
    with pytest.raises(read):
        list(rest.changes("thing", None))
    assert type(error_of(rest, UPDATE)) is write


def error_of(rest: Any, write: Write) -> HubError:
    try:
        outcome = only(rest.write("thing", [write]))
    except HubError as error:
        return error
    assert isinstance(outcome, Failure)
    return outcome.error


@pytest.mark.parametrize(
    ("errors", "body"),
    [
        ({}, {"error": None, "items": []}),
        (AT, {"error": None, "items": []}),
        (AT, {"error": "", "items": []}),
        (AT, {"error": {}, "items": []}),
        ({"code": "result", "ok": [0, "OK"]}, {"result": 0, "items": []}),
        ({"code": "result", "ok": [0, "OK"]}, {"result": "OK", "items": []}),
        ({"code": "result", "ok": [0]}, {"items": []}),
    ],
)
def test_what_is_no_error_is_none(zoo: Zoo, errors: Any, body: Any) -> None:
    rest = zoo.with_thing({"errors": errors}, lambda asked: body)
    assert [page.records for page in rest.changes("thing", None)] == [[]]


@pytest.mark.parametrize(
    ("errors", "body", "reasons"),
    [
        (AT, BAD, ("name: too long",)),
        (
            {"fields": "errors"},
            {"errors": {"name": ["too long", "odd"], "zip": "bad"}},
            ("name: too long; odd", "zip: bad"),
        ),
        ({"fields": "", "field": "path", "said": "text"}, [{"path": "name", "text": "long"}], ("name: long",)),
        ({"fields": "errors"}, {"errors": ["name is too long"]}, ("name is too long",)),
        ({"fields": "errors"}, {"errors": None}, ()),
    ],
)
def test_the_reasons_are_shown_field_by_field(zoo: Zoo, errors: Any, body: Any, reasons: tuple[str, ...]) -> None:
    rest = zoo.with_thing({"errors": errors}, lambda asked: Reply(422, body))
    error = error_of(rest, UPDATE)
    assert isinstance(error, Refused)
    assert error.reasons == reasons
    assert all(reason in str(error) for reason in reasons)


def test_a_conflict_on_a_create_is_refused_as_there_is_nothing_to_read_again(zoo: Zoo) -> None:
    rest = zoo.with_thing({}, lambda asked: Reply(409))
    assert isinstance(error_of(rest, CREATE), Refused)


@pytest.mark.parametrize("me", [{"login": None}, {}, {"login": "guest"}, {"login": ""}])
def test_a_system_that_treats_us_as_a_visitor_is_noticed_before_anything_is_read(zoo: Zoo, me: Any) -> None:
    root = {"canary": {"call": "GET /me", "want": {"login": "hub"}}}
    shown = {"me": {"login": "hub"}}
    rest = zoo.with_thing({}, lambda asked: shown["me"] if asked.path == "/me" else {"items": [{"id": 1}]}, root=root)
    assert len(list(rest.changes("thing", None))) == 1
    shown["me"] = me
    for ask in (lambda: list(rest.changes("thing", None)), lambda: list(rest.keys("thing")), rest.describe):
        with pytest.raises(Denied) as caught:
            ask()
        assert caught.value.code == "system.anonymous"


# Batches

BATCH = {
    "call": "POST /batch",
    "size": 10,
    "body": {"do": "{items}"},
    "create": {"op": "c", "ref": "{token}", "v": "{fields}"},
    "update": {"op": "u", "id": "{key}", "v": "{fields}", "if": "{version}"},
    "delete": {"op": "d", "id": "{key}"},
    "answer": {"items": "done", "status": "s", "key": "id", "record": "r"},
}
WRITES = [Write("update", str(n), {"name": f"n{n}"}, "1") for n in (1, 2, 3)]


def outcomes_of(zoo: Zoo, done: Any, writes: list[Write], **answer: str) -> list[str]:
    """What became of each: its key, or the name of its error."""
    batch = {**BATCH, "answer": {**BATCH["answer"], **answer}}
    rest = zoo.with_thing({"batch": batch, "version": "ver"}, lambda asked: done)
    found = rest.write("thing", writes)
    return [outcome.key if isinstance(outcome, Written) else type(outcome.error).__name__ for outcome in found]


def item(key: int, status: int = 200) -> dict[str, Any]:
    return {"s": status, "id": key, "r": {"id": key, "name": "held"}} if status < 300 else {"s": status, "id": key}


@pytest.mark.parametrize(
    ("done", "fared"),
    [
        ([item(1), item(2, 412), item(3, 404)], ["1", "Stale", "Gone"]),
        ([item(3), item(1), item(2, 422)], ["1", "Refused", "3"]),
        ([item(3), item(1)], ["1", "Unknown", "3"]),
        ([item(1), item(1), item(2), item(3)], ["Unknown", "2", "3"]),
        ([item(1), item(1), item(3)], ["Unknown", "Unknown", "3"]),
        ([], ["Unknown", "Unknown", "Unknown"]),
        ([item(9), item(1), item(2), item(3)], ["1", "2", "3"]),
        ([{"s": 200}, {"s": 200}, {"s": 409}], ["1", "2", "Stale"]),
        ([{"s": 200}, {"s": 200}], ["Unknown", "Unknown", "Unknown"]),
        ([{"s": "fine", "id": 1}, item(2, 500), "odd"], ["Unknown", "Unknown", "Unknown"]),
    ],
)
def test_outcomes_of_a_batch_are_matched_by_what_they_say(zoo: Zoo, done: Any, fared: list[str]) -> None:
    assert outcomes_of(zoo, {"done": done}, WRITES) == fared
    assert zoo.asked[0].body["do"][0] == {"op": "u", "id": "1", "v": {"name": "n1"}, "if": "1"}


def test_new_records_of_a_batch_are_matched_by_place_or_token(zoo: Zoo) -> None:
    creates = [Write("create", None, {"name": n}, token=f"t{n}") for n in "ab"]
    assert outcomes_of(zoo, {"done": [item(8), item(9)]}, creates) == ["8", "9"]
    assert outcomes_of(zoo, {"done": [item(8)]}, creates) == ["Unknown", "Unknown"]
    swapped = [{**item(9), "ref": "tb"}, {**item(8), "ref": "ta"}]
    assert outcomes_of(zoo, {"done": swapped}, creates, token="ref") == ["8", "9"]
    assert outcomes_of(zoo, {"done": swapped[:1]}, creates, token="ref") == ["Unknown", "9"]
    numbered = [{**item(9), "n": 1}, {**item(8), "n": 0}]
    assert outcomes_of(zoo, {"done": numbered}, creates, index="n") == ["8", "9"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(500), Unknown),
        (Reply(503), TryLater),
        (Reply(400), Refused),
        (Reply(403), Refused),
        (b"<html>", Unknown),
        (b"", Unknown),
        ({"done": None}, Unknown),
    ],
)
def test_a_batch_that_came_to_nothing_is_raised_once(zoo: Zoo, reply: Any, error: type[HubError]) -> None:
    with pytest.raises(error):
        outcomes_of(zoo, reply, WRITES)


def test_kinds_that_the_batch_does_not_take_go_one_by_one(zoo: Zoo) -> None:
    batch = {name: value for name, value in BATCH.items() if name != "delete"}
    rest = zoo.with_thing({"batch": batch}, lambda asked: Reply(204) if asked.method == "DELETE" else RECORD)
    outcomes = rest.write("thing", [DELETE, UPDATE])
    assert all(isinstance(outcome, Written) for outcome in outcomes)
    assert [asked.method for asked in zoo.asked] == ["DELETE", "PATCH"]


def test_a_write_that_the_document_has_no_call_for_is_refused(zoo: Zoo) -> None:
    rest = zoo.with_thing({"delete": ...}, lambda asked: RECORD)
    assert not rest.can.delete
    assert isinstance(error_of(rest, DELETE), Refused)
    assert zoo.asked == []


def test_when_the_system_is_away_all_writes_fail_as_one(zoo: Zoo) -> None:
    rest = zoo.with_thing({}, lambda asked: Reply(503))
    with pytest.raises(TryLater):
        rest.write("thing", [UPDATE, DELETE])
    rest = zoo.with_thing({}, lambda asked: Reply(422) if asked.method == "DELETE" else Reply(503))
    assert [type(o.error) for o in rest.write("thing", [UPDATE, DELETE]) if isinstance(o, Failure)] == [
        TryLater,
        Refused,
    ]


@pytest.mark.parametrize("other", [{"id": ""}, {"id": None}, {"name": "Bo"}])
def test_a_row_without_a_key_spoils_no_other_whatever_the_others_are(zoo: Zoo, other: Any) -> None:
    rest = zoo.with_thing({}, lambda asked: {"items": [{"id": 0}, other]})
    [page] = rest.changes("thing", None)
    assert [record.key for record in page.records] == ["0"]
    assert [(broken.key, broken.error.code) for broken in page.broken] == [(None, "record.no-key")]


@pytest.mark.parametrize("status", [404, 410])
def test_a_create_that_finds_nothing_says_nothing_of_a_record_that_is_gone(zoo: Zoo, status: int) -> None:
    """Its address is wrong, or a parent is missing: there was no record yet."""
    outcome = only(zoo.with_thing({}, lambda asked: Reply(status)).write("thing", [CREATE]))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.error, Refused)


@pytest.mark.parametrize("status", [404, 410])
def test_a_batch_whose_address_is_not_there_says_nothing_of_its_records(zoo: Zoo, status: int) -> None:
    rest = zoo.with_thing({"batch": BATCH, "version": "ver"}, lambda asked: Reply(status))
    with pytest.raises(TryLater, match="is the address of the batch right"):
        rest.write("thing", WRITES)
