"""A page is gone when it is merged: memory stays flat however many pages follow."""

import gc

from support.memory import linked

from hub.flow.delivering.deliver import DeliveryPage
from hub.flow.delivering.outcome import Outcomes
from hub.flow.merging.deletes import Deletions
from hub.flow.merging.merge import PageMerge


def pages() -> list[object]:
    """Those that are there, of whatever test."""
    return [kept for kept in gc.get_objects() if isinstance(kept, PageMerge | Deletions | DeliveryPage | Outcomes)]


def test_nothing_of_a_page_waits_for_the_garbage_collector() -> None:
    world, crm, erp = linked()
    before = {id(page) for page in pages()}
    gc.collect()
    gc.disable()
    try:
        crm.edit("1", phone="2")
        crm.create(name="Bert")
        erp.delete("1")
        world.sync()
        world.sync(full=True, keys=True)
        left = [page for page in pages() if id(page) not in before]
    finally:
        gc.enable()
    assert left == []
