"""Match keys: what makes two unlinked records the same."""

import pytest

from hub.core.match import match_keys
from hub.core.model import Entity
from hub.core.record import Fields


def keys(match: tuple[tuple[str, ...], ...], fields: Fields) -> list[tuple[str, str]]:
    return list(match_keys(Entity("account", (), {}, match), fields))


def same(a: Fields, b: Fields, *rule: str) -> bool:
    return keys((rule,), a) == keys((rule,), b) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd.", "ACME LTD"),
        ("  Acme   Ltd ", "Acme Ltd"),
        ("DE 123-456.789", "de123456789"),
        ("O'Neil & Sons", "ONEIL  SONS"),
        ("a_b", "AB"),
        ("Straße", "STRASSE"),
        ("Café", "Cafe\u0301"),  # the same letter in two Unicode forms
        ("Ａｃｍｅ", "Acme"),  # full-width letters
        ("ΩMEGA", "ωmega"),
    ],
)
def test_case_blanks_punctuation_and_unicode_forms_do_not_part_two_records(one: str, other: str) -> None:
    assert same({"name": one}, {"name": other}, "name")


@pytest.mark.parametrize(("one", "other"), [("Acme", "Acne"), ("Muller", "Müller"), ("1", "10"), ("कि", "कु")])
def test_different_letters_and_vowels_do(one: str, other: str) -> None:
    assert not same({"name": one}, {"name": other}, "name")


def test_every_rule_that_can_be_answered_in_full_gives_a_key_in_the_order_of_the_rules() -> None:
    rules = (("vat",), ("name", "zip"))
    assert keys(rules, {"vat": "DE 1", "name": "Acme", "zip": "0-1"}) == [("vat", "de1"), ("name,zip", "acme\x1f01")]


@pytest.mark.parametrize("blank", [None, "", "  ", "--", "***"])
def test_a_blank_value_matches_nothing(blank: str | None) -> None:
    assert keys((("vat",), ("name", "vat")), {"name": "Acme", "vat": blank}) == []


def test_an_absent_field_matches_nothing() -> None:
    assert keys((("vat",),), {"name": "Acme"}) == []


def test_the_border_between_two_fields_counts() -> None:
    assert not same({"a": "x y", "b": "z"}, {"a": "x", "b": "y z"}, "a", "b")
    assert not same({"a": "x\x1fy", "b": "z"}, {"a": "x", "b": "y\x1fz"}, "a", "b")


def test_numbers_and_switches_match_as_they_are_written() -> None:
    assert keys((("n", "on"),), {"n": 0, "on": False}) == [("n,on", "0\x1ffalse")]


def test_without_rules_nothing_matches() -> None:
    assert keys((), {"name": "Acme"}) == []
