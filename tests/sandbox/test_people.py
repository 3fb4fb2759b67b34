"""The made-up companies are always the same, all different, and fit into both systems."""

import pytest

from hub.sandbox.crm import load
from hub.sandbox.crm.schema import COMPANY
from hub.sandbox.people import companies, persons


def test_they_are_the_same_for_a_seed_and_a_beginning_of_more() -> None:
    assert companies(50, "demo") == companies(80, "demo")[:50]
    assert companies(50, "demo") != companies(50, "other")
    assert [persons(i) for i in range(20)] == [persons(i) for i in range(20)]


def test_names_and_vat_numbers_are_unique() -> None:
    made = companies(3000)
    for name in ("name", "vatnumber"):
        assert len({c[name].casefold() for c in made}) == 3000


def test_every_text_fits_into_its_column() -> None:
    widths = {c.name: c.length for c in COMPANY.own if c.type == "string"}
    for company in companies(3000):
        assert all(len(company[n] or "") <= width for n, width in widths.items())


def test_there_are_all_kinds_of_letters_and_marks() -> None:
    text = "".join(f"{c['name']}{c['city']}{c['notes']}" for c in companies(300))
    assert set("üßéłÑ&'<>") <= set(text)


def test_some_companies_have_nobody_some_two() -> None:
    assert {len(persons(i)) for i in range(50)} == {0, 1, 2}


@pytest.mark.parametrize("i", [1, 7, 999_999])
def test_plain_companies_differ_and_are_a_minute_apart(i: int) -> None:
    one, other = load.plain(i), load.plain(i + 1)
    assert len(one) == len(load.PLAIN_NAMES)
    assert one[0] == i
    stamp = load.PLAIN_NAMES.index("updateddate")
    assert (load.dt.datetime.fromisoformat(other[stamp]) - load.dt.datetime.fromisoformat(one[stamp])).seconds == 60
