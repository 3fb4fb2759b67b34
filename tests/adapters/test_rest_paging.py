"""Every way of paging and of asking what changed that we have met, described without code."""

import base64
import json
from typing import Any

import pytest
from rest_zoo import Asked, Reply, Zoo

from hub.adapter import Page
from hub.core.errors import Refused, TryLater

ROWS = [{"id": n, "name": f"n{n}"} for n in range(1, 24)]
KEYS = [str(row["id"]) for row in ROWS]
#: The server never gives more than this, whatever it is asked for.
CUT = 4


def keys(pages: list[Page]) -> list[str]:
    return [record.key for page in pages for record in page.records]


def by_offset(asked: Asked) -> Any:
    start = int(asked.query.get("offset", 0))
    return {"items": ROWS[start : start + CUT], "count": len(ROWS)}


def by_page_from(first: int, end: Reply) -> Any:
    def handler(asked: Asked) -> Any:
        start = (int(asked.query["page"]) - first) * CUT
        return {"items": ROWS[start : start + CUT]} if start < len(ROWS) else end

    return handler


def by_cursor(asked: Asked) -> Any:
    start = int(asked.query.get("cursor", "c0")[1:])
    return {
        "items": ROWS[start : start + CUT],
        "meta": {"next": f"c{start + CUT}" if start + CUT < len(ROWS) else None},
    }


def by_link(asked: Asked) -> Any:
    start = int(asked.query.get("from", 0))
    more = start + CUT < len(ROWS)
    return {"items": ROWS[start : start + CUT], "next": f"/api/things?from={start + CUT}" if more else None}


def by_header(asked: Asked) -> Any:
    start = int(asked.query.get("from", 0))
    link = f'<things?x=1>; rel="prev", <things?from={start + CUT}>; title="a, b"; rel="next last"'
    return Reply(200, ROWS[start : start + CUT], {"Link": link} if start + CUT < len(ROWS) else {})


def by_range(asked: Asked) -> Any:
    first, last = map(int, asked.headers["Range"].removeprefix("items=").split("-"))
    if first >= len(ROWS):
        return Reply(416)
    assert last == first + 9
    return Reply(206, ROWS[first : first + CUT], {"Content-Range": f"items {first}-{first + CUT - 1}/{len(ROWS)}"})


def by_key(asked: Asked) -> Any:
    after = int(asked.query.get("after", 0))
    return [row for row in ROWS if row["id"] > after][:CUT]


OFFSET = {"limit": "{limit}", "offset": "{offset}"}
PAGING: list[Any] = [
    ({"query": OFFSET, "items": "items", "paging": "offset"}, by_offset, 9),
    ({"query": OFFSET, "items": "items", "paging": {"by": "offset", "check": False}}, by_offset, 7),
    ({"query": OFFSET, "items": "items", "paging": {"by": "offset", "check": False, "total": "count"}}, by_offset, 6),
    ({"query": {"page": "{page}"}, "items": "items", "paging": "page"}, by_page_from(1, Reply(200, {"items": []})), 7),
    (
        {"query": {"page": "{page}"}, "items": "items", "paging": {"by": "page", "first": 0}, "empty": [404]},
        by_page_from(0, Reply(404)),
        7,
    ),
    ({"query": {"page": "{page}"}, "items": "items", "paging": "page"}, by_page_from(1, Reply(416)), 7),
    (
        {"query": {"cursor": "{cursor}"}, "items": "items", "paging": {"by": "cursor", "next": "meta.next"}},
        by_cursor,
        6,
    ),
    ({"items": "items", "paging": {"by": "link", "next": "next"}}, by_link, 6),
    ({"items": "", "paging": "link"}, by_header, 6),
    ({"items": "", "headers": {"Range": "items={offset}-{last}"}, "paging": "range"}, by_range, 7),
    (
        {
            "items": "",
            "headers": {"Range": "items={offset}-{last}"},
            "paging": {"by": "range", "total": "header:Content-Range"},
        },
        by_range,
        6,
    ),
    ({"items": "", "query": {"after": "{after}"}, "paging": "key"}, by_key, 7),
    ({"items": ""}, lambda asked: ROWS, 1),
]


@pytest.mark.parametrize(("listing", "handler", "calls"), PAGING)
def test_all_rows_are_read_once_though_the_page_size_is_cut(zoo: Zoo, listing: Any, handler: Any, calls: int) -> None:
    rest = zoo.with_thing({"list": {"call": "GET /things", **listing}}, handler)
    pages = list(rest.changes("thing", None))
    assert keys(pages) == KEYS
    assert len(zoo.asked) == calls
    assert [key for part in rest.keys("thing") for key in part] == KEYS


@pytest.mark.parametrize(("listing", "handler", "calls"), PAGING)
def test_a_walk_goes_on_after_any_page_and_then_reads_all_where_it_cannot_ask_what_changed(
    zoo: Zoo, listing: Any, handler: Any, calls: int
) -> None:
    rest = zoo.with_thing({"list": {"call": "GET /things", **listing}}, handler)
    pages = list(rest.changes("thing", None))
    for n, page in enumerate(pages[:-1], 1):
        assert keys(list(rest.changes("thing", page.cursor))) == keys(pages[n:]) + KEYS


@pytest.mark.parametrize(
    ("listing", "reply"),
    [
        ({"items": ""}, []),
        ({"items": "items"}, {"items": [], "count": 0}),
        ({"items": "items"}, {"items": None}),
        ({"items": "items", "empty": [404]}, Reply(404, {"error": "nothing found"})),
        ({"items": "", "empty": [204]}, Reply(204)),
    ],
)
def test_an_empty_list_has_many_faces(zoo: Zoo, listing: Any, reply: Any) -> None:
    rest = zoo.with_thing({"list": {"call": "GET /things", **listing}}, lambda asked: reply)
    [page] = rest.changes("thing", None)
    assert page.records == []


def test_one_row_may_come_without_a_list(zoo: Zoo) -> None:
    rest = zoo.with_thing({}, lambda asked: {"items": {"id": "7", "name": "a"}})
    assert keys(list(rest.changes("thing", None))) == ["7"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"rows": []}, "answer.shape"),
        ({"items": "none"}, "answer.shape"),
        ({"items": {"name": "no key"}}, "answer.shape"),
        ([], "answer.shape"),
        (b"<html><form>Log on</form></html>", "answer.html"),
        (b"OK", "answer.not-json"),
        (b'{"items": [', "answer.not-json"),
        (b"", "answer.shape"),
    ],
)
def test_what_is_no_list_is_not_taken_for_an_empty_one(zoo: Zoo, body: Any, code: str) -> None:
    rest = zoo.with_thing({}, lambda asked: body)
    for ask in (lambda: list(rest.changes("thing", None)), lambda: list(rest.keys("thing"))):
        with pytest.raises(TryLater) as caught:
            ask()
        assert caught.value.code == code


@pytest.mark.parametrize("status", [400, 403, 404, 500, 502])
def test_an_error_on_a_later_page_does_not_end_the_walk_quietly(zoo: Zoo, status: int) -> None:
    rest = zoo.with_thing(
        {"list": {"call": "GET /things", "query": OFFSET, "items": "items", "paging": "offset"}},
        lambda asked: by_offset(asked) if int(asked.query["offset"]) < 8 else Reply(status),
    )
    for walk in (rest.changes("thing", None), rest.keys("thing")):
        with pytest.raises(Exception, match=str(status)):
            list(walk)


def test_rows_that_end_before_the_total_are_not_taken_for_all(zoo: Zoo) -> None:
    listing = {"call": "GET /things", "query": OFFSET, "items": "items", "paging": {"by": "offset", "total": "count"}}
    rest = zoo.with_thing({"list": listing}, lambda asked: {**by_offset(asked), "count": 30})
    with pytest.raises(TryLater) as caught:
        list(rest.keys("thing"))
    assert caught.value.code in ("answer.short", "answer.moving")


def test_rows_that_move_while_they_are_paged_are_all_read(zoo: Zoo) -> None:
    rows = list(ROWS)

    def handler(asked: Asked) -> Any:
        start = int(asked.query["offset"])
        if start == 6 and len(rows) == len(ROWS):
            del rows[2]
        return {"items": rows[start : start + CUT]}

    rest = zoo.with_thing(
        {"list": {"call": "GET /things", "query": OFFSET, "items": "items", "paging": "offset"}}, handler
    )
    assert set(keys(list(rest.changes("thing", None)))) >= set(KEYS) - {"3"}
    assert len(rows) < len(ROWS)  # they did move


def test_a_next_page_that_is_this_page_again_is_an_error(zoo: Zoo) -> None:
    listing = {"call": "GET /things", "query": {"c": "{cursor}"}, "items": "items", "paging": "cursor"}
    rest = zoo.with_thing({"list": listing}, lambda asked: {"items": ROWS[:2], "next": "same"})
    with pytest.raises(Refused) as caught:
        list(rest.keys("thing"))
    assert caught.value.code == "answer.loop"


def test_a_next_link_to_another_host_is_not_followed(zoo: Zoo) -> None:
    rest = zoo.with_thing(
        {"list": {"call": "GET /things", "items": "items", "paging": {"by": "link", "next": "next"}}},
        lambda asked: {"items": ROWS[:2], "next": "http://evil.example/things"},
    )
    with pytest.raises(Refused) as caught:
        list(rest.keys("thing"))
    assert caught.value.code == "system.other-host"


def test_a_place_that_the_system_no_longer_knows_begins_the_walk_anew(zoo: Zoo) -> None:
    rest = zoo.with_thing(
        {
            "list": {
                "call": "GET /things",
                "query": {"cursor": "{cursor}"},
                "items": "items",
                "paging": {"by": "cursor", "next": "meta.next"},
            }
        },
        by_cursor,
    )
    first = next(rest.changes("thing", None))
    zoo.handler = lambda asked: (
        Reply(400) if asked.query.get("cursor") == "c4" and len(zoo.asked) < 3 else by_cursor(asked)
    )
    assert keys(list(rest.changes("thing", first.cursor))) == KEYS


# What changed since

STAMPED = [{"id": n, "name": f"n{n}", "changed": f"2026-11-22T09:00:{n:02}Z"} for n in range(1, 8)]


def since(query: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "stamp": more.pop("stamp", "changed"),
        "list": {"call": "GET /things", "items": "items"},
        "changes": {"by": "since", "call": "GET /things", "items": "items", "query": query, **more},
    }


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"since": "{since}"}, {"since": "2026-11-22T09:00:07Z"}),
        ({"filter": "changed:>=:'{since}'"}, {"filter": "changed:>=:'2026-11-22T09:00:07Z'"}),
        (
            {"filter": "(changed:>=:'{since}',or,(made:>=:'{since}',and,new:=:1))", "limit": "{limit}"},
            {
                "filter": "(changed:>=:'2026-11-22T09:00:07Z',or,(made:>=:'2026-11-22T09:00:07Z',and,new:=:1))",
                "limit": "10",
            },
        ),
    ],
)
def test_changes_are_asked_for_in_the_systems_own_words(zoo: Zoo, query: Any, shown: Any) -> None:
    rest = zoo.with_thing(since(query), lambda asked: {"items": STAMPED})
    [first] = rest.changes("thing", None)
    list(rest.changes("thing", first.cursor))
    assert zoo.asked[0].query == {}
    assert zoo.asked[1].query == shown


def test_changes_are_asked_for_in_base64_json(zoo: Zoo) -> None:
    query = {"q": {"$base64url": {"where": [{"changed": {"gte": "{since}"}}], "n": "{limit}"}}}
    rest = zoo.with_thing(since(query), lambda asked: {"items": STAMPED})
    [first] = rest.changes("thing", None)
    list(rest.changes("thing", first.cursor))
    text = zoo.asked[1].query["q"]
    asked = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert asked == {"where": [{"changed": {"gte": "2026-11-22T09:00:07Z"}}], "n": 10}


@pytest.mark.parametrize(
    ("kind", "stamp", "overlap", "asked"),
    [
        ({}, "2026-11-22T09:00:07Z", 10, "2026-11-22T08:59:57Z"),
        ({}, "2026-11-22T09:00:07.123456Z", 1, "2026-11-22T09:00:06.123456Z"),
        ({}, "2026-11-22 09:00:07", 60, "2026-11-22 08:59:07"),
        ({"zone": "Europe/Berlin"}, "2026-10-25T03:10:00", 3600, "2026-10-25T02:10:00"),
        ({}, "2026-11-22T09:00:07+02:00", 7, "2026-11-22T09:00:00+02:00"),
        ({"kind": "epoch"}, 1795338007, 7, "1795338000"),
        ({"kind": "epoch-ms"}, 1795338007123, 7, "1795338000123"),
        ({"kind": "epoch"}, "1795338007", 0, "1795338007"),
        ({"kind": "http-date"}, "Sun, 22 Nov 2026 09:00:07 GMT", 7, "Sun, 22 Nov 2026 09:00:00 GMT"),
    ],
)
def test_stamps_go_back_as_they_came(zoo: Zoo, kind: Any, stamp: Any, overlap: float, asked: str) -> None:
    rest = zoo.with_thing(
        since({"since": "{since}"}, overlap=overlap, stamp={"field": "changed", **kind}),
        lambda _: {"items": [{"id": 1, "changed": stamp}]},
    )
    [first] = rest.changes("thing", None)
    list(rest.changes("thing", first.cursor))
    assert zoo.asked[1].query == {"since": asked}
    assert first.records[0].stamp == str(stamp)
    when = rest.when(first.records[0].stamp or "")
    assert when is not None
    assert when.tzinfo is not None


def test_a_stamp_that_is_null_until_the_first_change_is_looked_for_elsewhere(zoo: Zoo) -> None:
    rows = [{"id": 1, "changed": None, "made": "2026-01-01T00:00:00Z"}, {"id": 2, "made": "2026-01-02T00:00:00Z"}]
    rows.append({"id": 3, "changed": "2026-01-01T12:00:00Z", "made": "2025-01-01T00:00:00Z"})
    stamp = {"field": "changed", "other": "made"}
    rest = zoo.with_thing(since({"since": "{since}"}, stamp=stamp), lambda asked: {"items": rows})
    [page] = rest.changes("thing", None)
    assert [r.stamp for r in page.records] == ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T12:00:00Z"]
    assert json.loads(page.cursor) == {"since": "2026-01-02T00:00:00Z"}


def test_what_changes_during_a_walk_is_shown_by_the_next_one(zoo: Zoo) -> None:
    """Row 1 changes at :30 behind the walk, row 5 at :40 before it: the next walk must not start at :40."""
    rows = {n: {"id": n, "changed": f"2026-11-22T09:00:{n:02}Z"} for n in range(1, 7)}

    def handler(asked: Asked) -> Any:
        found = [row for row in rows.values() if row["changed"] >= asked.query.get("since", "")]
        start = int(asked.query.get("offset", 0))
        return {"items": found[start : start + 3]}

    paged = {"call": "GET /things", "items": "items", "paging": {"by": "offset", "check": False}}
    listing = {**paged, "query": {"offset": "{offset}"}}
    changes = {**paged, "by": "since", "query": {"offset": "{offset}", "since": "{since}"}}
    rest = zoo.with_thing({"stamp": "changed", "list": listing, "changes": changes}, handler)
    walk = rest.changes("thing", None)
    pages = [next(walk)]
    rows[1]["changed"], rows[5]["changed"] = "2026-11-22T09:00:30Z", "2026-11-22T09:00:40Z"
    pages += walk
    later = list(rest.changes("thing", pages[-1].cursor))
    stamps = {r.key: r.stamp for page in later for r in page.records}
    assert stamps["1"] == "2026-11-22T09:00:30Z"


def test_rows_in_the_order_of_their_stamps_are_paged_by_stamp_and_key(zoo: Zoo) -> None:
    rows = [{"id": n, "changed": f"2026-11-22T09:00:0{n // 5}Z"} for n in range(1, 18)]

    def handler(asked: Asked) -> Any:
        at = (asked.query.get("since", ""), int(asked.query.get("after", 0)))
        return {"items": [row for row in rows if (row["changed"], row["id"]) > at][:CUT]}

    query = {"since": "{since}", "after": "{after}"}
    paged = {"call": "GET /things", "items": "items", "query": query, "paging": "key"}
    thing = {"stamp": "changed", "list": paged, "changes": {**paged, "by": "since", "sorted": True}}
    rest = zoo.with_thing(thing, handler)
    pages = list(rest.changes("thing", None))
    assert keys(pages) == [str(n) for n in range(1, 18)]
    assert json.loads(pages[-1].cursor) == {"since": "2026-11-22T09:00:03Z"}
    rows.append({"id": 18, "changed": "2026-11-22T09:00:03Z"})
    assert "18" in keys(list(rest.changes("thing", pages[-1].cursor)))


def test_a_subset_is_asked_for_in_changes_but_not_in_the_list_of_keys(zoo: Zoo) -> None:
    rest = zoo.with_thing({}, lambda asked: {"items": ROWS}, filter="status=A&kind=x%20y")
    list(rest.changes("thing", None))
    list(rest.keys("thing"))
    assert zoo.asked[0].query == {"limit": "10", "status": "A", "kind": "x y"}
    assert zoo.asked[1].query == {"limit": "10"}


# Deletions


def test_deletions_come_by_a_flag(zoo: Zoo) -> None:
    rows = [{"id": 1, "x": {"dead": True}}, {"id": 2, "x": {"dead": False}}, {"id": 3}]
    thing = {**since({"since": "{since}"}), "deleted": {"field": "x.dead"}}
    rest = zoo.with_thing(thing, lambda asked: {"items": [{**r, "changed": "2026-01-01T00:00:00Z"} for r in rows]})
    [full] = rest.changes("thing", None)
    [page] = rest.changes("thing", full.cursor)
    assert keys([full]) == keys([page]) == ["2", "3"]
    assert (list(full.gone), page.gone) == ([], ["1"])
    assert list(rest.keys("thing")) == [["2", "3"]]


def test_deletions_come_from_a_log_of_their_own(zoo: Zoo) -> None:
    log = [{"what": "9", "at": 100}, {"what": "8", "at": 200}]

    def handler(asked: Asked) -> Any:
        if asked.path == "/log":
            return {"log": [one for one in log if one["at"] >= int(asked.query.get("from", 0))]}
        return {"items": ROWS[:2]}

    deletions = {
        "by": "since",
        "call": "GET /log",
        "items": "log",
        "query": {"from": "{since}"},
        "deleted_key": "what",
        "stamp": {"field": "at", "kind": "epoch"},
    }
    rest = zoo.with_thing({"deletions": deletions}, handler)
    assert rest.can.tombstones
    [full] = rest.changes("thing", None)
    log.append({"what": 7, "at": 300})
    gone, page = rest.changes("thing", full.cursor)
    assert gone.gone == ["8", "7"]
    assert gone.records == []
    assert keys([page]) == ["1", "2"]
    gone, page = rest.changes("thing", page.cursor)
    assert gone.gone == ["7"]


def test_a_feed_tells_changes_and_deletions_by_number(zoo: Zoo) -> None:
    pages = {
        "0": {"data": {"new": ROWS[:2], "dead": [{"thing": 5}]}, "seq": "a", "more": True},
        "a": {"data": {"new": [], "dead": []}, "seq": "b", "more": False},
    }
    changes = {
        "by": "feed",
        "call": "GET /log",
        "query": {"after": "{after}"},
        "items": "data.new",
        "deleted": "data.dead",
        "deleted_key": "thing",
        "next": "seq",
        "paging": {"more": "more"},
    }
    rest = zoo.with_thing({"changes": changes}, lambda asked: pages[asked.query["after"]])
    one, two = rest.changes("thing", None)
    assert (keys([one]), list(one.gone), list(two.gone)) == (["1", "2"], ["5"], [])
    assert [json.loads(page.cursor) for page in (one, two)] == [{"after": "a"}, {"after": "b"}]


@pytest.mark.parametrize(("number", "rewound"), [(9, False), (7, False), (6, True), ("6", False), (None, False)])
def test_a_feed_that_ends_before_the_number_we_came_with_was_put_back(zoo: Zoo, number: Any, rewound: bool) -> None:
    changes = {"by": "feed", "call": "GET /log", "query": {"after": "{after}"}, "items": "items"}
    rest = zoo.with_thing({"changes": changes}, lambda asked: {"items": [], "next": number})
    assert [page.rewound for page in rest.changes("thing", json.dumps({"after": 7}))] == [rewound]


@pytest.mark.parametrize("answer", [{"items": []}, {"items": [], "next": {"a": 1}}])
def test_a_feed_without_a_number_is_an_error(zoo: Zoo, answer: Any) -> None:
    changes = {"by": "feed", "call": "GET /log", "query": {"after": "{after}"}, "items": "items"}
    rest = zoo.with_thing({"changes": changes}, lambda asked: answer)
    with pytest.raises(TryLater):
        list(rest.changes("thing", None))
