"""A page is gone when it is merged: memory stays flat however many pages follow."""

import gc
from typing import Any

import pytest
from support.memory import linked, memory, pair

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


def test_of_many_pages_hardly_any_is_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world, crm, _ = pair(crm=memory(page=2))
    for number in range(40):
        crm.create(name=f"Company {number}")
    there: list[int] = []
    read = crm._page

    def counted(*asked: Any) -> Any:
        there.append(len(pages()))
        return read(*asked)

    before = len(pages())
    monkeypatch.setattr(crm, "_page", counted)
    world.sync()
    assert len(there) >= 20
    assert max(there) - before <= 2
