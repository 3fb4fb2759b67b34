"""What counts as a fight. A turn is system:before>after; all turns but the last came before it, within a day."""

import pytest

from hub.core.fight import ANSWERS, BACK, Turn, fights, parties


def turn(said: str) -> Turn:
    system, _, change = said.partition(":")
    before, _, after = change.partition(">")
    return Turn(system, before, after, "2026-11-22")


def judged(*said: str) -> bool:
    turns = [turn(one) for one in said]
    return fights(turns[:-1], turns[-1])


TWO = ["erp:A>B", "crm:B>A"]
TABLE = [
    # what happened                                             turns, the last is judged                      fight?
    ("one edit", ["crm:A>B"], False),
    ("one system undoes it once", ["crm:A>B", "erp:B>A"], False),
    ("people correct each other twice", ["crm:A>B", "erp:B>A", "crm:A>B", "erp:B>A"], False),
    ("two systems, the third time round", [*TWO, *TWO, "erp:A>B"], True),
    ("the other one notices just as well", [*TWO, *TWO, "erp:A>B", "crm:B>A"], True),
    ("one system against a one-way hub", ["erp:A>B", "erp:A>B", "erp:A>B"], True),
    ("a person switches back and forth", ["crm:A>B", "crm:B>A", "crm:A>B", "crm:B>A", "crm:A>B"], False),
    ("a person goes through many values", [f"crm:{n}>{n + 1}" for n in range(20)], False),
    ("two people type new values in turn", [f"{'ce'[n % 2]}:{n}>{n + 1}" for n in range(10)], False),
    ("a value that grows with every write", [f"{'ce'[n % 2]}:{n}>{n + 1}" for n in range(2 * ANSWERS)], True),
    ("three systems in a ring", ["a:1>2", "b:2>3", "c:3>1"] * 2 + ["a:1>2"], True),
    ("three different edits of one system", ["erp:A>B", "erp:A>C", "erp:A>D"], False),
]


@pytest.mark.parametrize(("turns", "fight"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_table_of_fights(turns: list[str], fight: bool) -> None:
    assert judged(*turns) is fight


def test_who_fights_is_told() -> None:
    assert parties([turn(one) for one in TWO], turn("erp:A>B")) == ["crm", "erp"]
    assert parties([], turn("erp:A>B")) == ["erp"]


def test_the_figures_are_those_of_the_table() -> None:
    assert (BACK, ANSWERS) == (3, 8)
