"""Is one value what a system may have made of another?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.likeness import alike, folded, like
from hub.core.record import Value

values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=12))


@pytest.mark.parametrize(
    ("sent", "holds"),
    [
        ("Acme", "ACME"),
        ("Acme Limited", "Acme Lim"),
        (" Acme ", "Acme"),
        ("+44 (0)20 7946", "4402079"),
        ("12.345", "12.35"),
        ("12.345", "12.34"),
        ("12.5", "13"),
        ("12.5", "12"),
        ("-0.4", "0"),
        ("12.50", "12.5"),
        ("12.5", "12.50"),
        (7, "7"),
        ("1.005", "1.01"),
        ("0041", "41"),
        ("41", "0041"),
        ("123456", "1234"),  # digits of a text that was cut
        ("Acme", None),  # a system may not keep a value at all
        (None, None),
        (True, True),
        ("Inf", "Inf"),
    ],
)
def test_a_value_that_was_cut_trimmed_rounded_or_changed_in_case_is_like_the_one_sent(
    sent: Value, holds: Value
) -> None:
    assert like(sent, holds)


@pytest.mark.parametrize(
    ("sent", "holds"),
    [
        ("Acme", "Apex"),
        ("Acme", "Acme Ltd"),
        (None, "Acme"),
        ("1.25", "12.5"),
        ("5.0", "-5.0"),
        ("-5", "5"),
        (5, 50),
        (50, 5),
        ("12.34", "12.35"),
        ("12.5", "12.53"),
        (True, False),
        (True, "1"),
        ("2026-11-22", "2026-11-23"),
    ],
)
def test_another_value_is_not(sent: Value, holds: Value) -> None:
    assert not like(sent, holds)


@pytest.mark.parametrize(("sent", "holds"), [("Nan", "Inf"), ("Infinity", "inf"), ("1e5", "100000"), ("٣", "3")])
def test_words_that_could_be_read_as_numbers_are_texts(sent: Value, holds: Value) -> None:
    assert like(sent, holds) is (folded(sent).startswith(folded(holds)))


@given(values)
def test_a_value_is_like_itself(value: Value) -> None:
    assert like(value, value)


@given(values, values)
def test_any_two_values_can_be_compared(sent: Value, holds: Value) -> None:
    assert like(sent, holds) in (True, False)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-9999, max_value=9999), st.integers(0, 4))
def test_an_amount_rounded_to_fewer_digits_is_like_the_one_sent(amount: object, digits: int) -> None:
    assert like(f"{amount:f}", f"{amount:.{digits}f}")


class TestARecord:
    """Does it look as if it were made of what was sent?"""

    def test_it_does_when_every_field_it_shows_is_like_the_one_sent(self) -> None:
        assert alike({"name": "Acme Limited", "city": "Bath"}, {"name": "ACME LIM", "city": "Bath", "id": "7"})

    def test_it_does_not_when_one_field_differs(self) -> None:
        assert not alike({"name": "Acme", "city": "Bath"}, {"name": "Acme", "city": "York"})

    def test_a_field_that_it_does_not_show_tells_nothing(self) -> None:
        assert alike({"name": "Acme", "password": "x"}, {"name": "Acme"})

    def test_a_default_that_the_system_put_in_for_a_blank_tells_nothing(self) -> None:
        assert alike({"name": "Acme", "status": None}, {"name": "Acme", "status": "active"})

    def test_a_blank_where_a_value_was_sent_speaks_against_it(self) -> None:
        assert not alike({"name": "Acme", "city": "Bath"}, {"name": "Acme", "city": None})

    def test_a_record_that_shows_nothing_of_what_was_sent_is_not_it(self) -> None:
        assert not alike({"name": "Acme"}, {})
        assert not alike({"name": None}, {"name": None})
