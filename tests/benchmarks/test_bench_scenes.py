"""The floor and the hub do the same work, and as many calls, statements and commits as promised: exact counts."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from benchmarks import counterparts, growth, reading, scenes, single
from benchmarks.databases import databases
from benchmarks.scenes import Arena, Pair

RECORDS = 1200
PAGE, BATCH = 500, 100
WINDOWS = ceil(RECORDS / PAGE)
BATCHES = ceil(RECORDS / BATCH)
#: Companies that a mutation of 1 % changes.
EDITED = RECORDS // 100


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    folder = tmp_path_factory.mktemp("bench")
    with databases("sqlite", folder) as new_database, scenes.arena(RECORDS, folder / "arena", new_database) as found:
        yield found


@pytest.fixture(scope="module")
def fresh(arena: Arena) -> dict[str, Pair]:
    return {pair.phase: pair for pair in scenes.fresh(arena, 0)}


@pytest.fixture(scope="module")
def held(arena: Arena, fresh: dict[str, Pair]) -> dict[str, dict[str, dict[str, Any]]]:
    """What both ERPs hold after the rounds, by the CRM's number."""
    assert fresh
    found = {side: erp.control("GET", "suppliers")["items"] for side, erp in arena.erps.items()}
    return {side: {one["external_ref"]: one for one in items} for side, items in found.items()}


@pytest.mark.parametrize(
    ("phase", "crm", "erp", "written"),
    [
        ("initial", 1 + 2 + WINDOWS, 1 + BATCHES, RECORDS),
        ("settle", 1 + 2, WINDOWS, 0),
        ("idle", 1 + 2, 1, 0),
        ("reread", 1 + 2 + WINDOWS, WINDOWS, 0),
        ("incremental", 1 + 2, 1 + 1, EDITED),
    ],
)
def test_both_sides_make_the_same_calls(fresh: dict[str, Pair], phase: str, crm: int, erp: int, written: int) -> None:
    for side in (fresh[phase].floor, fresh[phase].hub):
        assert (side["crm_calls"], side["erp_calls"], side["written"]) == (crm, erp, written)


def test_both_sides_read_the_same_records(fresh: dict[str, Pair]) -> None:
    assert {p.phase: p.floor["read"] for p in fresh.values()} == {p.phase: p.hub["read"] for p in fresh.values()}


def test_both_erps_hold_the_same_suppliers_in_the_end(held: dict[str, dict[str, dict[str, Any]]]) -> None:
    own = ("supplierid", "modified")
    plain = {
        side: {ref: {n: v for n, v in one.items() if n not in own} for ref, one in suppliers.items()}
        for side, suppliers in held.items()
    }
    assert len(plain["hub"]) == RECORDS
    assert plain["hub"] == plain["floor"]


def test_statements_grow_by_the_page_and_not_by_the_record(fresh: dict[str, Pair]) -> None:
    pages = 2 * WINDOWS  # read and merged, then delivered
    around = 30  # what a sync costs that finds nothing
    assert fresh["initial"].hub["statements"] <= 8 * pages + around
    assert fresh["initial"].hub["commits"] <= 2 * pages + 10
    assert fresh["idle"].hub["statements"] <= around
    assert fresh["idle"].hub["commits"] <= 10


def test_a_service_polls_without_logging_on_again(arena: Arena) -> None:
    found = {pair.phase: pair for pair in scenes.service(arena, 1)}
    assert {side["crm_calls"] for side in (found["idle"].floor, found["idle"].hub)} == {2}
    assert found["idle"].hub["erp_calls"] == 1
    assert found["reread"].hub["written"] == 0
    assert found["incremental"].hub["written"] == EDITED


def test_single_writes_are_checked_for_their_order(arena: Arena, held: dict[str, dict[str, dict[str, Any]]]) -> None:
    assert held
    assert not single.in_order(arena.crm, arena.erps["hub"], RECORDS + 1)


def test_a_side_that_fails_is_no_figure(arena: Arena) -> None:
    words, environ = arena.words("hub")
    nowhere = {**environ, "BENCH_ERP": "http://127.0.0.1:9/api/v1"}
    with counterparts.side(words, nowhere) as process, pytest.raises(RuntimeError, match="ended with 1"):
        process.ask("idle")


def test_a_page_is_read_in_the_three_ways_that_are_compared(arena: Arena) -> None:
    row = reading.measure(arena.crm, rounds=1)
    assert row["name"] == "read_page"
    assert min(row["adapter_us"], row["walk_us"], row["zeep_us"]) > 0


def test_growth_is_seen_in_turns(tmp_path: Path) -> None:
    said: list[str] = []
    with databases("sqlite", tmp_path) as new_database:
        row = growth.measure(tmp_path, new_database, 1, said.append, growth.Sizes(20, 50, 100))
    assert min(row["initial"], row["reread"], row["idle"]) > 0
    seen = [(line.split()[1].rstrip(":"), line.count("x")) for line in said]
    assert seen == [("initial", 1), ("re-read", 1), ("idle", scenes.IDLE_TIMES)]


def test_what_grows_is_compared_with_the_same_minute() -> None:
    costs = iter([1.0, 2.0, 3.0, 8.0, 5.0, 6.0, 7.0])  # the machine becomes slower all the time
    assert growth.between(lambda: next(costs), lambda: next(costs)) == 2.0
