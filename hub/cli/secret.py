"""`hub secret`: values that configuration files only name."""

import os
import sys

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, line


@click.group("secret")
def command() -> None:
    """Passwords and keys, sealed in the project's own store. The environment goes before it: HUB_SECRET_NAME."""


@command.command("set")
@click.argument("name")
@click.option("--value", help="Leave it out to be asked, or pipe it in: then it is not in the shell's history.")
@click.pass_obj
def set_(asked: Asked, name: str, value: str | None) -> None:
    """Seal a value under a name."""
    from hub.config.sealed import set_secret
    from hub.core.secret import Secret

    set_secret(asked.project, os.environ, name, Secret(typed(name) if value is None else value))
    if asked.json:
        as_json({"set": name})
    else:
        line(f"{name} is set")


def typed(name: str) -> str:
    """A line from a pipe, or what a person types without its being shown."""
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True, err=True))
    value = sys.stdin.readline().rstrip("\r\n")
    if not value:
        raise click.UsageError(f"no value came for {name}: type it, pipe it in, or give --value")
    return value


@command.command("list")
@click.pass_obj
def list_(asked: Asked) -> None:
    """The names that are sealed here; never their values."""
    from hub.config.sealedfile import read_sealed

    names = sorted(read_sealed(asked.project))
    if asked.json:
        as_json(names)
    else:
        for name in names or ["nothing is sealed yet"]:
            line(name)


@command.command("rotate")
@click.pass_obj
def rotate_(asked: Asked) -> None:
    """Make a new key, and seal every value with it."""
    from hub.config.sealed import rotate

    names = rotate(asked.project, os.environ)
    if asked.json:
        as_json({"rotated": names})
    else:
        line(f"sealed with a new key: {', '.join(names) or 'nothing'}")
