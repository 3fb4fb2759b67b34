"""Paging, conditions, batches and settings of the ERP's API, in one process."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from hub.sandbox.erp.records import Suppliers
from hub.sandbox.erp.server import API, Api, Options
from hub.sandbox.erp.writing import Op, Settings

Send = Callable[..., TestResponse]


def sender(count: int = 5, settings: Settings | None = None, **options: Any) -> Send:
    """Calls an ERP with so many suppliers; supplier n has the external reference "Rn"."""
    suppliers = Suppliers(":memory:", settings or Settings())
    suppliers.write([Op("create", None, {"name": f"N{n}", "external_ref": f"R{n}"}) for n in range(1, count + 1)])
    client = Client(Api(suppliers, Options("key", **options)))

    def send(method: str, path: str, **more: Any) -> TestResponse:
        headers = {"X-Api-Key": "key", **more.pop("headers", {})}
        return client.open(API + path, method=method, headers=headers, **more)

    return send


def walk(send: Send, path: str, of: str, start: str) -> list[list[Any]]:
    """All pages, each from the `next` of the one before."""
    pages, following = [], None
    while following is not None or not pages:
        query = {} if following is None else {start: following}
        answer = send("GET", path, query_string={"limit": 2, **query}).get_json()
        pages.append(answer[of])
        following = answer["next"]
    return pages


def test_the_list_is_walked_by_cursor() -> None:
    pages = walk(sender(), "/suppliers", "items", "cursor")
    assert [[s["supplierid"] for s in page] for page in pages] == [[1, 2], [3, 4], [5]]


def test_the_last_page_says_so_when_it_is_full() -> None:
    assert sender(2)("GET", "/suppliers?limit=2").get_json()["next"] is None


def test_ids_are_walked_by_the_last_one() -> None:
    assert walk(sender(), "/suppliers/ids", "ids", "after") == [[1, 2], [3, 4], [5]]


def test_suppliers_are_found_by_id_and_by_reference() -> None:
    send = sender()
    assert [s["supplierid"] for s in send("GET", "/suppliers?ids=4,99,1").get_json()["items"]] == [1, 4]
    assert [s["supplierid"] for s in send("GET", "/suppliers?external_ref=R2,R5,none").get_json()["items"]] == [2, 5]
    assert send("GET", "/suppliers?ids=").get_json()["items"] == []


def test_a_page_is_cut_to_the_limit_of_the_installation_without_a_word() -> None:
    send = sender(page_limit=3)
    answer = send("GET", "/suppliers?limit=1000").get_json()
    assert (len(answer["items"]), answer["next"]) == (3, "3")
    assert len(send("GET", "/suppliers/ids?limit=1000").get_json()["ids"]) == 3
    assert send("GET", "/suppliers/changes?limit=1000").get_json()["more"] is True


def test_the_feed_tells_of_changes_and_deletions_after_a_number() -> None:
    send = sender()
    send("PATCH", "/suppliers/2", json={"city": "Graz"})
    send("DELETE", "/suppliers/4")
    answer = send("GET", "/suppliers/changes?after=5").get_json()
    assert [s["city"] for s in answer["items"]] == ["Graz"]
    assert (answer["deleted"], answer["next"], answer["more"]) == ([4], 7, False)


def test_an_etag_that_was_read_guards_a_write() -> None:
    send = sender()
    tag = send("GET", "/suppliers/1").headers["ETag"]
    assert send("PATCH", "/suppliers/1", json={"city": "Graz"}, headers={"If-Match": tag}).headers["ETag"] == '"2"'
    assert send("PATCH", "/suppliers/1", json={"city": "Wien"}, headers={"If-Match": tag}).status_code == 412
    assert send("DELETE", "/suppliers/1", headers={"If-Match": tag}).status_code == 412
    assert send("GET", "/suppliers/1").get_json()["city"] == "Graz"
    assert send("DELETE", "/suppliers/1", headers={"If-Match": '"2"'}).status_code == 204


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"1"', 200), ("1", 200), ('W/"1"', 200), ("*", 200), ('"2"', 412), ("yesterday", 412), ("", 412)],
)
def test_if_match_takes_its_own_tags_in_any_dress_and_no_others(tag: str, status: int) -> None:
    assert sender()("PATCH", "/suppliers/1", json={}, headers={"If-Match": tag}).status_code == status


def test_without_etags_none_is_sent_and_if_match_is_not_heeded() -> None:
    send = sender(etags=False)
    assert "ETag" not in send("GET", "/suppliers/1").headers
    assert "ETag" not in send("POST", "/suppliers", json={"name": "A"}).headers
    assert send("PATCH", "/suppliers/1", json={}, headers={"If-Match": '"7"'}).status_code == 200
    items = [{"op": "update", "supplierid": 1, "if_match": '"7"', "supplier": {}}]
    answer = send("POST", "/suppliers/batch", json={"items": items}).get_json()["items"][0]
    assert (answer["status"], "etag" in answer, answer["supplier"]["version"]) == (200, False, 3)


def test_the_same_key_answers_with_the_same_supplier_however_it_comes() -> None:
    send = sender(0)
    one = send("POST", "/suppliers", json={"name": "A"}, headers={"Idempotency-Key": "k"})
    again = send("POST", "/suppliers", json={"name": "A"}, headers={"Idempotency-Key": "k"})
    items = [{"op": "create", "idempotency_key": "k", "supplier": {"name": "A"}}]
    batch = send("POST", "/suppliers/batch", json={"items": items}).get_json()["items"][0]
    assert (one.status_code, again.status_code, batch["status"]) == (201, 201, 201)
    assert one.get_json() == again.get_json() == batch["supplier"]
    assert one.headers["Location"] == again.headers["Location"] == f"{API}/suppliers/1"


def test_without_idempotency_the_same_key_makes_twins() -> None:
    send = sender(0, Settings(idempotency=False))
    for _ in range(2):
        send("POST", "/suppliers", json={"name": "A"}, headers={"Idempotency-Key": "k"})
    assert send("GET", "/suppliers/ids").get_json()["ids"] == [1, 2]


def test_a_batch_answers_each_write_in_its_place() -> None:
    items: list[Any] = [
        {"op": "update", "supplierid": 1, "if_match": '"1"', "supplier": {"city": "Graz"}},
        {"op": "melt"},
        {"op": "update", "supplierid": 2, "if_match": '"9"', "supplier": {"city": "Graz"}},
        "nonsense",
        {"op": "create", "supplier": {"name": "x" * 41}},
        {"op": "update"},
        {"op": "delete", "supplierid": 3},
        {"op": "create", "supplier": {"name": "New", "colour": "red"}},
        {"op": "create", "supplier": ["New"]},
        {"op": "create", "idempotency_key": 5, "supplier": {"name": "New"}},
    ]
    answers = sender()("POST", "/suppliers/batch", json={"items": items}).get_json()["items"]
    assert [a["status"] for a in answers] == [200, 422, 412, 422, 422, 422, 204, 201, 422, 422]
    assert answers[0]["etag"] == '"2"'
    assert answers[0]["supplier"]["city"] == "Graz"
    assert [a["error"]["fields"][0]["field"] for a in answers if a["status"] == 422] == [
        *("op", "item", "name", "supplierid", "supplier", "idempotency_key")
    ]
    assert (answers[7]["supplierid"], "colour" in answers[7]["supplier"]) == (6, False)


def test_the_key_is_asked_for_before_anything_else() -> None:
    send = sender()
    assert send("GET", "/nothing", headers={"X-Api-Key": "wrong"}).status_code == 401
    assert (
        send("POST", "/suppliers", data=b"{", headers={"X-Api-Key": "ключ".encode().decode("latin-1")}).status_code
        == 401
    )


def test_a_body_that_is_too_large_is_refused() -> None:
    assert sender()("POST", "/suppliers", data=b" " * (9 << 20)).status_code == 413


def test_calls_and_writes_are_counted() -> None:
    suppliers = Suppliers(":memory:", Settings())
    api = Api(suppliers, Options("key"))
    client = Client(api)
    items = [{"op": "create", "supplier": {"name": "A"}}, {"op": "delete", "supplierid": 9}]
    client.post(f"{API}/suppliers/batch", json={"items": items}, headers={"X-Api-Key": "key"})
    client.get(f"{API}/suppliers", headers={"X-Api-Key": "key"})
    client.get(f"{API}/suppliers")
    assert api.stats.show() == {
        "calls": {"writeSuppliers": 1, "listSuppliers": 1},
        "writes": {"create 201": 1, "delete 404": 1},
    }
