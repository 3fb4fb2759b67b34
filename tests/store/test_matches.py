"""Match keys: how an unlinked record finds its golden record."""

from desk import Desk, count, link

from hub.store import links, matches, schema
from hub.store.bulk import Row
from hub.store.matches import Candidate


def key(desk: Desk, golden: int, value: str, rule: str = "name") -> Row:
    return (desk.entity, rule, value, golden)


def test_every_golden_record_with_one_of_the_values_is_found_with_its_key_here(desk: Desk) -> None:
    desk.golden(1, 2, 3)
    desk.write(matches.save, [key(desk, 1, "acme"), key(desk, 2, "acme"), key(desk, 3, "zeta")])
    desk.write(links.save, [link(desk.crm, "a", 1), link(desk.erp, "x", 2)])
    found = desk.read(matches.find, desk.entity, desk.crm, "name", ["acme", "nobody"])
    assert sorted(found) == [Candidate("name", "acme", 1, "a"), Candidate("name", "acme", 2, None)]


def test_a_value_counts_for_its_own_rule_and_entity(desk: Desk) -> None:
    desk.golden(1)
    desk.write(matches.save, [key(desk, 1, "acme")])
    assert desk.read(matches.find, desk.entity, desk.crm, "vat", ["acme"]) == []
    assert desk.read(matches.find, desk.entity + 1, desk.crm, "name", ["acme"]) == []


def test_a_record_that_is_gone_here_is_no_key_here(desk: Desk) -> None:
    desk.golden(1)
    desk.write(matches.save, [key(desk, 1, "acme")])
    desk.write(links.save, [link(desk.crm, "a", 1, schema.DELETED)])
    assert desk.read(matches.find, desk.entity, desk.crm, "name", ["acme"]) == [Candidate("name", "acme", 1, None)]


def test_saving_a_key_again_keeps_one(desk: Desk) -> None:
    desk.golden(1)
    for _ in range(2):
        desk.write(matches.save, [key(desk, 1, "acme"), key(desk, 1, "acme")])
    assert desk.read(count, schema.match_key) == 1


def test_forgotten_golden_records_are_not_found_by_any_rule(desk: Desk) -> None:
    desk.golden(1, 2)
    desk.write(matches.save, [key(desk, 1, "acme"), key(desk, 1, "de1", "vat"), key(desk, 2, "acme")])
    desk.write(matches.forget, [1, 99])
    assert [c.golden_id for c in desk.read(matches.find, desk.entity, desk.crm, "name", ["acme"])] == [2]
    assert desk.read(matches.find, desk.entity, desk.crm, "vat", ["de1"]) == []


def test_a_foreign_key_finds_the_golden_record_of_the_record_it_names(desk: Desk) -> None:
    desk.golden(1, 2, 3)
    desk.write(links.save, [link(desk.erp, "x", 1), link(desk.erp, "y", 2), link(desk.erp, "z", 3, schema.DELETED)])
    desk.write(links.save, [link(desk.crm, "b", 2)])
    found = desk.read(matches.find_linked, desk.crm, desk.erp, "@erp", ["x", "y", "z", "unknown"])
    assert sorted(found) == [Candidate("@erp", "x", 1, None), Candidate("@erp", "y", 2, "b")]


def test_ten_thousand_values_are_one_statement(desk: Desk) -> None:
    ids = range(1, 10_001)
    desk.golden(*ids)
    desk.write(matches.save, [key(desk, id_, f"v{id_}") for id_ in ids])
    before = desk.store.counts.statements
    assert len(desk.read(matches.find, desk.entity, desk.crm, "name", [f"v{id_}" for id_ in ids])) == 10_000
    assert desk.store.counts.statements - before == 1
