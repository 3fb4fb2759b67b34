"""Systems that answer with another record: a create with one that they had, an update with one nobody asked for."""

from typing import Any

import pytest
from support.memory import ANNA, Noted, World, linked, memory, pair

from hub.adapter import Failure, Write, Written
from hub.core.errors import Unknown
from hub.store import audit


class Comparing(Noted):
    """Knows records by their phone, and may write what it was sent over the one it had."""

    over = False

    def _write(self, obj: str, write: Write) -> Written | Failure:
        same = [key for key, row in self.held(obj).items() if row["phone"] == write.fields.get("phone")]
        if write.kind != "create" or not same:
            return super()._write(obj, write)
        if self.over:
            self.edit(same[0], **write.fields)
        return Written(same[0], None, None, dict(self.row(same[0])))


def comparing(**options: Any) -> Noted:
    erp = memory(**options)
    erp.__class__ = Comparing
    return erp


def bert(world: World, crm: Noted, erp: Noted) -> None:
    """Bert has Anna's phone."""
    crm.create(name="Bert", phone="1")
    world.sync()


def test_the_link_of_the_other_record_stays_and_a_person_is_told() -> None:
    world, crm, erp = linked(erp=comparing())
    bert(world, crm, erp)
    assert world.golden("erp", "1") == world.golden("crm", "1")
    [row] = world.owed("refused")
    assert (row.golden_id, row.code) == (world.golden("crm", "2"), "create.not-new")
    assert f"answered with 1, which is hub:{world.golden('crm', '1')} there" in str(row.said)
    assert world.held("erp") == [ANNA]


def test_the_other_record_goes_on() -> None:
    world, crm, erp = linked(erp=comparing())
    bert(world, crm, erp)
    crm.edit("1", city="Hull")
    for _ in range(2):
        world.sync()
    assert erp.row("1")["city"] == "Hull"
    assert len(erp.keys_held()) == 1


def test_once_the_record_differs_it_is_made() -> None:
    world, crm, erp = linked(erp=comparing())
    bert(world, crm, erp)
    crm.edit("2", phone="2")
    world.clock.pass_(90_000)
    world.sync()
    assert sorted(row["name"] for row in world.held("erp")) == ["Anna", "Bert"]
    assert world.owed() == []


def test_what_the_system_wrote_over_it_is_an_edit_there_and_in_the_log_of_changes() -> None:
    erp = comparing()
    erp.over = True  # type: ignore[attr-defined]
    world, crm, _ = linked(erp=erp)
    bert(world, crm, erp)
    for _ in range(2):
        world.sync()
    assert crm.row("1")["name"] == erp.row("1")["name"] == "Bert"
    with world.store.reading() as tx:
        logged = audit.of_golden(tx, world.golden("erp", "1"))
    [took] = [entry.detail for entry in logged if entry.action == "took"]
    assert took is not None
    assert took["name"] == ["Anna", "Bert"]


def test_of_two_new_records_that_it_takes_for_one_only_one_is_linked() -> None:
    world, crm, erp = pair(erp=comparing())
    for name in ("Anna", "Bert"):
        crm.create(name=name, phone="1")
    for _ in range(2):
        world.sync()
    assert len(erp.keys_held()) == 1
    assert [row.code for row in world.owed("refused")] == ["create.not-new"]
    assert world.golden("erp", "1") == world.golden("crm", "1")


def test_a_create_that_is_repeated_and_answered_with_another_one_is_in_doubt_no_more() -> None:
    world, crm, erp = linked(erp=comparing())
    erp.fail("write", "before", Unknown("net.timeout", "no answer"))
    bert(world, crm, erp)
    for _ in range(3):
        world.clock.pass_(120)
        world.sync()
    assert [(row.state, row.code) for row in world.owed()] == [("refused", "create.not-new")]
    erp.create(name="Cora", phone="3")
    world.sync()
    assert len(crm.keys_held()) == 3


class Merging(Noted):
    """Two of its records were made one: who writes to the first, writes to the second."""

    gone = False

    def _write(self, obj: str, write: Write) -> Written | Failure:
        if write.kind != "update" or write.key != "1":
            return super()._write(obj, write)
        if self.gone:
            self.delete("1")
        self.edit("2", **write.fields)
        return Written("2", None, None, dict(self.row("2")))


@pytest.mark.parametrize("gone", [False, True])
def test_an_update_that_is_answered_with_another_record_is_no_news_of_that_one(gone: bool) -> None:
    erp = memory()
    world, crm, _ = linked(erp=erp)
    crm.create(name="Bert", phone="2")
    world.sync()
    world.sync()
    erp.__class__, erp.gone = Merging, gone  # type: ignore[attr-defined]
    crm.edit("1", city="Hull")
    for _ in range(3):
        world.sync()
    assert crm.row("2")["city"] == erp.row("2")["city"] == "Hull", "to the hub it is an edit of that one"
    world.clock.pass_(90_000)
    world.sync()
    assert [row.code for row in world.owed("refused")] == ([] if gone else ["update.another"])
    assert world.golden("erp", "2") == world.golden("crm", "2")
    if gone:
        assert [row.unit for row in world.log()] == ["*"], "deleted there, and edited here"
