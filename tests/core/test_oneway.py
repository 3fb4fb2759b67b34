"""What a check says of fields that merge as one and do not go the same ways."""

from typing import Any

import pytest

from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.model import ROW, Binding, Entity, Policy, Unit
from hub.core.oneway import fit_units

ADDRESS = ("street", "city", "country")


def entity(unit: str, directions: dict[str, Any], binding: Any = "both") -> Entity:
    """One unit of three fields; `directions`: of those fields that do not go both ways in the ERP."""
    specs = [FieldSpec(name, "text", (name,), direction=directions.get(name, "both")) for name in ADDRESS]
    crm = compile_mapping(MappingSpec("company", "account", tuple(FieldSpec(n, "text", (n,)) for n in ADDRESS)))
    erp = compile_mapping(MappingSpec("supplier", "account", tuple(specs)))
    bindings = {"crm": Binding("account", "crm", "company", crm), "erp": Binding("account", "erp", "", erp, binding)}
    return Entity("account", (Unit(unit, ADDRESS, Policy("ask"), "hub"),), bindings)


def told(*given: Any) -> list[tuple[str, str, str]]:
    return [(system, problem.field, problem.said) for system, problem in fit_units(entity(*given))]


def test_a_field_that_is_only_written_takes_the_whole_row_with_it() -> None:
    [(system, field, said)] = told(ROW, {"city": "out"})
    assert (system, field) == ("erp", "city")
    assert said == (
        "the record is one unit (merge: row), and 'city' is only written to erp: "
        "no edit of 'street', 'country' made in erp is taken either, it is logged and put back; "
        "say 'merge: field', with groups for what belongs together, or let the field go both ways"
    )


def test_a_field_that_is_only_read_leaves_the_row_half_written() -> None:
    [(system, field, said)] = told(ROW, {"city": "in"})
    assert (system, field) == ("erp", "city")
    assert "'city' is only read from erp: what changes elsewhere reaches erp in part" in said
    assert "('street', 'country' is written, 'city' stays), and the next edit there is a conflict" in said


def test_a_group_is_named() -> None:
    [(_, _, said)] = told("address", {"city": "out"})
    assert said.startswith("the group 'address' is one unit, and 'city' is only written to erp")
    assert said.endswith("leave the field out of the group, or let it go both ways")


@pytest.mark.parametrize(
    "given",
    [
        (ROW, {}),
        (ROW, dict.fromkeys(ADDRESS, "in")),
        (ROW, dict.fromkeys(ADDRESS, "out")),
        (ROW, {"city": "out"}, "out"),
        (ROW, {"city": "in"}, "in"),
    ],
)
def test_what_goes_the_same_way_is_no_problem(given: Any) -> None:
    assert told(*given) == []
