"""The ERP as the page, the command and the control API see it."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.sandbox.control import Column, NotTaken
from hub.sandbox.erp import demo
from hub.sandbox.erp.fields import LENGTHS, ORDER
from hub.sandbox.erp.records import MOST, Suppliers
from hub.sandbox.erp.server import Stats
from hub.sandbox.erp.writing import Op, Outcome

OTHERS = {"headcount": Column("headcount", "whole"), "blocked": Column("blocked", "yesno")}
#: What a list shows comes first.
FIRST = ("name", "phone", "city", "vat", "status", "credit_limit")


def _column(name: str) -> Column:
    if name in LENGTHS or name == "status":
        return Column(name)
    return OTHERS.get(name) or Column(name, "number")


COLUMNS = tuple(_column(name) for name in (*FIRST, *(n for n in ORDER if n not in FIRST)))


class Erp:
    """A `hub.sandbox.control.Counterpart`."""

    title, noun, key, columns = "Supplier ERP (sandbox)", "suppliers", "supplierid", COLUMNS

    def __init__(self, suppliers: Suppliers, stats: Stats, first: int, seed: str) -> None:
        """`first` suppliers of this `seed` are there after a reset."""
        self._suppliers, self._stats, self._first, self._seed = suppliers, stats, first, seed

    def everything(self) -> Iterator[bytes]:
        return (row.body for rows in self._suppliers.chunks() for row in rows)

    def search(self, words: str, limit: int) -> list[dict[str, Any]]:
        return [row.values for row in self._suppliers.search(words, limit)]

    def get(self, key: str) -> dict[str, Any] | None:
        row = self._suppliers.get(_id(key))
        return None if row is None else row.values

    def add(self, values: Mapping[str, Any]) -> str:
        return str(self._write(Op("create", None, values)).id)

    def change(self, key: str, values: Mapping[str, Any]) -> bool:
        if not values:
            return self.get(key) is not None
        return self._write(Op("update", _id(key), values)).status != 404

    def delete(self, key: str) -> bool:
        return self._write(Op("delete", _id(key))).status != 404

    def mutate(self, percent: float) -> int:
        changed = passed = 0
        for rows in self._suppliers.chunks():
            share = [row for n, row in enumerate(rows, passed) if int((n + 1) * percent / 100) > int(n * percent / 100)]
            self._suppliers.write([Op("update", row.id, demo.edited(row.values)) for row in share])
            changed, passed = changed + len(share), passed + len(rows)
        return changed

    def reset(self) -> None:
        self._suppliers.clear()
        self._suppliers.load(demo.suppliers(self._first, self._seed))
        self._stats.reset()

    def stats(self) -> dict[str, Any]:
        return {**self._stats.show(), "suppliers": self._suppliers.count(), "seq": self._suppliers.seq}

    def reset_stats(self) -> None:
        self._stats.reset()

    def _write(self, op: Op) -> Outcome:
        unknown = [f"{name}: no such field" for name in op.sent if name not in ORDER]
        if unknown:
            raise NotTaken(unknown)
        done = self._suppliers.write([op])[0]
        if done.status == 422:
            raise NotTaken([f"{p.field} {p.message}" for p in done.problems])
        return done


def _id(key: str) -> int:
    """The id that a key is; 0, which nobody has, for anything else."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < len(str(MOST)) else 0
