"""The `hub` command and its options."""

import importlib
import sys
from pathlib import Path
from typing import Any, NamedTuple

import click

from hub import __version__
from hub.cli.output import WRONG, as_json, warn
from hub.core.errors import ConfigError, HubError

#: Command -> the module that has it (as `command`).
COMMANDS = {
    "init": "hub.cli.init",
    "check": "hub.cli.check",
    "preview": "hub.cli.preview",
    "sync": "hub.cli.sync",
    "run": "hub.cli.run",
    "status": "hub.cli.status",
    "conflicts": "hub.cli.conflicts",
    "records": "hub.cli.records",
    "reviews": "hub.cli.reviews",
    "resume": "hub.cli.resume",
    "secret": "hub.cli.secret",
}


class Asked(NamedTuple):
    """What was asked of every command."""

    project: Path
    instance: str | None
    json: bool


class Lazy(click.Group):
    """Commands whose modules are loaded when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name]).command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`--json` may stand anywhere."""
        rest = [arg for arg in args if arg != "--json"]
        return super().parse_args(ctx, ["--json"] * (len(args) > len(rest)) + rest)

    def main(self, *args: Any, **options: Any) -> Any:
        try:
            return super().main(*args, **options)
        except HubError as error:
            complain(error, "--json" in sys.argv)
            sys.exit(WRONG if isinstance(error, ConfigError) else 1)


def complain(error: HubError, json: bool) -> None:
    """An error, for people or for machines."""
    if json:
        problems = error.problems if isinstance(error, ConfigError) else [error.said]
        as_json({"error": {"code": error.code, "problems": problems}})
    else:
        warn(f"{error.said}\n[{error.code}]" if isinstance(error, ConfigError) else f"error: {error}")


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project", "-p", type=click.Path(path_type=Path), default=Path(), envvar="HUB_PROJECT", help="The project folder."
)
@click.option("--instance", "-i", envvar="HUB_INSTANCE", help="The instance, where the project has several.")
@click.option("--json", "json_", is_flag=True, help="Answer in JSON, for machines.")
@click.version_option(__version__, prog_name="hub")
@click.pass_context
def main(ctx: click.Context, project: Path, instance: str | None, json_: bool) -> None:
    """Keeps a CRM and the systems around it in step, both ways, and never loses an edit."""
    ctx.obj = Asked(project, instance, json_)
