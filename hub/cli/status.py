"""`hub status`: how things stand. Reads the hub's own database only."""

import gc
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, counted, line, table, when
from hub.core.putback import frozen

if TYPE_CHECKING:
    from hub.store.outages import Outage
    from hub.store.runs import Run
    from hub.store.standing import PlaceStanding, Standing


@click.command("status")
@click.pass_obj
def command(asked: Asked) -> None:
    """Show systems, what is owed, what waits for a person, and the last runs. Asks no system."""
    with unswept():
        found = look(asked.project)
    if asked.json:
        as_json(as_dict(found))
    else:
        show(found)


def look(project: Path) -> "Standing":
    """Neither the instances' files nor an adapter is read: names and the database are enough."""
    from hub.config.settings import load_settings
    from hub.store.opening import opened_store
    from hub.store.standing import standing

    with opened_store(load_settings(project, os.environ).store_url()) as store:
        return standing(store)


@contextmanager
def unswept() -> Generator[None]:
    """Without the garbage collector: what is imported stays, and walking it again and again is a sixth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def as_dict(found: "Standing") -> dict[str, Any]:
    return {
        "systems": [row._asdict() for row in found.places],
        "outages": [row._asdict() for row in found.outages],
        "held": found.held,
        "runs": [run._asdict() for run in found.runs],
    }


PLACES = ("instance", "entity", "system", "linked", "owed", "refused", "in doubt", "conflicts", "aside", "last poll")
RUNS = ("run", "task", "started", "ended", "state", "what")


def show(found: "Standing") -> None:
    if not found.places:
        line("nothing was synced yet: 'hub check', then 'hub preview' and 'hub sync'")
        return
    table(PLACES, [cells(row) for row in found.places])
    line()
    table(RUNS, [[r.id, r.task, when(r.started_at), when(r.ended_at), r.state, did(r)] for r in found.runs], widest=90)
    for said in (*troubles(found), *found.held, *map(outage_of, found.outages)):
        line()
        line(said)
    if found.runs and found.runs[0].said:
        line()
        for number, said in enumerate(found.runs[0].said.split("\n")):
            line(f"{'              ' if number else 'the last run: '}{said}")
    hints(found)


def troubles(found: "Standing") -> Iterator[str]:
    """Systems that are not used, or not as a whole, until a person has done something."""
    for row in found.places:
        if row.paused:
            yield paused(row.system, row.paused)
        if row.stopped:
            names = ", ".join(row.stopped)
            yield f"{row.system} shows no {names} any more: nothing is written there until it is back ('hub resume')"
        if row.waiting:
            many = counted(row.waiting, f"{row.entity} waits", f"{row.entity} records wait")
            where = f"'hub records {row.entity} SYSTEM:KEY' says for which:"
            others = ", and others" if row.waiting > 1 else ""
            yield f"{row.system}: {many} for another record, {where}\n  {row.waits}{others}"


def hints(found: "Standing") -> None:
    """What waits for a person, and where to look at it."""
    waiting, aside = sum(row.conflicts for row in found.places), sum(row.aside + row.refused for row in found.places)
    deletes = sum(row.deletes for row in found.places)
    if waiting or aside or deletes:
        line()
    if deletes:
        line(f"{counted(deletes, 'deletion is', 'deletions are')} held, too many at once: 'hub deletes'")
    if waiting:
        line(f"{counted(waiting, 'conflict waits', 'conflicts wait')} for a person: 'hub conflicts'")
    if aside:
        line(f"{counted(aside, 'stands', 'stand')} aside: 'hub reviews'")


def paused(system: str, why: str) -> str:
    """Why it stands still, and what a person can do."""
    if frozen(why):
        return f"{system} is frozen: {why}"
    return f"{system} is paused, 'hub resume {system}' goes on: {why}"


def outage_of(row: "Outage") -> str:
    """Since when, why, until when."""
    if row.failures:
        said = f"{row.system} has not worked since {when(row.since)} ({counted(row.failures, 'run')} in a row)"
    else:
        said = f"{row.system} asked for a pause at {when(row.since)}"
    then = f"; left alone until {when(row.until)}, 'hub resume {row.system}' tries at once" if row.until else ""
    return f"{said}{then}: {row.said} [{row.code}]"


def cells(row: "PlaceStanding") -> list[Any]:
    numbers = [row.linked, row.owed, row.refused, row.in_doubt, row.conflicts, row.aside]
    return [row.instance, row.entity, row.system, *numbers, when(row.polled_at)]


def did(run: "Run") -> str:
    """What a run counted: the numbers that mean something happened."""
    from hub.store.runs import LOOKED_AT

    parts = []
    for place, numbers in (run.counts or {}).items():
        told = ", ".join(f"{name} {number}" for name, number in numbers.items() if name not in LOOKED_AT)
        if told:
            parts.append(f"{place}: {told}")
    return "; ".join(parts) or ("nothing to do" if run.state == "done" else "")
