"""A wrong address in a system's document makes records look deleted. What one lookup says is held against another."""

from collections.abc import Sequence

import pytest
from support.memory import ABLE, Noted, World, linked, memory

from hub.adapter import Can, Failure, Write
from hub.core.errors import Gone

BLIND = Can(tombstones=True, answers=True, batch=10)


def two(erp: Noted) -> tuple[World, Noted, Noted]:
    world, crm, erp = linked(None, erp)
    crm.create(name="Bert")
    for _ in range(2):
        world.sync()
    return world, crm, erp


@pytest.mark.parametrize("can", [ABLE, BLIND], ids=["versions", "a look before each write"])
def test_where_reading_by_key_finds_nothing_no_record_is_taken_for_deleted(can: Can, monkeypatch) -> None:
    world, crm, erp = two(memory(can))
    crm.edit("1", phone="2")
    with monkeypatch.context() as patched:
        patched.setattr(erp, "read", lambda obj, keys: [])
        patched.setattr(erp, "write", _not_found)
        report = world.sync()
        assert len(crm.keys_held()) == 2
        assert ["lookup.finds-nothing" in said for sent in report.sent.values() for said in sent.errors] == [True]
        [owed] = world.owed()
        assert (owed.state, owed.code) == ("owed", "lookup.finds-nothing")
    world.clock.pass_(90_000)
    world.sync()
    assert erp.row("1")["phone"] == "2"
    assert not world.owed()


def test_a_write_that_finds_nothing_where_reading_finds_the_record_stands_aside(monkeypatch) -> None:
    world, crm, erp = two(memory())
    crm.edit("1", phone="2")
    with monkeypatch.context() as patched:
        patched.setattr(erp, "write", _not_found)
        world.sync()
    assert len(crm.keys_held()) == 2
    [owed] = world.owed("refused")
    assert owed.code == "write.gone"
    assert "is the address of this write right?" in str(owed.said)
    world.clock.pass_(90_000)
    world.sync()
    assert erp.row("1")["phone"] == "2"


def test_a_deletion_that_finds_nothing_where_reading_finds_the_record_stands_aside(monkeypatch) -> None:
    world, crm, erp = two(memory())
    crm.delete("1")
    with monkeypatch.context() as patched:
        patched.setattr(erp, "write", _not_found)
        world.sync()
    assert [row.code for row in world.owed("refused")] == ["write.gone"]
    assert len(erp.keys_held()) == 2


@pytest.mark.parametrize("can", [ABLE, BLIND], ids=["versions", "a look before each write"])
def test_one_that_is_not_there_while_others_are_was_deleted(can: Can) -> None:
    world, crm, erp = two(memory(can))
    crm.edit("1", phone="2")
    erp.at("changes", "after", lambda: erp.delete("1"))
    report = world.sync()
    assert not [said for sent in report.sent.values() for said in sent.errors]
    assert [(row.unit, row.state) for row in world.log()] == [("*", "open")]


def _not_found(obj: str, writes: Sequence[Write]) -> list[Failure]:
    return [Failure(Gone("record.gone", "PATCH /things/1: answered 404")) for _ in writes]
