"""Questions to Sage CRM: rows by a condition, by key, by value; in whole answers, never by the server's `next`.

`next` goes on in a cursor that skips and repeats rows while people work; a new, narrower question does not.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from adapters.sagecrm.answers import Row, Rows, listed_rows, typed_rows
from adapters.sagecrm.describing import Describer
from adapters.sagecrm.entities import Entity, both, quoted
from adapters.sagecrm.session import TYPES, Session
from hub.adapter import Broken
from hub.core.errors import Refused, TryLater
from hub.core.record import Record
from hub.transport.soap import text
from hub.transport.xml import ILLEGAL

#: Values in one condition.
MOST_VALUES = 100


class Reader:
    """All reading goes through here. `mode`: the setting `read`."""

    def __init__(self, session: Session, describer: Describer, mode: Literal["typed", "records"]) -> None:
        self.session = session
        self._describer, self._typed = describer, mode == "typed"

    def fetch(self, entity: Entity, where: str) -> Rows:
        """Records with all mapped fields."""
        if self._typed:
            what = f"query {entity.name}"
            body = question("query", queryString=where, entityname=entity.name)
            answer = typed_rows(self.session.call(body, what), self.session.where(what))
        else:
            answer = self.ordered(entity, where, entity.column(entity.key), self.listing(entity))
        self._complete(entity, answer.rows)
        return answer

    def ordered(self, entity: Entity, where: str, order: str, fields: Iterable[str]) -> Rows:
        """Records with some fields, in order."""
        what = f"queryrecord {entity.name}"
        columns = ",".join(entity.column(f) for f in fields)
        body = question("queryrecord", fieldlist=columns, queryString=where, entityname=entity.name, orderby=order)
        return listed_rows(self.session.call(body, what), entity.prefix, self.session.where(what))

    def listing(self, entity: Entity) -> list[str]:
        """What to list so that `whole` has the records.

        With typed reading all values come from `query`: whether `queryrecord` writes a date alike is not known.
        """
        stub = [entity.key, entity.updated]
        return stub if self._typed else list(dict.fromkeys([*stub, *entity.fields]))

    def whole(self, entity: Entity, listed: list[Row]) -> list[Row]:
        """The records of a listing of `listing` fields, with all mapped fields."""
        if self._typed:
            return self.by_keys(entity, [str(number(entity, row)) for row in listed])
        self._complete(entity, listed)
        return listed

    def by_keys(self, entity: Entity, keys: Sequence[str]) -> list[Row]:
        """The live records of these keys, in halves when the server's page is smaller."""
        if not keys:
            return []
        rows, more = self.fetch(entity, both(entity.one_of(keys), entity.live))
        if not more:
            return rows
        if len(keys) == 1:
            raise TryLater("answer.cut", f"{entity.name}: one record asked for, and the server says there is more")
        half = len(keys) // 2
        return self.by_keys(entity, keys[:half]) + self.by_keys(entity, keys[half:])

    def by_value(self, entity: Entity, field: str, values: Sequence[str]) -> Iterator[Row]:
        """The live records whose field is one of the values, to the letter: SQL may be laxer about case and blanks."""
        wanted = {value for value in values if not ILLEGAL.search(value)}
        distinct = sorted(wanted)
        for start in range(0, len(distinct), MOST_VALUES):
            some = ",".join(quoted(value) for value in distinct[start : start + MOST_VALUES])
            for row in self._all(entity, both(f"{entity.column(field)} in ({some})", entity.live)):
                if row.get(field) in wanted:
                    yield row

    def _all(self, entity: Entity, where: str) -> Iterator[Row]:
        """All rows of a condition that is expected to find few."""
        rows, more = self.fetch(entity, where)
        if not more:
            yield from rows
            return
        key: int | None = None
        while more:
            narrowed = both(where, entity.between(key, None)) if key is not None else where
            listed, more = self.ordered(entity, narrowed, entity.column(entity.key), self.listing(entity))
            yield from self.whole(entity, listed)
            key = last_key(entity, listed, more)

    def newest_key(self, entity: Entity) -> int | None:
        """The greatest key of the subset; None when there is no record."""
        order = f"{entity.column(entity.key)} desc"
        return first_key(entity, self.ordered(entity, both(entity.subset, entity.live), order, [entity.key]))

    def records(self, entity: Entity, rows: list[Row]) -> tuple[list[Record], list[Broken]]:
        """Rows as records. Dates are whole seconds, too coarse for a version: two edits in one second look alike."""
        key, updated = entity.key, entity.updated
        records = [Record(row[key], row, None, row.get(updated)) for row in rows if row.get(key)]
        if len(records) == len(rows):
            return records, []
        said = f"{entity.name}: a record without its key field {key!r}; see the object's `id`"
        error = Refused("record.no-key", said)
        return records, [Broken(None, error) for row in rows if not row.get(key)]

    def _complete(self, entity: Entity, rows: list[Row]) -> None:
        """Sage CRM leaves empty fields out. Say that they are empty, but only of fields that there are."""
        wanted = frozenset(entity.fields)
        lacking = [row for row in rows if not row.keys() >= wanted]
        if not lacking:
            return
        known = self._describer.names(entity) & wanted
        for row in lacking:
            for field in known - row.keys():
                row[field] = ""


def number(entity: Entity, row: Row) -> int:
    """The key of a row; raises TryLater when it has none, since nothing can be ordered by it then."""
    key = row.get(entity.key, "")
    if not is_key(key):
        raise TryLater("answer.cut", f"{entity.name}: a record without a number in its key field {entity.key!r}")
    return int(key)


def is_key(key: str) -> bool:
    """May it stand in a condition? Keys are numbers."""
    return key.isascii() and key.removeprefix("-").isdecimal() and len(key) < 20


def first_key(entity: Entity, answer: Rows) -> int | None:
    return number(entity, answer.rows[0]) if answer.rows else None


def last_key(entity: Entity, rows: Sequence[Row], more: bool) -> int | None:
    """Where a listing by key goes on."""
    if more and not rows:
        raise TryLater("answer.cut", f"{entity.name}: the server says there is more, and answers no record")
    return number(entity, rows[-1]) if rows else None


def question(operation: str, **arguments: str) -> str:
    """The body of a call, its arguments in this order."""
    inner = "".join(f"<{name}>{text(value)}</{name}>" for name, value in arguments.items())
    return f'<{operation} xmlns="{TYPES}">{inner}</{operation}>'
