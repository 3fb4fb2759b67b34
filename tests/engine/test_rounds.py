"""A sync delivers in rounds until one of them did nothing: what only waits is not tried again and again."""

import pytest
from support.memory import Noted, World, linked, memory, pair

from hub.core.model import Compared, Similar, Weighed
from hub.engine.sync import Sync

SIMILAR = Similar((Weighed("name", "company", 1),), ((Compared("name", "start"),),), certain=95, possible=70)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a sync looked at what there is to do, one item a look."""
    seen: list[int] = []
    look = Sync.look

    def counted(self: Sync) -> object:
        seen.append(1)
        return look(self)

    monkeypatch.setattr(Sync, "look", counted)
    return seen


def doubtful(first_sync: str) -> tuple[World, Noted, Noted]:
    """A record stands aside that may be another one, which is therefore not created; a third is only here."""
    world, crm, erp = pair(similar=SIMILAR, first_sync=first_sync)  # type: ignore[arg-type]
    crm.create(name="Gamma Engineering")
    erp.create(name="Gamma Engines")
    crm.create(name="Walrus")
    world.sync()
    return world, crm, erp


@pytest.mark.parametrize(("first_sync", "created"), [("sure", 1), ("go", 2)])
def test_what_waits_for_a_person_costs_one_round(looks: list[int], first_sync: str, created: int) -> None:
    world, _, erp = doubtful(first_sync)
    assert len(erp.keys_held()) == created
    assert [item.state for item in world.owed()] == ["owed"] * (3 - created)
    looks.clear()
    world.sync()
    assert len(looks) == 2  # at the start, and for the one round


def test_a_hub_at_rest_looks_twice(looks: list[int]) -> None:
    world, _, _ = linked()
    looks.clear()
    world.sync()
    assert len(looks) == 2


def test_what_a_delivery_makes_due_goes_out_in_the_same_run() -> None:
    """The new key over there is a field here."""
    world, crm, erp = pair(crm=memory(links=["erp_key"]), links={"crm": {"@erp": "erp_key"}})
    erp.create(name="Walrus")
    erp.delete("1")
    crm.create(name="Zebra")
    world.sync()
    assert world.held("erp")[0]["name"] == "Zebra"
    assert crm.row("1")["erp_key"] == "2"
