"""Match keys: what makes two unlinked records the same."""

import pytest

from hub.core.match import candidate_keys, match_keys, matched_fields, rules_text
from hub.core.model import Compared, Entity, Similar, Weighed
from hub.core.record import Fields


def keys(match: tuple[tuple[str, ...], ...], fields: Fields) -> list[tuple[str, str]]:
    rules = tuple(tuple(map(Compared, rule)) for rule in match)
    return list(match_keys(Entity("account", (), {}, rules), fields))


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


SIMILAR = Similar((Weighed("name", "company", 2),), ((Compared("name", "start"), Compared("zip")),), 90, 70)


def test_a_form_is_part_of_a_rule_and_of_its_name() -> None:
    entity = Entity("account", (), {}, ((Compared("name", "company"), Compared("zip")),))
    assert list(match_keys(entity, {"name": "Acme & Co. Ltd", "zip": "D 1"})) == [("name:company,zip", "acme\x1fd1")]


def test_who_shares_the_start_of_a_name_and_a_postcode_is_compared() -> None:
    entity = Entity("account", (), {}, (), similar=SIMILAR)
    assert list(candidate_keys(entity, {"name": "The Acme Ltd", "zip": "D 1"})) == [("~name:start,zip", "thea\x1fd1")]
    assert list(candidate_keys(entity, {"name": "The Acme Ltd"})) == []


def test_the_fields_that_rules_look_at_are_known_and_a_change_of_the_rules_is_seen() -> None:
    entity = Entity("account", (), {}, ((Compared("vat"),),), similar=SIMILAR)
    assert matched_fields(entity) == {"vat", "name", "zip"}
    assert rules_text(entity) == "vat ~name:start,zip"
    assert matched_fields(Entity("account", (), {})) == frozenset()
