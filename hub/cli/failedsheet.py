"""Failed deliveries as a CSV file for people: written, and read back with every problem at its line and column."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from hub.core.errors import ConfigError, Refused
from hub.core.spreadsheet import bared, delimiter_of, guarded
from hub.core.unfit import nearest
from hub.flow.deciding.failed import Cell, Row, Wrong, as_of, columns, text_of
from hub.flow.place import Hub, Place
from hub.store.failing import Failing

#: The hub's own columns. No field of an entity has a blank in its name.
RECORD, ENTITY, SYSTEM, DISCARD, AS_OF = "hub record", "hub entity", "hub system", "hub discard", "hub as of"
HEAD = (RECORD, ENTITY, SYSTEM, "hub key", "hub state", "hub code", "hub message", "hub tries", "hub next try")
OWN = (*HEAD, DISCARD, AS_OF)
NEEDED = (RECORD, ENTITY, SYSTEM, AS_OF)
_YES, _NO = frozenset({"x", "yes", "y", "true", "1"}), frozenset({"", "no", "n", "false", "0"})
_NUMBERS = ("integer", "decimal")


# -- written --------------------------------------------------------------------------------------


def write_sheet(file: TextIO, places: Sequence[Place], rows: Iterator[tuple[Place, Failing]]) -> int:
    """How many rows."""
    names = list(dict.fromkeys(name for place in places for name in columns(place)))
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow([*OWN, *names])
    count = 0
    for place, row in rows:
        out.writerow(line_of(place, row, names))
        count += 1
    return count


def line_of(place: Place, row: Failing, names: Sequence[str]) -> list[str]:
    what = "refused" if row.state == "refused" else "put off"
    head = [f"hub:{row.golden_id}", place.entity.name, place.binding.system, guarded(row.key or "")]
    told = [what, row.code, guarded(row.said), str(row.attempts), row.due_at[:19] + "Z", "", as_of(place, row.fields)]
    own = set(columns(place))
    return [*head, *told, *(cell_of(place, name, row) if name in own else "" for name in names)]


def cell_of(place: Place, name: str, row: Failing) -> str:
    text = text_of(row.fields.get(name))
    return text if place.binding.mapping.specs[name].type in _NUMBERS else guarded(text)


# -- read back ------------------------------------------------------------------------------------


class Reading:
    """A file that comes back. All problems are collected."""

    def __init__(self, hub: Hub, path: Path, *, discard: bool = False) -> None:
        """`discard`: every row, whatever it says."""
        self.hub, self.path, self.discard = hub, path, discard
        self.problems: list[Wrong] = []
        self.names: list[str] = []

    def rows(self) -> list[Row]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                return list(self.parsed(file))
        except UnicodeDecodeError:
            self.problems.append(Wrong(1, 0, "expected UTF-8 text ('CSV UTF-8' in a spreadsheet), got something else"))
            return []

    def parsed(self, file: TextIO) -> Iterator[Row]:
        first, line = file.readline(), 1
        delimiter = delimiter_of(first)
        try:
            self.names = next(csv.reader([first], delimiter=delimiter), [])
            if not self.head():
                return
            reader, line = csv.reader(file, delimiter=delimiter, strict=True), 2
            for cells in reader:
                found = self.row(line, [bared(cell) for cell in cells]) if any(cells) else None
                line = reader.line_num + 2
                if found is not None:
                    yield found
        except csv.Error as error:
            self.wrong(line, 0, f"not a row of a CSV file: {error}")

    def wrong(self, line: int, column: int, said: str) -> None:
        self.problems.append(Wrong(line, column, said))

    def head(self) -> bool:
        fields = {name for places in self.hub.places.values() for place in places.values() for name in columns(place)}
        for column, name in enumerate(self.names, 1):
            if name not in fields and name not in OWN:
                self.wrong(1, column, f"unknown column '{name}'{nearest(name, [*OWN, *fields])}")
            if self.names.index(name) != column - 1:
                self.wrong(1, column, f"the column '{name}' is there twice")
        for name in NEEDED:
            if name not in self.names:
                self.wrong(1, 0, f"the column '{name}' is missing")
        return not self.problems

    def row(self, line: int, cells: list[str]) -> Row | None:
        if len(cells) != len(self.names):
            self.wrong(line, 0, f"expected {len(self.names)} cells, got {len(cells)}")
            return None
        found = dict(zip(self.names, cells, strict=True))
        place, golden_id = self.place(line, found), self.golden(line, found[RECORD])
        if place is None or golden_id is None:
            return None
        own = set(columns(place))
        edited = {n: Cell(c, text) for c, (n, text) in enumerate(found.items(), 1) if n in own}
        for column, (name, text) in enumerate(found.items(), 1):
            if name not in own and name not in OWN and text:
                said = f"{place.binding.system} is not sent the field '{name}' of {place.entity.name}: expected nothing"
                self.wrong(line, column, said)
        return Row(line, place, golden_id, found[AS_OF], self.discarded(line, found.get(DISCARD, "")), edited)

    def place(self, line: int, found: dict[str, str]) -> Place | None:
        entity, system = found[ENTITY], found[SYSTEM]
        places = self.hub.places.get(entity)
        if places is None:
            self.unknown(line, ENTITY, entity, list(self.hub.places))
        elif system not in places:
            self.unknown(line, SYSTEM, system, list(places))
        else:
            return places[system]
        return None

    def unknown(self, line: int, column: str, got: str, names: list[str]) -> None:
        self.wrong(line, self.names.index(column) + 1, f"expected one of {', '.join(names)}, got '{got}'")

    def golden(self, line: int, text: str) -> int | None:
        from hub.cli.naming import golden_number

        try:
            return golden_number(text)
        except Refused:
            self.wrong(line, self.names.index(RECORD) + 1, f"expected hub: and a number, got '{text}'")
            return None

    def discarded(self, line: int, text: str) -> bool:
        said = text.strip().lower()
        if said not in _YES and said not in _NO:
            self.wrong(line, self.names.index(DISCARD) + 1, f"expected x or nothing, got '{text}'")
        return self.discard or said in _YES


def unfit_file(path: Path, names: Sequence[str], problems: Sequence[Wrong]) -> ConfigError:
    """All problems of a file, each with its line and column."""
    return ConfigError([_said(path, names, wrong) for wrong in sorted(problems)], "failed.file")


def _said(path: Path, names: Sequence[str], wrong: Wrong) -> str:
    place = f"{path.name}:{wrong.line}:{wrong.column}" if wrong.column else f"{path.name}:{wrong.line}"
    name = names[wrong.column - 1] if 0 < wrong.column <= len(names) and wrong.line > 1 else ""
    return f"{place}: {name + ': ' if name else ''}{wrong.said}"
