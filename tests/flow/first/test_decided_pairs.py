"""What a person decided on a worksheet: the first sync links exactly these, and never what is not the same."""

import pytest
from support.memory import Noted, World, memory, pair

from hub.core.errors import ConfigError
from hub.flow.first.decisions import keep
from hub.match.worksheet import Row

BY_NAME = (("name",),)


def world(**options: object) -> tuple[World, Noted, Noted]:
    return pair(match=BY_NAME, **options)  # type: ignore[arg-type]


def said(hub: World, *decided: tuple[str, str, bool]) -> None:
    """(key in erp, key in crm, same)"""
    rows = [Row(line, "erp", erp, "crm", crm, same) for line, (erp, crm, same) in enumerate(decided, 2)]
    keep(hub.hub, "account", rows, "sheet.csv")


def pairs(hub: World) -> set[tuple[str, str]]:
    """(key in erp, key in crm) of what is linked."""
    golden = {hub.golden("crm", key): key for key in hub.systems["crm"].held("thing")}
    numbers = {key: hub.golden("erp", key) for key in hub.systems["erp"].held("thing")}
    return {(key, golden[number]) for key, number in numbers.items() if number in golden}


def test_unlike_records_are_linked_because_a_person_said_so() -> None:
    hub, crm, erp = world()
    crm.create(name="Acme")
    erp.create(name="Bakery")
    said(hub, ("1", "1", True))
    hub.sync()
    assert (pairs(hub), len(crm.keys_held()), len(erp.keys_held())) == ({("1", "1")}, 1, 1)


def test_exactly_these_pairs_whatever_the_rules_say() -> None:
    hub, crm, erp = world()
    for name in ("Acme", "Beta"):
        crm.create(name=name)
        erp.create(name=name)
    said(hub, ("1", "2", True), ("2", "1", True))
    hub.sync()
    assert pairs(hub) == {("1", "2"), ("2", "1")}
    assert hub.aside() == []


def test_who_is_kept_for_another_is_not_taken_before_that_one_comes() -> None:
    hub, crm, erp = world(erp=memory(page=1))
    crm.create(name="Acme")
    erp.create(name="Acme")
    erp.create(name="Bakery")
    said(hub, ("2", "1", True))
    hub.sync()
    assert ("2", "1") in pairs(hub)
    assert len(crm.keys_held()) == 2


def test_what_is_not_the_same_is_never_linked() -> None:
    hub, crm, erp = world()
    crm.create(name="Acme")
    erp.create(name="Acme")
    said(hub, ("1", "1", False))
    hub.sync()
    assert hub.golden("crm", "1") != hub.golden("erp", "1")
    assert (len(crm.keys_held()), len(erp.keys_held())) == (2, 2)
    assert hub.sync().written == 0


def test_a_decision_also_settles_what_stands_aside() -> None:
    hub, crm, erp = world()
    crm.create(name="Acme")
    hub.sync()
    erp.create(name="Acme")
    hub.sync()
    assert [review.kind for review in hub.aside()] == ["taken"]
    said(hub, ("2", "1", False))
    hub.sync()
    assert hub.aside() == []
    assert len(crm.keys_held()) == 2


def test_a_counterpart_that_was_deleted_by_then_is_made_anew() -> None:
    hub, crm, erp = world()
    crm.create(name="Acme")
    erp.create(name="Bakery")
    said(hub, ("1", "1", True))
    erp.delete("1")
    hub.sync()
    assert len(crm.keys_held()) == len(erp.keys_held()) == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (Row(4, "erp", "9", "crm", "1", True), "sheet.csv:4: key: expected the key of a record of erp, got '9'"),
        (Row(4, "erp", "1", "crm", "9", True), "sheet.csv:4: other_key: expected the key of a record of crm, got '9'"),
        (Row(4, "erp", "1", "crm", "1", False), "sheet.csv:4: decision: erp 1 is linked to crm 1 already"),
        (Row(4, "erp", "2", "crm", "1", True), "sheet.csv:4: decision: erp 2 is linked to crm 2 already"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(row: Row, problem: str) -> None:
    hub, crm, _erp = world()
    crm.create(name="Acme")
    crm.create(name="Beta")
    hub.sync()
    with pytest.raises(ConfigError) as caught:
        keep(hub.hub, "account", [row], "sheet.csv")
    assert any(said.startswith(problem) for said in caught.value.problems), caught.value.problems


def test_three_systems_agree_on_decided_pairs() -> None:
    systems = {name: memory() for name in ("crm", "erp", "shop")}
    hub = World(systems, match=BY_NAME)
    for number, system in enumerate(systems.values()):
        system.create(name=f"Company {number}")
    rows = [Row(2, "erp", "1", "crm", "1", True), Row(3, "shop", "1", "crm", "1", True)]
    keep(hub.hub, "account", rows, "sheet.csv")
    hub.sync()
    assert len({hub.golden(name, "1") for name in systems}) == 1
    assert {len(system.keys_held()) for system in systems.values()} == {1}
