"""The hub against the floor: CPU of the work, in turns, as medians of the ratios of each round.

    python -m benchmarks.bench --quick            1,000 and 10,000 records on SQLite, under 5 minutes
    python -m benchmarks.bench                    100,000 as well, and PostgreSQL
    python -m benchmarks.bench --million          1,000,000 as well (a round of it)
    python -m benchmarks.bench --write-docs       puts the figures of the last run into docs/performance.md

Writes build/bench.json: a list of objects with name, mode, store, records, ratio, rows_per_s, cpu_s_per_1000, peak_mb
and more. Exit code 1: a target was missed.
"""

import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from benchmarks import around, counterparts, figures, growth, reading, scenes, single, table, targets
from benchmarks.databases import New, databases
from benchmarks.figures import Row
from benchmarks.scenes import Arena, Pair

RESULT = counterparts.ROOT / "build" / "bench.json"
PAGE = counterparts.ROOT / "docs" / "performance.md"
QUICK, FULL, MILLION = (1_000, 10_000), (1_000, 10_000, 100_000), 1_000_000
#: At the largest size a round takes minutes, and counts and flatness are looked at, not ratios to the percent.
ROUNDS_OF_A_MILLION = 1
#: Of what grows with the records, where each round reads all of a million.
ROUNDS_OF_GROWTH = 3
SINGLE_RECORDS = 1_000


class Plan(NamedTuple):
    sizes: tuple[int, ...]
    stores: tuple[str, ...]
    rounds: int
    single_rounds: int
    #: Leave out what is not a phase of a sync: pages, single writes, the sandbox.
    phases_only: bool


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True)
@click.option("--million", is_flag=True)
@click.option("--sizes", help="Other sizes, such as 1000,5000.")
@click.option("--store", "stores", type=click.Choice(["sqlite", "postgresql"]), multiple=True)
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--phases-only", is_flag=True, help="No pages, no single writes, not the sandbox itself.")
@click.option("--out", type=click.Path(path_type=Path), default=RESULT, show_default=True)
@click.option("--write-docs", is_flag=True)
def main(
    quick: bool,
    million: bool,
    sizes: str | None,
    stores: tuple[str, ...],
    rounds: int,
    phases_only: bool,
    out: Path,
    write_docs: bool,
) -> None:
    if write_docs:
        rows = json.loads(out.read_text())
        table.write_docs(PAGE, rows, targets.verdicts(rows))
        return
    chosen = tuple(map(int, sizes.split(","))) if sizes else QUICK if quick else FULL
    chosen += (MILLION,) if million and MILLION not in chosen else ()
    stores = stores or (("sqlite",) if quick else ("sqlite", "postgresql"))
    rows = list(measured(Plan(chosen, stores, rounds, 1 if quick else 3, phases_only)))
    verdicts = targets.verdicts(rows)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1) + "\n")
    print(table.shown(rows, verdicts))
    sys.exit(any(verdict.met is False for verdict in verdicts))


def measured(plan: Plan) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        for store in plan.stores:
            with databases(store, folder) as new_database:
                for records in plan.sizes:
                    yield from compared(plan, store, records, folder / f"{store}-{records}", new_database)
                if store == "sqlite" and MILLION in plan.sizes:
                    yield growth.measure(folder, new_database, ROUNDS_OF_GROWTH, tell)
        if not plan.phases_only:
            yield from others(plan, folder)


def others(plan: Plan, folder: Path) -> Iterator[Row]:
    """What is not a phase of a sync."""
    with databases("sqlite", folder) as new_database:
        tell("single writes")
        yield single.measure(SINGLE_RECORDS, folder / "single", new_database, plan.single_rounds)
    tell("pages")
    with counterparts.crm(reading.PAGE, folder) as crm:
        yield reading.measure(crm, plan.rounds)
    tell("the sandbox itself")
    yield around.sandbox(plan.rounds)


def compared(plan: Plan, store: str, records: int, folder: Path, new_database: New) -> Iterator[Row]:
    """All phases of one size on one store."""
    pairs: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    with scenes.arena(records, folder, new_database) as arena:
        for pair in rounds_of(arena, plan, store):
            pairs[pair.phase, pair.mode].append(pair)
        if store == "sqlite" and records == max(size for size in plan.sizes if size < MILLION or len(plan.sizes) == 1):
            yield status(arena, plan)
    for found in pairs.values():
        yield figures.compared(found, store, records)


def rounds_of(arena: Arena, plan: Plan, store: str) -> Iterator[Pair]:
    huge = arena.records >= MILLION
    rounds = ROUNDS_OF_A_MILLION if huge else plan.rounds
    for round_ in range(rounds):
        for pair in scenes.fresh(arena, round_):
            tell(f"{store} {arena.records:,} round {round_ + 1} of {rounds}: {line(pair)}")
            yield pair
    steady = ("idle", "incremental") if huge else scenes.STEADY
    for pair in scenes.service(arena, plan.rounds, steady, filled=huge):
        tell(f"{store} {arena.records:,} service: {line(pair)}")
        yield pair


def status(arena: Arena, plan: Plan) -> Row:
    """On the database of the last round."""
    tell("hub status")
    environ = counterparts.environ(arena.crm.url, arena.erps[scenes.HUB].url, arena.stores[scenes.HUB])
    return around.status(arena.folder / "project", environ, arena.records, plan.rounds)


def line(pair: Pair) -> str:
    hub, floor = pair.hub, pair.floor
    return (
        f"{pair.phase:12} {hub['cpu'] / floor['cpu']:5.2f}x  hub {hub['cpu'] * 1000:8.1f} ms  floor "
        f"{floor['cpu'] * 1000:8.1f} ms  {hub['peak_mb']:5.1f} MB"
    )


def tell(said: str) -> None:
    """Progress, for people."""
    print(f"{time.strftime('%H:%M:%S')}  {said}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
