"""Who wins, as the table in cases/policy.csv says it.

unit: a field, or `group: fields that the hub changed`; nothing after the colon: only CRM changed it. `record`: deleted
on one side, edited on the other; `take` is the deletion, `keep` the edit. exchange: as in merge.csv. clocks agree
within: what `hub.core.clocks.apart` gives of the two systems' clocks; nothing: a clock is not known.
"""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.merge import Decision
from hub.core.model import Binding, Policy, Unit
from hub.core.policy import decider, existence, never_taken

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "policy.csv").open(encoding="utf-8")))
GROUPS = {"address": ("street", "city")}
FIELDS = ("name", "phone", "street", "city")


def moment(cell: str) -> datetime | None:
    if not cell:
        return None
    at = datetime.fromisoformat(f"2026-11-22T{cell}")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def by_field(cell: str) -> dict[str, str]:
    """`erp` for every field, or `street=erp; city=shop`."""
    if "=" not in cell:
        return dict.fromkeys(FIELDS, cell)
    return {name: said for name, _, said in (part.strip().partition("=") for part in cell.split(";"))}


class Parties:
    def __init__(self, case: dict[str, str]) -> None:
        self.theirs = moment(case["crm changed at"])
        self.sources = by_field(case["hub's value from"])
        self.stamps = by_field(case["hub's value changed at"])
        self.clocks = case["clocks agree within"].removesuffix(" s")

    def theirs_at(self) -> datetime | None:
        return self.theirs

    def ours_at(self, field: str) -> datetime | None:
        return moment(self.stamps[field])

    def ours_from(self, field: str) -> str | None:
        return self.sources[field] or None

    def doubt(self, field: str) -> timedelta | None:
        return timedelta(seconds=float(self.clocks)) if self.clocks else None


def policy(cell: str) -> Policy:
    rule, *order = cell.split()
    return Policy(rule, tuple(order))  # type: ignore[arg-type]


def pins(cell: str) -> dict[str, Policy]:
    return {name.strip(): policy(said) for name, said in (part.split(":") for part in cell.split("|") if part)}


def binding(cell: str) -> Binding:
    way, _, only = cell.partition(" ")
    specs = tuple(FieldSpec(n, "text", (n,), direction=way if n == only else "both") for n in FIELDS)  # type: ignore[arg-type]
    mapping = compile_mapping(MappingSpec("company", "account", specs))
    return Binding("account", "crm", "company", mapping, "both" if only else way)  # type: ignore[arg-type]


def decided(case: dict[str, str]) -> Decision:
    if case["unit"] == "record":
        return existence(policy(case["policy"]))
    name, colon, mine = case["unit"].partition(":")
    unit = Unit(name, GROUPS.get(name, (name,)), policy(case["policy"]), case["said"])
    crm = binding(case["exchange"])
    decide = decider(crm.system, never_taken(crm, [unit]), Parties(case), pins(case["pin"]))
    return decide(unit, mine.split() if colon else unit.fields)


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_it_is_decided_as_the_table_says(case: dict[str, str]) -> None:
    assert decided(case) == Decision(case["verdict"], case["rule"])  # type: ignore[arg-type]


def test_every_policy_is_in_the_table_with_every_outcome_it_can_have() -> None:
    found = {(case["policy"].split()[0], case["verdict"]) for case in CASES if case["rule"].startswith(case["said"])}
    asked = {("ask", "hold"), ("newest", "take"), ("newest", "keep"), ("newest", "hold")}
    assert found == asked | {("prefer", "take"), ("prefer", "keep"), ("edit", "keep"), ("delete", "take")}


def test_no_two_cases_share_a_name() -> None:
    assert len({case["case"] for case in CASES}) == len(CASES)
