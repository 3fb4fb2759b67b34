"""Writes one by one: a thousand single-record creates and updates at 20 ms of latency, over 8 connections against one.

The order of a record's writes is checked by what the ERP then holds: each supplier was created, then updated once,
and shows the update.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import counterparts
from benchmarks.counterparts import Counterpart
from benchmarks.databases import New
from benchmarks.figures import Row, median

LATENCY_MS = 20
FEW, MANY = 1, 8
SINGLE = r"(POST|PATCH) /api/v1/suppliers"


def measure(records: int, folder: Path, new_database: New, rounds: int) -> Row:
    """`ratio` is how much faster the many connections are: wall time of the initial load."""
    runs = []
    with counterparts.crm(records, folder) as crm:
        for round_ in range(rounds):
            places = {n: folder / f"{round_}-{n}" for n in (FEW, MANY)}
            runs.append({n: _run(crm, records, place, new_database(), n) for n, place in places.items()})
    many = [run[MANY] for run in runs]
    wall = median(one["wall"] for one in many)
    return {
        "name": "one_by_one",
        "mode": "fresh",
        "store": "sqlite",
        "records": records,
        "rounds": rounds,
        "ratio": round(median(run[FEW]["wall"] / run[MANY]["wall"] for run in runs), 2),
        "rows_per_s": round(records / wall),
        "cpu_s_per_1000": round(median(one["cpu"] for one in many) / records * 1000, 4),
        "peak_mb": median(one["peak_mb"] for one in many),
        "wall_s": round(wall, 2),
        "one_connection_wall_s": round(median(run[FEW]["wall"] for run in runs), 2),
        "latency_ms": LATENCY_MS,
        "connections": MANY,
        "in_order": all(one["in_order"] for run in runs for one in run.values()),
    }


def _run(crm: Counterpart, records: int, folder: Path, store: str, connections: int) -> dict[str, Any]:
    """Create all, change all, update all."""
    folder.mkdir(parents=True)
    project = counterparts.project(folder / "project", connections=connections, batch=False)
    crm.reset()
    with _slow_erp(records, folder) as erp:
        environ = counterparts.environ(crm.url, erp.url, store)
        with counterparts.side(["-m", "benchmarks.engine", "--project", str(project)], environ) as hub:
            found = hub.ask("initial")
            erp.control("POST", "faults", {})
            hub.ask("settle")
            crm.mutate(100)
            hub.ask("incremental")
        return {**found, "in_order": in_order(crm, erp, records)}


@contextmanager
def _slow_erp(records: int, folder: Path) -> Iterator[Counterpart]:
    with counterparts.erp(records, folder, "erp", "--batch", "off") as erp:
        erp.control("POST", "faults", {"latency_ms": LATENCY_MS, "only": SINGLE})
        yield erp


def in_order(crm: Counterpart, erp: Counterpart, records: int) -> bool:
    """Every company has one supplier, which was written twice and holds what was written last."""
    companies = {str(one["companyid"]): one for one in crm.control("GET", "companies")["items"]}
    suppliers = {one["external_ref"]: one for one in erp.control("GET", "suppliers")["items"]}
    return len(suppliers) == records and all(
        supplier["version"] == 2
        and supplier["email"] == companies[ref]["emailaddress"]
        and supplier["credit_limit"] == companies[ref]["creditlimit"]
        for ref, supplier in suppliers.items()
    )
