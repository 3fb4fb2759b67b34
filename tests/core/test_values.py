"""What systems write becomes the hub's one form of it, and goes back so that it is read as the same."""

from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.core.dates import day_in, instant_reader, midnight, wall_clock
from hub.core.unfit import Unfit
from hub.core.values import LARGEST, as_text, decimal_reader, reader, sendable, writer

TYPES = ["text", "integer", "decimal", "boolean", "date", "date-time", "reference", "choice"]


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("raw", [None, "", " ", "\t\r\n", "\u00a0\u2003"])
def test_blank_is_empty_for_every_type(type_, raw):
    assert reader(type_)(raw) is None


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("wire", ["text", "json"])
def test_empty_stays_empty_on_the_way_out(type_, wire):
    assert writer(type_, wire=wire)(None) is None


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        ("text", "Ann", "Ann"),
        ("text", " Ann ", " Ann "),
        ("text", "a\r\nb\rc\n", "a\nb\nc\n"),
        ("text", 12, "12"),
        ("text", 1.5, "1.5"),
        ("text", True, "true"),
        ("reference", 7, "7"),
        ("reference", 7.0, "7"),
        ("reference", "0007", "0007"),
        ("integer", "12", 12),
        ("integer", " -3 ", -3),
        ("integer", "+5", 5),
        ("integer", "12.00", 12),
        ("integer", "1e3", 1000),
        ("integer", 12, 12),
        ("integer", 12.0, 12),
        ("integer", str(LARGEST), LARGEST),
        ("boolean", "true", True),
        ("boolean", " True ", True),
        ("boolean", "Y", True),
        ("boolean", "1", True),
        ("boolean", 1, True),
        ("boolean", True, True),
        ("boolean", "off", False),
        ("boolean", 0, False),
        ("boolean", "No", False),
        ("date", "2026-11-22", "2026-11-22"),
        ("date", "2026-11-22T00:00:00", "2026-11-22"),
        ("date", "2026-11-22T16:50:58", "2026-11-22"),
        ("date", "2026-11-22T00:00:00-08:00", "2026-11-22"),
        ("date", " 2026-11-22 ", "2026-11-22"),
        ("date", "20261122", "2026-11-22"),
        ("date-time", "2026-11-22T09:00:00", "2026-11-22T09:00:00Z"),
        ("date-time", "2026-11-22 09:00:00", "2026-11-22T09:00:00Z"),
        ("date-time", "2026-11-22T09:00Z", "2026-11-22T09:00:00Z"),
        ("date-time", "2026-11-22T09:00:00+02:00", "2026-11-22T07:00:00Z"),
        ("date-time", "2026-11-22T09:00:00.1234567Z", "2026-11-22T09:00:00.123456Z"),
        ("date-time", "2026-11-22T09:00:00.000Z", "2026-11-22T09:00:00Z"),
        ("date-time", " 2026-11-22 ", "2026-11-22T00:00:00Z"),
    ],
)
def test_reads_what_systems_write(type_, raw, value):
    got = reader(type_)(raw)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("raw", "scale", "value"),
    [
        ("12.50", None, "12.5"),
        ("100", None, "100"),
        ("100.000", None, "100"),
        ("1E+2", None, "100"),
        ("-0.00", None, "0"),
        ("0.000001", None, "0.000001"),
        (0.1, None, "0.1"),
        (1e22, None, "10000000000000000000000"),
        (5, 2, "5.00"),
        ("12.5", 2, "12.50"),
        ("12.50", 2, "12.50"),
        ("007.5", 2, "7.50"),
        ("10.005", 2, "10.01"),
        ("-10.005", 2, "-10.01"),
        ("-0.001", 2, "0.00"),
        ("2.5", 0, "3"),
        ("12", 0, "12"),
        ("0", 2, "0.00"),
        (Decimal("1.10"), None, "1.1"),
    ],
)
def test_decimals_have_one_form_per_scale(raw, scale, value):
    assert reader("decimal", scale=scale)(raw) == value


@pytest.mark.parametrize(
    ("type_", "raw", "code"),
    [
        ("integer", "12x", "record.number"),
        ("integer", "1_000", "record.number"),
        ("integer", "3.5", "record.number"),
        ("integer", True, "record.number"),
        ("integer", float("inf"), "record.number"),
        ("integer", str(LARGEST + 1), "record.number"),
        ("integer", "9" * 10_000, "record.number"),
        ("integer", 10**30, "record.number"),
        ("integer", [1], "record.number"),
        ("decimal", "12,50", "record.number"),
        ("decimal", "1_0", "record.number"),
        ("decimal", "NaN", "record.number"),
        ("decimal", float("nan"), "record.number"),
        ("decimal", "-inf", "record.number"),
        ("decimal", "1e999999", "record.number"),
        ("decimal", "1" * 100, "record.number"),
        ("decimal", False, "record.number"),
        ("decimal", {}, "record.number"),
        ("boolean", "maybe", "record.boolean"),
        ("boolean", 2, "record.boolean"),
        ("boolean", [], "record.boolean"),
        ("date", "22/11/2026", "record.date"),
        ("date", "2026-02-30", "record.date"),
        ("date", "2026-11-21T23:00:00Z", "record.date"),
        ("date", 20261122, "record.date"),
        ("date-time", "soon", "record.date"),
        ("date-time", 1700000000, "record.date"),
        ("date-time", [], "record.date"),
        ("date-time", {}, "record.date"),
        ("date-time", "2026-11-22T09:00+01:00Z", "record.date"),
        ("date-time", "0001-01-01T00:00:00+02:00", "record.date"),
        ("text", ["a"], "record.text"),
        ("text", {"a": 1}, "record.text"),
        ("text", "a\0b", "record.text"),
        ("text", "a\ud800b", "record.text"),
    ],
)
def test_refuses_what_does_not_fit_and_says_what_came(type_, raw, code):
    with pytest.raises(Unfit) as caught:
        reader(type_)(raw)
    assert caught.value.code == code
    assert "expected" in caught.value.said or "position" in caught.value.said
    assert len(caught.value.said) < 250


@pytest.mark.parametrize(
    ("type_", "value", "text", "json"),
    [
        ("text", "Ann", "Ann", "Ann"),
        ("integer", 12, "12", 12),
        ("decimal", "12.50", "12.5", 12.5),
        ("decimal", "12", "12", 12),
        ("decimal", "0.1", "0.1", 0.1),
        ("decimal", "12345678901234567.89", "12345678901234567.89", "12345678901234567.89"),
        ("decimal", "1" * 30, "1" * 30, "1" * 30),
        ("boolean", True, "true", True),
        ("boolean", False, "false", False),
        ("date", "2026-11-22", "2026-11-22", "2026-11-22"),
        ("date-time", "2026-11-22T09:00:00Z", "2026-11-22T10:00:00", "2026-11-22T09:00:00Z"),
        ("date-time", "2026-07-22T09:00:00.5Z", "2026-07-22T11:00:00.500000", "2026-07-22T09:00:00.500000Z"),
    ],
)
def test_writes_each_type_as_its_wire_has_it(type_, value, text, json):
    assert writer(type_, zone="Europe/Berlin")(value) == text
    got = writer(type_, zone="Europe/Berlin", wire="json")(value)
    assert got == json
    assert type(got) is type(json)


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),  # twice on that night: the first one
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),  # not on that night: as if the clock had not been set forward
        ("2026-03-29T03:30:00", "2026-03-29T01:30:00Z"),
    ],
)
def test_a_wall_clock_time_means_one_instant_even_when_the_clock_is_set(local, instant):
    assert reader("date-time", zone="Europe/Berlin")(local) == instant


@pytest.mark.parametrize(
    "zone", ["Pacific/Auckland", "America/Sao_Paulo", "Asia/Kolkata", "Africa/Cairo", "Etc/GMT+12"]
)
@given(day=st.dates())
def test_a_day_comes_back_from_the_instant_at_which_it_begins(zone, day):
    where = ZoneInfo(zone)
    try:
        start = midnight(day.isoformat(), where)
    except Unfit:
        assert day.year in (1, 9999)
    else:
        assert day_in(start, where) == day.isoformat()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@given(when=st.datetimes())
def test_a_written_wall_clock_time_is_read_as_what_was_written(zone, when):
    where, read = ZoneInfo(zone), instant_reader(ZoneInfo(zone))
    try:
        written = wall_clock(str(read(when.isoformat())), where)
    except Unfit:
        assert when.year in (1, 9999)
    else:
        assert read(written) == read(when.isoformat())


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20))
@pytest.mark.parametrize("scale", [None, 0, 2, 20])
def test_reading_a_decimal_again_changes_nothing_and_keeps_its_value(scale, number):
    read = decimal_reader(scale)
    once = read(str(number))
    assert read(once) == once
    if scale is None or scale >= 4:
        assert Decimal(str(once)) == number
    assert "E" not in str(once)


@given(numbers=st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=99)))
def test_rounding_keeps_the_order(numbers):
    rounded = [Decimal(str(decimal_reader(1)(str(number)))) for number in sorted(numbers)]
    assert all(a <= b for a, b in pairwise(rounded))


@given(raw=st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())))
@example("1e400")
@example("0E-100")
@example("-")
@example(".")
@pytest.mark.parametrize("type_", TYPES)
def test_nothing_but_unfit_leaves_a_reader_and_its_values_are_read_as_themselves(type_, raw):
    read = reader(type_, zone="Europe/Berlin")
    try:
        value = read(raw)
    except Unfit:
        return
    assert read(value) == value
    for wire in ("text", "json"):
        back = writer(type_, zone="Europe/Berlin", wire=wire)(value)
        assert (wire == "text" and type_ == "date-time") or read(back) == value


@pytest.mark.parametrize(("text", "position"), [("ab\x0bc", 3), ("\x00", 1), ("ok\ufffe", 3), ("x\ud800", 2)])
def test_what_xml_cannot_carry_is_refused_with_its_position(text, position):
    with pytest.raises(Unfit, match=f"position {position} "):
        sendable(text, "text")


def test_text_of_an_xml_parser_is_plain_text():
    class Element(str):
        __slots__ = ()

    assert type(as_text(Element("Ann"))) is str
    assert decimal_reader(2)(Element("1.5")) == "1.50"


def test_a_number_that_does_not_fit_its_scale_is_refused():
    with pytest.raises(Unfit, match="at most 64 digits"):
        decimal_reader(2)("1e200")


def test_an_instant_that_a_zone_cannot_show_is_refused():
    with pytest.raises(Unfit, match="years 1 to 9999"):
        writer("date-time", zone="America/New_York")("0001-01-01T00:00:00Z")


def test_json_carries_control_characters_but_no_half_of_a_pair():
    assert sendable("a\x0bb", "json") == "a\x0bb"
    with pytest.raises(Unfit):
        sendable("\udfff", "json")


@given(text=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
def test_text_is_one_form_whatever_line_ends_it_came_with(text):
    once = as_text(text)
    assert as_text(once) == once
    assert as_text(text.replace("\r\n", "\n").replace("\r", "\n")) == once
