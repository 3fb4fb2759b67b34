"""Which records of one list are which of another."""

from collections.abc import Mapping

from hub.core.match import candidate_keys, match_keys
from hub.core.model import Compared, Entity, Similar, Weighed
from hub.match.pairs import NOBODY, Member, Outcome, Pool, Said
from hub.match.score import MOST, Scorer

FIELDS = (Weighed("name", "company", 3), Weighed("city", "text", 1))
SIMILAR = Similar(FIELDS, ((Compared("name", "start"),),), certain=90, possible=70)
ENTITY = Entity(
    "account", (), {}, ((Compared("vat"),), (Compared("name", "company"), Compared("zip"))), similar=SIMILAR
)
SCORER = Scorer(SIMILAR)
Rows = Mapping[str, Mapping[str, str]]


def members(system: str, rows: Rows, golden: Mapping[str, int] | None = None) -> list[Member]:
    found = []
    for key, row in rows.items():
        fields = dict(row)
        exact, alike = tuple(match_keys(ENTITY, fields)), tuple(candidate_keys(ENTITY, fields))  # type: ignore[arg-type]
        portrait = SCORER.portrait(fields)  # type: ignore[arg-type]
        found.append(Member({system: key}, (row.get("name"),), exact, alike, portrait, (golden or {}).get(key)))
    return found


def matched(crm: Rows, erp: Rows, said: Said = NOBODY) -> Outcome:
    pool = Pool(SCORER, said)
    pool.take("crm", members("crm", crm))
    return pool.take("erp", members("erp", erp))


def pairs(found: Outcome) -> list[tuple[str, str, str]]:
    return sorted((one.record.keys["erp"], one.other.keys["crm"], one.result) for one in found.proposals)


def test_each_kind_is_found_and_counted() -> None:
    crm = {"1": {"name": "Acme", "vat": "IE1"}, "2": {"name": "Beta Works", "city": "Cork"},
           "3": {"name": "Gamma Engineering", "city": "Naas"}, "4": {"name": "Delta Bakery"}}  # fmt: skip
    erp = {"a": {"name": "Acme!", "vat": "ie-1"}, "b": {"name": "Beta Work", "city": "Cork"},
           "c": {"name": "Gamma Engines", "city": "Naas"}, "d": {"name": "Echo Yard"}}  # fmt: skip
    found = matched(crm, erp)
    assert pairs(found) == [("a", "1", "exact"), ("b", "2", "certain"), ("c", "3", "probable")]
    assert found.counts == {"exact": 1, "certain": 1, "probable": 1, "none": 1}
    assert (found.read, len(found.alone), found.missing) == (4, 1, 1)


def test_the_first_rule_that_finds_somebody_counts() -> None:
    crm = {"1": {"vat": "1"}, "2": {"name": "Acme", "zip": "2"}}
    assert pairs(matched(crm, {"a": {"vat": "1", "name": "Acme", "zip": "2"}})) == [("a", "1", "exact")]


def test_several_that_are_the_same_as_one_are_all_told() -> None:
    found = matched({"1": {"vat": "1"}}, {"a": {"vat": "1"}, "b": {"vat": "1"}})
    assert pairs(found) == [("a", "1", "many_to_one"), ("b", "1", "many_to_one")]
    assert found.counts["many_to_one"] == 2


def test_one_that_is_the_same_as_several_is_told_with_them() -> None:
    found = matched({"1": {"vat": "1"}, "2": {"vat": "1"}}, {"a": {"vat": "1"}})
    assert pairs(found) == [("a", "1", "many_to_one"), ("a", "2", "many_to_one")]
    assert found.counts["many_to_one"] == 1


def test_two_that_are_certainly_like_one_are_all_told() -> None:
    crm = {"1": {"name": "Atlantic Engineering", "city": "Cork"}}
    erp = {"a": {"name": "Atlantic Enginering", "city": "Cork"}, "b": {"name": "Atlantic Engineerin", "city": "Cork"}}
    assert {result for _, _, result in pairs(matched(crm, erp))} == {"many_to_one"}


def test_what_is_only_possible_and_taken_is_another_record() -> None:
    crm = {"1": {"name": "Gamma Engineering", "city": "Naas", "vat": "1"}}
    erp = {"a": {"vat": "1"}, "b": {"name": "Gamma Engines", "city": "Naas"}}
    found = matched(crm, erp)
    assert (pairs(found), found.counts["none"]) == ([("a", "1", "exact")], 1)


def test_what_a_person_decided_goes_before_every_rule_and_keeps_others_away() -> None:
    crm = {"1": {"vat": "1"}, "2": {"vat": "2"}}
    said = Said({("erp", "a", "crm"): "2", ("crm", "2", "erp"): "a"})
    found = matched(crm, {"a": {"vat": "1"}, "b": {"vat": "2"}}, said)
    assert (pairs(found), found.counts["none"]) == ([("a", "2", "exact")], 1)


def test_what_a_person_parted_is_not_proposed_again() -> None:
    said = Said({}, frozenset({("erp", "a", "crm", "1"), ("crm", "1", "erp", "a")}))
    assert pairs(matched({"1": {"vat": "1"}}, {"a": {"vat": "1"}}, said)) == []


def test_what_is_linked_already_is_counted_and_not_proposed() -> None:
    pool = Pool(SCORER)
    pool.take("crm", members("crm", {"1": {"vat": "1"}}, {"1": 7}))
    found = pool.take("erp", members("erp", {"a": {"vat": "9"}, "b": {"vat": "1"}}, {"a": 7}))
    assert (found.linked, found.missing, found.counts["many_to_one"]) == (1, 0, 1)


def test_a_third_system_is_matched_with_both() -> None:
    pool = Pool(SCORER)
    pool.take("crm", members("crm", {"1": {"vat": "1"}}))
    pool.take("erp", members("erp", {"a": {"vat": "2"}}))
    found = pool.take("shop", members("shop", {"x": {"vat": "1"}, "y": {"vat": "2"}}))
    assert {(one.record.keys["shop"], *one.other.keys.items()) for one in found.proposals} == {
        ("x", ("crm", "1"), ("shop", "x")),
        ("y", ("erp", "a"), ("shop", "y")),
    }


def test_values_that_too_many_share_are_not_compared_and_are_told() -> None:
    crm = {str(number): {"name": f"Acme {number * 7919}"} for number in range(MOST + 1)}
    found = matched(crm, {"a": {"name": "Acme 791"}})
    assert (pairs(found), list(found.crowded.values())) == ([], [MOST + 1])
