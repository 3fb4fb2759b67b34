"""Links: which record of a system is which golden record."""

import pytest
from desk import Desk, link

from hub.core.errors import TryLater
from hub.store import links, schema
from hub.store.bulk import Row


def saved(desk: Desk, *rows: Row) -> None:
    desk.write(links.save, rows)


def test_a_page_of_ten_thousand_keys_is_one_statement(desk: Desk) -> None:
    ids = range(1, 10_001)
    desk.golden(*ids)
    saved(desk, *(link(desk.crm, f"k{id_}", id_, hash=b"h", version="1") for id_ in ids))
    before = desk.store.counts.statements
    found = desk.read(links.lookup, desk.crm, [f"k{id_}" for id_ in ids] + ["unknown"])
    assert desk.store.counts.statements - before == 1
    assert len(found) == 10_000
    assert found["k7"] == links.Link("k7", 7, schema.LIVE, b"h", "1")


def test_keys_are_looked_up_in_their_own_system(desk: Desk) -> None:
    desk.golden(1, 2)
    saved(desk, link(desk.crm, "7", 1), link(desk.erp, "7", 2))
    assert desk.read(links.lookup, desk.erp, ["7"])["7"].golden_id == 2
    assert desk.read(links.lookup, desk.shop, ["7"]) == {}


def test_no_keys_ask_nothing(desk: Desk) -> None:
    before = desk.store.counts.statements
    assert desk.read(links.lookup, desk.crm, []) == {}
    assert desk.store.counts.statements == before


@pytest.mark.parametrize("key", ["a'b", 'a"b', "a%b", "%(keys)s", "{x}", "a,b", "ключ", "\\", " ", "a\nb", "NULL"])
def test_any_text_can_be_a_key(desk: Desk, key: str) -> None:
    desk.golden(1)
    saved(desk, link(desk.crm, key, 1))
    assert desk.read(links.lookup, desk.crm, [key])[key].golden_id == 1


def test_the_database_lets_a_record_have_one_golden_record(desk: Desk) -> None:
    desk.golden(1, 2)
    saved(desk, link(desk.crm, "a", 1))
    saved(desk, link(desk.crm, "a", 2))  # it moves; it is not there twice
    assert desk.read(links.lookup, desk.crm, ["a"])["a"].golden_id == 2
    assert desk.read(links.of_golden, 1, [desk.crm, desk.erp]) == {}


def test_the_database_lets_a_golden_record_have_one_live_record_in_a_system(desk: Desk) -> None:
    desk.golden(1)
    saved(desk, link(desk.crm, "a", 1), link(desk.erp, "a", 1))
    with pytest.raises(TryLater) as refused:
        saved(desk, link(desk.crm, "b", 1))
    assert refused.value.code == "store.changed"
    assert desk.read(links.lookup, desk.crm, ["b"]) == {}


def test_a_record_that_is_gone_makes_room_and_stays_known(desk: Desk) -> None:
    desk.golden(1)
    saved(desk, link(desk.crm, "a", 1))
    saved(desk, link(desk.crm, "a", 1, schema.DELETED))
    saved(desk, link(desk.crm, "b", 1), link(desk.crm, "c", 1, schema.DELETED))
    assert desk.read(links.lookup, desk.crm, ["a"])["a"].state == schema.DELETED
    assert desk.read(links.of_golden, 1, [desk.crm, desk.erp]) == {desk.crm: "b"}
    assert desk.read(links.live_keys, desk.crm, "", 10) == ["b"]


def test_a_link_to_nobody_is_refused(desk: Desk) -> None:
    with pytest.raises(TryLater, match=r"(?i)foreign key"):
        saved(desk, link(desk.crm, "a", 99))


def test_all_live_records_of_golden_records_are_found(desk: Desk) -> None:
    desk.golden(1, 2, 3)
    saved(desk, link(desk.crm, "a", 1), link(desk.erp, "x", 1), link(desk.erp, "y", 2), link(desk.crm, "c", 3, 0))
    found = [desk.read(links.of_golden, golden_id, [desk.crm, desk.erp]) for golden_id in (1, 2, 3)]
    assert found == [{desk.crm: "a", desk.erp: "x"}, {desk.erp: "y"}, {}]
    assert desk.read(links.of_golden, 1, [desk.erp, desk.shop]) == {desk.erp: "x"}


def test_the_keys_of_many_golden_records_in_one_system_are_found_at_once(desk: Desk) -> None:
    desk.golden(1, 2, 3)
    saved(desk, link(desk.crm, "a", 1), link(desk.erp, "x", 1), link(desk.crm, "b", 2), link(desk.crm, "c", 3, 0))
    assert desk.read(links.held, desk.crm, [1, 2, 3, 99]) == {1: "a", 2: "b"}


def test_a_new_version_leaves_the_rest_of_a_link_alone(desk: Desk) -> None:
    desk.golden(1, 2)
    saved(desk, link(desk.crm, "a", 1, hash=b"h", version="1"), link(desk.crm, "b", 2, version="1"))
    desk.write(links.versions, [(desk.crm, "a", "2")])
    found = desk.read(links.lookup, desk.crm, ["a", "b"])
    assert found["a"] == links.Link("a", 1, schema.LIVE, b"h", "2")
    assert found["b"].version == "1"


def test_a_record_to_be_merged_again_has_no_hash(desk: Desk) -> None:
    desk.golden(1, 2)
    saved(desk, link(desk.crm, "a", 1, hash=b"h", version="1"), link(desk.crm, "b", 2, hash=b"h"))
    desk.write(links.revisit, desk.crm, ["a", "unknown"])
    found = desk.read(links.lookup, desk.crm, ["a", "b"])
    assert (found["a"].hash, found["a"].version, found["b"].hash) == (None, "1", b"h")


def test_live_keys_come_in_order_page_by_page(desk: Desk) -> None:
    desk.golden(*range(1, 8))
    saved(desk, *(link(desk.crm, key, id_) for id_, key in enumerate("gfedcba", start=1)))
    pages, after = [], ""
    while page := desk.read(links.live_keys, desk.crm, after, 3):
        pages.append("".join(page))
        after = page[-1]
    assert pages == ["abc", "def", "g"]
