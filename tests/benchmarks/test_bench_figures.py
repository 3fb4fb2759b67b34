"""Medians, verdicts, tables."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import figures, table, targets
from benchmarks.scenes import Pair


def side(cpu: float, **more: Any) -> dict[str, Any]:
    counts = {"read": 1000, "written": 10, "crm_calls": 3, "erp_calls": 1, "statements": 20, "commits": 5}
    return {"cpu": cpu, "wall": cpu * 2, "peak_mb": 60.0, "start_cpu": 0.5, **counts, **more}


def row(name: str = "initial", records: int = 10_000, **more: Any) -> dict[str, Any]:
    pair = Pair(name, more.pop("mode", "fresh"), side(1.0), side(more.pop("cpu", 2.0)))
    return {**figures.compared([pair], more.pop("store", "sqlite"), records), **more}


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    pairs = [Pair("initial", "fresh", side(floor), side(hub)) for floor, hub in ((1, 2), (10, 15), (2, 8))]
    found = figures.compared(pairs, "sqlite", 1000)
    assert found["ratio"] == 2.0
    assert found["cpu_ms"] == 8000
    assert found["cpu_s_per_1000"] == 8.0
    assert found["rows_per_s"] == round(1000 / 16)


def test_an_idle_poll_counts_the_records_that_are_linked() -> None:
    assert row("idle", records=500, cpu=1.0)["rows_per_s"] == 250


def test_every_row_has_what_the_file_promises() -> None:
    promised = {"name", "store", "records", "ratio", "rows_per_s", "cpu_s_per_1000", "peak_mb"}
    assert promised <= row().keys()


def test_growth_needs_both_sizes() -> None:
    small, large = row(records=10_000, cpu=1.0), row(records=1_000_000, cpu=1.2)
    key = "cpu_ms"
    assert figures.flat([small], "initial", "fresh", 10_000, 1_000_000, key) is None
    assert figures.flat([small, large], "initial", "fresh", 10_000, 1_000_000, key) == 1.2


@pytest.mark.parametrize(
    ("limit", "at_most", "found", "met"),
    [
        (2.0, True, 1.9, True),
        (2.0, True, 2.1, False),
        (6.0, False, 7.0, True),
        (6.0, False, 5.0, False),
        (1.0, True, None, None),
    ],
)
def test_a_target_is_met_on_its_side_of_the_limit(
    limit: float, at_most: bool, found: float | None, met: bool | None
) -> None:
    target = targets.Target("it", limit, lambda rows: found, at_most=at_most)
    assert targets.Verdict(target, found).met is met


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert {verdict.met for verdict in targets.verdicts([])} == {None}


def test_a_missed_target_is_said() -> None:
    [missed] = [v for v in targets.verdicts([row(cpu=5.0)]) if v.met is False]
    assert "initial load of 10,000, SQLite" in table.verdict_line(missed)
    assert "MISSED" in table.verdict_line(missed)


def test_statements_a_page_come_from_two_sizes() -> None:
    rows = [row(records=1_000, statements=40), row(records=10_000, statements=40 + 36 * 5)]
    assert targets.a_page("statements")(rows) == 5


def test_the_table_is_aligned_and_in_the_order_of_reading() -> None:
    rows = [row("idle", mode="service"), row("initial"), row("initial", store="postgresql")]
    lines = table.aligned([table.COLUMNS, *map(table.cells, table.synced(rows))])
    assert [line.split()[2] for line in lines[1:]] == ["initial", "idle", "initial"]
    assert len({len(line) for line in lines}) == 1


def test_the_page_takes_the_figures_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    table.write_docs(page, [row()], targets.verdicts([row()]))
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| sqlite | 10,000 | initial | fresh | 2.00 |" in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("no marks")
    with pytest.raises(SystemExit, match="expected the lines"):
        table.write_docs(page, [], [])
    assert page.read_text() == "no marks"
