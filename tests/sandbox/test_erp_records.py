"""The suppliers and their feed of changes, in one process."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.sandbox.erp import demo
from hub.sandbox.erp.records import Suppliers
from hub.sandbox.erp.writing import Op, Settings
from hub.sandbox.people import companies

NOON = datetime(2026, 3, 1, 12, 0, 0, 120, UTC)


@pytest.fixture
def suppliers() -> Iterator[Suppliers]:
    found = Suppliers(":memory:", Settings(), lambda: NOON)
    yield found
    found.close()


def create(name: str = "A", token: str | None = None, **values: object) -> Op:
    return Op("create", None, {"name": name, **values}, None, token)


def follow(suppliers: Suppliers, after: int, limit: int, mirror: dict[int, bytes]) -> int:
    """Bring a mirror up to date; the number to go on from."""
    while True:
        page = suppliers.changes(after, limit)
        for body in page.items:
            mirror[orjson.loads(body)["supplierid"]] = body
        for id in page.deleted:
            mirror.pop(id, None)
        after = page.next
        if not page.more:
            return after


def state(suppliers: Suppliers) -> dict[int, bytes]:
    return {row.id: row.body for rows in suppliers.chunks() for row in rows}


def test_a_supplier_is_stored_as_it_is_answered(suppliers: Suppliers) -> None:
    done = suppliers.write([create("Zoë & Co.", headcount=5)])[0]
    row = suppliers.get(1)
    assert (done.status, done.id, done.version) == (201, 1, 1)
    assert row is not None
    assert row.body == done.body
    assert row.values["modified"] == "2026-03-01T12:00:00.000120Z"
    assert (row.values["name"], row.values["headcount"], row.values["city"]) == ("Zoë & Co.", 5, None)


def test_an_update_changes_what_is_named_and_counts_the_version(suppliers: Suppliers) -> None:
    suppliers.write([create("A", city="Köln")])
    done = suppliers.write([Op("update", 1, {"city": "Graz"})])[0]
    assert (done.status, done.version) == (200, 2)
    assert orjson.loads(done.body)["name"] == "A"
    assert orjson.loads(done.body)["city"] == "Graz"


def test_an_update_that_changes_nothing_is_a_change_all_the_same(suppliers: Suppliers) -> None:
    suppliers.write([create()])
    before = suppliers.seq
    suppliers.write([Op("update", 1, {"name": "A"})])
    assert len(suppliers.changes(before, 10).items) == 1


@pytest.mark.parametrize("kind", ["update", "delete"])
def test_a_write_with_an_old_version_is_refused(suppliers: Suppliers, kind: str) -> None:
    suppliers.write([create(), Op("update", 1, {"city": "Graz"})])
    before = state(suppliers)
    done = suppliers.write([Op("update" if kind == "update" else "delete", 1, {}, version=1)])[0]
    assert (done.status, done.code) == (412, "stale")
    assert state(suppliers) == before


def test_writes_of_one_batch_see_one_another(suppliers: Suppliers) -> None:
    ops = [create(), Op("update", 1, {"city": "x"}, 1), Op("update", 1, {}, 1), Op("delete", 1), Op("update", 1)]
    assert [o.status for o in suppliers.write(ops)] == [201, 200, 412, 204, 404]


def test_one_bad_write_stops_no_other(suppliers: Suppliers) -> None:
    done = suppliers.write([create("A"), create("B" * 41), create("C")])
    assert [o.status for o in done] == [201, 422, 201]
    assert [o.id for o in done] == [1, None, 2]


def test_the_same_key_makes_one_supplier_within_a_batch_and_later(suppliers: Suppliers) -> None:
    first, again = suppliers.write([create("A", "key"), create("A", "key")])
    later = suppliers.write([create("A", "key")])[0]
    assert {first.id, again.id, later.id} == {1}
    assert [first.status, again.status, later.status] == [201, 201, 201]
    assert suppliers.count() == 1


def test_a_key_answers_with_the_supplier_as_it_is_now(suppliers: Suppliers) -> None:
    suppliers.write([create("A", "key"), create("B")])
    suppliers.write([Op("update", 1, {"name": "changed"})])
    assert orjson.loads(suppliers.write([create("A", "key")])[0].body)["name"] == "changed"


def test_a_key_whose_supplier_was_deleted_makes_no_second_one(suppliers: Suppliers) -> None:
    suppliers.write([create("A", "key")])
    suppliers.write([Op("delete", 1)])
    assert suppliers.write([create("A", "key")])[0].status == 404
    assert suppliers.count() == 0


def test_keys_are_not_heeded_when_that_is_off() -> None:
    suppliers = Suppliers(":memory:", Settings(idempotency=False))
    assert [o.id for o in suppliers.write([create("A", "key"), create("A", "key")])] == [1, 2]


def test_two_suppliers_may_hold_one_external_reference_by_default(suppliers: Suppliers) -> None:
    assert [o.status for o in suppliers.write([create(external_ref="R"), create(external_ref="R")])] == [201, 201]


def test_an_external_reference_is_held_once_where_that_is_set() -> None:
    suppliers = Suppliers(":memory:", Settings(unique_ref=True))
    done = suppliers.write([create(external_ref="R"), create(external_ref="R"), create(external_ref="S")])
    assert [o.status for o in done] == [201, 422, 201]
    assert suppliers.write([Op("update", 2, {"external_ref": "R"})])[0].problems[0].field == "external_ref"
    assert suppliers.write([Op("update", 1, {"external_ref": "R"})])[0].status == 200
    moved = suppliers.write([Op("update", 1, {"external_ref": None}), Op("update", 2, {"external_ref": "R"})])
    assert [o.status for o in moved] == [200, 200]
    freed = suppliers.write([create(external_ref="T"), Op("delete", 3), create(external_ref="T")])
    assert [o.status for o in freed] == [201, 204, 201]


def test_an_id_and_a_number_are_never_used_again(tmp_path: Path) -> None:
    path = str(tmp_path / "erp.db")
    first = Suppliers(path, Settings())
    first.write([create("A"), create("B")])
    first.write([Op("delete", 2)])
    first.close()
    again = Suppliers(path, Settings())
    assert again.seq == 3
    assert again.write([create("C")])[0].id == 3
    assert again.seq == 4


def test_pages_are_in_order_and_filtered(suppliers: Suppliers) -> None:
    suppliers.write([create(str(i), external_ref=f"r{i % 3}") for i in range(9)])
    assert [r.id for r in suppliers.page(2, 3)] == [3, 4, 5]
    assert [r.id for r in suppliers.page(0, 9, ids=[5, 1, 99])] == [1, 5]
    assert [r.id for r in suppliers.page(0, 9, refs=["r0", "no"])] == [1, 4, 7]
    assert [r.id for r in suppliers.page(1, 9, ids=[1, 4, 5], refs=["r0"])] == [4]
    assert suppliers.page(0, 9, ids=[]) == []


def test_words_are_found_in_any_field_whatever_their_case(suppliers: Suppliers) -> None:
    suppliers.write([create("Müller"), create("B", city="Graz")])
    assert [r.id for r in suppliers.search("GRAZ", 10)] == [2]
    assert [r.id for r in suppliers.search("müll", 10)] == [1]
    assert len(suppliers.search("", 10)) == 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["create", "update", "delete"]), st.integers(1, 8)), max_size=5), max_size=12
    ),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_whoever_follows_the_feed_has_the_truth(
    batches: Sequence[Sequence[tuple[str, int]]], limit: int, every: int
) -> None:
    suppliers, mirror, after = Suppliers(":memory:", Settings()), dict[int, bytes](), 0
    for n, batch in enumerate(batches):
        suppliers.write([create() if kind == "create" else Op(kind, id, {"city": str(n)}) for kind, id in batch])  # type: ignore[arg-type]
        if n % every == 0:
            after = follow(suppliers, after, limit, mirror)
    follow(suppliers, after, limit, mirror)
    assert mirror == state(suppliers)


def test_a_page_of_the_feed_names_each_supplier_once(suppliers: Suppliers) -> None:
    suppliers.write([create("A"), create("B")])
    suppliers.write([Op("update", 1, {"city": "x"}), Op("update", 1, {"city": "y"}), Op("delete", 2)])
    page = suppliers.changes(0, 10)
    assert [orjson.loads(i)["supplierid"] for i in page.items] == [1]
    assert (page.deleted, page.more) == ([2], False)
    assert page.next == suppliers.seq


def test_a_page_of_the_feed_holds_no_more_than_was_asked_for(suppliers: Suppliers) -> None:
    suppliers.write([create(str(i)) for i in range(5)])
    suppliers.write([Op("delete", 1)])
    page = suppliers.changes(0, 4)
    assert (len(page.items) + len(page.deleted), page.next, page.more) == (4, 5, True)
    assert suppliers.changes(5, 4) == ([], [1], 6, False)


def test_an_idle_feed_stays_where_it_is(suppliers: Suppliers) -> None:
    suppliers.write([create()])
    assert suppliers.changes(1, 10) == ([], [], 1, False)


def test_the_feed_skips_nothing_while_four_threads_write(suppliers: Suppliers) -> None:
    suppliers.write([create(f"first {i}") for i in range(20)])

    def write(thread: int) -> None:
        for i in range(60):
            kind = ("create", "update", "delete")[i % 3]
            id = 1 + (thread * 5 + i) % 40
            suppliers.write([create(f"{thread}/{i}") if kind == "create" else Op(kind, id, {"city": f"{thread}/{i}"})])  # type: ignore[arg-type]

    threads = [threading.Thread(target=write, args=[n]) for n in range(4)]
    for t in threads:
        t.start()
    mirror: dict[int, bytes] = {}
    after = 0
    while any(t.is_alive() for t in threads):
        after = follow(suppliers, after, 3, mirror)
    follow(suppliers, after, 3, mirror)
    assert mirror == state(suppliers)


def test_a_write_that_fails_midway_leaves_nothing_behind(tmp_path: Path) -> None:
    path = str(tmp_path / "erp.db")
    suppliers = Suppliers(path, Settings())
    suppliers.write([create("A")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("INSERT INTO deleted VALUES (1, 99)")
    with pytest.raises(sqlite3.IntegrityError):
        suppliers.write([create("B"), Op("delete", 1)])
    assert [row.id for row in suppliers.page(0, 9)] == [1]
    assert suppliers.write([create("C")])[0].id == 2


def test_two_thirds_of_the_demo_are_companies_of_the_crm() -> None:
    firms = companies(250, "demo")
    made = [values for values, _ in demo.suppliers(250, "demo")]
    shared = [values for values in made if values["vat"] in {f["vatnumber"] for f in firms}]
    by_vat = {f["vatnumber"]: f for f in firms}
    assert len(made) == 250
    assert 160 <= len(shared) <= 170
    assert len({values["vat"] for values in made}) == 250
    assert all(v["name"].casefold() == by_vat[v["vat"]]["name"][:40].casefold() for v in shared)
    differ = [v for v in shared if v["phone"] != by_vat[v["vat"]]["phone"]]
    assert 20 <= len(differ) <= 50
    assert any(v["name"] != by_vat[v["vat"]]["name"][:40] for v in shared)


def test_the_demo_is_the_same_every_time_and_fits(suppliers: Suppliers) -> None:
    made = list(demo.suppliers(300, "demo"))
    assert made == list(demo.suppliers(300, "demo"))
    done = suppliers.write([Op("create", None, values) for values, _ in made])
    assert {o.status for o in done} == {201}


def test_more_suppliers_than_there_are_firms_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "DISTINCT", 10)
    made = [values for values, _ in demo.suppliers(60, "demo")]
    assert len({v["name"].casefold() for v in made}) == 60
    assert len({v["vat"] for v in made}) == 60


def test_first_suppliers_are_stored_as_they_are_answered(suppliers: Suppliers) -> None:
    suppliers.load(demo.suppliers(1200, "demo"))
    assert (suppliers.count(), suppliers.seq) == (1200, 1200)
    assert [row.values["supplierid"] for row in suppliers.page(1198, 5)] == [1199, 1200]
