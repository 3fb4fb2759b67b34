"""The floor and the hub, phase by phase, in turns on the same counterparts."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
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
#: An idle poll takes milliseconds: it is repeated more often.
IDLE_TIMES = 4
#: How far a poll looks back behind the newest edit, and a little more.
LOOK_BACK_S = 62.0


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
    #: The databases of the last round.
    stores: Mapping[str, str] = field(default_factory=dict)

    def words(self, side: str) -> tuple[list[str], dict[str, str]]:
        """The command line of a side, and what its environment needs."""
        store = self.stores[side]
        if side == FLOOR:
            words = ["-m", "benchmarks.floor", "--crm", self.crm.url, "--erp", self.erps[FLOOR].url, "--store", store]
            return words, {}
        project = ["-m", "benchmarks.engine", "--project", str(self.folder / "project")]
        return project, counterparts.environ(self.crm.url, self.erps[HUB].url, store)

    def reset(self) -> None:
        """The first records again, and an empty database for each side."""
        for counterpart in (self.crm, *self.erps.values()):
            counterpart.reset()
        self.stores = {side: self.new_database() for side in SIDES}

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
    arena.reset()
    for phase in PHASES:
        if phase == "incremental":
            arena.crm.mutate(1)
        found = {}
        for side in turns(round_):
            words, environ = arena.words(side)
            with counterparts.side(words, environ) as process:
                found[side] = {**arena.ask(side, process, phase), "start_cpu": process.start_cpu}
        yield Pair(phase, "fresh", found[FLOOR], found[HUB])


def service(arena: Arena, rounds: int, phases: Sequence[str] = STEADY, *, filled: bool = False) -> Iterator[Pair]:
    """One process a side; then so many rounds of each phase in which it has run before.

    `filled`: go on with what the last `fresh` round left, which is quicker than another initial load.
    """
    if not filled:
        arena.reset()
    with ExitStack() as stack:
        running = {}
        for side in SIDES:
            words, environ = arena.words(side)
            running[side] = stack.enter_context(counterparts.side(words, environ))
        _at_rest(running, filled)
        for phase in phases:
            for round_ in range(rounds * IDLE_TIMES if phase == "idle" else rounds):
                yield _again(arena, running, phase, round_)


def _at_rest(running: Mapping[str, Process], filled: bool) -> None:
    """Until a poll finds nothing: what was edited within a minute is read again."""
    for process in running.values():
        for phase in ("settle",) if filled else ("initial", "settle", "idle"):
            process.ask(phase)
    if filled:
        time.sleep(LOOK_BACK_S)
        for process in running.values():
            process.ask("idle")
            process.ask("idle")


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
