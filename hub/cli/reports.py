"""What a sync did, as people read it."""

from dataclasses import asdict
from typing import Any

from hub.cli.output import line, table, warn
from hub.engine.sync import NUMBERS, Report
from hub.flow.deliver import Sent

HEADS = ("entity", "system", "read", "unchanged", "merged", "new", "linked", "deleted", "conflicts", "aside")
SENT = ("created", "updated", "deleted")


def report_dict(report: Report) -> dict[str, Any]:
    """For machines."""
    systems = [
        {
            "entity": entity,
            "system": system,
            "polled": asdict(tally),
            "sent": sent_dict(report.sent.get((entity, system))),
        }
        for (entity, system), tally in report.polled.items()
    ]
    totals = {"written": report.written, "conflicts": report.conflicts}
    return {"systems": systems, **totals, "troubles": report.troubles}


def sent_dict(sent: Sent | None) -> dict[str, Any]:
    """What was written to one system, and what it said against it."""
    numbers = {name: getattr(sent, name) if sent else 0 for name in NUMBERS}
    return {**numbers, "errors": sent.errors if sent else []}


def show(report: Report) -> None:
    table((*HEADS, *(f"{name} there" for name in SENT), "refused", "waiting"), rows(report))
    for said in report.troubles:
        warn(f"! {said}")
    for (entity, system), sent in report.sent.items():
        for said in sent.errors[:10]:
            warn(f"! {system} {entity}: {said}")
    if report.conflicts:
        line(f"\n{report.conflicts} conflicts: 'hub conflicts' shows them")


def rows(report: Report) -> list[list[Any]]:
    found = []
    for (entity, system), tally in report.polled.items():
        sent = report.sent.get((entity, system))
        numbers = {name: getattr(sent, name) if sent else 0 for name in NUMBERS}
        polled = [tally.read, tally.unchanged, tally.merged, tally.created, tally.linked, tally.deleted]
        waiting = numbers["postponed"] + numbers["in_doubt"]
        written = [numbers[name] for name in SENT]
        found.append([entity, system, *polled, tally.conflicts, tally.aside, *written, numbers["refused"], waiting])
    return found
