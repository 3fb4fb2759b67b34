"""What the running hub says: one line a run. Ids and counts are in it, values of records are not."""

import logging
from collections.abc import Callable
from typing import Any

import structlog

from hub.core.errors import HubError
from hub.core.model import Task
from hub.engine.sync import Report


def told(style: str, level: str) -> Callable[[Task, Report | HubError], None]:
    """The function that the loop tells what happened. `style`: text or json."""
    renderer: Any = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
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
        log.info("run", task=task.name, conflicts=outcome.conflicts, written=outcome.written, systems=outcome.counts())

    return tell
