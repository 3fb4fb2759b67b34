"""The floor and the hub, phase by phase, in turns on the same counterparts."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import counterparts
from benchmarks.counterparts import Counterpart, Process
from benchmarks.databases import New
from benchmarks.steps import PHASES

FLOOR, HUB = "floor", "hub"
SIDES = (FLOOR, HUB)
#: What a running service is asked for again and again, in this order: after an edit the next polls look back a minute
#: and see it again.
STEADY = ("idle", "reread", "incremental")


class Pair(NamedTuple):
    """One phase done by both sides, one right after the other."""

    phase: str
    mode: str
    floor: dict[str, Any]
    hub: dict[str, Any]


@dataclass
class Arena:
    """Counterparts for one size: a CRM that both sides read, an ERP for each."""

    records: int
    crm: Counterpart
    erps: Mapping[str, Counterpart]
    folder: Path
    new_database: New
    #: The hub's database of the last round.
    store: str = ""

    def words(self, side: str, store: str) -> tuple[list[str], dict[str, str]]:
        """The command line of a side, and what its environment needs."""
        if side == FLOOR:
            words = ["-m", "benchmarks.floor", "--crm", self.crm.url, "--erp", self.erps[FLOOR].url, "--store", store]
            return words, {}
        project = ["-m", "benchmarks.engine", "--project", str(self.folder / "project")]
        return project, counterparts.environ(self.crm.url, self.erps[HUB].url, store)

    def reset(self) -> dict[str, str]:
        """The first records again, and an empty database for each side."""
        for counterpart in (self.crm, *self.erps.values()):
            counterpart.reset()
        stores = {side: self.new_database() for side in SIDES}
        self.store = stores[HUB]
        return stores

    def ask(self, side: str, process: Process, phase: str) -> dict[str, Any]:
        """What a phase cost a side, with the calls it made to each system."""
        counted = {"crm_calls": self.crm, "erp_calls": self.erps[side]}
        before = {name: one.calls() for name, one in counted.items()}
        found = process.ask(phase)
        return {**found, **{name: one.calls() - before[name] for name, one in counted.items()}}


@contextmanager
def arena(records: int, folder: Path, new_database: New) -> Iterator[Arena]:
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        crm = stack.enter_context(counterparts.crm(records, folder))
        erps = {side: stack.enter_context(counterparts.erp(records, folder, side)) for side in SIDES}
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        counterparts.project(folder / "project")
        yield Arena(records, crm, erps, folder, new_database)


def fresh(arena: Arena, round_: int) -> Iterator[Pair]:
    """All phases from an empty hub, each in a process of its own."""
    stores = arena.reset()
    for phase in PHASES:
        if phase == "incremental":
            arena.crm.mutate(1)
        found = {}
        for side in turns(round_):
            words, environ = arena.words(side, stores[side])
            with counterparts.side(words, environ) as process:
                found[side] = {**arena.ask(side, process, phase), "start_cpu": process.start_cpu}
        yield Pair(phase, "fresh", found[FLOOR], found[HUB])


def service(arena: Arena, rounds: int) -> Iterator[Pair]:
    """One process a side, loaded once; then so many rounds of each phase in which it has run before."""
    stores = arena.reset()
    with ExitStack() as stack:
        running = {}
        for side in SIDES:
            words, environ = arena.words(side, stores[side])
            running[side] = stack.enter_context(counterparts.side(words, environ))
            for phase in ("initial", "settle", "idle"):
                running[side].ask(phase)
        for phase in STEADY:
            for round_ in range(rounds):
                yield _again(arena, running, phase, round_)


def _again(arena: Arena, running: Mapping[str, Process], phase: str, round_: int) -> Pair:
    if phase == "incremental":
        arena.crm.mutate(1)
    found = {side: arena.ask(side, running[side], phase) for side in turns(round_)}
    if phase == "incremental":
        for process in running.values():
            process.ask("settle")
    return Pair(phase, "service", found[FLOOR], found[HUB])


def turns(round_: int) -> tuple[str, ...]:
    """Who begins changes from round to round."""
    return SIDES if round_ % 2 == 0 else SIDES[::-1]
