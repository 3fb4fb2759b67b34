"""The hub as one side of a comparison: a project folder that is opened once and synced as often as a phase is named.

python -m benchmarks.engine --project DIR                                  (phases on stdin, see steps.py)
"""

import argparse
from pathlib import Path

from benchmarks import steps
from hub.engine.opening import chosen, opened, working
from hub.engine.sync import Report, sync
from hub.flow.place import Hub


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, required=True)
    folder: Path = parser.parse_args().project
    with opened(folder) as (project, store), working(project, store, chosen(project, None)) as hub:
        steps.serve(lambda phase: run(hub, phase))


def run(hub: Hub, phase: str) -> steps.Counts:
    before = hub.store.counts.statements, hub.store.counts.commits
    report = sync(hub, full=phase == "reread")
    counts = hub.store.counts
    return {**done(report), "statements": counts.statements - before[0], "commits": counts.commits - before[1]}


def done(report: Report) -> steps.Counts:
    """Raises SystemExit when something went wrong: a figure of half the work is none."""
    aside = sum(tally.aside for tally in report.polled.values())
    errors = [error for sent in report.sent.values() for error in sent.errors]
    if report.troubles or aside or errors:
        raise SystemExit(f"{aside} records stand aside; {[*report.troubles, *errors][:5]}")
    return {
        "read": sum(tally.read for tally in report.polled.values()),
        "written": report.written,
        "conflicts": report.conflicts,
    }


if __name__ == "__main__":
    main()
