"""docs/hazards.md: every promise and every hazard has its row, and a row names tests that there are."""

import ast
from functools import cache

import pytest
from docs_pages import ROOT, page, section, tables, ticked

TEXT = page("hazards.md")
PROMISES, HAZARDS = 26, 38
NOT_YET = "Not yet: "
ROWS = {row[0]: row for heading in ("Promises", "Hazards") for row in tables(section(TEXT, heading))[0]}


@cache
def named_in(path: str) -> frozenset[str]:
    """Every test of a file, `Class::test_name` if it is in a class."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for outer in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        found |= {f"{outer.name}::{node.name}" for node in outer.body if isinstance(node, ast.FunctionDef)}
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test_"))


def missing(cell: str) -> list[str]:
    """Named tests that there are not."""
    named = [word.partition("::") for word in ticked(cell) if "::" in word]
    return [f"{path}::{test}" for path, _, test in named if not (ROOT / path).is_file() or test not in named_in(path)]


def test_every_promise_and_every_hazard_has_its_row_in_order() -> None:
    wanted = [f"P{number + 1}" for number in range(PROMISES)] + [f"H{number + 1}" for number in range(HAZARDS)]
    assert list(ROWS) == wanted


@pytest.mark.parametrize("name", ROWS)
def test_a_row_names_tests_that_there_are_or_says_what_is_not_there(name: str) -> None:
    _, said, does, held = ROWS[name]
    assert said
    assert missing(held) == []
    assert "::" in held or NOT_YET in held
    assert "::" in held or does == "–" or does.startswith("See "), "what is done is held by a test"
    assert len(held.partition(NOT_YET)[2]) > 10 or NOT_YET not in held


def test_the_check_would_notice() -> None:
    here = "tests/docs/test_hazards_page.py"
    assert missing(f"`{here}::test_the_check_would_notice`") == []
    assert missing(f"`{here}::test_of_nothing`") == [f"{here}::test_of_nothing"]
    assert missing("`tests/docs/no_such_file.py::test_a`") == ["tests/docs/no_such_file.py::test_a"]
