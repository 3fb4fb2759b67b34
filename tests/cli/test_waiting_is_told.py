"""`hub status` and `hub records` tell which references wait, and for what."""

import pytest
from support.family import FIRM, PERSON, Family, office, two

from hub.cli import records, status
from hub.store.standing import standing


@pytest.fixture
def waiting() -> Family:
    """The ERP needs Ann's firm, and refuses it; the CRM's Bob works for a firm that nobody knows."""
    world, crm, _ = two(erp=office("e", refuses=["city"]), required=[("erp", "firm")])
    crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme", city="Atlantis"))
    crm.add(PERSON, name="Bob", firm="cf9")
    world.sync()
    return world


def told(world: Family, key: str, capsys: pytest.CaptureFixture[str]) -> str:
    [link] = world.links(world.place("crm", PERSON).id, [key])
    records.show(records.story(world.hub, PERSON, link.golden_id))
    return capsys.readouterr().out


def test_a_record_says_what_it_waits_for(waiting: Family, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(waiting, "cp1", capsys)
    assert "waits in erp: firm names firm hub:" in said
    assert "which erp refused: " in said
    assert ": the record is not created there before" in said


def test_a_record_says_which_key_is_not_known(waiting: Family, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(waiting, "cp2", capsys)
    assert (
        "waits in crm: firm names crm firm cf9, which the hub does not know yet: firm is not taken from there" in said
    )
    assert "waits in erp: firm names crm firm cf9" in said


def test_status_counts_them_and_shows_one(waiting: Family, capsys: pytest.CaptureFixture[str]) -> None:
    status.show(standing(waiting.store))
    said = capsys.readouterr().out
    assert "erp: 2 person records wait for another record, 'hub records person SYSTEM:KEY' says for which:" in said
    assert "crm: 1 person waits for another record" in said


def test_status_says_nothing_when_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    world, _, _ = two()
    world.sync()
    status.show(standing(world.store))
    assert "wait" not in capsys.readouterr().out
