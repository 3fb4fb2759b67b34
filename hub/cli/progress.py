"""Progress of long work, on a terminal only."""

from collections.abc import Generator
from contextlib import contextmanager

from hub.cli.output import is_terminal
from hub.engine.sync import Progress, quiet
from hub.flow.place import Place


@contextmanager
def bars(wanted: bool) -> Generator[Progress]:
    """A bar a step, while it runs."""
    if not wanted or not is_terminal():
        yield quiet
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as shown:
        steps: dict[str, TaskID] = {}

        def progress(step: str, place: Place, done: int, total: int | None) -> None:
            name = f"{step} {place.binding.system} {place.entity.name}"
            if name not in steps:
                steps[name] = shown.add_task(name, total=total)
            shown.update(steps[name], completed=done, total=total)

        yield progress
