"""Show the main job: `python -m hub.sandbox.demo [--once]`."""

import json
import shutil
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import click
import requests

from hub.sandbox.demo.command import Hub
from hub.sandbox.demo.demo import Demo
from hub.sandbox.demo.processes import system
from hub.sandbox.demo.screen import Screen
from hub.sandbox.demo.world import World

#: Marks a folder as the demo's own: only such a one is emptied. Says where its systems are.
MARK = "demo.json"
COMPANIES, SUPPLIERS, SEED = "300", "250", "demo"


@click.command(help=__doc__)
@click.option("--once", is_flag=True, help="Check every number that was told, and exit: 0 if all agree, else 1.")
@click.option("--step", is_flag=True, help="Wait for Enter before every step, to look around meanwhile.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("build/demo"), show_default=True, help="Is made anew."
)
def main(once: bool, step: bool, folder: Path) -> None:
    signal.signal(signal.SIGTERM, stopped)
    screen = Screen(step)
    make_room(folder)
    with ExitStack() as stack:
        logs = folder / "var"
        words = ["--seed", SEED]
        crm = stack.enter_context(system("crm", ["--companies", COMPANIES, *words], logs / "crm.log"))
        erp = stack.enter_context(system("erp", ["--suppliers", SUPPLIERS, *words], logs / "erp.log"))
        mark = {"crm": crm.page, "erp": erp.page}
        (folder / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
        demo = Demo(screen, Hub(folder, screen), World(crm.page, erp.page), crm, erp)
        agreed = demo.play()
        demo.further(stays=not once)
        if not once:
            demo.stay()
    sys.exit(0 if agreed else 1)


def stopped(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def make_room(folder: Path) -> None:
    """An empty folder. Raises ClickException: something else is in it, or a demo runs there."""
    mark = folder / MARK
    if mark.is_file() and answers(json.loads(mark.read_text(encoding="utf-8"))["crm"]):
        raise click.ClickException(f"a demo runs in {folder}: stop it, or name another folder with --folder")
    if folder.exists() and any(folder.iterdir()) and not mark.is_file():
        raise click.ClickException(f"{folder} is not empty and not a demo's: name another folder with --folder")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def answers(page: str) -> bool:
    try:
        return requests.get(page, timeout=2).ok
    except requests.RequestException:
        return False


if __name__ == "__main__":
    main()
