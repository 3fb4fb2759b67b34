"""Rows of an answer as records. This is where the time of reading goes: one list comprehension a page."""

import html
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from adapters.rest.paths import MISSING, at, finder, getter
from adapters.rest.settings import Object
from hub.adapter import Broken
from hub.core.errors import Refused
from hub.core.record import Raw, Record

Rows = list[Any]
#: Key, fields, version and stamp.
Parts = tuple[str, Raw, str | None, str | None]


class Sorted(NamedTuple):
    """What a page of rows holds."""

    records: list[Record]
    gone: list[str]
    broken: list[Broken]


class Reader:
    """Makes records. A row is its own `fields` where no field in use is nested: nothing is copied."""

    def __init__(self, settings: Object, fields: Sequence[str]) -> None:
        self._path, self._key = settings.key, getter(settings.key)
        version = settings.version.field if settings.version else None
        self._version = version
        self._stamp = settings.stamp
        self._flag = settings.deleted
        self._mark = finder(self._flag.field if self._flag else None)
        self._fields = _fields([name for name in fields if "." in name], settings.entities)
        self._triple = self._plain(version)

    def sorted(self, rows: Rows) -> Sorted:
        """Records, deleted keys and what is not a record."""
        gone: list[str] = []
        if self._flag:
            marked = [row for row in rows if self.is_gone(row)]
            gone = [str(at(row, self._path)) for row in marked]
            rows = [row for row in rows if not self.is_gone(row)] if marked else rows
        try:
            if self._triple:
                return Sorted(self._quickly(rows), gone, [])
        except (KeyError, TypeError, ValueError):
            pass  # Not all rows are alike: each is looked at.
        return self._slowly(rows, gone)

    def _plain(self, version: str | None) -> Callable[[Any], tuple[Any, Any, Any]] | None:
        """Key, version and stamp of a row in one step, where all three are there and none is nested."""
        stamp = self._stamp.field if self._stamp and not self._stamp.other else None
        names = (self._path, version, stamp)
        if self._fields is not None or any(not name or "." in name for name in names):
            return None
        return itemgetter(*names)

    def _quickly(self, rows: Rows) -> list[Record]:
        triples = list(map(self._triple, rows)) if self._triple else []
        keys = [key for key, _, _ in triples]
        if not {key.__class__ for key in keys} <= {str, int} or "" in keys:
            raise ValueError("no key")
        return [
            Record(str(key), row, _text(version), stamp if stamp.__class__ is str else _text(stamp))
            for row, (key, version, stamp) in zip(rows, triples, strict=True)
        ]

    def record(self, row: Any, version: str | None = None) -> Record:
        """Raises KeyError, TypeError or ValueError: it has no key."""
        return Record(*self.parts(row, version))

    def parts(self, row: Any, version: str | None = None) -> Parts:
        """What `record` is made of. Raises what it does."""
        if self._triple:
            try:
                key, held, stamp = self._triple(row)
                if (key and key.__class__ is str) or key.__class__ is int:
                    return str(key), row, _text(held), _text(stamp)
            except (KeyError, TypeError):
                pass  # Something is missing: it may be one that may be.
        key = self._key(row)
        if not is_key(key):
            raise ValueError("no key")
        if self._version is not None:
            version = _text(at(row, self._version))
        fields = row if self._fields is None else self._fields(row)
        return str(key), fields, version, self.stamp(row) if self._stamp else None

    def is_gone(self, row: Any) -> bool:
        """Marked as deleted."""
        return self._flag is not None and self._mark(row) in self._flag.values

    def stamp(self, row: Any) -> str | None:
        if self._stamp is None:
            return None
        found = at(row, self._stamp.field)
        if found in (None, MISSING, "") and self._stamp.other:
            found = at(row, self._stamp.other)
        return _text(found)

    def key_of(self, row: Any, path: str) -> str:
        """The key of a row of keys or of deletions: the row itself, or what is at a path in it."""
        found = at(row, path) if path else at(row, self._path) if isinstance(row, dict) else row
        if not is_key(found):
            raise ValueError("no key")
        return str(found)

    def _slowly(self, rows: Rows, gone: list[str]) -> Sorted:
        records, broken = [], []
        for number, row in enumerate(rows):
            try:
                records.append(self.record(row))
            except (KeyError, TypeError, ValueError):
                said = f"row {number} of the page: expected an object with a key at '{self._path}'"
                found = at(row, self._path)
                key = str(found) if is_key(found) else None
                broken.append(Broken(key, Refused("record.no-key", said)))
        return Sorted(records, gone, broken)


def is_key(found: Any) -> bool:
    """Is it a text or a number? An empty text names nothing."""
    if isinstance(found, bool | dict | list):
        return False
    return found is not MISSING and found is not None and found != ""


def _fields(nested: Sequence[str], entities: Iterable[str]) -> Callable[[Raw], Raw] | None:
    """None: the row as it is."""
    escaped = tuple(entities)
    if not nested and not escaped:
        return None

    def fields(row: Raw) -> Raw:
        out = dict(row)
        for name in nested:
            if (value := at(row, name)) is not MISSING:
                out[name] = value
        for name in escaped:
            if isinstance(value := out.get(name), str):
                out[name] = html.unescape(value)
        return out

    return fields


def _text(value: Any) -> str | None:
    return None if value is None or value is MISSING else str(value)
