"""Each named transform: what it does on the way in, its way back, and what is wrong with its settings."""

import pytest

from hub.core.errors import ConfigError
from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec


def compiled(*transforms, type="text", sources=("f",), expression=None, **more):
    spec = FieldSpec("x", type, sources, tuple(transforms), **more)
    return compile_mapping(MappingSpec("thing", "account", (spec,)), expression)


def problems(*transforms, **more):
    with pytest.raises(ConfigError) as caught:
        compiled(*transforms, **more)
    assert caught.value.code == "config.mapping"
    return "\n".join(caught.value.problems)


STATUS = {"table": {"A": "Active", "I": "Inactive"}}
#: transforms, more of the spec, raw, value, what is written for the value
TABLE = [
    ([("case", "upper")], {}, "acme", "ACME", "ACME"),
    ([("case", "lower")], {}, "Bob@X.COM", "bob@x.com", "bob@x.com"),
    ([("case", "title")], {}, "ann lee", "Ann Lee", "Ann Lee"),
    ([("trim", None)], {}, "  a b ", "a b", "a b"),
    ([("trim", True)], {}, "   ", None, ""),
    ([("collapse", None)], {}, " a \n b\t c ", "a b c", "a b c"),
    ([("digits", None)], {}, "+49 (30) 123-456", "+4930123456", "+4930123456"),
    ([("digits", None)], {}, "030/12 ext 5", "030125", "030125"),
    ([("digits", None)], {}, "1+2", "12", "12"),
    ([("digits", None)], {}, "(+49) 1", "+491", "+491"),
    ([("digits", None)], {}, "\u0661 ~ +7", "+7", "+7"),
    ([("digits", None)], {}, "none", None, ""),
    ([("digits", None)], {"type": "integer"}, "12 pcs", 12, "12"),
    ([("truncate", 3)], {}, "abcdef", "abc", "abc"),
    ([("truncate", 3)], {}, "   d", None, ""),
    ([("scale", 2)], {"type": "decimal", "scale": 2}, "10.005", "10.01", "10.01"),
    ([("scale", 1)], {"type": "decimal", "wire": "json"}, 2.25, "2.3", 2.3),
    ([("default", "EUR")], {}, "", "EUR", "EUR"),
    ([("default", "EUR")], {}, "USD", "USD", "USD"),
    ([("default", 0)], {"type": "integer", "wire": "json"}, None, 0, 0),
    ([("default", False)], {"type": "boolean"}, " ", False, "false"),
    ([("prefix", "ERP-")], {}, "7", "ERP-7", "7"),
    ([("suffix", "/x")], {}, "7", "7/x", "7"),
    ([("cut_prefix", "C")], {"type": "integer"}, "C12", 12, "C12"),
    ([("cut_suffix", " EUR")], {"type": "decimal"}, "2.50 EUR", "2.5", "2.5 EUR"),
    ([("cut_prefix", "C")], {}, None, None, ""),
    ([("lookup", STATUS)], {}, "A", "Active", "A"),
    ([("lookup", STATUS)], {"wire": "json"}, None, None, None),
    ([("lookup", {"table": {"Y": True, "N": False}})], {"type": "boolean"}, "N", False, "N"),
    ([("lookup", {"table": {1: "low", 2: "high"}})], {"wire": "json"}, 2, "high", 2),
    ([("lookup", {"table": {1: "low", 2: "high"}})], {"wire": "text"}, "2", "high", "2"),
    ([("lookup", {"table": {"ten": 10}})], {"type": "decimal", "scale": 2}, "ten", "10.00", "ten"),
    ([("lookup", {"table": {"": "None", "A": "Active"}})], {}, "", "None", ""),
    ([("lookup", {"table": {"A": "Active", "-": None}})], {}, "-", None, "-"),
    ([("lookup", {"table": {"A": "x", "B": "x"}, "back": {"x": "B"}})], {}, "A", "x", "B"),
    ([("lookup", {**STATUS, "otherwise": "keep"})], {}, "Z", "Z", "Z"),
    ([("lookup", {**STATUS, "otherwise": "empty"})], {}, "Z", None, ""),
    ([("trim", None), ("lookup", STATUS), ("case", "upper")], {"direction": "in"}, " A ", "ACTIVE", None),
    ([("join", ", ")], {"sources": ("a", "b")}, ("x", "y"), "x, y", ("x", "y")),
    ([("join", ", ")], {"sources": ("a", "b", "c")}, ("x", "", "z"), "x, , z", ("x", "", "z")),
    ([("join", ", ")], {"sources": ("a", "b", "c")}, ("x", "y", " "), "x, y", ("x", "y", "")),
    ([("join", {"with": " ", "empty": "skip"})], {"sources": ("a", "b", "c")}, ("x", "", "z"), "x z", ("x", "z", "")),
    ([("join", ", ")], {"sources": ("a", "b"), "wire": "json"}, (None, None), None, (None, None)),
    ([("join", " "), ("case", "upper")], {"sources": ("a", "b")}, ("a", "b c"), "A B C", ("A", "B C")),
    ([("constant", "hub")], {}, "other", "hub", "hub"),
    ([("constant", 5)], {"type": "integer", "wire": "json"}, 1, 5, 5),
    ([("format", "%d/%m/%Y")], {"type": "date"}, "22/11/2026", "2026-11-22", "22/11/2026"),
    ([("format", "%d.%m.%y")], {"type": "date"}, "01.02.26", "2026-02-01", "01.02.26"),
    ([("format", "%d/%m/%Y")], {"type": "date"}, "", None, ""),
    (
        [("format", "%Y%m%d%H%M%S")],
        {"type": "date-time", "zone": "Europe/Berlin"},
        "20260722110000",
        "2026-07-22T09:00:00Z",
        "20260722110000",
    ),
    (
        [("format", {"pattern": "%d/%m/%Y %H:%M", "date_zone": "America/New_York"})],
        {"type": "date-time"},
        "22/11/2026 04:00",
        "2026-11-22T09:00:00Z",
        "22/11/2026 04:00",
    ),
    (
        [("format", "%Y-%m-%d %H:%M:%S %z")],
        {"type": "date-time", "zone": "Asia/Kolkata"},
        "2026-11-22 09:00:00 +0100",
        "2026-11-22T08:00:00Z",
        "2026-11-22 13:30:00 +0530",
    ),
    ([("format", "epoch")], {"type": "date-time", "wire": "json"}, 1795338000, "2026-11-22T09:00:00Z", 1795338000),
    ([("format", "epoch")], {"type": "date-time"}, "1795338000.5", "2026-11-22T09:00:00.500000Z", "1795338000"),
    ([("format", "epoch_ms")], {"type": "date-time"}, "1795338000000", "2026-11-22T09:00:00Z", "1795338000000"),
    (
        [("format", {"pattern": "epoch", "date_zone": "Europe/Berlin"})],
        {"type": "date", "wire": "json"},
        1795302000,
        "2026-11-22",
        1795302000,
    ),
    (
        [("date_zone", "Europe/Berlin")],
        {"type": "date", "wire": "json"},
        "2026-11-21T23:00:00Z",
        "2026-11-22",
        "2026-11-21T23:00:00Z",
    ),
    ([("date_zone", "Europe/Berlin")], {"type": "date"}, "2026-11-22", "2026-11-22", "2026-11-21T23:00:00"),
    (
        [("date_zone", "Europe/Berlin")],
        {"type": "date-time", "wire": "json"},
        "2026-11-22T10:00:00",
        "2026-11-22T09:00:00Z",
        "2026-11-22T10:00:00",
    ),
]


@pytest.mark.parametrize(("transforms", "more", "raw", "value", "written"), TABLE)
def test_goes_in_and_comes_back(transforms, more, raw, value, written):
    mapping = compiled(*transforms, **more)
    sources = more.get("sources", ("f",))
    record = dict(zip(sources, raw if isinstance(raw, tuple) else (raw,), strict=True))
    assert mapping.to_hub(record) == ({"x": value}, ())
    if more.get("direction") != "in":
        expected = written if isinstance(written, tuple) else (written,)
        assert mapping.to_system({"x": value}) == (dict(zip(sources, expected, strict=True)), ())


@pytest.mark.parametrize(
    ("transforms", "more", "raw", "code", "said"),
    [
        ([("lookup", STATUS)], {}, "X", "record.lookup", "'A', 'I', got 'X'"),
        ([("lookup", STATUS)], {}, ["A"], "record.text", "a list"),
        ([("cut_prefix", "C")], {}, "D1", "record.affix", "begins with 'C'"),
        ([("cut_suffix", "C")], {}, "D1", "record.affix", "ends with 'C'"),
        ([("format", "%d/%m/%Y")], {"type": "date"}, "2026-11-22", "record.date", "%d/%m/%Y, got '2026-11-22'"),
        ([("format", "epoch")], {"type": "date-time"}, "soon", "record.date", "seconds"),
        ([("format", "epoch")], {"type": "date-time"}, 10**15, "record.date", "seconds"),
        ([("format", "epoch")], {"type": "date-time"}, "NaN", "record.date", "seconds"),
        ([("scale", 2)], {"type": "decimal"}, "a lot", "record.number", "a number"),
    ],
)
def test_says_why_a_raw_value_does_not_fit(transforms, more, raw, code, said):
    fields, found = compiled(*transforms, **more).to_hub({"f": raw})
    assert fields == {}
    assert [(problem.field, problem.code) for problem in found] == [("x", code)]
    assert said in found[0].said
    assert found[0].said.startswith("thing.f: ")


@pytest.mark.parametrize(
    ("transforms", "more", "value", "code"),
    [
        ([("lookup", STATUS)], {}, "Unheard of", "record.lookup"),
        ([("prefix", "ERP-")], {}, "CRM-7", "record.affix"),
        ([("format", "%d/%m/%Y")], {"type": "date"}, "0999-01-01", "record.date"),
        ([("format", "%H%M%S %Y%m%d")], {"type": "date-time"}, "0001-01-01T00:00:00Z", "record.date"),
        (
            [("format", "%H%M%S %Y%m%d")],
            {"type": "date-time", "zone": "America/New_York"},
            "0001-01-01T00:00:00Z",
            "record.date",
        ),
        ([("date_zone", "Europe/Berlin")], {"type": "date"}, "0001-01-01", "record.date"),
    ],
)
def test_says_why_a_value_cannot_be_written_and_projects_it_as_it_is(transforms, more, value, code):
    mapping = compiled(*transforms, **more)
    raw, found = mapping.to_system({"x": value})
    assert raw == {}
    assert [problem.code for problem in found] == [code]
    assert mapping.project({"x": value}) == {"x": value}


@pytest.mark.parametrize(
    ("transforms", "more", "said"),
    [
        ([("lokup", STATUS)], {}, "thing: x: lokup: unknown transform, did you mean 'lookup'?"),
        ([("trim", None), ("upper", None)], {}, "upper: unknown transform"),
        ([("case", "uper")], {}, "case: expected one of upper, lower, title, got 'uper', did you mean 'upper'?"),
        ([("trim", 3)], {}, "trim: expected nothing or true, got 3"),
        ([("truncate", 0)], {}, "truncate: expected a whole number from 1"),
        ([("truncate", True)], {}, "truncate: expected a whole number"),
        ([("scale", "2")], {}, "scale: expected a whole number from 0 to 20, got '2'"),
        ([("prefix", "")], {}, "prefix: expected a text, got ''"),
        ([("default", None)], {}, "default: expected a value"),
        ([("default", "x")], {"type": "integer"}, "default: expected a whole number"),
        ([("lookup", "A")], {}, "lookup: expected settings (table, otherwise, back)"),
        ([("lookup", {"tabel": {}})], {}, "lookup: unknown setting 'tabel', did you mean 'table'?"),
        ([("lookup", {"otherwise": "keep"})], {}, "lookup: the setting 'table' is missing"),
        ([("lookup", {"table": {}})], {}, "lookup: the setting 'table' must say"),
        ([("lookup", {**STATUS, "otherwise": "drop"})], {}, "lookup: expected one of refuse, keep, empty"),
        ([("lookup", {"table": {"A": "x", "B": "x"}})], {}, "lookup: ambiguous way back: 'A' and 'B' both become 'x'"),
        ([("lookup", {**STATUS, "back": {"Gone": "A"}})], {}, "lookup: the setting 'back' says 'Gone': 'A'"),
        ([("lookup", {**STATUS, "back": "A"})], {}, "lookup: the setting 'back' must say"),
        ([("lookup", {"table": {"A": "maybe"}})], {"type": "boolean"}, "lookup: expected true or false"),
        ([("format", "%d/%m")], {"type": "date"}, "format: expected a pattern that says year and month"),
        ([("format", "%Y %m %!")], {"type": "date"}, "format: expected a pattern"),
        ([("format", "%d/%m/%Y")], {}, "format: format is for the types date and date-time, this field is text"),
        ([("format", {"pattern": "%Y-%m", "date_zone": "Mars"})], {"type": "date"}, "format: expected a time zone"),
        ([("date_zone", "Europe/Berlln")], {"type": "date"}, "date_zone: expected a time zone"),
        ([("join", ", ")], {}, "join: expected two or more fields"),
        ([("join", {"by": ","})], {"sources": ("a", "b")}, "join: unknown setting 'by'"),
        ([("trim", None), ("join", ", ")], {"sources": ("a", "b")}, "join: it must be the first"),
        ([], {"sources": ("a", "b")}, "transforms: 2 fields of the system need join or expression"),
        ([], {"sources": ()}, "transforms: 0 fields of the system need"),
        ([("constant", "a"), ("trim", None)], {}, "constant: nothing may follow it"),
        ([("constant", ["a"])], {}, "constant: expected a text"),
        ([("constant", "a")], {"sources": ("a", "b")}, "constant: a constant is for at most one field"),
        ([("constant", "a")], {"sources": (), "direction": "out"}, "constant: to be written it needs a field"),
        ([("expression", "a")], {}, "expression: expressions are not available here"),
        ([("expression", {})], {}, "expression: expected settings (in, out)"),
        ([("expression", "a")], {"sources": ()}, "expression: expected the fields of the system that"),
        ([("lookup", {"table": {"\0": "A"}})], {}, "lookup: expected text, got the character U+0000"),
        ([], {"type": "txt"}, "type: unknown type 'txt', did you mean 'text'?"),
        ([], {"zone": "Berlin"}, "zone: expected a time zone such as 'Europe/Berlin', got 'Berlin'"),
        ([], {"too_long": "truncate"}, "too_long: to truncate, say the length"),
        ([], {"length": 0}, "length: expected at least 1"),
        ([("default", "ab")], {"length": 1}, "default: 'ab' does not fit: expected at most 1 characters"),
        ([], {"scale": 99, "type": "decimal"}, "scale: expected 0 to 20"),
        ([("join", " ")], {"sources": ("a", "b"), "choices": ("A",)}, "choices: they are for one field"),
    ],
)
def test_says_what_is_wrong_with_a_mapping(transforms, more, said):
    assert said in problems(*transforms, **more)


def test_says_all_that_is_wrong_at_once():
    fields = (
        FieldSpec("a", "txt", ("f",), zone="Mars"),
        FieldSpec("b", "text", ("f",), (("case", "x"), ("scael", 1))),
        FieldSpec("c", "text", ("f",)),
        FieldSpec("c", "text", ("g",)),
    )
    with pytest.raises(ConfigError) as caught:
        compile_mapping(MappingSpec("thing", "account", fields))
    said = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 7
    assert "thing: c: it is mapped twice" in said
    assert "thing: c: 'f' is written by 'a' already; one of the two must say 'direction: in'" in said


def test_an_ambiguous_lookup_is_fine_where_nothing_is_written():
    mapping = compiled(("lookup", {"table": {"A": "x", "B": "x"}}), direction="in")
    assert mapping.to_hub({"f": "B"}) == ({"x": "x"}, ())
    assert mapping.project({"x": "x"}) == {"x": "x"}


def evaluator(results):
    """In place of an expression engine: the expression is a key of `results`."""
    return lambda text: results[text]


def test_an_expression_sees_its_sources_and_is_written_back_by_another():
    engine = evaluator(
        {
            "in": lambda raw: f"{raw['a']}/{raw['b']}",
            "out": lambda seen: dict(zip("ab", seen["value"].split("/"), strict=False)),
        }
    )
    mapping = compiled(("expression", {"in": "in", "out": "out"}), sources=("a", "b"), expression=engine)
    assert mapping.to_hub({"a": "1", "b": "2", "c": "3"}) == ({"x": "1/2"}, ())
    assert mapping.to_hub({"a": "1"}) == ({}, ())
    assert mapping.to_system({"x": "3/4"}) == ({"a": "3", "b": "4"}, ())
    raw, found = mapping.to_system({"x": "3"})
    assert raw == {}
    assert [problem.code for problem in found] == ["record.expression"]


@pytest.mark.parametrize(("given", "direction"), [({"in": "e"}, "both"), ({"out": "e"}, "both"), ({"out": "e"}, "in")])
def test_an_expression_needs_the_ways_that_its_field_goes(given, direction):
    engine = evaluator({"e": lambda raw: "1"})
    assert "expression: to be" in problems(("expression", given), direction=direction, expression=engine)


def test_an_expression_of_one_way_leaves_projected_values_as_they_are():
    engine = evaluator({"up": lambda raw: raw["f"].upper(), "down": lambda seen: seen["value"].lower()})
    reads = compiled(("expression", "up"), direction="in", expression=engine)
    assert reads.to_hub({"f": "a"}) == ({"x": "A"}, ())
    assert (reads.writable, reads.project({"x": "a"})) == (set(), {"x": "a"})
    writes = compiled(("expression", {"out": "down"}), direction="out", expression=engine)
    assert writes.to_system({"x": "A"}) == ({"f": "a"}, ())
    assert (writes.readable, writes.project({"x": "A"})) == (set(), {"x": "A"})


def test_a_mapping_that_contradicts_itself_projects_a_value_as_it_is():
    engine = evaluator({"in": lambda raw: raw["f"] + "!", "out": lambda seen: seen["value"]})
    mapping = compiled(("expression", {"in": "in", "out": "out"}), expression=engine)
    assert mapping.project({"x": "a"}) == {"x": "a"}


def test_what_a_tidy_step_cannot_take_is_projected_as_it_is():
    assert compiled(("trim", None)).project({"x": "a\0"}) == {"x": "a\0"}


def test_an_expression_that_gives_a_list_does_not_fit():
    engine = evaluator({"e": lambda raw: ["1"]})
    mapping = compiled(("expression", {"in": "e", "out": "e"}), expression=engine)
    assert [problem.code for problem in mapping.to_hub({"f": 1})[1]] == ["record.text"]
    assert [problem.code for problem in mapping.to_system({"x": "1"})[1]] == ["record.text"]


def test_what_is_wrong_with_an_expression_is_said_with_its_field():
    def engine(text):
        raise ConfigError(["not an expression: ("])

    assert "thing: x: expression: not an expression: (" in problems(("expression", "("), expression=engine)
