"""Keys are texts of their system: case counts, and a key that is given anew is a new record."""

from typing import Any

import pytest
from support.memory import ANNA, Noted, memory, pair

from hub.adapter import Can
from hub.flow.deciding.held import accept

MUTE = Can(conditional=True, find=True, tokens=True, answers=True, batch=10)


def keyed(*keys: str, **options: Any) -> Noted:
    """A system that gives these keys, in this order."""
    return memory(key=lambda _obj, number: keys[(number - 1) % len(keys)], **options)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ABC", "abc"), ("i", "İ"), ("ı", "I"), ("straße", "strasse"), ("7", "07"), ("é", "e\N{COMBINING ACUTE ACCENT}")],
)
def test_keys_that_differ_in_anything_are_two_records(one: str, other: str) -> None:
    world, crm, _erp = pair(keyed(one, other))
    crm.create(name="Anna")
    crm.create(name="Bert")
    world.sync()
    world.sync()
    assert [row["name"] for row in world.held("erp")] == ["Anna", "Bert"]
    crm.edit(other, phone="2")
    world.sync()
    assert [(row["name"], row["phone"] or "") for row in world.held("erp")] == [("Anna", ""), ("Bert", "2")]
    assert (world.log(), world.aside()) == ([], [])


@pytest.mark.parametrize("can", [None, MUTE], ids=["tells of deletions", "does not"])
def test_a_key_given_anew_after_its_deletion_was_seen_is_a_new_record(can: Can | None) -> None:
    crm = keyed("1", "2", "3", "4", "5", **({"can": can} if can else {}))
    world, _, erp = pair(crm)
    for number in range(5):
        crm.create(name=f"old {number}")
    world.sync()
    world.sync()
    for key in "12345":
        crm.delete(key)
    for _ in range(2):
        world.sync(keys=True)
    if can:  # a list that shows nothing any more is believed when a person says so
        accept(world.hub, world.place("crm"), "from", 5)
        world.sync()
    assert erp.keys_held() == []
    for number in range(5):
        crm.create(name=f"new {number}")
    world.sync()
    world.sync()
    assert [row["name"] for row in world.held("erp")] == [f"new {number}" for number in range(5)]
    assert erp.keys_held() == ["10", "6", "7", "8", "9"]
    assert (world.log(), world.sync().written) == ([], 0)


def test_a_deleted_record_that_comes_back_under_its_key_is_made_anew_elsewhere() -> None:
    crm = keyed("1")
    world, _, erp = pair(crm)
    crm.create(**ANNA)
    world.sync()
    crm.delete("1")
    world.sync()
    assert erp.keys_held() == []
    crm.create(**ANNA)
    world.sync()
    assert erp.keys_held() == ["2"]
    assert world.held("crm") == world.held("erp") == [ANNA]
