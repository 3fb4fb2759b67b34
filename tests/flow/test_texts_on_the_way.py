"""Texts of all kinds on their way through the hub: whole where they were typed, and quiet afterwards."""

import pytest
from support.memory import World, memory, pair

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


def typed(quirk: str) -> tuple[World, list[str]]:
    """All of them typed into a system whose counterpart does this to what it stores."""
    world, crm, _erp = pair(erp=memory(quirks={"name": QUIRKS[quirk]}))
    keys = [crm.create(name=text) for text in TEXTS]
    for _ in range(3):
        world.sync()
    return world, keys


@pytest.mark.parametrize("quirk", QUIRKS)
def test_every_text_stays_as_it_was_typed_and_is_written_once(quirk: str) -> None:
    world, keys = typed(quirk)
    crm, erp = world.systems["crm"], world.systems["erp"]
    assert [crm.held("thing")[key]["name"] for key in keys] == list(TEXTS)
    assert len(erp.held("thing")) == len(TEXTS)
    assert world.sync(full=True).written == 0
    assert (world.log(), world.aside(), world.owed()) == ([], [], [])


@pytest.mark.parametrize("quirk", QUIRKS)
def test_another_field_edited_over_there_brings_none_of_them_back_changed(quirk: str) -> None:
    world, keys = typed(quirk)
    crm, erp = world.systems["crm"], world.systems["erp"]
    for key in list(erp.held("thing")):
        erp.person_edit("thing", key, {"phone": "2"})
    world.sync()
    world.sync()
    assert [crm.held("thing")[key]["name"] for key in keys] == list(TEXTS)
    assert {row["phone"] for row in world.held("crm")} == {"2"}
    assert world.log() == []
