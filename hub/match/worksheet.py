"""The worksheet: every proposal as a row of a CSV file that people correct and hand back.

It opens in a spreadsheet: UTF-8 with a mark, and no cell begins a formula. What comes back may have `;` between the
columns, other columns beside them, and rows that a person added.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hub.core.errors import ConfigError
from hub.core.spreadsheet import bared, delimiter_of, guarded
from hub.match.pairs import Outcome, Proposal

SAME, DIFFERENT = "same", "different"
KEYS = ("system", "key", "other_system", "other_key")
TOLD = ("result", "rule", "score", "decision")
#: Problems that are shown of one file.
MOST = 100
_LARGEST = 1_000_000


class Row(NamedTuple):
    """A decision on a worksheet."""

    line: int
    system: str
    key: str
    other_system: str
    other_key: str
    same: bool


def write(path: Path, fields: Sequence[str], outcomes: Sequence[Outcome]) -> int:
    """Write every proposal; how many."""
    both = [f"{side}_{name}" for name in fields for side in ("its", "other")]
    number = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow([*KEYS, *TOLD, *both])
        for outcome in outcomes:
            for proposal in outcome.proposals:
                sheet.writerow([_cell(value) for value in row_of(outcome.system, proposal)])
                number += 1
    return number


def row_of(system: str, proposal: Proposal) -> list[Any]:
    """What is sure is filled in; what is not, a person fills in. The fields of both sides stand beside each other."""
    record, other, result, rule, score = proposal
    [(other_system, other_key), *_] = other.keys.items()
    decision = SAME if result in ("exact", "certain") else ""
    values = [value for pair in zip(record.shown, other.shown, strict=True) for value in pair]
    return [system, record.keys[system], other_system, other_key, result, rule, score, decision, *values]


def _cell(value: Any) -> Any:
    return guarded(value) if isinstance(value, str) else "" if value is None else value


def read(path: Path, systems: Sequence[str]) -> list[Row]:
    """The decisions of a corrected worksheet. ConfigError: all that is wrong, with file, line and column."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = "is not UTF-8 text: save it as 'CSV UTF-8'"
        raise ConfigError([f"{path}: {said}"], "match.worksheet") from error
    sheet = _Sheet(path, systems)
    rows = [row for line, cells in sheet.lines(text) if (row := sheet.row(line, cells)) is not None]
    sheet.pairs(rows)
    if sheet.problems:
        more = len(sheet.problems) - MOST
        listed = sheet.problems[:MOST] + ([f"{path}: and {more} more"] if more > 0 else [])
        raise ConfigError(listed, "match.worksheet")
    return rows


class _Sheet:
    """One file, and what is wrong with it."""

    def __init__(self, path: Path, systems: Sequence[str]) -> None:
        self.path, self.systems = path, systems
        self.problems: list[str] = []

    def wrong(self, line: int, column: str, said: str) -> None:
        self.problems.append(f"{self.path}:{line}: {column}: {said}")

    def lines(self, text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
        """(line, cells by column) of every row that is not empty."""
        head = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(head), strict=True)
        csv.field_size_limit(_LARGEST)
        names: list[str] = []
        try:
            for cells in reader:
                if not names:
                    names = [cell.strip().lower() for cell in cells]
                    missing = [name for name in (*KEYS, "decision") if name not in names]
                    if missing:
                        got = ", ".join(name for name in names if name) or "nothing"
                        self.wrong(1, missing[0], f"expected the columns {', '.join(missing)}, got {got[:200]}")
                        return
                elif any(cell.strip() for cell in cells):
                    yield reader.line_num, dict(zip(names, cells, strict=False))
        except csv.Error as error:
            self.wrong(reader.line_num, "row", f"expected comma-separated values, got {error}")
        if not names:
            self.wrong(1, "system", "expected a worksheet, got an empty file")

    def row(self, line: int, cells: Mapping[str, str]) -> Row | None:
        """The decision of a row. None: there is none, or it is wrong."""
        decision = cells.get("decision", "").strip().lower()
        if decision not in ("", SAME, DIFFERENT):
            self.wrong(line, "decision", f"expected '{SAME}', '{DIFFERENT}' or nothing, got '{decision[:60]}'")
        if decision not in (SAME, DIFFERENT):
            return None
        values = {name: bared(cells.get(name, "").strip()) for name in KEYS}
        before = len(self.problems)
        for name in ("system", "other_system"):
            if values[name] not in self.systems:
                self.wrong(line, name, f"expected one of {', '.join(self.systems)}, got '{values[name][:60]}'")
        for name in ("key", "other_key"):
            if not values[name]:
                self.wrong(line, name, "expected the key of a record, got nothing")
        if values["system"] == values["other_system"]:
            self.wrong(line, "other_system", f"expected another system than '{values['system'][:60]}'")
        row = Row(line, **values, same=decision == SAME)
        return row if len(self.problems) == before else None

    def pairs(self, rows: Sequence[Row]) -> None:
        """A link is 1:1, and nobody is both the same and not the same."""
        kept: dict[tuple[str, str, str], Row] = {}
        said: dict[tuple[str, ...], Row] = {}
        for row in rows:
            sides = ((row.system, row.key, row.other_system, row.other_key),
                     (row.other_system, row.other_key, row.system, row.key))  # fmt: skip
            first = said.setdefault(min(sides), row)
            if first.same != row.same:
                self.wrong(row.line, "decision", f"these two are said to be otherwise in line {first.line}")
            if not row.same or first is not row:
                continue
            for (system, key, other, other_key), column in zip(sides, ("key", "other_key"), strict=True):
                before = kept.setdefault((system, key, other), row)
                if before is not row:
                    got = f"{system} {key} is the same as {other} {other_key} here and as another in line {before.line}"
                    self.wrong(row.line, column, f"expected each record once, since a link is 1:1; got {got}")
