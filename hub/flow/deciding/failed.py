"""Failed deliveries as a sheet that people correct: what its rows say, and what follows from them.

| The row                         | What follows                                                            |
|---------------------------------|-------------------------------------------------------------------------|
| is as it was                    | it is tried at the next run                                             |
| has other values                | an edit of the golden record by this person; all that differ are owed   |
| is to be discarded              | not owed any more, until the record changes                             |
| is as it was, failed no more    | nothing                                                                 |
| has other values, and so has the golden record by now | a problem: look at it as it is now, then correct |

All or nothing: with a problem in one row nothing is done.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

import orjson

from hub.core.record import Fields, Value
from hub.core.unfit import Unfit
from hub.flow.deciding.enter import discard, edit, entered, retry
from hub.flow.place import Hub, Place
from hub.store import records
from hub.store.database import Tx, chunks
from hub.store.failing import failing
from hub.store.schema import LIVE

#: Rows looked up in one go.
MANY = 1000


class Cell(NamedTuple):
    """What a person may have changed."""

    #: Of the file, counted from 1.
    column: int
    text: str


class Row(NamedTuple):
    """One delivery, as it came back."""

    line: int
    place: Place
    golden_id: int
    #: Of the values that the sheet was made of.
    as_of: str
    discard: bool
    #: By field.
    cells: Mapping[str, Cell]


class Wrong(NamedTuple):
    """A problem of the sheet. Column 0: of the row."""

    line: int
    column: int
    said: str


@dataclass(slots=True)
class Corrected:
    """How many rows came to what."""

    edited: int = 0
    retried: int = 0
    discarded: int = 0
    #: They failed no more, and nobody changed them.
    done: int = 0
    wrong: list[Wrong] = field(default_factory=list)


def columns(place: Place) -> list[str]:
    """The entity's fields that this system is sent."""
    sent = place.binding.mapping.writable
    return [name for unit in place.entity.units for name in unit.fields if name in sent]


def text_of(value: Value) -> str:
    """A value as a cell shows it; a reference as `hub:ID`."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_of(place: Place, fields: Fields) -> str:
    """Changes when one of the values does that the sheet shows."""
    shown = [fields.get(name) for name in columns(place)]
    return blake2b(orjson.dumps(shown), digest_size=6).hexdigest()


def correct(hub: Hub, rows: Iterable[Row], who: str) -> Corrected:
    """Do what the rows say, in one transaction; nothing if there is a problem."""
    found = Corrected()
    by_place: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_place[row.place.id].append(row)
    with hub.store.transaction() as tx:
        sheets = [Sheet(tx, hub, some, found) for some in by_place.values()]
        for sheet in sheets:
            sheet.read()
        for sheet in sheets if not found.wrong else ():
            sheet.store(who)
    return found


class Sheet:
    """The rows of one entity in one system."""

    def __init__(self, tx: Tx, hub: Hub, rows: list[Row], found: Corrected) -> None:
        self.tx, self.hub, self.rows, self.found = tx, hub, rows, found
        self.place = rows[0].place
        self.edits: dict[int, Fields] = {}
        self.again: list[int] = []
        self.discarded: list[int] = []

    def read(self) -> None:
        fails = {row.golden_id for row in failing(self.tx, [self.place.id])}
        seen: set[int] = set()
        for part in chunks(self.rows, MANY):
            known = records.load(self.tx, self.place.id, [row.golden_id for row in part])
            for row in part:
                golden = known.get(row.golden_id)
                if row.golden_id in seen:
                    self.wrong(row, 0, f"hub:{row.golden_id} is in the file twice for {self.place.binding.system}")
                elif golden is None:
                    self.wrong(row, 0, f"there is no golden record {row.golden_id}")
                else:
                    live = golden.state == LIVE
                    self.row(row, golden.fields, live=live, fails=row.golden_id in fails)
                seen.add(row.golden_id)

    def wrong(self, row: Row, column: int, said: str) -> None:
        self.found.wrong.append(Wrong(row.line, column, said))

    def row(self, row: Row, fields: Fields, *, live: bool, fails: bool) -> None:
        changed = {n: cell for n, cell in row.cells.items() if cell.text != text_of(fields.get(n))}
        values = self.values(row, changed, fields)
        if values and (not live or as_of(self.place, fields) != row.as_of):
            said = "was edited" if live else "was deleted"
            self.wrong(row, 0, f"hub:{row.golden_id} {said} since the file was written; write it anew, then correct it")
        elif values and row.discard:
            self.wrong(row, 0, "it has other values and is to be discarded: expected one of the two")
        elif values:
            self.edits[row.golden_id] = values
        elif row.discard and fails:
            self.discarded.append(row.golden_id)
        elif fails:
            self.again.append(row.golden_id)
        else:
            self.found.done += 1

    def values(self, row: Row, changed: Mapping[str, Cell], fields: Fields) -> Fields:
        """What a person entered, where it means something else than what is there."""
        values: Fields = {}
        for name, cell in changed.items():
            try:
                value = entered(self.tx, self.hub, self.place, name, cell.text or None)
            except Unfit as error:
                self.wrong(row, cell.column, f"{self.place.entity.name}.{name}: {error.said}")
                continue
            if value != fields.get(name):
                values[name] = value
        return values

    def store(self, who: str) -> None:
        for part in chunks(self.edits, MANY):
            edit(self.tx, self.hub, self.place, {golden_id: self.edits[golden_id] for golden_id in part}, who)
        retry(self.tx, self.hub, self.place, self.again)
        discard(self.tx, self.hub, self.place, self.discarded, who)
        self.found.edited += len(self.edits)
        self.found.retried += len(self.again)
        self.found.discarded += len(self.discarded)
