"""`hub run`: the hub at work."""

import signal
from typing import Any

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, line


@click.command("run")
@click.option("--times", type=int, help="End after so many runs.")
@click.pass_obj
def command(asked: Asked, times: int | None) -> None:
    """Run every task on its schedule until stopped (Ctrl-C, SIGTERM)."""
    from hub.cli.log import told
    from hub.engine.loop import Loop
    from hub.engine.opening import chosen, opened, working

    with opened(asked.project) as (project, store), working(project, store, chosen(project, asked.instance)) as hub:
        loop = Loop(hub, told(project.hub.log_format, project.hub.log_level))
        stop: Any = lambda *_: loop.stop()  # noqa: E731 - a signal handler
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        tasks = ", ".join(f"{task.name} every {task.every}" for task in hub.instance.tasks)
        if asked.json:
            as_json({"tasks": [task.name for task in hub.instance.tasks]})
        else:
            line(f"at work: {tasks}; Ctrl-C stops")
        loop.run(times=times)
