"""Whatever the hub's own database refuses, the page goes on without the record that it comes from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from support.memory import World, linked, pair

from hub.core.errors import TryLater
from hub.store import records
from hub.store.bulk import Row
from hub.store.database import Tx

LITE = """CREATE TRIGGER poison BEFORE INSERT ON golden WHEN CAST(NEW.doc AS TEXT) LIKE '%poison%'
BEGIN SELECT RAISE(ABORT, 'no poison'); END"""
GROWN = "ALTER TABLE golden ADD CONSTRAINT poison CHECK (convert_from(doc, 'UTF8') NOT LIKE '%poison%')"


@contextmanager
def poisoned(world: World) -> Iterator[None]:
    """The database takes no golden record with that word."""
    lite = world.store.lite
    with world.store.transaction() as tx:
        tx.run(sa.text(LITE if lite else GROWN))
    try:
        yield
    finally:
        with world.store.transaction() as tx:
            tx.run(sa.text("DROP TRIGGER poison" if lite else "ALTER TABLE golden DROP CONSTRAINT poison"))


@pytest.mark.parametrize("bad", [(0,), (4,), (2, 3), range(5)], ids=["first", "last", "two", "all"])
def test_the_others_of_its_page_go_on_and_it_comes_back(bad: Sequence[int]) -> None:
    world, crm, erp = pair()
    with poisoned(world):
        for number in range(5):
            crm.create(name=f"poison {number}" if number in bad else f"company {number}")
        report = world.sync()
        assert report.troubles == []
        assert [(row.kind, row.code) for row in world.aside()] == [("parked", "record.not-stored")] * len(bad)
        assert len(erp.keys_held()) == 5 - len(bad)
        crm.calls.clear()
        world.sync()
        assert "read" not in crm.calls, "the cursor moved past them"
    world.clock.pass_(90_000)
    world.sync()
    assert (len(erp.keys_held()), world.aside()) == (5, [])


def test_deletions_of_its_page_are_taken() -> None:
    world, crm, erp = linked()
    with poisoned(world):
        crm.delete("1")
        crm.create(name="poison")
        world.sync()
    assert erp.keys_held() == []


def test_what_another_process_did_meanwhile_is_no_reason_to_stand_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    world, crm, erp = pair()
    crm.create(name="company")
    refused = [TryLater("store.changed", "somebody was faster")]
    take = records.new_golden

    def once(tx: Tx, rows: Sequence[Row]) -> None:
        if rows and refused:
            raise refused.pop()
        take(tx, rows)

    monkeypatch.setattr(records, "new_golden", once)
    report = world.sync()
    assert (refused, report.troubles, world.aside(), len(erp.keys_held())) == ([], [], [], 1)
