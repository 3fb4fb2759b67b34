"""What the running hub says: one line a run. Ids and counts are in it, values of records are not."""

import logging
from collections.abc import Callable
from typing import Any

import structlog

from hub.cli.output import escaped
from hub.cli.reports import brief
from hub.core.errors import HubError
from hub.core.model import Task
from hub.engine.sync import Report


def told(style: str, level: str) -> Callable[[Task, Report | HubError], None]:
    """The function that the loop tells what happened. `style`: text or json. A run with nothing to do is `debug`."""
    renderer: Any = structlog.processors.JSONRenderer() if style == "json" else text
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
    )
    log = structlog.get_logger()

    def tell(task: Task, outcome: Report | HubError) -> None:
        if isinstance(outcome, HubError):
            log.error("run failed", task=task.name, code=outcome.code, said=outcome.said)
            return
        for said in outcome.troubles:
            log.warning("trouble", task=task.name, said=said)
        for said in outcome.held.values():
            log.warning("held", task=task.name, said=said)
        for (entity, system), sent in outcome.sent.items():
            for said in sent.errors:
                log.warning("not written", task=task.name, entity=entity, system=system, said=said)
        did = brief(outcome)
        say = log.info if did else log.debug
        say("run", task=task.name, conflicts=outcome.conflicts, written=outcome.written, did=did or "nothing to do")

    return tell


def text(_log: Any, _method: str, event: dict[str, Any]) -> str:
    """A line for people: `2026-11-22 09:00:00 run accounts: erp account: 1 changed`."""
    stamp = str(event.pop("timestamp"))[:19].replace("T", " ")
    level, what, task = event.pop("level"), event.pop("event"), event.pop("task")
    if what == "run":
        return escaped(f"{stamp} {task}: {event['did']}")
    details = " ".join(str(value) for value in event.values())
    return escaped(f"{stamp} {level.upper()} {task}: {what}: {details}")
