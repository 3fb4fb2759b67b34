"""Does what was told agree with what both systems hold? Looks past the hub, and shares no code with it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.sandbox.demo.fields import FIELDS, as_erp, difference, in_crm, in_erp, members
from hub.sandbox.demo.world import Both

Row = Mapping[str, Any]
#: The unit of a conflict that is about the whole record: deleted on one side, edited on the other.
EXISTENCE = "*"


@dataclass(slots=True)
class Ledger:
    """Everything that was told, and what does not agree."""

    told: int = 0
    wrong: list[str] = field(default_factory=list)

    def number(self, what: str, said: Any, found: Any) -> None:
        """A number or value that was printed, and the one that the systems show."""
        self.told += 1
        if said != found:
            self.wrong.append(f"{what}: told {said!r}, found {found!r}")

    def all(self, problems: Iterable[str]) -> None:
        self.wrong += problems


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two systems compare."""

    pairs: int
    values: int
    #: Fields that wait for a person, and so may differ.
    held: int
    problems: tuple[str, ...]


def agreement(both: Both, conflicts: Sequence[Row], reviews: Sequence[Row]) -> Agreement:
    """Compare every pair, field by field. `conflicts`: the open ones; `reviews`: what stands aside."""
    held = held_units(both, conflicts)
    pairs = both.linked()
    problems = [*twins(both), *strays(both, conflicts, reviews)]
    values = 0
    for company, supplier in pairs:
        units = held.get(supplier, set())
        values += len(FIELDS) - len(members(units) & FIELDS.keys())
        for name in difference(both.companies[company], both.suppliers[supplier], units):
            shows = in_crm(both.companies[company], name), in_erp(both.suppliers[supplier], name)
            problems.append(f"{name} of company {company} is {shows[0]!r}, of supplier {supplier} {shows[1]!r}")
    problems += untouched(both, conflicts)
    waiting = sum(len(members(units) & FIELDS.keys()) for units in held.values())
    return Agreement(len(pairs), values, waiting, tuple(problems))


def held_units(both: Both, conflicts: Iterable[Row]) -> dict[str, set[str]]:
    """Supplier -> the fields and groups of it that wait for a person."""
    supplier_of = dict(both.linked())
    held: dict[str, set[str]] = defaultdict(set)
    for conflict in conflicts:
        key = conflict["key"] if conflict["system"] == "erp" else supplier_of.get(conflict["key"], "")
        held[key].add(conflict["unit"])
    return held


def twins(both: Both) -> list[str]:
    """Keys that two records of a system claim."""
    crm = Counter(str(company["supplierid"]) for company in both.companies.values() if company["supplierid"])
    erp = Counter(str(supplier["external_ref"]) for supplier in both.suppliers.values() if supplier["external_ref"])
    found = [f"{n} companies name supplier {key}" for key, n in crm.items() if n > 1]
    return found + [f"{n} suppliers name company {key}" for key, n in erp.items() if n > 1]


def strays(both: Both, conflicts: Sequence[Row], reviews: Sequence[Row]) -> list[str]:
    """Records without a counterpart that neither stand aside nor wait for a person."""
    pairs = both.linked()
    known = {("crm", company) for company, _ in pairs} | {("erp", supplier) for _, supplier in pairs}
    known |= {(row["system"], row["key"]) for row in reviews if "key" in row}
    undecided = [row for row in conflicts if row["unit"] == EXISTENCE]
    there = [("crm", key, record["supplierid"]) for key, record in both.companies.items()]
    there += [("erp", key, record["external_ref"]) for key, record in both.suppliers.items()]
    lost = {(row["system"], row["key"]) for row in undecided}
    return [
        f"{system} {key} has no counterpart, names {names}"
        for system, key, names in there
        if (system, key) not in known | lost and not any(str(names) == row["key"] for row in undecided)
    ]


def untouched(both: Both, conflicts: Iterable[Row]) -> list[str]:
    """Held fields that do not show what each side had: somebody wrote to them."""
    company_of = {supplier: company for company, supplier in both.linked()}
    problems = []
    for row in conflicts:
        if row["system"] == "erp" and row["unit"] != EXISTENCE and row["key"] in company_of:
            company, supplier = both.companies[company_of[row["key"]]], both.suppliers[row["key"]]
            problems += changed(row, company, supplier)
    return problems


def changed(row: Row, company: Row, supplier: Row) -> list[str]:
    found = []
    for name, value in row["theirs"].items():
        if in_erp(supplier, name) != value:
            found.append(f"{name} of supplier {row['key']} is held as {value!r} and shows {in_erp(supplier, name)!r}")
        if in_crm(company, name) != row["ours"][name]:
            said = f"{row['ours'][name]!r} and shows {in_crm(company, name)!r}"
            found.append(f"{name} of the company of supplier {row['key']} is held as {said}")
    return found


def winners(both: Both, conflicts: Iterable[Row]) -> list[str]:
    """Decided conflicts whose winning value is not what both systems now hold. For the latest of each field."""
    company_of = {supplier: company for company, supplier in both.linked()}
    problems = []
    for row in conflicts:
        if row["state"] != "decided" or row["unit"] == EXISTENCE or row["key"] not in company_of:
            continue
        won = row["theirs"] if row["winner"] == row["system"] else row["ours"]
        company, supplier = both.companies[company_of[row["key"]]], both.suppliers[row["key"]]
        for name, value in won.items():
            shows = in_crm(company, name), in_erp(supplier, name)
            if shows != (value, as_erp(name, value)):
                problems.append(f"conflict {row['id']}: {name} was decided as {value!r}; the systems show {shows}")
    return problems
