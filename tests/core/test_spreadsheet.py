"""No cell that the hub writes is run by a spreadsheet, and every one comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.spreadsheet import bared, delimiter_of, guarded

FORMULAS = ["=1+1", "+353 1", "-5", "@sum", "\t=1", " =1", "'=1", '"=1', "\r", "\uff1d1", "''=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_be_run_is_text(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Acme", "1-2", "O'Brien", "'quoted'", "a=b", "'", " a"])
def test_what_would_not_be_run_stays_as_it_is(text: str) -> None:
    assert guarded(text) == bared(text) == text


@given(st.one_of(st.text(), st.text("'\" \t=+-@x")))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert bared(guarded(text)) == text


@pytest.mark.parametrize(
    ("head", "between"), [("a,b", ","), ("a;b", ";"), ("a\tb", "\t"), ("a;b;c,d", ";"), ("alone", ","), ("", ",")]
)
def test_the_first_line_tells_what_is_between_the_cells(head: str, between: str) -> None:
    assert delimiter_of(head) == between
