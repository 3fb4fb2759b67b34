"""The figures as tables: on the screen, and in docs/performance.md."""

import platform
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Row
from benchmarks.targets import Verdict

ORDER = ("initial", "settle", "idle", "reread", "incremental")
COLUMNS = (
    "store", "records", "phase", "process", "ratio", "records/s", "CPU s/1,000", "CPU ms", "floor ms", "peak MB",
    "calls", "statements", "commits",
)  # fmt: skip
#: Columns that stand to the left.
WORDS = ("store", "phase", "process")
BEGIN, END = "<!-- figures: written by benchmarks/bench.py --write-docs -->", "<!-- end of figures -->"


def cells(row: Row) -> list[str]:
    calls = row["crm_calls"] + row["erp_calls"]
    return [
        row["store"], f"{row['records']:,}", row["name"], row["mode"], f"{row['ratio']:.2f}", f"{row['rows_per_s']:,}",
        f"{row['cpu_s_per_1000']:.4f}", f"{row['cpu_ms']:,}", f"{row['floor_cpu_ms']:,}", f"{row['peak_mb']:.0f}",
        f"{calls:,}", f"{row['statements']:,}", f"{row['commits']:,}",
    ]  # fmt: skip


def synced(rows: Sequence[Row]) -> list[Row]:
    """The rows of phases, in the order of reading."""
    found = [row for row in rows if row["name"] in ORDER]
    return sorted(
        found, key=lambda row: (row["store"] != "sqlite", row["records"], ORDER.index(row["name"]), row["mode"])
    )


def beside(rows: Sequence[Row]) -> list[str]:
    """The other figures, a sentence each."""
    said = []
    for row in rows:
        match row["name"]:
            case "read_page":
                said.append(
                    f"A page of 500 companies: adapter {row['adapter_us']} us a record, plain lxml walk "
                    f"{row['walk_us']} ({row['ratio']}x), zeep's objects {row['zeep_us']} ({row['zeep_ratio']}x)."
                )
            case "one_by_one":
                said.append(
                    f"{row['records']:,} single-record writes at {row['latency_ms']} ms: {row['wall_s']} s over "
                    f"{row['connections']} connections, {row['one_connection_wall_s']} s over one ({row['ratio']}x)."
                )
            case "sandbox_crm":
                said.append(
                    f"Sandbox CRM: {row['rendered_us']} us a record, spyne's objects {row['objects_us']} "
                    f"({row['ratio']}x)."
                )
            case "growth":
                said.append(
                    f"A record among {row['records']:,} against one among 10,000, in turns: initial load "
                    f"{row['initial']}x, re-read {row['reread']}x; an idle poll against one over 1,000: {row['idle']}x."
                )
            case "status":
                said.append(f"`hub status`: {row['cpu_ms']} ms of CPU, imports included.")
    return said


def aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width, words to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    left = [name in WORDS for name in COLUMNS]
    return ["  ".join(map(_padded, line, widths, left)) for line in lines]


def _padded(cell: str, width: int, left: bool) -> str:
    return cell.ljust(width) if left else cell.rjust(width)


def verdict_line(verdict: Verdict) -> str:
    state = {True: "met", False: "MISSED", None: "not run"}[verdict.met]
    return f"{state:8} {_found(verdict):>9}  ({_limit(verdict)})  {verdict.target.said}"


def _found(verdict: Verdict) -> str:
    return "-" if verdict.found is None else f"{verdict.found:g}{verdict.target.unit}"


def _limit(verdict: Verdict) -> str:
    target = verdict.target
    return f"{'at most' if target.at_most else 'at least'} {target.limit:g}{target.unit}"


def shown(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> str:
    parts = [*aligned([COLUMNS, *map(cells, synced(rows))]), "", *beside(rows), "", *map(verdict_line, verdicts)]
    return "\n".join(parts)


def write_docs(file: Path, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Put the figures between the marks of the page."""
    text = file.read_text()
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{file}: expected the lines {BEGIN} and {END}")
    between = f"{BEGIN}\n\n{_markdown(rows, verdicts)}\n\n{END}"
    file.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: between, text, flags=re.S))


def _markdown(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> str:
    run = [verdict for verdict in verdicts if verdict.found is not None]
    goals = [[v.target.said, _limit(v), _found(v), "yes" if v.met else "**no**"] for v in run]
    parts = [f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}."]
    parts += ["", *_table(("target", "limit", "measured", "met"), goals)]
    parts += ["", *_table(COLUMNS, [cells(row) for row in synced(rows)])]
    parts += ["", *(f"* {said}" for said in beside(rows))]
    return "\n".join(parts)


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines)]
