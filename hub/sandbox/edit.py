"""The command that looks at a sandbox and edits it, over its control API."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import click
import requests
from rich.console import Console
from rich.table import Table

from hub.sandbox.control import Column, NotTaken

#: Fields that `list` shows.
SHOWN = 6


class Remote:
    """The control API of a running sandbox."""

    def __init__(self, url: str, noun: str) -> None:
        self._base, self._noun = url.rstrip("/"), noun
        self._http = requests.Session()
        self._http.trust_env = False

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer as JSON. Raises ClickException with the sandbox's own words."""
        try:
            answer = self._http.request(method, f"{self._base}/control/{path}", json=body, timeout=60)
            found = answer.json()
        except requests.RequestException as e:
            raise click.ClickException(f"{self._base}: no sandbox answers there ({type(e).__name__})") from e
        if answer.status_code >= 400:
            raise click.ClickException(str(found.get("error", found)))
        return found

    def record(self, method: str, key: str, body: Any = None) -> Any:
        return self.call(method, f"{self._noun}/{quote(key, safe='')}", body)

    def all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", self._noun)["items"]
        return found

    def add(self, body: Any) -> Any:
        return self.call("POST", self._noun, body)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a command works on: a running sandbox, the key of its records and all their columns."""

    remote: Remote
    key: str
    columns: Sequence[Column]


def command(noun: str, key: str, columns: Sequence[Column], url: str) -> click.Group:
    """The command group of a sandbox whose records are called `noun`; `url` is where one is by default."""

    @click.group(help=f"Look at the {noun} of a running sandbox and edit them.")
    @click.option("--url", default=url, show_default=True, help="Where the sandbox is.")
    @click.pass_context
    def edit(context: click.Context, url: str) -> None:
        context.obj = Sandbox(Remote(url, noun), key, columns)

    for one in (list_, show, set_, add, delete):
        edit.add_command(one)
    return edit


@click.command("list", help="All, or those that hold WORDS somewhere.")
@click.argument("words", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Every field, as JSON.")
@click.pass_obj
def list_(sandbox: Sandbox, words: str, as_json: bool) -> None:
    records = [r for r in sandbox.remote.all() if words.lower() in json.dumps(r, ensure_ascii=False).lower()]
    if as_json:
        click.echo(json.dumps(records, ensure_ascii=False))
    else:
        _table([sandbox.key, *(c.name for c in sandbox.columns[:SHOWN])], records)


@click.command(help="Every field of one.")
@click.argument("id")
@click.pass_obj
def show(sandbox: Sandbox, id: str) -> None:
    _show(sandbox.remote.record("GET", id))


@click.command("set", help="Change fields of one: NAME=VALUE ... (nothing after the = empties the field).")
@click.argument("id")
@click.argument("pairs", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.pass_obj
def set_(sandbox: Sandbox, id: str, pairs: tuple[str, ...]) -> None:
    _show(sandbox.remote.record("PATCH", id, _values(sandbox.columns, pairs)))


@click.command(help="A new one with these fields: NAME=VALUE ...")
@click.argument("pairs", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.pass_obj
def add(sandbox: Sandbox, pairs: tuple[str, ...]) -> None:
    _show(sandbox.remote.add(_values(sandbox.columns, pairs)))


@click.command(help="Delete one.")
@click.argument("id")
@click.pass_obj
def delete(sandbox: Sandbox, id: str) -> None:
    sandbox.remote.record("DELETE", id)
    click.echo(f"deleted {id}")


def _values(columns: Sequence[Column], pairs: Sequence[str]) -> dict[str, Any]:
    by_name = {c.name: c for c in columns}
    values = {}
    for pair in pairs:
        name, equals, typed = pair.partition("=")
        if not equals or name not in by_name:
            raise click.BadParameter(f"{pair!r}: expected NAME=VALUE with a NAME of {', '.join(by_name)}")
        try:
            values[name] = by_name[name].read(typed)
        except NotTaken as e:
            raise click.BadParameter(str(e)) from e
    return values


def _show(record: dict[str, Any]) -> None:
    for name, value in record.items():
        click.echo(f"{name:16} {'' if value is None else value}")


def _table(names: Sequence[str], records: Sequence[dict[str, Any]]) -> None:
    table = Table(*names)
    for record in records:
        table.add_row(*("" if record[n] is None else str(record[n]) for n in names))
    Console().print(table)
