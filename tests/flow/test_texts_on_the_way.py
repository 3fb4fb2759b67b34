"""Texts of all kinds on their way through the hub: whole where they were typed, and quiet afterwards."""

from collections.abc import Callable

import pytest
from support.memory import Noted, World, memory, pair

from adapters.memory import Quirk

TEXTS = (
    "two\r\nlines",
    "old\rmac",
    " blanks around ",
    "tab\there",
    "e\N{COMBINING ACUTE ACCENT} in two, \N{LATIN SMALL LETTER E WITH ACUTE} in one",
    "İstanbul, ısı, Straße, ΣΊΣΥΦΟΣ",
    "\N{NO-BREAK SPACE}wide\N{IDEOGRAPHIC SPACE}",
    "\N{RIGHT-TO-LEFT OVERRIDE}evil\N{POP DIRECTIONAL FORMATTING}",
    "\N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-16}",
    "<b>&amp;</b> ]]> <!-- %00 ' \" ; --",
    "=1+1",
    "007",
    "1e3",
    "NaN",
    "null",
    "\N{ZERO WIDTH NO-BREAK SPACE}marked",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "x" * 20_000,
)
QUIRKS: dict[str, list[Quirk]] = {"plain": [], "trims": ["trim"], "cuts": [{"truncate": 9}], "shouts": ["upper"]}
#: What each of them stores of a text.
STORED: dict[str, Callable[[str], str]] = {
    "plain": str,
    "trims": str.strip,
    "cuts": lambda text: text[:9],
    "shouts": str.upper,
}


def sent(text: str) -> str:
    """The text as the hub sends it: line ends have one form, and nothing else is changed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def typed(quirk: str) -> tuple[World, Noted, Noted, list[str]]:
    """All of them typed into a system whose counterpart does this to what it stores."""
    world, crm, erp = pair(erp=memory(quirks={"name": QUIRKS[quirk]}))
    keys = [crm.create(name=text) for text in TEXTS]
    for _ in range(3):
        world.sync()
    return world, crm, erp, keys


@pytest.mark.parametrize("quirk", QUIRKS)
def test_every_text_stays_as_it_was_typed_and_is_written_once(quirk: str) -> None:
    world, crm, erp, keys = typed(quirk)
    assert world.sync(full=True).written == 0
    assert [crm.row(key)["name"] for key in keys] == list(TEXTS)
    assert [write.fields["name"] for write in erp.writes] == [sent(text) for text in TEXTS]
    assert [row["name"] for row in erp.held("thing").values()] == [STORED[quirk](sent(text)) for text in TEXTS]
    assert crm.writes == []
    assert (world.log(), world.aside(), world.owed()) == ([], [], [])


@pytest.mark.parametrize("quirk", QUIRKS)
def test_another_field_edited_over_there_brings_none_of_them_back_changed(quirk: str) -> None:
    world, crm, erp, keys = typed(quirk)
    erp.writes.clear()
    for key in erp.keys_held():
        erp.edit(key, phone="2")
    world.sync()
    world.sync()
    assert [crm.row(key)["name"] for key in keys] == list(TEXTS)
    assert [write.fields for write in crm.writes] == [{"phone": "2"}] * len(TEXTS)
    assert erp.writes == []
    assert world.log() == []
