"""The CRM as the page, the command and the control API see it."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from hub.sandbox.control import Column, NotTaken
from hub.sandbox.crm import load
from hub.sandbox.crm.schema import COMPANY
from hub.sandbox.crm.schema import Column as Field
from hub.sandbox.crm.service import Crm
from hub.sandbox.crm.settings import Settings
from hub.sandbox.crm.writing import Sent, WriteRefused

#: The user in whose name people edit on the page and with the command.
PERSON = 2
#: Rows that are in memory at once.
CHUNK = 1000
MOST = 2**63

#: What a list shows comes first.
_FIRST = ("name", "phone", "city", "vatnumber", "creditlimit", "supplierid")
_EDITED = {c.name: c for c in COMPANY.own}


def _column(field: Field) -> Column:
    match field.type:
        case "boolean":
            return Column(field.name, "yesno")
        case "decimal":
            return Column(field.name, "number")
        case "int":
            return Column(field.name, "whole")
        case _:
            return Column(field.name)


COLUMNS = tuple(_column(_EDITED[n]) for n in (*_FIRST, *(n for n in _EDITED if n not in _FIRST)))


class Companies:
    """A `hub.sandbox.control.Counterpart`. Deleted companies are not shown."""

    title, noun, key, columns = "Sage CRM (sandbox)", "companies", "companyid", COLUMNS

    def __init__(self, crm: Crm, first: int, seed: str) -> None:
        """`first` companies of this `seed` are there after a reset, under the settings of now."""
        self._crm, self._first, self._seed = crm, first, seed
        self._settings: Settings = crm.settings
        self._version = 0

    def everything(self) -> Iterator[bytes]:
        last = 0
        while found := self._rows(f"comp_companyid > ? ORDER BY comp_companyid LIMIT {CHUNK}", [last]):
            yield from map(orjson.dumps, found)
            last = int(found[-1]["companyid"])

    def search(self, words: str, limit: int) -> list[dict[str, Any]]:
        texts = [COMPANY.db(c.name) for c in COMPANY.own if c.type == "string"]
        within = " OR ".join(f"instr(lower({t}), lower(:words))" for t in texts)
        where = f"({within} OR comp_companyid = :words OR :words = '') ORDER BY comp_companyid LIMIT :limit"
        return self._rows(where, {"words": words, "limit": limit})

    def get(self, key: str) -> dict[str, Any] | None:
        found = self._rows("comp_companyid = ?", [_id(key)])
        return found[0] if found else None

    def add(self, values: Mapping[str, Any]) -> str:
        return str(self._write(lambda s, sent: self._crm.writer.add(s, COMPANY, sent, PERSON), values))

    def change(self, key: str, values: Mapping[str, Any]) -> bool:
        if not values:
            return self.get(key) is not None
        more = {**values, "companyid": _id(key)}
        return bool(self._write(lambda s, sent: self._crm.writer.update(s, COMPANY, sent, PERSON), more))

    def delete(self, key: str) -> bool:
        with self._crm.records.lock, self._crm.writer.transaction():
            return self._crm.writer.delete(self._crm.settings, COMPANY, _id(key), PERSON)

    def mutate(self, percent: float) -> int:
        self._version += 1
        with self._crm.records.lock:
            return self._crm.writer.mutate(self._crm.settings, percent, PERSON, self._version)

    def reset(self) -> None:
        """The first companies, the settings of the start, no sessions, no locked accounts, nothing counted."""
        with self._crm.records.lock:
            self._crm.sessions.end_all()
            self._crm.sessions.unlock()
            self._crm.settings = self._settings
            load.clear(self._crm.records)
            load.load(self._crm.records, self._first, self._seed)
            self.reset_stats()

    def stats(self) -> dict[str, Any]:
        """Calls and faults by operation, records read and written over SOAP, rows there are."""
        crm = self._crm
        with crm.records.lock:
            deleted = crm.records.count(COMPANY, "comp_deleted IS NOT NULL")
            return {
                "calls": dict(crm.calls),
                "faults": dict(crm.faults),
                "read": crm.read,
                "written": crm.written,
                "companies": crm.records.count(COMPANY) - deleted,
                "deleted": deleted,
            }

    def reset_stats(self) -> None:
        with self._crm.records.lock:
            self._crm.calls.clear()
            self._crm.faults.clear()
            self._crm.read = self._crm.written = 0

    def _rows(self, where: str, params: Any) -> list[dict[str, Any]]:
        with self._crm.records.lock:
            rows = self._crm.records.rows(COMPANY, f"comp_deleted IS NULL AND {where}", params)
        return [_shown(row) for row in rows]

    def _write(self, write: Any, values: Mapping[str, Any]) -> Any:
        unknown = [f"{n}: no such field" for n in values if n not in _EDITED and n != "companyid"]
        wrong = [f"{n}: expected text, a number, true, false or null" for n, v in values.items() if _odd(v)]
        if unknown or wrong:
            raise NotTaken([*unknown, *wrong])
        sent = Sent(
            {n: None if v is None else str(v).lower() if isinstance(v, bool) else str(v) for n, v in values.items()}
        )
        with self._crm.records.lock:
            try:
                with self._crm.writer.transaction():
                    return write(self._crm.settings, sent)
            except WriteRefused as e:
                raise NotTaken([str(e)]) from e


def _odd(value: Any) -> bool:
    """Not a JSON scalar, or a text that XML cannot carry."""
    if isinstance(value, str):
        return any((c < " " and c not in "\t\n\r") or "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff" for c in value)
    return not (value is None or isinstance(value, bool | int | float))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON values: onhold is a boolean, dates are texts; `deleted` is not shown."""
    onhold = row["onhold"]
    return {n: v for n, v in row.items() if n != "deleted"} | {"onhold": None if onhold is None else bool(onhold)}


def _id(key: str) -> int:
    """The id that a key is; 0, which nobody has, for anything else."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < len(str(MOST)) else 0
