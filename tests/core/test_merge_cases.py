"""The rules of the merge, as the table in cases/merge.csv says them.

A cell is a value, `(blank)` for known to be empty, or nothing at all for a field that is not there. Of a group or a
row it is `street=A; city=B`. `waiting` is a conflict that a person has not decided yet: CRM's values / the hub's.
"""

import csv
from pathlib import Path

import pytest

from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.merge import Held, Merged, Shadow, held_fields, merge, owed
from hub.core.model import Binding, Policy, Unit
from hub.core.policy import decider, never_taken
from hub.core.record import Fields, Value

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "merge.csv").open(encoding="utf-8")))
UNITS = {"field": ("phone",), "group": ("street", "city", "zip"), "row": ("name", "phone", "city")}
BLANK = "(blank)"


class TheErpSaidIt:
    """The golden value came from the ERP; nobody says when."""

    def theirs_at(self) -> None:
        return None

    def ours_at(self, field: str) -> None:
        return None

    def ours_from(self, field: str) -> str:
        return "erp"

    def doubt(self, field: str) -> None:
        return None


def value(cell: str) -> Value:
    return None if cell == BLANK else cell


def fields(case: dict[str, str], cell: str) -> Fields:
    if not cell:
        return {}
    if "=" not in cell:
        return {"phone": value(cell)}
    return {name: value(said) for name, said in (part.strip().split("=") for part in cell.split(";"))}


def waiting(case: dict[str, str], column: str) -> dict[str, Held]:
    if not case[column]:
        return {}
    theirs, ours = case[column].split(" / ")
    return {case["unit"]: Held(fields(case, theirs), fields(case, ours))}


def unit(case: dict[str, str]) -> Unit:
    said, _, blank = case["policy"].partition(", blank ")
    rule, _, order = said.partition(" ")
    policy = Policy(rule, tuple(order.split()))  # type: ignore[arg-type]
    return Unit(case["unit"], UNITS[case["unit"]], policy, "hub", blank or "wins")  # type: ignore[arg-type]


def binding(case: dict[str, str]) -> Binding:
    """`exchange`: both, in, out; or `out zip`: only that field is written only."""
    way, _, only = case["exchange"].partition(" ")
    names = unit(case).fields
    specs = tuple(FieldSpec(n, "text", (n,), direction=way if n == only else "both") for n in names)  # type: ignore[arg-type]
    mapping = compile_mapping(MappingSpec("company", "account", specs))
    return Binding("account", "crm", "company", mapping, "both" if only else way)  # type: ignore[arg-type]


def before(case: dict[str, str]) -> Shadow:
    return Shadow(fields(case, case["before"]), fields(case, case["asked"]), waiting(case, "waiting"))


def run(case: dict[str, str]) -> tuple[Merged, Fields, Fields]:
    """What came of it, the golden record afterwards, and what CRM is then owed."""
    ours, crm = fields(case, case["hub now"]), binding(case)
    decide = decider(crm.system, never_taken(crm, [unit(case)]), TheErpSaidIt())
    merged = merge([unit(case)], before(case), ours, fields(case, case["crm now"]), decide)
    golden = {**ours, **merged.taken}
    writable = crm.mapping.writable if crm.direction != "in" else frozenset[str]()
    return merged, golden, owed(merged.shadow, golden, writable, held_fields([unit(case)], merged.shadow))


def what_happened(case: dict[str, str], merged: Merged, due: Fields) -> str:
    if merged.clashes:
        return f"conflict {merged.clashes[0].verdict}"
    if merged.released:
        return "released"
    if merged.taken:
        return "take"
    if due:
        return "owed"
    return "agreed" if merged.shadow != before(case) else "nothing"


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_it_goes_as_the_table_says(case: dict[str, str]) -> None:
    merged, golden, due = run(case)
    assert {
        "then": what_happened(case, merged, due),
        "golden after": golden,
        "shadow after": merged.shadow.fields,
        "asked after": merged.shadow.asked,
        "owed to crm": due,
        "logged": "yes" if merged.clashes else "no",
        "waiting after": merged.shadow.held,
    } == {
        "then": case["then"],
        **{name: fields(case, case[name]) for name in ("golden after", "shadow after", "asked after", "owed to crm")},
        "logged": case["logged"],
        "waiting after": waiting(case, "waiting after"),
    }


LOGGED = [case for case in CASES if case["logged"] == "yes"]


@pytest.mark.parametrize("case", LOGGED, ids=[case["case"] for case in LOGGED])
def test_the_log_says_what_each_side_had_and_what_was_there_before(case: dict[str, str]) -> None:
    [clash] = run(case)[0].clashes
    shown = {
        **fields(case, case["before"]),
        **{k: v for w in waiting(case, "waiting").values() for k, v in w.theirs.items()},
    }
    theirs = {**shown, **fields(case, case["crm now"])}
    assert clash.base == (fields(case, case["before"]) or None)
    assert clash.theirs == theirs
    assert {name: said for name, said in clash.ours.items() if said is not None} == {
        name: said for name, said in fields(case, case["hub now"]).items() if said is not None
    }
    assert clash.rule


def test_every_outcome_of_the_merge_is_in_the_table_for_every_kind_of_unit() -> None:
    outcomes = {"nothing", "owed", "take", "agreed", "conflict take", "conflict keep", "conflict hold", "released"}
    found = {(case["unit"], case["then"]) for case in CASES}
    wanted = {(kind, then) for kind in ("field", "group") for then in outcomes}
    assert wanted | {("row", then) for then in outcomes - {"nothing", "released"}} <= found


def test_no_two_cases_share_a_name() -> None:
    assert len({case["case"] for case in CASES}) == len(CASES)
