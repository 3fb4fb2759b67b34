"""Writes: values checked as a server does, widths, audit columns, child records, soft deletes."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from hub.sandbox.crm.records import Records
from hub.sandbox.crm.schema import COMPANY, ENTITIES, OWNERS, PHONE, READ_ONLY, Column, Entity
from hub.sandbox.crm.settings import Settings

Now = Callable[[], dt.datetime]
CENT = Decimal("0.01")
_TRUE, _FALSE = frozenset(("true", "1", "y", "yes", "on")), frozenset(("false", "0", "n", "no", "off"))


class WriteRefused(Exception):
    """A record cannot be stored as it is; the text goes out as a fault (real texts are not known)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as a caller sent it: short field names, texts (None: empty), and nested lists element -> records."""

    fields: Mapping[str, str | None]
    lists: Mapping[str, list["Sent"]] = field(default_factory=dict)


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Writer:
    """Changes records in the name of a user. The lock of `records` is held by the caller."""

    def __init__(self, records: Records, now: Now = utc_now) -> None:
        self.records = records
        self.now = now
        #: Records added, updated and deleted through this writer.
        self.count = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nothing is then counted."""
        before = self.count
        try:
            with self.records.transaction():
                yield
        except BaseException:
            self.count = before
            raise

    def stamp(self, settings: Settings) -> str:
        """Now, as the server's columns hold it: wall clock (or UTC), whole seconds, no offset."""
        zone = ZoneInfo("UTC" if settings.utc else settings.zone)
        return self.now().astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")

    def add(self, settings: Settings, entity: Entity, sent: Sent, user: int) -> int:
        """Store a new record and its children; its id. Raises WriteRefused, then nothing is stored."""
        return self._insert(settings, entity, sent, user, {})

    def update(self, settings: Settings, entity: Entity, sent: Sent, user: int) -> bool:
        """Change the fields that were sent. False: there is no live record of that id."""
        key = self._key(entity, sent)
        values = self._values(settings, entity, sent.fields)
        if not self.records.existing(entity, [key]):
            return False
        empty = [n for n, v in values.items() if v is None and _is_required(entity, n)]
        if empty:
            raise WriteRefused(f"Required field '{empty[0]}' is missing")
        stamp = self.stamp(settings)
        self._set(entity, key, {**values, "updatedby": user, "updateddate": stamp, "timestamp": stamp})
        self._children(settings, entity, key, sent, user)
        return True

    def delete(self, settings: Settings, entity: Entity, key: int, user: int) -> bool:
        """Mark a record as deleted. False: there is no live record of that id."""
        if not self.records.existing(entity, [key]):
            return False
        stamp = self.stamp(settings)
        self._set(entity, key, {"deleted": 1, "updatedby": user, "updateddate": stamp, "timestamp": stamp})
        return True

    def delete_sent(self, settings: Settings, entity: Entity, sent: Sent, user: int) -> bool:
        """Like `delete`, of a record that holds its id."""
        return self.delete(settings, entity, self._key(entity, sent), user)

    def date(self, settings: Settings, text: str) -> str:
        """A date-time of a caller as columns hold it. Raises WriteRefused."""
        return str(_parse(settings, Column("journaltoken", "dateTime"), text))

    def mutate(self, settings: Settings, percent: float, user: int, version: int) -> int:
        """Edit this share of all companies, spread out: e-mail address, phone and credit limit. How many."""
        step = max(1, round(100 / percent))
        stamp = self.stamp(settings)
        with self.records.transaction():
            changed = self.records.db.execute(
                "UPDATE company SET comp_emailaddress='info'||:v||'@company'||comp_companyid||'.example',"
                " comp_phone='+353 1 '||(5000000+comp_companyid+:v),"
                " comp_creditlimit=coalesce(comp_creditlimit,0)+1,"
                " comp_updateddate=:now, comp_timestamp=:now, comp_updatedby=:user"
                " WHERE comp_companyid % :step = 0 AND comp_deleted IS NULL",
                {"v": version, "now": stamp, "user": user, "step": step},
            ).rowcount
            self.records.fragments.drop_where(COMPANY, f"id % {step} = 0")
        self.count += changed
        return changed

    def _insert(self, settings: Settings, entity: Entity, sent: Sent, user: int, owner: Mapping[str, int]) -> int:
        values = {**self._values(settings, entity, sent.fields), **owner}
        for column in entity.columns:
            if column.required and values.get(column.name) is None:
                raise WriteRefused(f"Required field '{column.name}' is missing")
        stamp = self.stamp(settings)
        audit = {"createdby": user, "updatedby": user, "createddate": stamp, "updateddate": stamp, "timestamp": stamp}
        row = {**{n: v for n, v in values.items() if v is not None}, **audit}
        names = ",".join(entity.db(n) for n in row)
        sql = f"INSERT INTO {entity.name}({names}) VALUES({','.join('?' * len(row))})"
        key = self.records.db.execute(sql, list(row.values())).lastrowid
        if key is None:
            raise AssertionError("an insert has a row id")
        self.count += 1
        self._tell_parents(entity, key)
        self._children(settings, entity, key, sent, user)
        return key

    def _set(self, entity: Entity, key: int, values: Mapping[str, Any]) -> None:
        pairs = ",".join(f"{entity.db(n)}=?" for n in values)
        sql = f"UPDATE {entity.name} SET {pairs} WHERE {entity.db(entity.key)}=?"  # noqa: S608
        self._tell_parents(entity, key)
        self.records.db.execute(sql, [*values.values(), key])
        self.count += 1
        self.records.fragments.drop(entity, [key])
        self._tell_parents(entity, key)

    def _tell_parents(self, entity: Entity, key: int) -> None:
        """The records that carry this one must be rendered anew."""
        for owner in OWNERS:
            if entity is owner or entity.column(owner.key) is None:
                continue
            sql = f"SELECT {entity.db(owner.key)} FROM {entity.name} WHERE {entity.db(entity.key)}=?"  # noqa: S608
            parent = self.records.db.execute(sql, [key]).fetchone()[0]
            if parent is not None:
                self.records.fragments.drop_parent(owner, parent)
                self._tell_parents(owner, parent)

    def _children(self, settings: Settings, entity: Entity, key: int, sent: Sent, user: int) -> None:
        """Nested records: those with an id are updated, the others added."""
        kinds = {**{name: name for name, e in ENTITIES.items() if e.column(entity.key)}, **dict(entity.lists)}
        for name, children in sent.lists.items():
            if name not in kinds:
                raise WriteRefused(f"'{name}' is not a list of entity '{entity.name}'")
            child = ENTITIES[kinds[name]]
            for one in children:
                if one.fields.get(child.key):
                    self.update(settings, child, one, user)
                else:
                    self._insert(settings, child, one, user, {entity.key: key})
                self._copy_phone(entity, key, child, one)

    def _copy_phone(self, entity: Entity, key: int, child: Entity, sent: Sent) -> None:
        """A business number of a company goes into the company's own row as well."""
        number = sent.fields.get("number")
        if entity is COMPANY and child is PHONE and sent.fields.get("type") == "Business" and number:
            parts = (sent.fields.get("countrycode"), sent.fields.get("areacode"), number)
            self._set(entity, key, {"phone": " ".join(p for p in parts if p)})

    def _key(self, entity: Entity, sent: Sent) -> int:
        text = sent.fields.get(entity.key) or ""
        if not text.strip().lstrip("-").isdecimal():
            raise WriteRefused(f"Field '{entity.key}' must hold the id of the record")
        return int(text)

    def _values(self, settings: Settings, entity: Entity, fields: Mapping[str, str | None]) -> dict[str, Any]:
        """Column values of what was sent; the id and what the server itself writes are left out."""
        values = {}
        for name, text in fields.items():
            column = entity.column(name)
            if column is None:
                raise WriteRefused(f"Field '{name}' does not exist in entity '{entity.name}'")
            if column.name != entity.key and column.name not in READ_ONLY:
                values[column.name] = self._value(settings, entity, column, text)
        return values

    def _value(self, settings: Settings, entity: Entity, column: Column, text: str | None) -> Any:
        if text is None or text == "":
            return None
        if column.type != "string":
            return _parse(settings, column, text)
        width = self.records.width(entity, column)
        if not width or len(text) <= width:
            return text
        if settings.cut:
            return text[:width]
        where = f"table '{entity.name}', column '{entity.db(column.name)}', {len(text)} characters into {width}"
        raise WriteRefused(f"String or binary data would be truncated: {where}")


def _is_required(entity: Entity, name: str) -> bool:
    column = entity.column(name)
    return column is not None and column.required


def _parse(settings: Settings, column: Column, text: str) -> int | float | str:
    text = text.strip()
    try:
        if column.type == "int":
            return _small(int(text))
        if column.type == "decimal":
            return float(Decimal(text).quantize(CENT, ROUND_HALF_UP)) + 0.0  # not -0.0
        if column.type == "boolean":
            return _boolean(text)
        return _date(settings, text)
    except (ValueError, InvalidOperation, OverflowError) as e:
        raise WriteRefused(f"Conversion failed: field '{column.name}' is {column.type}, got '{text[:40]}'") from e


def _small(number: int) -> int:
    if not -(2**31) <= number < 2**31:
        raise ValueError("not a 32 bit number")
    return number


def _boolean(text: str) -> int:
    if text.lower() in _TRUE | _FALSE:
        return int(text.lower() in _TRUE)
    raise ValueError("neither true nor false")


def _date(settings: Settings, text: str) -> str:
    """A date-time as columns hold it; one with an offset is brought to the server's clock."""
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is not None:
        at = at.astimezone(ZoneInfo("UTC" if settings.utc else settings.zone))
    return at.strftime("%Y-%m-%dT%H:%M:%S")
