"""The `hub` command as a person types it: every line that is run is printed first."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from hub.sandbox.demo.screen import Screen

#: Settings of this shell that would lead the demo elsewhere.
_FOREIGN = ("HUB_", "CRM_", "ERP_")
#: Exit codes: done; something stood aside, which the demo brings about on purpose.
_DONE, _ASIDE = 0, 1


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, without settings meant for other projects."""
    return {name: value for name, value in environ.items() if not name.startswith(_FOREIGN)}


class Hub:
    """The command line of one project folder."""

    def __init__(self, folder: Path, screen: Screen) -> None:
        self.folder, self.screen = folder, screen
        self.env = clean(os.environ)

    def init(self) -> None:
        """A project folder, made as any."""
        self.screen.command(shlex.join([typed(), "init", near(self.folder)]))
        self.run((_DONE,), "init", str(self.folder))

    def point_at(self, crm: int, erp: int, every: str) -> None:
        """Fill in the ports and the schedule, so that every command can be repeated as it was printed."""
        path = self.folder / "conf" / "instances" / "main.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in (
            ("CRM_PORT:-8091", f"CRM_PORT:-{crm}"),
            ("ERP_PORT:-8090", f"ERP_PORT:-{erp}"),
            ("1m}", f"{every}}}"),
        ):
            if text.count(old) != 1:
                raise click.ClickException(f"{path}: expected {old} once")
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        self.screen.say(f"(the ports of both systems and 'every: {every}' go into {near(path)})", "dim")

    def line(self, *words: str) -> str:
        """A command as it can be typed again."""
        return shlex.join([typed(), "-p", near(self.folder), *words])

    def show(self, *words: str, quiet: bool = False) -> None:
        """Run it and show what it prints. `quiet`: only that it was run."""
        self.screen.command(self.line(*words))
        said = self.run((_DONE,), *words)
        if not quiet:
            self.screen.output(said)

    def ask(self, *words: str, shown: bool = True) -> Any:
        """Run it and return its JSON."""
        if shown:
            self.screen.command(self.line("--json", *words))
        said = self.run((_DONE, _ASIDE), "--json", *words)
        try:
            return json.loads(said)
        except json.JSONDecodeError as error:
            raise click.ClickException(f"{self.line('--json', *words)} printed no JSON: {said[:200]!r}") from error

    def run(self, fine: tuple[int, ...], *words: str) -> str:
        """Raises ClickException when its exit code is another one; what it complains of is on the screen."""
        command = [sys.executable, "-m", "hub.cli", "-p", str(self.folder), *words]
        done = subprocess.run(command, stdout=subprocess.PIPE, env=self.env, encoding="utf-8", check=False)
        if done.returncode not in fine:
            raise click.ClickException(f"{self.line(*words)} ended with {done.returncode}\n{done.stdout}")
        return done.stdout


def typed() -> str:
    """How the command is called here."""
    script = Path(sys.executable).with_name("hub")
    if script.is_file():
        return "hub" if shutil.which("hub") == str(script) else near(script)
    return f"{near(Path(sys.executable))} -m hub.cli"


def near(path: Path) -> str:
    """A path as seen from here, where that is shorter."""
    beside = os.path.relpath(path)
    return str(path) if beside.startswith("..") else beside
