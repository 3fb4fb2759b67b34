"""What a check says when a mapping and a system's metadata do not agree."""

import pytest

from hub.adapter import FieldInfo, ObjectInfo
from hub.core.fit import Side, fit, fit_lengths, narrow
from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec


def field(name, *transforms, type="text", sources=None, **more):
    return FieldSpec(name, type, (name,) if sources is None else sources, transforms, **more)


def compiled(*fields):
    return compile_mapping(MappingSpec("company", "account", fields))


def info(*fields):
    return ObjectInfo("company", fields)


def found(mapping, there, **more):
    return [(problem.field, problem.code) for problem in fit(mapping, there, **more)]


def test_a_mapping_that_fits_has_no_problems():
    mapping = compiled(
        field("name", required=True, length=40),
        field("size", type="integer"),
        field("address", ("join", ", "), sources=("street", "city")),
        field("kind", ("constant", "x"), sources=()),
        field("status", ("lookup", {"table": {"A": "Active"}}), type="choice"),
    )
    there = info(
        FieldInfo("name", length=40, required=True),
        FieldInfo("size", "integer"),
        FieldInfo("street"),
        FieldInfo("city"),
        FieldInfo("status", "choice", choices=("A", "I")),
        FieldInfo("id", "integer", required=True, read_only=True),
    )
    assert fit(mapping, there) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Comp_Name", "company has no field 'Comp_Name', did you mean 'comp_name'?"),
        ("comp_nme", "company has no field 'comp_nme', did you mean 'comp_name'?"),
        ("zzz", "company has no field 'zzz': check its name, and our rights there"),
    ],
)
def test_a_field_that_is_not_there_is_named_with_the_nearest_one(source, said):
    problems = fit(compiled(field("name", sources=(source,))), info(FieldInfo("comp_name"), FieldInfo("comp_city")))
    assert [(problem.field, problem.code, problem.said) for problem in problems] == [("name", "fit.missing", said)]


@pytest.mark.parametrize(
    ("ours", "theirs", "both", "read_only"),
    [
        ("text", "text", True, True),
        ("text", "integer", False, True),
        ("choice", "boolean", False, True),
        ("reference", "integer", True, True),
        ("integer", "text", True, True),
        ("integer", "date", False, False),
        ("decimal", "integer", False, True),
        ("decimal", "text", True, True),
        ("boolean", "integer", False, False),
        ("date", "date-time", True, True),
        ("date-time", "date", False, True),
        ("date-time", "boolean", False, False),
    ],
)
def test_types_must_go_together_and_reading_asks_for_less(ours, theirs, both, read_only):
    there = info(FieldInfo("x", theirs))
    for direction, fits in (("both", both), ("in", read_only)):
        mapping = compiled(field("x", type=ours, direction=direction))
        assert found(mapping, there) == ([] if fits else [("x", "fit.type")])


def test_a_transform_may_make_one_type_of_another():
    mapping = compiled(field("x", ("lookup", {"table": {"Y": True, "N": False}}), type="boolean"))
    assert found(mapping, info(FieldInfo("x", "integer"))) == []


def test_a_field_that_cannot_be_written_must_not_be():
    there = info(FieldInfo("x", read_only=True))
    assert found(compiled(field("x")), there) == [("x", "fit.read-only")]
    assert found(compiled(field("x", direction="in")), there) == []


def test_a_length_must_not_be_longer_than_the_field():
    there = info(FieldInfo("x", length=30))
    problems = fit(compiled(field("x", length=40, too_long="truncate")), there)
    assert [problem.said for problem in problems] == ["company.x holds 30 characters, the mapping says 40"]
    assert found(compiled(field("x", length=30)), there) == []


def test_a_field_to_be_made_wider_is_said_with_the_command_and_found():
    there = info(FieldInfo("x", length=30), FieldInfo("y", length=60), FieldInfo("z"), FieldInfo("w", length=10))
    wide = {"length": 40, "too_long": "widen"}
    mapping = compiled(field("x", **wide), field("y", **wide), field("z", **wide), field("w", length=40))
    said = [problem.said for problem in fit(mapping, there) if problem.field == "x"]
    assert said == ["company.x holds 30 characters, the mapping says 40: 'hub check --widen' makes it wider"]
    assert narrow(mapping, there) == [("company", "x", 30, 40)]


def test_a_field_that_is_only_read_is_not_made_wider():
    mapping = compiled(field("x", length=40, too_long="widen", direction="in"))
    assert narrow(mapping, info(FieldInfo("x", length=30))) == []


def test_unknown_choices_are_named_wherever_the_mapping_says_them():
    there = info(FieldInfo("x", "choice", choices=("Active", "Inactive")))
    lookup = ("lookup", {"table": {"Actve": "A", "Inactive": "I", None: "?"}})
    problems = fit(compiled(field("x", lookup)), there)
    assert [(problem.code, problem.said) for problem in problems] == [
        ("fit.choice", "company.x does not know the choice 'Actve', did you mean 'Active'?")
    ]
    assert found(compiled(field("x", choices=("Active", "Gone"))), there) == [("x", "fit.choice")]
    assert found(compiled(field("x", ("constant", "New"))), there) == [("x", "fit.choice")]
    assert found(compiled(field("x", ("constant", "Active"))), there) == []


def test_a_required_field_that_nothing_fills_is_a_problem_where_records_are_created():
    there = info(FieldInfo("x"), FieldInfo("owner", required=True), FieldInfo("id", required=True, read_only=True))
    assert found(compiled(field("x")), there) == [("owner", "fit.required")]
    assert found(compiled(field("x")), there, creates=False) == []
    assert found(compiled(field("x"), field("owner", ("constant", "hub"))), there) == []
    assert found(compiled(field("x"), field("owner", direction="in")), there) == [("owner", "fit.required")]


def side(system, spec, length):
    return Side(system, compiled(spec), info(FieldInfo(spec.sources[0], length=length)))


def test_a_field_shorter_than_the_other_sides_is_named_with_both_lengths():
    crm, erp = side("crm", field("name", sources=("comp_name",)), 60), side("erp", field("name"), 40)
    (problem,) = fit_lengths([crm, erp])
    assert (problem.field, problem.code) == ("name", "fit.length")
    assert problem.said.startswith("erp company.name holds 40 characters, crm company.comp_name holds 60: ")


@pytest.mark.parametrize(
    ("crm", "erp"),
    [
        (side("crm", field("name"), 40), side("erp", field("name"), 40)),
        (side("crm", field("name"), None), side("erp", field("name"), 40)),
        (side("crm", field("name"), 60), side("erp", field("name", length=40, too_long="truncate"), 40)),
        (side("crm", field("name"), 60), side("erp", field("name", direction="in"), 40)),
        (side("crm", field("name", direction="out"), 60), side("erp", field("name", direction="out"), 40)),
        (side("crm", field("name", ("truncate", 10)), 60), side("erp", field("name"), 40)),
        (side("crm", field("size", type="integer"), 60), side("erp", field("size", type="integer"), 4)),
        (side("crm", field("other"), 60), side("erp", field("name"), 40)),
    ],
)
def test_lengths_that_cannot_clash_are_no_problem(crm, erp):
    assert [problem for problem in fit_lengths([crm, erp]) if "erp company" in problem.said[:12]] == []
