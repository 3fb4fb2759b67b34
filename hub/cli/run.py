"""`hub run`: the hub at work."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, line
from hub.core.errors import ConfigError


@click.command("run")
@click.option("--times", type=click.IntRange(1), help="End after so many runs.")
@click.pass_obj
def command(asked: Asked, times: int | None) -> None:
    """Run every task on its schedule until stopped (Ctrl-C, SIGTERM): what is under way is finished first.

    With --json, or 'log: {format: json}' in conf/hub.yaml, every line is a JSON document.
    """
    from hub.cli.log import told
    from hub.engine.loop import Loop
    from hub.engine.opening import chosen, opened, working

    with opened(asked.project) as (project, store), working(project, store, chosen(project, asked.instance)) as hub:
        if not hub.instance.tasks:
            said = f"conf/instances/{hub.instance.name}.yaml: there is no task; say what runs when under 'tasks'"
            raise ConfigError([said], "command.no-tasks")
        loop = Loop(hub, told("json" if asked.json else project.hub.log_format, project.hub.log_level))
        tasks = {task.name: f"every {task.every}" for task in hub.instance.tasks}
        if asked.json:
            as_json({"tasks": tasks}, lines=True)
        else:
            line(f"at work: {', '.join(f'{name} {every}' for name, every in tasks.items())}; Ctrl-C stops")
        with stopped_by(loop.stop):
            loop.run(times=times)


@contextmanager
def stopped_by(stop: Callable[[], None]) -> Generator[None]:
    """SIGTERM and Ctrl-C stop in order, while this runs."""
    before = {number: signal.signal(number, lambda *_: stop()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
