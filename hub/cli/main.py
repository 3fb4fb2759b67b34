"""The `hub` command and its options."""

import importlib
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import click

from hub import __version__
from hub.cli.output import WRONG, as_json, warn
from hub.core.errors import ConfigError, HubError
from hub.core.unfit import nearest

if TYPE_CHECKING:
    from hub.flow.place import Hub

#: Command -> the module that has it (as `command`).
COMMANDS = {
    "init": "hub.cli.init",
    "check": "hub.cli.check",
    "match": "hub.cli.match",
    "preview": "hub.cli.preview",
    "sync": "hub.cli.sync",
    "run": "hub.cli.run",
    "status": "hub.cli.status",
    "conflicts": "hub.cli.conflicts",
    "deletes": "hub.cli.deletes",
    "records": "hub.cli.records",
    "pin": "hub.cli.pin",
    "reviews": "hub.cli.reviews",
    "failed": "hub.cli.failed",
    "resume": "hub.cli.resume",
    "secret": "hub.cli.secret",
    "simulate": "hub.cli.simulate",
}
#: What a shell says of a program that Ctrl-C ended.
INTERRUPTED = 130


class Asked(NamedTuple):
    """What was asked of every command."""

    project: Path
    instance: str | None
    json: bool

    @contextmanager
    def looking(self) -> Generator["Hub"]:
        """The instance without its systems: to look and to decide."""
        from hub.engine.opening import chosen, opened, unconnected

        with opened(self.project) as (project, store):
            yield unconnected(store, chosen(project, self.instance))


class Lazy(click.Group):
    """Commands whose modules are loaded when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = nearest(args[0], COMMANDS).removeprefix(", ")
        if args[0] not in COMMANDS and near and not args[0].startswith("-"):
            ctx.fail(f"there is no command '{args[0]}': {near}")
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> NoReturn:
        """`--json` may stand anywhere. Whatever goes wrong is said in one form, for people or for machines."""
        given = list(sys.argv[1:] if args is None else args)
        rest = [word for word in given if word != "--json"]
        json = len(given) > len(rest)
        options["standalone_mode"] = False
        try:
            code = super().main(["--json"] * json + rest, *more, **options)
        except HubError as error:
            complain(error, json)
            sys.exit(WRONG if isinstance(error, ConfigError) else 1)
        except click.ClickException as error:
            misused(error, json)
            sys.exit(error.exit_code)
        except click.Abort:
            warn("stopped")
            sys.exit(INTERRUPTED)
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            complain(ConfigError([f"{place}{error.strerror or error}"], "command.file"), json)
            sys.exit(WRONG)
        sys.exit(code if isinstance(code, int) else 0)


def complain(error: HubError, json: bool) -> None:
    """An error, for people or for machines."""
    if json:
        problems = error.problems if isinstance(error, ConfigError) else [error.said]
        as_json({"error": {"code": error.code, "problems": problems}})
    elif isinstance(error, ConfigError):
        for said in (*error.problems, f"[{error.code}]"):
            warn(said)
    else:
        warn(f"error: {error}")


def misused(error: click.ClickException, json: bool) -> None:
    """The command line itself is wrong."""
    if json:
        as_json({"error": {"code": "command.usage", "problems": [error.format_message()]}})
    else:
        error.show()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project", "-p", type=click.Path(path_type=Path), default=Path(), envvar="HUB_PROJECT", help="The project folder."
)
@click.option("--instance", "-i", envvar="HUB_INSTANCE", help="The instance, where the project has several.")
@click.option("--json", "json_", is_flag=True, help="Answer in JSON, for machines; may stand anywhere.")
@click.version_option(__version__, prog_name="hub")
@click.pass_context
def main(ctx: click.Context, project: Path, instance: str | None, json_: bool) -> None:
    """Keeps a CRM and the systems around it in step, both ways, and never loses an edit.

    Exit codes: 0 done; 1 something failed or stands aside; 2 the command or the configuration is wrong.
    """
    ctx.obj = Asked(project, instance, json_)
