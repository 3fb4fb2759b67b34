"""A preview shows what a run would do, and does nothing."""

import pytest
from support.memory import World, memory

from hub.engine.preview import preview
from hub.store.database import Store

LINKS = {"crm": {"@erp": "erp_key"}, "erp": {"@crm": "crm_key"}}


@pytest.fixture
def world(store_url):
    store = Store(store_url)
    systems = {"crm": memory(links=["erp_key"]), "erp": memory(links=["crm_key"])}
    yield World(systems, store=store, links=LINKS, match=[["name"]])
    store.close()


def edited(world):
    crm, erp = world.systems["crm"], world.systems["erp"]
    for number in range(3):
        crm.person_create("thing", {"name": f"Firm {number}", "phone": str(number)})
    erp.person_create("thing", {"name": "firm 1", "phone": "9"})
    world.sync()
    crm.person_edit("thing", "1", {"phone": "11"})
    erp.person_edit("thing", "1", {"city": "Cork"})
    crm.person_create("thing", {"name": "New"})
    crm.person_delete("thing", "3")
    return world


def previewed(world):
    return preview(world.store, world.instance, dict(world.systems))


def watched(world, system, writes):
    adapter = world.systems[system]
    write = adapter.write

    def noted(obj, batch):
        writes.extend((system, w.kind, w.key, w.fields) for w in batch)
        return write(obj, batch)

    adapter.write = noted


def unnamed(fields):
    """Keys of records that a preview cannot know yet are not compared."""
    return {name: value for name, value in fields.items() if not name.endswith("_key")}


def test_a_run_does_what_the_preview_said(world):
    edited(world)
    said = [(w.system, w.kind, w.key, unnamed(w.fields)) for w in previewed(world).writes]
    writes = []
    for system in world.systems:
        watched(world, system, writes)
    world.sync()
    done = [(system, kind, key, unnamed(fields)) for system, kind, key, fields in writes]
    new = [key for _, _, key, _ in said if key and key.startswith("(new")]
    assert len(said) == len(done)
    assert [item for item in said if item[2] not in new] == [
        item for item, told in zip(done, said, strict=True) if told[2] not in new
    ]


def test_a_preview_changes_nothing_anywhere(world):
    edited(world)
    before = {name: system.held("thing") for name, system in world.systems.items()}
    first, second = previewed(world), previewed(world)
    assert {name: system.held("thing") for name, system in world.systems.items()} == before
    assert first.writes == second.writes != []


def test_a_preview_tells_the_clashes_and_who_would_win(world):
    edited(world)
    world.sync()
    world.systems["crm"].person_edit("thing", "2", {"city": "Here"})
    world.systems["erp"].person_edit("thing", "1", {"city": "There"})
    found = previewed(world)
    assert [(c.unit, c.verdict) for c in found.conflicts] == [("city", "hold")]
    assert found.conflicts[0].ours == {"city": "Here"}
    assert found.conflicts[0].theirs == {"city": "There"}
