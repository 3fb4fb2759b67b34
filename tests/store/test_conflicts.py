"""The conflict log: nothing is ever deleted from it."""

from typing import Any

import pytest
from desk import NOW, Desk

from hub.store import conflicts
from hub.store.conflicts import DECIDED, OPEN, REVERSED, SUPERSEDED, WITHDRAWN

LATER = "2026-11-22T10:00:00.000000Z"


def row(desk: Desk, unit: str = "phone", state: str = OPEN, **more: Any) -> dict[str, Any]:
    sides = {"base": {unit: "1"}, "ours": {unit: "2"}, "theirs": {unit: None}, "ours_from": "erp"}
    held = state == OPEN
    decided = {"decided_by": None if held else "policy", "decided_at": None if held else NOW}
    verdict = {"verdict": "hold" if held else "take", "rule": "hub: a person decides", "state": state}
    ids = {"at": NOW, "run_id": 1, "binding_id": desk.crm, "golden_id": 1, "key": "a", "unit": unit}
    return {**ids, **sides, **verdict, **decided, **more}


@pytest.fixture(autouse=True)
def two_records(desk: Desk) -> None:
    desk.golden(1, 2)


def found(desk: Desk, **more: Any) -> list[conflicts.Conflict]:
    rows: list[conflicts.Conflict] = desk.read(conflicts.find, [desk.crm, desk.erp], **more)
    return rows


def test_what_each_side_had_comes_back_as_it_was_logged(desk: Desk) -> None:
    desk.write(conflicts.log, [row(desk), row(desk, "name", DECIDED, base=None)])
    decided, held = found(desk)
    assert (held.base, held.ours, held.theirs, held.ours_from) == (
        {"phone": "1"},
        {"phone": "2"},
        {"phone": None},
        "erp",
    )
    assert (held.state, held.verdict, held.decided_by, held.run_id, held.key) == (OPEN, "hold", None, 1, "a")
    assert (decided.base, decided.state, decided.decided_by, decided.decided_at) == (None, DECIDED, "policy", NOW)


@pytest.mark.parametrize("state", [WITHDRAWN, SUPERSEDED])
def test_an_open_conflict_ends_for_its_unit_record_and_system_alone(desk: Desk, state: str) -> None:
    others = [row(desk, "name"), row(desk, golden_id=2), row(desk, binding_id=desk.erp), row(desk, state=DECIDED)]
    desk.write(conflicts.log, [row(desk), *others])
    desk.write(conflicts.close, [(state, "hub", LATER, 1, desk.crm, "phone")])
    assert [c.state for c in reversed(found(desk))] == [state, OPEN, OPEN, OPEN, DECIDED]
    assert [(c.decided_by, c.decided_at) for c in found(desk, states=[state])] == [("hub", LATER)]


def test_ending_twice_in_one_page_keeps_one_end(desk: Desk) -> None:
    desk.write(conflicts.log, [row(desk)])
    desk.write(conflicts.close, [(state, "hub", LATER, 1, desk.crm, "phone") for state in (WITHDRAWN, SUPERSEDED)])
    assert [c.state for c in found(desk)] in ([WITHDRAWN], [SUPERSEDED])


def test_a_person_decides_and_can_reverse(desk: Desk) -> None:
    desk.write(conflicts.log, [row(desk), row(desk, "name")])
    number = found(desk)[1].id
    desk.write(conflicts.decide, number, DECIDED, "keep", "ann", LATER)
    desk.write(conflicts.decide, number, REVERSED, "take", "bob", LATER)
    [mine] = found(desk, ids=[number])
    assert (mine.state, mine.verdict, mine.decided_by, mine.decided_at) == (REVERSED, "take", "bob", LATER)
    assert found(desk)[0].state == OPEN


def test_the_hubs_side_follows_an_edit_made_while_it_waits(desk: Desk) -> None:
    desk.write(conflicts.log, [row(desk)])
    desk.write(conflicts.refresh, found(desk)[0].id, {"phone": "9"})
    assert found(desk)[0].ours == {"phone": "9"}


def test_conflicts_are_found_by_state_record_and_number_the_newest_first(desk: Desk) -> None:
    desk.write(
        conflicts.log, [row(desk), row(desk, state=DECIDED), row(desk, golden_id=2), row(desk, binding_id=desk.shop)]
    )
    ids = [c.id for c in found(desk)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert [c.golden_id for c in found(desk, states=[OPEN])] == [2, 1]
    assert [c.id for c in found(desk, golden_id=2)] == [ids[0]]
    assert [c.id for c in found(desk, ids=ids[1:])] == ids[1:]
    assert len(found(desk, limit=2)) == 2
    assert found(desk, ids=[9999]) == []
