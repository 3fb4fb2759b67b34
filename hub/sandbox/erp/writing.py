"""What becomes of the writes of one transaction: decided in memory, stored afterwards in a few statements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import orjson

from hub.sandbox.erp.fields import Problem, Rules, Values, fresh, taken

Kind = Literal["create", "update", "delete"]
NO_VALUES: Values = {}


class Op(NamedTuple):
    """One write."""

    kind: Kind
    id: int | None = None
    sent: Mapping[str, Any] = NO_VALUES
    #: The version the caller read, or None to write whatever is there.
    version: int | None = None
    #: The idempotency key, or None.
    token: str | None = None


class Outcome(NamedTuple):
    """What became of one write: an HTTP status, and the supplier or the reason."""

    status: int
    id: int | None = None
    version: int = 0
    #: The supplier as it is answered.
    body: bytes = b""
    code: str = ""
    message: str = ""
    problems: Sequence[Problem] = ()


class Row(NamedTuple):
    """A supplier as it is stored."""

    id: int
    body: bytes

    @property
    def values(self) -> Values:
        """All fields, with supplierid, version and modified."""
        found: Values = orjson.loads(self.body)
        return found

    @property
    def version(self) -> int:
        return int(self.values["version"])


class Put(NamedTuple):
    """A row to store, in the order of the table's columns."""

    id: int
    seq: int
    external_ref: str | None
    json: bytes


@dataclass(frozen=True, slots=True)
class Settings:
    #: Text that is too long is cut without a word.
    cut: bool = False
    #: An external reference may be held by one supplier only.
    unique_ref: bool = False
    #: The same idempotency key makes one supplier.
    idempotency: bool = True


def body(id: int, version: int, modified: str, values: Mapping[str, Any]) -> bytes:
    """A supplier as it is answered; `values` are its fields, with or without the id, version and time of before."""
    return orjson.dumps({"supplierid": id, **values, "version": version, "modified": modified})


class Writing:
    """The writes of one transaction, one after the other; each sees what those before it did."""

    def __init__(
        self,
        rows: Mapping[int, Row],
        tokens: Mapping[str, int],
        rules: Rules,
        settings: Settings,
        holder: Callable[[str], int | None],
        modified: str,
        id: int,
        seq: int,
    ) -> None:
        self._rows, self._tokens = dict(rows), dict(tokens)
        self._rules, self._settings, self._holder, self._modified = rules, settings, holder, modified
        #: The highest id and number given so far.
        self.id, self.seq = id, seq
        #: What to store.
        self.puts: dict[int, Put] = {}
        self.gone: dict[int, int] = {}
        self.made: dict[str, int] = {}

    def do(self, op: Op) -> Outcome:
        if op.kind == "create":
            return self._create(op)
        row = self._rows.get(op.id or 0)
        if row is None:
            return Outcome(404, op.id, code="not_found", message=f"there is no supplier {op.id}")
        version = row.version
        if op.version is not None and op.version != version:
            said = f"supplier {op.id} is at version {version}, not {op.version}"
            return Outcome(412, op.id, code="stale", message=said)
        return self._update(op, row) if op.kind == "update" else self._delete(row)

    def _create(self, op: Op) -> Outcome:
        token = op.token if self._settings.idempotency else None
        if token is not None and token in self._tokens:
            return self._again(self._tokens[token])
        values, problems = taken(op.sent, self._rules)
        values, missing = fresh(values)
        problems += missing + self._twice(values, None)
        if problems:
            return _invalid(None, problems)
        self.id += 1
        if token is not None:
            self._tokens[token] = self.made[token] = self.id
        return self._put(201, self.id, 1, values)

    def _again(self, id: int) -> Outcome:
        """The answer to a create that was carried out before."""
        row = self._rows.get(id)
        if row is None:
            return Outcome(404, id, code="not_found", message=f"supplier {id}, made by this key, was deleted since")
        return Outcome(201, id, row.version, row.body)

    def _update(self, op: Op, row: Row) -> Outcome:
        values, problems = taken(op.sent, self._rules)
        problems += self._twice(values, row.id)
        if problems:
            return _invalid(row.id, problems)
        return self._put(200, row.id, row.version + 1, {**row.values, **values})

    def _put(self, status: int, id: int, version: int, values: Values) -> Outcome:
        self.seq += 1
        row = Row(id, body(id, version, self._modified, values))
        self._rows[id] = row
        self.puts[id] = Put(id, self.seq, values["external_ref"], row.body)
        return Outcome(status, id, version, row.body)

    def _delete(self, row: Row) -> Outcome:
        self.seq += 1
        del self._rows[row.id]
        self.puts.pop(row.id, None)
        self.gone[row.id] = self.seq
        return Outcome(204, row.id)

    def _twice(self, values: Values, id: int | None) -> list[Problem]:
        """Whether another supplier holds this external reference, where that is not allowed."""
        ref = values.get("external_ref")
        if ref is None or not self._settings.unique_ref:
            return []
        held = self._holder(ref)
        holders = {p.id for p in self.puts.values() if p.external_ref == ref}
        if held is not None and held not in self.puts and held not in self.gone:
            holders.add(held)
        return [Problem("external_ref", f"is held by supplier {i} already") for i in sorted(holders - {id})]


def _invalid(id: int | None, problems: Sequence[Problem]) -> Outcome:
    said = "; ".join(f"{p.field} {p.message}" for p in problems)
    return Outcome(422, id, code="validation", message=said, problems=problems)
