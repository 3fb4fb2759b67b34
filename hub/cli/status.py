"""`hub status`: how things stand. Reads the hub's own database only."""

import os
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, counted, line, table, when

if TYPE_CHECKING:
    from hub.store.runs import Run
    from hub.store.standing import PlaceStanding, Standing


@click.command("status")
@click.pass_obj
def command(asked: Asked) -> None:
    """Show systems, what is owed, what waits for a person, and the last runs. Asks no system."""
    from hub.config.settings import load_settings
    from hub.store.opening import opened_store
    from hub.store.standing import standing

    with opened_store(load_settings(asked.project, os.environ).store_url()) as store:
        found = standing(store)
    if asked.json:
        as_json(as_dict(found))
    else:
        show(found)


def as_dict(found: "Standing") -> dict[str, Any]:
    return {
        "systems": [row._asdict() for row in found.places],
        "runs": [run._asdict() for run in found.runs],
        "held": found.held,
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
    for row in found.places:
        if row.paused:
            line(f"\n{row.system} is paused, 'hub resume {row.system}' goes on: {row.paused}")
    for said in found.held:
        line(f"\n{said}")
    if found.runs and found.runs[0].said:
        line(f"\nthe last run: {found.runs[0].said}")
    waiting, aside = sum(row.conflicts for row in found.places), sum(row.aside + row.refused for row in found.places)
    if waiting or aside:
        line()
    if waiting:
        line(f"{counted(waiting, 'conflict waits', 'conflicts wait')} for a person: 'hub conflicts'")
    if aside:
        line(f"{counted(aside, 'stands', 'stand')} aside: 'hub reviews'")


def cells(row: "PlaceStanding") -> list[Any]:
    numbers = [row.linked, row.owed, row.refused, row.in_doubt, row.conflicts, row.aside]
    return [row.instance, row.entity, row.system, *numbers, when(row.polled_at)]


def did(run: "Run") -> str:
    """What a run counted: the numbers that mean something happened."""
    parts = []
    for place, numbers in (run.counts or {}).items():
        told = ", ".join(f"{name} {number}" for name, number in numbers.items() if name not in ("unchanged", "read"))
        if told:
            parts.append(f"{place}: {told}")
    return "; ".join(parts) or ("nothing to do" if run.state == "done" else "")
