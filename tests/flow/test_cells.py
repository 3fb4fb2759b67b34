"""Every policy with everything that can happen to one field, in whole syncs of two systems: cases/cells.csv.

The phone number is 1 in both to begin with. `(gone)`: the record is deleted. What is deleted against an edit is asked
whatever the policy (`deletes` of the entity says who wins that). `logged`: the verdict as the log has it, seen from the
system in which the clash was met.
"""

import csv
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from support.memory import Noted, World, linked

from hub.core.model import Policy

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "cells.csv").open(encoding="utf-8")))
POLICIES = ("prefer crm", "prefer erp", "prefer shop erp crm", "newest", "ask")
BLANK, GONE = "(blank)", "(gone)"


def world_of(policy: str) -> tuple[World, dict[str, Noted]]:
    said, _, blank = policy.partition(", blank ")
    rule, *order = said.split()
    options: dict[str, Any] = {"policy": Policy(rule, tuple(order)), "blank": blank or "wins"}  # type: ignore[arg-type]
    world, crm, erp = linked(**options)
    crm._clock = erp._clock = world.clock
    return world, {"crm": crm, "erp": erp}


def act(world: World, systems: dict[str, Noted], what: str) -> None:
    """`crm: 2; a minute later erp: 3`."""
    for step in what.split("; ") if what != "nothing" else ():
        when, _, value = step.rpartition(": ")
        world.clock.pass_(60 if when.startswith("a minute later") else 0)
        system = systems[when.split()[-1]]
        if value == GONE:
            system.delete("1")
        else:
            system.edit("1", phone=None if value == BLANK else value)


def held(system: Noted) -> str:
    rows = [row["phone"] for row in system.held("thing").values()]
    assert len(rows) < 2
    return GONE if not rows else rows[0] or BLANK


@pytest.mark.parametrize("case", CASES, ids=[f"{case['policy']}: {case['what people do']}" for case in CASES])
def test_it_goes_as_the_table_says(case: dict[str, str]) -> None:
    world, systems = world_of(case["policy"])
    act(world, systems, case["what people do"])
    world.sync()
    world.sync()
    assert {
        "crm holds then": held(systems["crm"]),
        "erp holds then": held(systems["erp"]),
        "logged": " ".join(clash.verdict for clash in world.log()),
    } == {name: case[name] for name in ("crm holds then", "erp holds then", "logged")}
    assert world.sync().written == 0


OUTCOMES: dict[str, Callable[[str], bool]] = {
    "same": lambda what: what == "nothing",
    "one side changed": lambda what: ";" not in what and what[-1].isdigit(),
    "both changed alike": lambda what: what == "crm: 2; erp: 2",
    "both differ": lambda what: ";" in what and what.count("(") == 0 and what != "crm: 2; erp: 2",
    "delete": lambda what: what.count(GONE) == 1 and ";" not in what,
    "delete against edit": lambda what: what.count(GONE) == 1 and ";" in what,
    "both delete": lambda what: what.count(GONE) == 2,
    "blank": lambda what: BLANK in what and ";" not in what,
    "blank against edit": lambda what: BLANK in what and ";" in what,
}


def test_every_cell_of_policy_and_outcome_is_in_the_table() -> None:
    found = {
        (case["policy"], name)
        for case in CASES
        for name, of_kind in OUTCOMES.items()
        if of_kind(case["what people do"])
    }
    losing = {(f"{policy}, blank loses", name) for policy in ("prefer erp", "newest", "ask") for name in OUTCOMES}
    assert set(product(POLICIES, OUTCOMES)) | losing <= found
