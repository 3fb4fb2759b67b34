"""What commands print: tables for people, JSON for machines. Exit codes: 0 done, 1 something stood aside or failed,
2 the command or the configuration is wrong."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

DONE, TROUBLE, WRONG = 0, 1, 2


def as_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def line(said: str = "") -> None:
    click.echo(said)


def warn(said: str) -> None:
    click.echo(said, err=True)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], widest: int = 60) -> None:
    """Columns as wide as their widest cell; control characters of records do not reach the terminal."""
    lines = [[plain(cell, widest) for cell in row] for row in rows]
    widths = [max([len(head), *(len(row[i]) for row in lines)]) for i, head in enumerate(heads)]
    click.echo("  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)).rstrip())
    click.echo("  ".join("-" * width for width in widths))
    for row in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def plain(cell: Any, longest: int = 60) -> str:
    """A cell as text: nothing for nothing, no line ends, not longer than a screen bears."""
    text = "" if cell is None else str(cell)
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def shown(value: Any) -> str:
    """A value of a record: empty is said, text is quoted."""
    return "(empty)" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def fields(values: dict[str, Any] | None) -> str:
    """Fields on one line."""
    if values is None:
        return "(none)"
    return ", ".join(f"{name}={shown(value)}" for name, value in values.items()) or "(deleted)"


def is_terminal() -> bool:
    return sys.stderr.isatty()
