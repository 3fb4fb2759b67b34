"""People who edit both systems at random, and remember every value they entered."""

import random
from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from support.servers import Crm, Erp

from hub.sandbox.demo.fields import FIELDS, in_crm, in_erp
from hub.sandbox.demo.world import Both

Row = Mapping[str, Any]
#: Edited fields. Names may be too long for the ERP; terms are a group, phone goes by the newest edit.
EDITED = ("name", "phone", "email", "industry", "city", "street", "credit_limit", "discount", "note", "headcount")


class Entered(NamedTuple):
    """A value that a person typed into a record, in the hub's terms."""

    system: str
    key: str
    field: str
    value: Any


class People:
    """Works on records that nobody has worked on before, so that what should become of each is known."""

    def __init__(self, rng: random.Random, crm: Crm, erp: Erp, both: Both, waiting: Container[str]) -> None:
        """`waiting`: suppliers that wait for a person."""
        self.rng, self.crm, self.erp = rng, crm, erp
        self.entered: list[Entered] = []
        #: Companies and suppliers that there should be in the end.
        self.expected = [len(both.companies), len(both.suppliers)]
        pairs = [pair for pair in both.linked() if pair[1] not in waiting]
        rng.shuffle(pairs)
        self._pairs: Iterator[tuple[str, str]] = iter(pairs)
        self._number = rng.randrange(10**6)

    def work(self, edits: int) -> None:
        """So many edits, with a few new records and deletions among them."""
        for _ in range(edits):
            self.rng.choices((self.edit, self.both_edit, self.add, self.delete, self.quarrel), (6, 4, 2, 1, 1))[0]()

    def edit(self) -> None:
        company, supplier = next(self._pairs)
        for name in self.rng.sample(EDITED, 2):
            self.enter(self.rng.choice((("crm", company), ("erp", supplier))), name)

    def both_edit(self) -> None:
        company, supplier = next(self._pairs)
        name = self.rng.choice(EDITED)
        self.enter(("crm", company), name)
        self.enter(("erp", supplier), name)

    def add(self) -> None:
        """A record that is like no other: its counterpart is made by the hub."""
        self._number += 1
        name = f"Newcomer {self._number}"
        if self.rng.random() < 0.5:
            self.remember("crm", self.crm.add(name=name, vatnumber=f"XX{self._number}"), "name", name)
        else:
            self.remember("erp", self.erp.add(name=name, vat=f"XX{self._number}"), "name", name)
        self.expected = [self.expected[0] + 1, self.expected[1] + 1]

    def delete(self) -> None:
        company, supplier = next(self._pairs)
        if self.rng.random() < 0.5:
            self.crm.delete(company)
        else:
            self.erp.delete(supplier)
        self.expected = [self.expected[0] - 1, self.expected[1] - 1]

    def quarrel(self) -> None:
        """Edited in the CRM, deleted in the ERP: a person decides, until then each side stays as it is."""
        company, supplier = next(self._pairs)
        self.enter(("crm", company), "note")
        self.erp.delete(supplier)
        self.expected[1] -= 1

    def enter(self, record: tuple[str, str], name: str) -> None:
        system, key = record
        value = self.value(name)
        if system == "crm":
            raw = str(value) if name == "headcount" else value
            changed = self.crm.edit(key, **{FIELDS[name].company: raw})
            self.remember(system, key, name, in_crm(changed, name))
        else:
            changed = self.erp.edit(key, **{FIELDS[name].supplier: value})
            self.remember(system, key, name, in_erp(changed, name))

    def value(self, name: str) -> Any:
        number = self.rng.randrange(10**6)
        if name in ("credit_limit", "discount"):
            return number / 100 if name == "credit_limit" else number % 100
        return {"headcount": number, "email": f"m{number}@people.example"}.get(name, f"{name} {number} of a person")

    def remember(self, system: str, key: str, name: str, value: Any) -> None:
        self.entered.append(Entered(system, key, name, value))

    def lost(self, both: Both, conflicts: list[Row]) -> list[str]:
        """Values that are neither current where they were entered nor in the conflict log."""
        logged = {
            (name, str(value))
            for row in conflicts
            for side in (row["ours"], row["theirs"])
            for name, value in side.items()
        }
        return [
            f"{typed.field} {typed.value!r} of {typed.system} {typed.key} is lost"
            for typed in self.entered
            if current(both, typed) != typed.value and (typed.field, str(typed.value)) not in logged
        ]


def current(both: Both, typed: Entered) -> Any:
    """What the record shows now. None: it is gone."""
    if typed.system == "crm":
        company = both.companies.get(typed.key)
        return in_crm(company, typed.field) if company else None
    supplier = both.suppliers.get(typed.key)
    return in_erp(supplier, typed.field) if supplier else None
