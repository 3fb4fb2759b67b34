"""A compiled mapping: absent, empty and value stay three things; what is projected is what would come back."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.core.errors import ConfigError
from hub.core.mapping import NONE, compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec


def field(name, *transforms, type="text", sources=None, **more):
    return FieldSpec(name, type, (name,) if sources is None else sources, transforms, **more)


def compiled(*fields):
    return compile_mapping(MappingSpec("company", "account", fields))


ACCOUNT = compiled(
    field("name", sources=("comp_name",), required=True),
    field("size", type="integer", sources=("comp_employees",)),
    field("address", ("join", ", "), sources=("street", "city")),
    field("kind", ("constant", "customer"), sources=()),
    field("currency", ("default", "EUR")),
    field("@erp", type="reference", sources=("comp_supplierid",)),
    field("seen", type="date-time", sources=("updateddate",), direction="in", zone="Europe/Berlin"),
    field("note", direction="out"),
)


def test_says_what_it_reads_and_what_it_writes():
    assert ACCOUNT.raw_names == (
        "city",
        "comp_employees",
        "comp_name",
        "comp_supplierid",
        "currency",
        "note",
        "street",
        "updateddate",
    )
    assert ACCOUNT.readable == {"name", "size", "address", "kind", "currency", "@erp", "seen"}
    assert ACCOUNT.writable == {"name", "size", "address", "currency", "@erp", "note"}
    assert ACCOUNT.specs["size"].sources == ("comp_employees",)
    assert (ACCOUNT.object, ACCOUNT.entity) == ("company", "account")


def test_absent_stays_absent_and_empty_is_empty():
    fields, problems = ACCOUNT.to_hub({"comp_name": "Acme", "comp_employees": "", "street": "Main Street"})
    assert fields == {"name": "Acme", "size": None, "kind": "customer", "currency": "EUR"}
    assert problems == ()


def test_a_whole_record_goes_in():
    raw = {
        "comp_name": "Acme",
        "comp_employees": "12",
        "street": "Main Street",
        "city": "Cork",
        "currency": "USD",
        "comp_supplierid": "0042",
        "updateddate": "2026-07-30T16:50:58",
        "note": "only watched",
        "other": "not mapped",
    }
    fields, problems = ACCOUNT.to_hub(raw)
    assert fields == {
        "name": "Acme",
        "size": 12,
        "address": "Main Street, Cork",
        "kind": "customer",
        "currency": "USD",
        "@erp": "0042",
        "seen": "2026-07-30T14:50:58Z",
        "note": "only watched",
    }
    assert problems == ()


def test_a_field_that_is_only_written_never_keeps_a_record_aside():
    mapping = compiled(field("seen", type="date", direction="out", required=True), field("name"))
    assert mapping.to_hub({"seen": "no date", "name": "Acme"}) == ({"name": "Acme"}, ())
    assert mapping.to_hub({"seen": "", "name": "Acme"}) == ({"seen": None, "name": "Acme"}, ())
    assert mapping.readable == {"name"}


def test_only_what_is_given_and_may_be_written_goes_out():
    given = {"size": None, "note": "hello", "seen": "2026-07-30T14:50:58Z", "kind": "x", "other": 1, "address": "a, b"}
    raw, problems = ACCOUNT.to_system(given)
    assert raw == {"comp_employees": "", "note": "hello", "street": "a", "city": "b"}
    assert problems == ()


def test_good_records_share_one_empty_list_of_problems():
    assert ACCOUNT.to_hub({"comp_name": "a"})[1] is NONE
    assert ACCOUNT.to_system({"name": "a"})[1] is NONE
    assert ACCOUNT.missing({"name": "a"}) is NONE


def test_what_does_not_fit_is_absent_and_the_rest_of_the_record_is_there():
    fields, problems = ACCOUNT.to_hub({"comp_name": "Acme", "comp_employees": "many", "street": [], "city": ""})
    assert fields == {"name": "Acme", "kind": "customer", "currency": "EUR"}
    assert [(problem.field, problem.code) for problem in problems] == [
        ("size", "record.number"),
        ("address", "record.text"),
    ]
    assert problems[0].said == "company.comp_employees: expected a whole number, got 'many'"
    assert problems[1].said.startswith("company.street+city: ")


@pytest.mark.parametrize("raw", [{}, {"comp_name": ""}, {"comp_name": None}, {"comp_name": "  "}])
def test_a_record_without_a_required_field_does_not_fit(raw):
    fields, problems = ACCOUNT.to_hub(raw)
    assert "name" not in fields
    assert [(problem.field, problem.code) for problem in problems] == [("name", "record.required")]
    assert problems[0].said == "company.comp_name: expected a value, it is required, got none"


def test_a_required_field_that_does_not_fit_is_one_problem_not_two():
    _, problems = ACCOUNT.to_hub({"comp_name": ["x"]})
    assert [problem.code for problem in problems] == ["record.text"]


def test_a_required_field_may_be_left_out_of_an_update_but_not_be_emptied():
    assert ACCOUNT.to_system({"size": 1}) == ({"comp_employees": "1"}, ())
    raw, problems = ACCOUNT.to_system({"name": None, "size": 1})
    assert raw == {"comp_employees": "1"}
    assert [(problem.field, problem.code) for problem in problems] == [("name", "record.required")]


def test_a_create_says_what_is_missing():
    mapping = compiled(
        field("name", required=True),
        field("currency", ("default", "EUR"), required=True),
        field("origin", ("constant", "hub"), required=True),
        field("stamp", required=True, direction="in"),
    )
    assert [problem.field for problem in mapping.missing({})] == ["name"]
    assert [problem.code for problem in mapping.missing({"name": None})] == ["record.required"]
    assert list(mapping.missing({"name": "x"})) == []


def test_a_default_fills_a_required_field_both_ways():
    mapping = compiled(field("currency", ("default", "EUR"), required=True))
    assert mapping.to_hub({}) == ({"currency": "EUR"}, ())
    assert mapping.to_system({"currency": None}) == ({"currency": "EUR"}, ())


def test_constants_and_defaults_are_in_every_projection():
    assert ACCOUNT.project({"name": "Acme", "kind": "supplier", "other": 1}) == {
        "name": "Acme",
        "kind": "customer",
        "currency": "EUR",
    }


def test_json_is_written_with_numbers_booleans_and_null():
    mapping = compiled(
        field("n", type="integer", wire="json"),
        field("d", type="decimal", wire="json", scale=2),
        field("b", type="boolean", wire="json"),
        field("t", wire="json"),
        field("a", ("join", " "), sources=("a1", "a2"), wire="json"),
    )
    raw, _ = mapping.to_system({"n": 1, "d": "2.50", "b": True, "t": None, "a": "x"})
    assert json.dumps(raw) == '{"n": 1, "d": 2.5, "b": true, "t": null, "a1": "x", "a2": null}'


@pytest.mark.parametrize(
    ("too_long", "raw", "codes", "shown"),
    [
        ("refuse", {}, ["record.too-long"], "abcdef"),
        ("widen", {}, ["record.too-long"], "abcdef"),
        ("truncate", {"x": "abcd"}, [], "abcd"),
    ],
)
def test_a_value_that_is_too_long_is_refused_or_truncated_and_shown_so(too_long, raw, codes, shown):
    mapping = compiled(field("x", length=4, too_long=too_long))
    got, problems = mapping.to_system({"x": "abcdef"})
    assert got == raw
    assert [problem.code for problem in problems] == codes
    assert mapping.project({"x": "abcdef"}) == {"x": shown}
    assert mapping.to_hub({"x": "abcdef"}) == ({"x": "abcdef"}, ())


def test_the_length_is_of_what_the_system_gets():
    mapping = compiled(field("x", ("cut_prefix", "ERP-"), length=6))
    assert mapping.to_system({"x": "12"}) == ({"x": "ERP-12"}, ())
    _, problems = mapping.to_system({"x": "123"})
    assert problems[0].said == "company.x: expected at most 6 characters, got 7: 'ERP-123'"


def test_an_unknown_choice_is_refused_both_ways():
    mapping = compiled(field("x", ("lookup", {"table": {"A": "Active", "Z": "Zombie"}}), type="choice", choices=("A",)))
    assert mapping.to_hub({"x": "A"}) == ({"x": "Active"}, ())
    assert [problem.code for problem in mapping.to_hub({"x": "Z"})[1]] == ["record.choice"]
    _, problems = mapping.to_system({"x": "Zombie"})
    assert problems[0].said == "company.x: expected one of 'A', got 'Z'"
    assert mapping.to_system({"x": None}) == ({"x": ""}, ())
    assert mapping.to_hub({"x": ""}) == ({"x": None}, ())


def test_what_xml_cannot_carry_does_not_go_out():
    raw, problems = compiled(field("x"), field("y")).to_system({"x": "a\x0bb", "y": "b"})
    assert raw == {"y": "b"}
    assert [problem.code for problem in problems] == ["record.text"]
    assert "U+000B at position 2" in problems[0].said


def test_an_hour_that_comes_twice_is_projected_as_it_will_be_read():
    mapping = compiled(field("x", type="date-time", zone="Europe/Berlin"))
    assert mapping.project({"x": "2026-10-25T01:30:00Z"}) == {"x": "2026-10-25T00:30:00Z"}
    assert mapping.project({"x": "2026-10-25T03:30:00Z"}) == {"x": "2026-10-25T03:30:00Z"}


@pytest.mark.parametrize(
    ("scale", "value", "shown"),
    [(2, "1.005", "1.01"), (2, "1.5", "1.50"), (2, "1.50", "1.50"), (2, "3", "3.00"), (0, "3", "3"), (0, "2.5", "3")],
)
def test_an_amount_is_projected_at_the_scale_of_the_system(scale, value, shown):
    assert compiled(field("x", type="decimal", scale=scale)).project({"x": value}) == {"x": shown}


def test_the_fingerprint_changes_with_the_mapping_and_with_nothing_else():
    a, b = field("a", ("lookup", {"table": {"x": 1, 2: "y", True: "z"}})), field("b", type="date")
    shuffled = field("a", ("lookup", {"table": {True: "z", "x": 1, 2: "y"}}))
    assert compiled(a, b).fingerprint == compiled(b, shuffled).fingerprint
    others = [replace(a, required=True), replace(a, transforms=()), replace(a, sources=("q",))]
    prints = {compiled(other, b).fingerprint for other in others} | {compiled(a, b).fingerprint}
    assert len(prints) == 4
    assert all(len(one) == 32 for one in prints)


def test_functions_may_be_called_from_many_threads_at_once():
    records = [{"comp_name": f"n{i}", "comp_employees": str(i), "street": f"s{i}", "city": "c"} for i in range(500)]
    alone = [ACCOUNT.to_hub(raw) for raw in records]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ACCOUNT.to_hub, records)) == alone


# The laws. Any mapping that compiles must keep them, for any value that a system could have given.

TEXT_STEPS = st.sampled_from(
    [
        ("case", "upper"),
        ("case", "lower"),
        ("case", "title"),
        ("trim", None),
        ("collapse", None),
        ("digits", None),
        ("truncate", 1),
        ("truncate", 4),
        ("default", "ab"),
        ("prefix", "a"),
        ("suffix", "b "),
        ("cut_prefix", "a"),
        ("cut_suffix", "b"),
        ("lookup", {"table": {"a": "b", "b": "c"}, "otherwise": "keep"}),
        ("lookup", {"table": {"a": "b", "b": "a", "": "A"}, "otherwise": "empty"}),
        ("lookup", {"table": {"a": "A", "b": None}}),
    ]
)
TEXTS = st.one_of(
    st.none(), st.text("aAbB ,+1", max_size=8), st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
)
DATES = st.dates().map(lambda day: day.isoformat())
INSTANTS = st.datetimes(timezones=st.timezones()).map(lambda when: when.isoformat())
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15).map(str)
TYPED = {
    "text": TEXTS,
    "choice": TEXTS,
    "reference": TEXTS,
    "integer": st.integers(-(2**63) + 1, 2**63 - 1),
    "decimal": NUMBERS,
    "boolean": st.booleans(),
    "date": DATES,
    "date-time": INSTANTS,
}
DATE_STEPS = [
    ("format", "%d/%m/%Y"),
    ("format", "%d.%m.%y"),
    ("format", "%Y%m%d %H"),
    ("format", "%Y-%m-%dT%H:%M:%S.%f%z"),
    ("format", "epoch"),
    ("format", {"pattern": "epoch_ms", "date_zone": "America/New_York"}),
    ("date_zone", "Europe/Berlin"),
    ("date_zone", "Pacific/Auckland"),
]


@st.composite
def specs(draw, most=3):
    """One field of any type, with steps that could stand there; three of them may contradict one another."""
    type_ = draw(st.sampled_from(sorted(TYPED)))
    steps, sources, more = [], ("f",), {}
    if type_ in ("text", "choice", "reference"):
        steps = draw(st.lists(TEXT_STEPS, max_size=most))
        if (most > 1 or not steps) and draw(st.booleans()):
            sources = ("f", "g", "h")[: draw(st.integers(2, 3))]
            with_ = draw(st.sampled_from([", ", " ", "a", "aa", "+"]))
            steps.insert(0, ("join", {"with": with_, "empty": draw(st.sampled_from(["keep", "skip"]))}))
        if draw(st.booleans()):
            more = {"length": draw(st.integers(1, 5)), "too_long": draw(st.sampled_from(["refuse", "truncate"]))}
    elif type_ in ("date", "date-time"):
        steps = draw(st.lists(st.sampled_from(DATE_STEPS), max_size=1))
    elif type_ == "decimal":
        steps = draw(st.lists(st.sampled_from([("scale", 1), ("default", "0"), ("cut_suffix", " EUR")]), max_size=most))
        more = {"scale": draw(st.sampled_from([None, 0, 2, 4]))}
    elif type_ == "integer":
        steps = draw(
            st.lists(st.sampled_from([("default", 7), ("cut_prefix", "No. "), ("prefix", "1")]), max_size=most)
        )
    wire = draw(st.sampled_from(["text", "json"]))
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]))
    return FieldSpec("x", type_, sources, tuple(steps), wire=wire, zone=zone, **more)


@st.composite
def cases(draw, most=3):
    """A mapping, and a value of its type as another system's mapping would give it."""
    spec = draw(specs(most))
    try:
        mapping = compiled(spec)
    except ConfigError:
        assume(False)
    source = compiled(FieldSpec("x", spec.type, ("f",), scale=draw(st.sampled_from([None, 3]))))
    fields, _ = source.to_hub({"f": draw(st.one_of(st.none(), TYPED[spec.type]))})
    assume("x" in fields)
    return mapping, fields


@given(cases())
@settings(max_examples=1000, deadline=None)
def test_projecting_again_changes_nothing(case):
    mapping, fields = case
    once = mapping.project(fields)
    assert once.keys() == fields.keys()
    assert mapping.project(once) == once


@given(cases(most=1))
@settings(max_examples=1000, deadline=None)
def test_a_projected_value_that_can_be_sent_is_what_comes_back(case):
    mapping, fields = case
    shown = mapping.project(fields)
    raw, problems = mapping.to_system(shown)
    assume(not problems)
    back, unread = mapping.to_hub(raw)
    assume(not unread)
    assert back == shown


@given(cases(most=1))
@settings(max_examples=1000, deadline=None)
def test_what_is_sent_for_a_value_comes_back_as_its_projection(case):
    mapping, fields = case
    raw, problems = mapping.to_system(fields)
    assume(not problems)
    back, unread = mapping.to_hub(raw)
    assume(not unread)
    assert mapping.project(back) == mapping.project(fields)


@given(
    specs(),
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just([]), st.just({"a": 1})),
)
@settings(max_examples=500, deadline=None)
def test_no_raw_value_breaks_a_mapping(spec, raw):
    try:
        mapping = compiled(spec)
    except ConfigError:
        assume(False)
    fields, problems = mapping.to_hub(dict.fromkeys(spec.sources, raw))
    assert ("x" in fields) != bool(problems)
    json.dumps(fields)
    written, refused = mapping.to_system(mapping.project(fields))
    assert fields == {} or bool(written) != bool(refused)
