"""What is to be reached. Each target looks at the rows and says what it found."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks.figures import Row, flat

PAGE = 500
SMALL, MIDDLE, LARGE = 1_000, 10_000, 1_000_000


class Target(NamedTuple):
    """`at_most` False: at least."""

    said: str
    limit: float
    found: "Found"
    unit: str = "x"
    at_most: bool = True


class Verdict(NamedTuple):
    target: Target
    #: None: not measured in this run.
    found: float | None

    @property
    def met(self) -> bool | None:
        if self.found is None:
            return None
        return self.found <= self.target.limit if self.target.at_most else self.found >= self.target.limit


Found = Callable[[Sequence[Row]], float | None]


def of(name: str, mode: str, store: str = "sqlite", key: str = "ratio", records: int = MIDDLE) -> Found:
    """A figure of the one row of that name, mode, store and size."""
    wanted = (name, mode, store, records)
    return _worst(key, lambda row: (row["name"], row["mode"], row["store"], row["records"]) == wanted)


def named(name: str, key: str = "ratio") -> Found:
    """The worst figure of all rows of that name, whatever their store and size."""
    return _worst(key, lambda row: row["name"] == name)


def _worst(key: str, wanted: Callable[[Row], bool]) -> Found:
    """The highest figure of the rows that are wanted. None: there is no such row."""

    def found(rows: Sequence[Row]) -> float | None:
        return max((float(row[key]) for row in rows if wanted(row)), default=None)

    return found


def idle_calls(rows: Sequence[Row]) -> float | None:
    """Calls of an idle poll to one system in the running service; a fresh process logs on as well."""
    idle = [row for row in rows if (row["name"], row["mode"]) == ("idle", "service")]
    return max((float(max(row["crm_calls"], row["erp_calls"])) for row in idle), default=None)


def a_page(key: str) -> Found:
    """Statements or commits of the initial load for one page of 500 more: pages are merged, then delivered."""

    def found(rows: Sequence[Row]) -> float | None:
        by_size = {row["records"]: row[key] for row in rows if (row["name"], row["store"]) == ("initial", "sqlite")}
        if not {SMALL, MIDDLE} <= by_size.keys():
            return None
        return round((by_size[MIDDLE] - by_size[SMALL]) / (2 * (MIDDLE - SMALL) / PAGE), 2)

    return found


def memory(rows: Sequence[Row]) -> float | None:
    """Of the initial load, at the largest size."""
    initial = [row for row in rows if (row["name"], row["store"]) == ("initial", "sqlite")]
    largest = max((row["records"] for row in initial), default=0)
    return max((float(row["peak_mb"]) for row in initial if row["records"] == largest), default=None)


def peak_growth(rows: Sequence[Row]) -> float | None:
    return flat(rows, "initial", "fresh", MIDDLE, LARGE, "peak_mb")


TARGETS = (
    Target("initial load of 10,000, SQLite", 2.0, of("initial", "fresh")),
    Target("initial load of 10,000, PostgreSQL", 2.5, of("initial", "fresh", "postgresql")),
    Target("statements a page, initial load", 8, a_page("statements"), ""),
    Target("commits a page, initial load", 2, a_page("commits"), ""),
    Target("re-read of 10,000, nothing changed, fresh process", 1.3, of("reread", "fresh")),
    Target("re-read of 10,000, nothing changed, service", 1.3, of("reread", "service")),
    Target("records written by a re-read, any size and store", 0, named("reread", "written"), ""),
    Target("incremental, 1 % of 10,000, fresh process", 2.4, of("incremental", "fresh")),
    Target("incremental, 1 % of 10,000, service", 2.0, of("incremental", "service")),
    Target("idle poll of both systems at 10,000, service, CPU", 20, of("idle", "service", key="cpu_ms"), " ms"),
    Target("idle poll of both systems at 10,000, fresh process, CPU", 20, of("idle", "fresh", key="cpu_ms"), " ms"),
    Target("idle poll, calls to a system, service", 2, idle_calls, ""),
    Target("idle poll, CPU at 1,000,000 links against 1,000", 1.1, named("growth", "idle")),
    Target("reading a SOAP page, adapter against a plain lxml walk", 1.25, named("read_page")),
    Target("reading a SOAP page, zeep's objects against the walk", 5, named("read_page", "zeep_ratio"), at_most=False),
    Target("CPU a record at 1,000,000 against 10,000, initial", 1.3, named("growth", "initial")),
    Target("CPU a record at 1,000,000 against 10,000, re-read", 1.15, named("growth", "reread")),
    Target("peak memory of the initial load, largest size", 100, memory, " MB"),
    Target("peak memory at 1,000,000 against 10,000", 1.1, peak_growth),
    Target("single-record writes at 20 ms, 8 connections against 1", 6, named("one_by_one"), at_most=False),
    Target("single-record writes in order, every record", 1, named("one_by_one", "in_order"), "", at_most=False),
    Target("sandbox CRM against spyne's objects", 50, named("sandbox_crm"), at_most=False),
    Target("hub status, CPU, imports included", 500, named("status", "cpu_ms"), " ms"),
)


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    return [Verdict(target, target.found(rows)) for target in TARGETS]
