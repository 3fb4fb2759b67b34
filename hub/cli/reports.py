"""What a sync did, as people read it."""

from dataclasses import asdict
from typing import Any

from hub.cli.output import counted, line, table, warn
from hub.engine.sync import Report
from hub.flow.delivering.outcome import NUMBERS, Sent
from hub.flow.seen import Tally

#: Errors of refused writes that are shown; `hub reviews` has them all.
SHOWN = 5
#: What polling came to, in the order in which it is told, and what was written.
POLLED = {
    "created": "new",
    "linked": "linked",
    "merged": "changed",
    "deleted": "deleted",
    "held": "deletions held",
    "conflicts": "in conflict",
}
SENT = ("created", "updated", "deleted")
WAITING = {"refused": "refused", "postponed": "postponed", "in_doubt": "in doubt"}


def report_dict(report: Report) -> dict[str, Any]:
    """For machines."""
    systems = [
        {"entity": entity, "system": system, "polled": asdict(tally), "sent": sent_dict(report, entity, system)}
        for (entity, system), tally in report.polled.items()
    ]
    totals = {"written": report.written, "conflicts": report.conflicts}
    return {"systems": systems, **totals, "held": report.held, "troubles": report.troubles}


def sent_dict(report: Report, entity: str, system: str) -> dict[str, Any]:
    """What was written to one system, and what it said against it."""
    sent = report.sent.get((entity, system), Sent())
    return {**{name: getattr(sent, name) for name in NUMBERS}, "errors": sent.errors}


def show(report: Report) -> None:
    table(("entity", "system", "read", "of these", "written there", "not done"), rows(report), widest=90)
    for said in (*report.troubles, *report.held.values()):
        warn(f"! {said}")
    for (entity, system), sent in report.sent.items():
        for said in sent.errors[:SHOWN]:
            warn(f"! {system} {entity}: {said}")
        if len(sent.errors) > SHOWN:
            warn(f"! {system} {entity}: and {len(sent.errors) - SHOWN} more: 'hub reviews'")
    hints(report)


def hints(report: Report) -> None:
    """Where to look next."""
    if report.conflicts or report.aside:
        line()
    if report.conflicts:
        line(f"{counted(report.conflicts, 'conflict')}: 'hub conflicts' has those that wait, with --all every one")
    if report.aside:
        line(f"{counted(report.aside, 'stands', 'stand')} aside: 'hub reviews' says why")


def rows(report: Report) -> list[list[Any]]:
    found = []
    for (entity, system), tally in report.polled.items():
        sent = report.sent.get((entity, system), Sent())
        found.append([entity, system, tally.read, polled(tally), written(sent), left(tally, sent)])
    return found


def polled(tally: Tally) -> str:
    told = [f"{number} {word}" for name, word in POLLED.items() if (number := getattr(tally, name))]
    return ", ".join(told) or ("all as before" if tally.read else "")


def written(sent: Sent) -> str:
    return ", ".join(f"{number} {name}" for name in SENT if (number := getattr(sent, name)))


def left(tally: Tally, sent: Sent) -> str:
    """What stands aside or is tried again."""
    told = [f"{tally.aside} aside"] if tally.aside else []
    return ", ".join(told + [f"{number} {word}" for name, word in WAITING.items() if (number := getattr(sent, name))])


def brief(report: Report) -> str:
    """A run on one line; empty: there was nothing to do."""
    told = []
    for (entity, system), tally in report.polled.items():
        sent = report.sent.get((entity, system), Sent())
        parts = [
            polled(tally) if tally.read > tally.unchanged or tally.deleted else "",
            written(sent),
            left(tally, sent),
        ]
        if any(parts):
            told.append(f"{system} {entity}: {', '.join(part for part in parts if part)}")
    return "; ".join(told)
