"""Measurements as rows of build/bench.json: medians, and medians of the ratios of each round."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.scenes import Pair

Row = dict[str, Any]


def median(values: Iterable[float]) -> float:
    return float(statistics.median(values))


def compared(pairs: Sequence[Pair], store: str, records: int) -> Row:
    """One row: all rounds of one phase in one mode."""
    first = pairs[0]
    hub = [pair.hub for pair in pairs]
    rows = records if first.phase == "idle" else max(1, int(hub[-1]["read"]))
    cpu = median(one["cpu"] for one in hub)
    wall = median(one["wall"] for one in hub)
    return {
        "name": first.phase,
        "mode": first.mode,
        "store": store,
        "records": records,
        "rounds": len(pairs),
        "ratio": round(median(pair.hub["cpu"] / pair.floor["cpu"] for pair in pairs), 2),
        "rows_per_s": round(rows / wall),
        "cpu_s_per_1000": round(cpu / rows * 1000, 4),
        "peak_mb": median(one["peak_mb"] for one in hub),
        "cpu_ms": round(cpu * 1000, 1),
        "wall_s": round(wall, 3),
        "start_cpu_ms": round(median(one.get("start_cpu", 0) for one in hub) * 1000),
        **_floor([pair.floor for pair in pairs]),
        **{name: hub[-1][name] for name in ("read", "written", "crm_calls", "erp_calls", "statements", "commits")},
    }


def _floor(floor: Sequence[dict[str, Any]]) -> Row:
    cpu = median(one["cpu"] for one in floor)
    return {
        "floor_cpu_ms": round(cpu * 1000, 1),
        "floor_wall_s": round(median(one["wall"] for one in floor), 3),
        "floor_peak_mb": median(one["peak_mb"] for one in floor),
        "floor_calls": floor[-1]["crm_calls"] + floor[-1]["erp_calls"],
        "floor_read": floor[-1]["read"],
        "floor_written": floor[-1]["written"],
    }


def flat(rows: Sequence[Row], name: str, mode: str, small: int, large: int, key: str) -> float | None:
    """A figure of the large size against the same of the small one, on SQLite. None: not both were run."""
    found = {
        row["records"]: float(row[key])
        for row in rows
        if (row["name"], row["mode"], row["store"]) == (name, mode, "sqlite")
    }
    return round(found[large] / found[small], 2) if small in found and large in found else None
