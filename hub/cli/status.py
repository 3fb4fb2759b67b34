"""`hub status`: how things stand. Reads the hub's own database only."""

import os
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, line, table

if TYPE_CHECKING:
    from hub.store.standing import Standing


@click.command("status")
@click.pass_obj
def command(asked: Asked) -> None:
    """Show systems, what is owed, what waits for a person, and the last runs."""
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
    return {"systems": [row._asdict() for row in found.places], "runs": [run._asdict() for run in found.runs]}


PLACES = (
    "instance",
    "entity",
    "system",
    "linked",
    "owed",
    "refused",
    "in doubt",
    "conflicts",
    "aside",
    "last poll",
    "",
)
RUNS = ("run", "task", "started", "ended", "state", "what")


def show(found: "Standing") -> None:
    table(PLACES, [[*row[:-1], f"PAUSED: {row.paused}" if row.paused else ""] for row in found.places])
    line()
    table(RUNS, [[r.id, r.task, r.started_at, r.ended_at, r.state, summary(r.counts)] for r in found.runs])
    waiting = sum(row.conflicts for row in found.places)
    if waiting:
        line(f"\n{waiting} conflicts wait for a person: 'hub conflicts'")


def summary(counts: dict[str, Any] | None) -> str:
    parts = []
    for place, numbers in (counts or {}).items():
        told = ", ".join(f"{name} {number}" for name, number in numbers.items() if name != "unchanged")
        if told:
            parts.append(f"{place}: {told}")
    return "; ".join(parts)
