"""Adds, updates and deletes in batches, with an outcome for each record.

Sage CRM commits record by record and answers a batch with a number, or with one fault for all. Updates and deletes
may be repeated, so a batch with a bad record is halved until that record is alone. An add may not: after a fault
the CRM is asked which of the records it made, and only what was surely not made is sent again.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from adapters.sagecrm.answers import Row, values
from adapters.sagecrm.entities import Entity, both
from adapters.sagecrm.options import NAME
from adapters.sagecrm.reading import Reader, is_key
from adapters.sagecrm.session import TYPES
from hub.adapter import Failure, Kind, Write, Written
from hub.core.errors import Denied, Gone, HubError, Refused, TryLater, Unknown
from hub.transport.soap import text

Outcome = Written | Failure
Batch = Sequence[Write]

_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Writer:
    """Carries out writes. `reader` answers what became of a batch that was not carried out as a whole."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._session = reader, reader.session
        #: No record that we are about to add can have a key up to this one.
        self._below: dict[str, int] = {}

    def write(self, entity: Entity, writes: Batch) -> list[Outcome]:
        """One outcome each, in order. Raises what every write failed with alike."""
        outcomes: list[Outcome] = []
        for kind, some in groupby(writes, lambda write: write.kind):
            outcomes += self._valid(entity, kind, list(some))
        errors = {id(outcome.error): outcome.error for outcome in outcomes if isinstance(outcome, Failure)}
        if len(errors) == 1 and all(isinstance(outcome, Failure) for outcome in outcomes):
            [error] = errors.values()
            if not isinstance(error, Refused | Gone):
                raise error
        return outcomes

    def _valid(self, entity: Entity, kind: Kind, writes: Batch) -> list[Outcome]:
        """Sends those that can be sent."""
        found: list[Outcome | None] = [_fault_of(entity, write) for write in writes]
        sound = [write for write, outcome in zip(writes, found, strict=True) if outcome is None]
        rest = iter(self._send(entity, kind, sound) if sound else ())
        return [outcome if outcome is not None else next(rest) for outcome in found]

    def _send(self, entity: Entity, kind: Kind, writes: Batch) -> list[Outcome]:
        send: Callable[[Entity, Batch], list[Outcome]]
        send = {"create": self._add, "update": self._update, "delete": self._delete}[kind]
        try:
            return send(entity, writes)
        except HubError as error:
            return [Failure(error)] * len(writes)

    def _halves(self, entity: Entity, kind: Kind, writes: Batch) -> list[Outcome]:
        """Once the system is away the second half is not even tried."""
        half = len(writes) // 2
        first = self._send(entity, kind, writes[:half])
        last = first[-1]
        if isinstance(last, Failure) and isinstance(last.error, TryLater | Denied):
            return [*first, *[last] * (len(writes) - half)]
        return [*first, *self._send(entity, kind, writes[half:])]

    def _update(self, entity: Entity, writes: Batch) -> list[Outcome]:
        try:
            response = self._call(entity, "update", writes)
        except Refused as refused:
            return self._repeat(entity, "update", writes, refused)
        if values(response, "numberupdated") == [str(len(writes))]:
            return [_written(write) for write in writes]
        held = self._held(entity, writes)
        return [_updated(write, held.get(str(write.key))) for write in writes]

    def _delete(self, entity: Entity, writes: Batch) -> list[Outcome]:
        try:
            response = self._call(entity, "delete", writes)
        except Refused as refused:
            return self._repeat(entity, "delete", writes, refused)
        deleted = values(response, "numberdeleted")
        if deleted == [str(len(writes))]:
            return [_written(write) for write in writes]
        held = self._held(entity, writes)
        none = deleted == ["0"]
        return [_deleted(write, str(write.key) in held, none=none) for write in writes]

    def _repeat(self, entity: Entity, kind: Kind, writes: Batch, refused: Refused) -> list[Outcome]:
        """After a fault: which record was it? A record that is not there any more is answered with a fault as well."""
        if len(writes) > 1:
            return self._halves(entity, kind, writes)
        if self._held(entity, writes):
            return [Failure(refused)]
        return [Failure(_gone(writes[0]))]

    def _held(self, entity: Entity, writes: Batch) -> dict[str, Row]:
        rows = self._reader.by_keys(entity, [str(write.key) for write in writes])
        return {row[entity.key]: row for row in rows if entity.key in row}

    def _add(self, entity: Entity, writes: Batch) -> list[Outcome]:
        below = self._lower_bound(entity) if len(writes) > 1 else None
        try:
            response = self._call(entity, "add", writes)
        except Refused as refused:
            if below is None:
                return [Failure(refused)]
            return self._after_fault(entity, writes, below)
        keys = values(response, "crmid")
        if len(keys) != len(writes) or not all(map(is_key, keys)) or len(set(keys)) != len(keys):
            said = f"add {entity.name}: {len(writes)} records sent, {len(keys)} keys answered"
            raise Unknown("sage.keys", self._session.where(said))
        self._below[entity.name] = max(self._below.get(entity.name, 0), *map(int, keys))
        return [Written(key) for key in keys]

    def _lower_bound(self, entity: Entity) -> int:
        """Asked for once; afterwards the keys that we are given tell it."""
        if entity.name not in self._below:
            self._below[entity.name] = self._reader.newest_key(replace(entity, filter=None)) or 0
        return self._below[entity.name]

    def _after_fault(self, entity: Entity, writes: Batch, below: int) -> list[Outcome]:
        """Those that were made, found among the records that are new since; the others again, if that is safe."""
        where = both(entity.between(below, None), entity.live)
        rows, more = self._reader.fetch(entity, where)
        new = sorted((row for row in rows if is_key(row.get(entity.key, ""))), key=lambda row: int(row[entity.key]))
        found: list[Outcome | None] = [_made(entity, write, new) for write in writes]
        rest = [write for write, outcome in zip(writes, found, strict=True) if outcome is None]
        # Whatever is new now is not new after the next fault.
        self._below[entity.name] = max(
            [below, *(int(row[entity.key]) for row in rows if is_key(row.get(entity.key, "")))]
        )
        again: list[Outcome] = []
        if new or more:
            # Some new record is none of what we sent: a person's, or ours and changed by the CRM.
            said = f"add {entity.name}: a fault, and it cannot be told which records were made"
            again = [Failure(Unknown("sage.add", self._session.where(said)))] * len(rest)
        elif rest:
            again = self._send(entity, "create", rest) if len(rest) == 1 else self._halves(entity, "create", rest)
        left = iter(again)
        return [outcome if outcome is not None else next(left) for outcome in found]

    def _call(self, entity: Entity, operation: str, writes: Batch) -> Any:
        records = "".join(_record(entity, write) for write in writes)
        body = (
            f'<{operation} xmlns="{TYPES}" xmlns:typens="{TYPES}" xmlns:xsi="{_XSI}">'
            f"<entityname>{entity.name}</entityname>{records}</{operation}>"
        )
        return self._session.call(body, f"{operation} {entity.name}", repeatable=False)


def _record(entity: Entity, write: Write) -> str:
    key = f"<typens:{entity.key}>{write.key}</typens:{entity.key}>" if write.key is not None else ""
    fields = "".join(f"<typens:{name}>{_text(value)}</typens:{name}>" for name, value in write.fields.items())
    return f'<records xsi:type="typens:{entity.name}">{key}{fields}</records>'


def _text(value: Any) -> str:
    """Nothing is an empty element: what is left out keeps its value."""
    return "" if value is None else text(str(value))


def _fault_of(entity: Entity, write: Write) -> Failure | None:
    """What keeps a write from being sent at all."""
    if write.kind != "create" and not (write.key and is_key(write.key)):
        return Failure(Gone("sage.key", f"{entity.name}: {write.key!r} is not a key of Sage CRM; keys are numbers"))
    try:
        for name, value in write.fields.items():
            if not NAME.fullmatch(name) or name == entity.key:
                raise Refused("sage.field", f"{entity.name}.{name}: not a field that can be written")
            _text(value)
    except Refused as refused:
        return Failure(refused)
    return None


def _written(write: Write) -> Written:
    return Written(str(write.key))


def _gone(write: Write) -> Gone:
    return Gone("record.gone", f"record {write.key} is not there any more")


def _updated(write: Write, held: Row | None) -> Outcome:
    """After an update of which the CRM says that it did not update all."""
    if held is None:
        return Failure(_gone(write))
    if _holds(write, held):
        return _written(write)
    said = f"record {write.key}: the CRM did not update it, and does not say why; may the user change it?"
    return Failure(Refused("sage.not-updated", said))


def _deleted(write: Write, there: bool, *, none: bool) -> Outcome:
    if there:
        said = f"record {write.key}: the CRM did not delete it, and does not say why; may the user delete it?"
        return Failure(Refused("sage.not-deleted", said))
    return Failure(_gone(write)) if none else _written(write)


def _holds(write: Write, held: Row) -> bool:
    return all(_same(value, held.get(name, "")) for name, value in write.fields.items())


def _same(sent: Any, held: str) -> bool:
    """The same text, blanks at the ends and line ends apart; or the same number: 12.5 comes back as 12.50."""
    one, other = (value.replace("\r\n", "\n").strip() for value in ("" if sent is None else str(sent), held))
    return one == other or (
        bool(_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)) and Decimal(one) == Decimal(other)
    )


def _made(entity: Entity, write: Write, new: list[Row]) -> Written | None:
    """The first of the new records that holds what was sent; it is then taken out of `new`."""
    for row in new:
        if _holds(write, row):
            new.remove(row)
            return Written(row[entity.key])
    return None
