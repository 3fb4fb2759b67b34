"""A create is unanswered: what a poll reads after it found the child is not held up by it."""

from typing import Any

from support.memory import Noted, World, memory, pair

from hub.adapter import Can
from hub.core.errors import Unknown
from hub.flow.polling.poll import again

#: It neither knows tokens nor can be searched: only a poll shows the child.
POLLS = Can(tombstones=True, batch=10)
NUMBER = {"type": "decimal"}


def unanswered(can: Can = POLLS, page: int = 1, **options: Any) -> tuple[World, Noted, Noted]:
    """The ERP made Anna, and the hub was not told; it shows so many records a page."""
    world, crm, erp = pair(erp=memory(can, page=page), **options)
    crm.create(name="Anna", phone="1")
    erp.fail("write", "after", Unknown("net.timeout", "no answer"))
    world.sync()
    world.clock.pass_(120)
    return world, crm, erp


def test_new_records_on_later_pages_go_on_at_once() -> None:
    world, crm, erp = unanswered()
    for number in range(3):
        erp.create(name=f"company {number}")
    world.sync()
    assert (len(crm.keys_held()), world.aside(), world.owed()) == (4, [], [])


def test_a_new_record_on_a_later_page_that_is_like_the_child_is_a_new_one() -> None:
    world, crm, erp = unanswered()
    erp.create(name="Anna", phone="1")
    world.sync()
    assert (len(crm.keys_held()), len(erp.keys_held()), world.aside()) == (2, 2, [])


def test_new_records_on_the_page_of_the_child_go_on_at_once() -> None:
    world, crm, erp = unanswered(page=10)
    for number in range(3):
        erp.create(name=f"company {number}")
    world.sync()
    assert (len(crm.keys_held()), world.aside(), world.owed()) == (4, [], [])


def test_new_records_on_pages_before_the_child_go_on_with_the_next_sync() -> None:
    world, crm, erp = unanswered()
    for number in range(2):
        erp.create(name=f"company {number}")
    erp.edit("1", city="York")  # it is shown last by that
    world.sync()
    world.sync()
    assert (len(crm.keys_held()), world.aside(), world.owed()) == (3, [], [])


def test_what_stands_aside_and_is_tried_again_after_the_child_goes_on_at_once() -> None:
    """The child does not fit until somebody mends it; records that stand aside are read one by one."""
    world, _, erp = unanswered(Can(tombstones=True, batch=10, read_batch=1), specs={"erp": {"phone": NUMBER}})
    erp.edit("1", phone="about one")
    erp.create(name="Bert")
    world.sync()
    assert [(row.key, row.kind) for row in world.aside()] == [("1", "parked"), ("2", "in-doubt")]
    erp.edit("1", phone="1")
    world.clock.pass_(90_000)
    tally = again(world.hub, world.place("erp"))
    assert (tally.linked, tally.created, world.aside()) == (1, 1, [])
