"""What the ERP makes of the values it is sent."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sandbox.erp.fields import EMPTY, LENGTHS, fresh, rules, taken

REFUSING, CUTTING = rules(cut=False), rules(cut=True)


@pytest.mark.parametrize(
    ("name", "sent", "stored"),
    [
        ("name", "Müller & Söhne", "Müller & Söhne"),
        ("name", "x" * 40, "x" * 40),
        ("note", "  as it is  ", "  as it is  "),
        ("note", "", None),
        ("note", None, None),
        ("status", "I", "I"),
        ("headcount", 0, 0),
        ("headcount", 9_999_999, 9_999_999),
        ("country", "IE", "IE"),
        ("email", "info@a.example", "info@a.example"),
        ("credit_limit", 1000, 1000.0),
        ("credit_limit", 12.345, 12.35),
        ("credit_limit", 1.005, 1.01),
        ("discount", 2.25, 2.25),
        ("blocked", False, False),
        ("blocked", None, None),
    ],
)
def test_stores_what_fits(name: str, sent: Any, stored: Any) -> None:
    values, problems = taken({name: sent}, REFUSING)
    assert (values, problems) == ({name: stored}, [])


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("name", "x" * 41),
        ("name", ""),
        ("name", "   "),
        ("name", None),
        ("name", 5),
        ("note", "x" * 201),
        ("note", ["a"]),
        ("status", "Active"),
        ("headcount", -1),
        ("headcount", 1.5),
        ("headcount", True),
        ("headcount", "12"),
        ("country", "ie"),
        ("country", "Ireland"),
        ("email", "nobody"),
        ("credit_limit", "12.50"),
        ("credit_limit", -0.01),
        ("credit_limit", math.inf),
        ("discount", 100.01),
        ("blocked", "true"),
        ("blocked", 1),
    ],
)
def test_refuses_what_does_not_fit_and_names_the_field(name: str, sent: Any) -> None:
    assert [p.field for p in taken({name: sent}, REFUSING)[1]] == [name]


def test_names_every_field_that_does_not_fit() -> None:
    _, problems = taken({"name": "", "city": "x" * 41, "phone": "1", "blocked": "no"}, REFUSING)
    assert sorted(p.field for p in problems) == ["blocked", "city", "name"]


def test_ignores_unknown_fields_and_those_it_sets_itself() -> None:
    assert taken({"colour": "red", "version": 7, "supplierid": 9, "modified": "x"}, REFUSING) == ({}, [])


@given(st.text(min_size=1, max_size=300), st.sampled_from(sorted(LENGTHS.keys() - {"email", "country", "name"})))
def test_cut_text_is_the_beginning_of_what_was_sent(sent: str, name: str) -> None:
    values, problems = taken({name: sent}, CUTTING)
    assert (values[name], problems) == (sent[: LENGTHS[name]], [])


@given(st.floats(min_value=0, max_value=1e9))
def test_money_is_kept_at_two_decimals_and_stays_so(amount: float) -> None:
    once = taken({"credit_limit": amount}, REFUSING)[0]
    assert taken(once, REFUSING)[0] == once
    assert abs(once["credit_limit"] - amount) <= 0.005 + amount * 1e-15


def test_a_new_supplier_has_every_field_and_is_active() -> None:
    values, problems = fresh({"name": "A"})
    assert (values, problems) == ({**EMPTY, "name": "A", "status": "A"}, [])


def test_a_new_supplier_needs_a_name() -> None:
    assert [p.field for p in fresh({})[1]] == ["name"]
