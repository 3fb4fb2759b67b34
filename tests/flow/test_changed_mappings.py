"""A mapping that was changed: what it says anew is taken over, and what it says as before is not written again."""

from typing import Any

from support.memory import ANNA, Noted, World, linked, memory


def changed(world: World, **options: Any) -> World:
    """The same systems and database under another configuration, as after a restart."""
    return World(world.systems, store=world.store, **options)


def loaded() -> tuple[World, Noted, Noted]:
    return linked(memory(), memory())


def test_a_mapping_that_says_the_same_in_other_words_writes_nothing() -> None:
    world, crm, erp = loaded()
    other = changed(world, specs={"erp": {"name": {"transforms": (("trim", None),)}}})
    other.clock.at = world.clock.at
    for _ in range(2):
        assert other.sync(full=True).written == 0
    assert (crm.writes, erp.writes, other.log()) == ([], [], [])


def test_a_field_that_is_mapped_no_more_is_emptied_nowhere() -> None:
    world, crm, erp = loaded()
    fewer = changed(world, fields=("name", "phone"))
    for _ in range(2):
        assert fewer.sync(full=True).written == 0
    assert crm.row("1") == erp.row("1") == ANNA
    assert fewer.log() == []


def test_a_field_that_is_mapped_anew_fills_blanks_and_clashes_where_both_have_a_value() -> None:
    world, crm, erp = linked(fields=("name", "phone"))
    crm.edit("1", street="Quay 1", city="York")
    erp.edit("1", city="Leeds")
    world.sync()
    more = changed(world)
    more.sync(full=True)
    more.sync()
    assert (crm.row("1")["street"], erp.row("1")["street"]) == ("Quay 1", "Quay 1")
    assert (crm.row("1")["city"], erp.row("1")["city"]) == ("York", "Leeds")
    [clash] = more.log("open")
    assert {clash.ours["city"], clash.theirs["city"]} == {"York", "Leeds"}
