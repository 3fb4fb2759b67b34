"""`hub secret`: values that configuration files only name."""

import os

import click

from hub.cli.main import Asked
from hub.cli.output import line


@click.group("secret")
def command() -> None:
    """Passwords and keys, sealed in the project's own store. The environment goes before it."""


@command.command("set")
@click.argument("name")
@click.option("--value", help="Leave it out to be asked, so that it is not in the shell's history.")
@click.pass_obj
def set_(asked: Asked, name: str, value: str | None) -> None:
    """Seal a value under a name."""
    from hub.config.sealed import set_secret
    from hub.core.secret import Secret

    secret = Secret(value if value is not None else click.prompt(name, hide_input=True))
    set_secret(asked.project, os.environ, name, secret)
    line(f"{name} is set")


@command.command("rotate")
@click.pass_obj
def rotate_(asked: Asked) -> None:
    """Make a new key, and seal every value with it."""
    from hub.config.sealed import rotate

    line(f"sealed with a new key: {', '.join(rotate(asked.project, os.environ)) or 'nothing'}")
