"""Every write is in the log of changes, with the values before it: who changed a value can be said, and what it was."""

from typing import Any

from support.memory import ANNA, World, linked, memory, pair

from hub.core.errors import TryLater
from hub.store import audit

Logged = tuple[str, str, str, dict[str, Any] | None]


def history(world: World, golden_id: int) -> list[Logged]:
    """What was done to a record, the latest first: in which system, what, by whom, and the values before and after."""
    names = world.hub.catalog.by_id()
    with world.store.reading() as tx:
        found = audit.of_golden(tx, golden_id)
    return [(names[row.binding_id or 0][1], row.action, row.who, row.detail) for row in found]


def test_an_update_is_in_the_log_with_the_values_before_it_and_where_they_came_from() -> None:
    world, crm, _erp = linked()
    golden_id = world.golden("crm", "1")
    before = history(world, golden_id)
    crm.edit("1", phone="2", city="Leeds")
    world.sync()
    changed = {"phone": ["1", "2"], "city": ["York", "Leeds"]}
    updated, took, *rest = history(world, golden_id)
    assert updated == ("erp", "updated", "hub", changed)
    assert took == ("crm", "took", "hub", changed)
    assert rest == before


def test_the_value_before_an_update_is_what_that_system_held() -> None:
    world, crm, _erp = linked(erp=memory(quirks={"city": ["upper"]}))
    crm.edit("1", city="Leeds")
    world.sync()
    updated, took, *_ = history(world, world.golden("crm", "1"))
    assert updated == ("erp", "updated", "hub", {"city": ["YORK", "Leeds"]})
    assert took == ("crm", "took", "hub", {"city": ["York", "Leeds"]})


def test_a_delete_is_in_the_log_with_all_that_the_record_held() -> None:
    world, crm, erp = linked()
    golden_id = world.golden("crm", "1")
    before = history(world, golden_id)
    crm.delete("1")
    world.sync()
    assert erp.keys_held() == []
    there, here, *rest = history(world, golden_id)
    assert there == ("erp", "deleted", "hub", {name: [value, None] for name, value in ANNA.items()})
    assert here == ("crm", "deleted", "hub", None)
    assert rest == before


def test_a_create_is_in_the_log_with_its_key() -> None:
    world, crm, _erp = pair()
    crm.create(**ANNA)
    world.sync()
    assert history(world, world.golden("crm", "1")) == [("erp", "created", "hub", {"key": [None, "1"]})]


def test_a_write_that_was_not_carried_out_is_in_the_log_once_it_is() -> None:
    world, crm, erp = linked()
    golden_id = world.golden("crm", "1")
    erp.fail("write", "before", TryLater("system.busy", "later"))
    crm.edit("1", phone="2")
    logged = []
    for _ in range(3):
        world.sync()
        world.clock.pass_(60)
        logged.append([action for _, action, _, _ in history(world, golden_id)].count("updated"))
    assert logged == [0, 1, 1]
