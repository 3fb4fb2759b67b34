"""What new records begin with: constants, tables and expressions over the hub's fields."""

from typing import Any

import pytest

from hub.adapter import FieldInfo, ObjectInfo
from hub.config.expression import compile_expression
from hub.core.creation import Initial
from hub.core.errors import ConfigError
from hub.core.fit import fit
from hub.core.mapping import FieldSpec, Mapping, MappingSpec, compile_mapping
from hub.core.record import Fields

NAME = FieldSpec("name", "text", ("name",))


def mapping(*initial: Initial) -> Mapping:
    return compile_mapping(MappingSpec("company", "account", (NAME,), initial), compile_expression)


BY_COUNTRY = Initial("secterr", source="country", table={"IE": "1", "DE": "2"}, otherwise="9")


@pytest.mark.parametrize(
    ("initial", "fields", "raw"),
    [
        (Initial("secterr", constant="7"), {}, {"secterr": "7"}),
        (Initial("rank", constant=0), {}, {"rank": 0}),
        (BY_COUNTRY, {"country": "IE"}, {"secterr": "1"}),
        (BY_COUNTRY, {"country": "FR"}, {"secterr": "9"}),
        (BY_COUNTRY, {"country": None}, {"secterr": "9"}),
        (BY_COUNTRY, {}, {"secterr": "9"}),
        (Initial("secterr", source="country", table={"IE": "1"}), {"country": "FR"}, {}),
        (Initial("secterr", expression="country = 'IE' and amount > 5 ? '1' : '2'"), {"country": "IE", "amount": 6},
         {"secterr": "1"}),
        (Initial("secterr", expression="nothing"), {"country": "IE"}, {}),
    ],
)  # fmt: skip
def test_a_new_record_begins_as_the_rule_says(initial: Initial, fields: Fields, raw: dict[str, Any]) -> None:
    assert mapping(initial).begin(fields) == (raw, ())


@pytest.mark.parametrize("expression", ["$number(country)", "[country, 'x']"])
def test_a_rule_that_gives_no_value_is_a_reason_on_the_record(expression: str) -> None:
    raw, [problem] = mapping(Initial("secterr", expression=expression)).begin({"country": "IE"})
    assert (raw, problem.field, problem.code) == ({}, "secterr", "record.expression")


def test_it_is_no_field_of_the_record() -> None:
    """So it is never compared, never read as an edit, and never written again."""
    made = mapping(BY_COUNTRY)
    assert (made.raw_names, made.writable, made.project({"name": "Anna"})) == (("name",), {"name"}, {"name": "Anna"})
    assert made.fingerprint == mapping().fingerprint


def test_a_field_that_is_mapped_both_ways_cannot_be_set_as_well() -> None:
    with pytest.raises(ConfigError) as told:
        mapping(Initial("name", constant="x"))
    assert told.value.problems == ["company: create: 'name' is written by 'name' already"]


def test_an_expression_that_is_none_is_told() -> None:
    with pytest.raises(ConfigError) as told:
        mapping(Initial("secterr", expression="(("))
    assert "company: create: secterr: not a JSONata expression" in told.value.problems[0]


def test_it_must_be_a_field_that_can_be_written_and_fills_one_that_is_required() -> None:
    info = ObjectInfo(
        "company", (FieldInfo("name"), FieldInfo("secterr", required=True), FieldInfo("made", read_only=True))
    )
    assert [problem.code for problem in fit(mapping(), info)] == ["fit.required"]
    assert fit(mapping(BY_COUNTRY), info) == []
    wrong = mapping(BY_COUNTRY, Initial("made", constant="x"), Initial("secter", constant="x"))
    assert [(one.field, one.code) for one in fit(wrong, info)] == [("made", "fit.read-only"), ("secter", "fit.missing")]
    assert fit(wrong, info, creates=False) == []
