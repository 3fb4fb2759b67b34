"""The ledger: a row for every campaign, with its seeds, so that what was proved can be proved again."""

import csv
from datetime import datetime
from pathlib import Path

from hub.simulator.broken import KINDS, OTHER
from hub.simulator.campaign import Sum, Wanted

HEADS = (
    "at",
    "profile",
    "first_seed",
    "last_seed",
    "histories",
    "crash_runs",
    "faults",
    "violations",
    "bugs",
    "caught",
)


def next_seed(path: Path | None) -> int:
    """The first seed that no campaign of the ledger has had."""
    if path is None or not path.exists():
        return 1
    with path.open(newline="", encoding="utf-8") as file:
        return max((int(row["last_seed"]) for row in csv.DictReader(file)), default=0) + 1


def append(path: Path, at: datetime, wanted: Wanted, found: Sum) -> None:
    fresh = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        if fresh:
            rows.writerow(HEADS)
        rows.writerow(row(at, wanted, found))


def row(at: datetime, wanted: Wanted, found: Sum) -> tuple[str | int, ...]:
    last = wanted.seed + max(wanted.histories, wanted.sweeps) - 1
    violations = sum(found.broken[kind] for kind in (*KINDS, OTHER))
    return (
        at.strftime("%Y-%m-%dT%H:%MZ"),
        wanted.profile or "all",
        wanted.seed,
        last,
        found.histories,
        found.crash_runs,
        found.faults,
        violations,
        len(found.bugs),
        found.caught,
    )
