"""What commands print: tables for people, JSON for machines. Exit codes: 0 done, 1 something stood aside or failed,
2 the command or the configuration is wrong."""

import getpass
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import click

DONE, TROUBLE, WRONG = 0, 1, 2
#: Rows of a table, and of a JSON answer, where nobody says how many.
ROWS, EVERY = 50, 1_000_000


def as_json(value: Any, *, lines: bool = False) -> None:
    """One JSON document on standard output; `lines`: on one line, since others follow."""
    click.echo(json.dumps(value, indent=None if lines else 2, default=str, ensure_ascii=False))


class Coloured(NamedTuple):
    """A part of a line in a colour. None: in none."""

    text: str
    colour: str | None


def line(*parts: str | Coloured) -> None:
    """One line for people; none of what came with a record steers the terminal, or passes for a line of ours."""
    click.echo("".join(map(_painted, parts)))


def text(said: str) -> None:
    """Several lines of our own, each as `line` shows it."""
    for one in said.split("\n"):
        line(one)


def warn(*parts: str | Coloured) -> None:
    """The same on standard error."""
    click.echo("".join(map(_painted, parts)), err=True)


def _painted(part: str | Coloured) -> str:
    return click.style(escaped(part.text), fg=part.colour) if isinstance(part, Coloured) else escaped(part)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], widest: int = 60) -> None:
    """Columns as wide as their widest cell."""
    lines = [[plain(cell, widest) for cell in row] for row in rows]
    widths = [max([len(head), *(len(row[i]) for row in lines)]) for i, head in enumerate(heads)]
    click.echo("  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)).rstrip())
    click.echo("  ".join("-" * width for width in widths))
    for row in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def plain(cell: Any, longest: int) -> str:
    """A cell as text: nothing for nothing, not longer than a screen bears."""
    text = escaped("" if cell is None else cell)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def escaped(value: Any) -> str:
    """Any text on one line, its control characters as they are written in a program: `\\x1b`, `\\n`."""
    text = str(value)
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return " " if char.isspace() and char not in _BREAKS else char.encode("unicode_escape").decode()


#: Blanks that do more than leave a gap. (Other strange blanks are in names, and do no harm.)
_BREAKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"


def when(stamp: str | None) -> str:
    """A stamp of the store to the second, in UTC as it is."""
    return stamp[:19].replace("T", " ") if stamp else ""


def shown(value: Any) -> str:
    """A value of a record: empty is said, text is quoted."""
    return "(empty)" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def fields(values: dict[str, Any] | None) -> str:
    """Fields on one line."""
    if values is None:
        return "(none)"
    return ", ".join(f"{name}={shown(value)}" for name, value in values.items()) or "(deleted)"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def is_terminal() -> bool:
    return sys.stderr.isatty()


def person() -> str:
    """Who types: for the log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
