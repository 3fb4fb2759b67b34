"""A project's own mappings under the simulator: the ready project of this repository, and others."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli.main import main
from hub.core.errors import ConfigError
from hub.core.model import Instance, Policy
from hub.simulator.campaign import Sum, Work, do
from hub.simulator.catalogue import Source, known
from hub.simulator.mine import profiles, stage
from hub.simulator.planted import BUGS, planted
from hub.simulator.tags import tag
from hub.simulator.world import integration

ROOT = Path(__file__).parents[2]
READY = Source(str(ROOT))


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CRM_PASSWORD", "ERP_KEY"):
        monkeypatch.setenv(f"HUB_SECRET_{name}", "any")


def histories(count: int) -> Sum:
    return do(Work("histories", 1, count, "", READY))


def of_fields(**specs: dict[str, object]) -> Instance:
    return integration("ab", list(specs), specs=dict.fromkeys("ab", specs))


def test_every_field_that_can_hold_a_number_is_typed_in() -> None:
    terms = next(iter(known(READY).values())).setup(random.Random(1)).stage.terms  # type: ignore[union-attr]
    assert {"name", "headcount", "credit_limit", "vat", "street"} <= set(terms.fields)
    assert {"kind", "status", "blocked"}.isdisjoint(terms.fields)
    for number, system in enumerate(("crm", "erp"), 1):
        raw = terms.fresh(system, ["headcount", "vat"], number)
        assert {tag(value) for value in terms.plain(system, raw).values()} == {
            number * 100 + terms.fields.index("headcount"),
            number * 100 + terms.fields.index("vat"),
        }


def test_the_ready_project_keeps_its_promises() -> None:
    found = histories(40)
    assert (found.histories, found.broken.total(), found.failures) == (40, 0, [])
    assert found.met["clash decided by policy"] > 0


def test_a_bug_shows_in_a_projects_own_mappings_too() -> None:
    [bug] = [bug for bug in BUGS if bug.name == "clashes are not logged"]
    with planted(bug):
        assert histories(40).broken["unlogged"] > 0


def test_the_groups_of_the_project_stay_whole() -> None:
    found = next(iter(known(READY).values())).setup(random.Random(1)).stage
    assert found is not None
    assert found.group == ("street", "city", "postcode", "country")


def test_what_only_reads_or_cuts_the_number_off_is_left_alone() -> None:
    fields = of_fields(
        name={},
        code={"length": 2},
        shown={"direction": "in"},
        made={"type": "boolean"},
        short={"length": 3, "too_long": "truncate"},
    )
    assert set(stage(fields, "account").terms.fields) == {"name"}


def test_what_one_system_alone_has_is_left_alone() -> None:
    assert profiles(integration("a", ["name"], policy=Policy("ask"))) == []


def test_a_project_without_anything_to_type_in_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.simulator.mine.profiles", lambda instance: [])
    with pytest.raises(ConfigError, match="can hold any text or number"):
        known.__wrapped__(READY)


def test_the_command_takes_a_project() -> None:
    done = CliRunner().invoke(
        main, ["simulate", "--project", str(ROOT), "--histories", "5", "--processes", "1", "--seed", "3"]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("5 histories, ")


def test_a_reference_is_typed_by_nobody() -> None:
    told = of_fields(name={}, mother={"type": "reference", "refers": "account", "required": True})
    instance = replace(told, entities={"account": replace(told.entities["account"], references={"mother": "account"})})
    played = stage(instance, "account")
    assert played.terms.fields == ("name",)
    assert played.terms.still("a", 1) == {"mother": "1"}
    assert played.instance.entities["account"].references == {}
