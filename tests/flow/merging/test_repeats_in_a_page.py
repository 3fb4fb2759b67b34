"""A page that tells of a record more than once, as a log of events does: what the record is by now counts."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from support.memory import ABLE, ANNA, FIELDS, Noted, World, linked, pair

from hub.adapter import Cursor, FieldInfo, Page
from hub.core.model import Policy
from hub.core.record import Record


class Log(Noted):
    """Its pages begin with what its records were when somebody took them down."""

    def __init__(self) -> None:
        super().__init__({"thing": [FieldInfo(name) for name in FIELDS]}, can=ABLE)
        self.before: list[Record] = []
        #: Keys that the next page says are gone.
        self.lost: list[str] = []

    def take_down(self, key: str) -> None:
        self.before += super().read("thing", [key])

    def changes(self, obj: str, since: Cursor | None) -> Iterator[Page]:
        for page in super().changes(obj, since):
            before, lost, self.before, self.lost = self.before, self.lost, [], []
            yield page._replace(records=[*before, *page.records], gone=[*lost, *page.gone])


def agreed(**options: Any) -> tuple[World, Log, Noted]:
    """Both hold Anna; the CRM is a log."""
    crm = Log()
    world, _, erp = linked(crm, **options)
    return world, crm, erp


POLICIES: Sequence[Policy] = (Policy("ask"), Policy("prefer", ("erp",)), Policy("prefer", ("crm",)))


@pytest.mark.parametrize("policy", POLICIES, ids=["ask", "prefer the other", "prefer this one"])
def test_a_record_that_was_edited_twice_does_not_clash_with_itself(policy: Policy) -> None:
    world, crm, erp = agreed(policy=policy)
    crm.edit("1", phone="2")
    crm.take_down("1")
    crm.edit("1", phone="3")
    world.sync()
    assert (crm.row("1")["phone"], erp.row("1")["phone"], world.log()) == ("3", "3", [])


def test_an_edit_that_was_taken_back_changes_nothing() -> None:
    world, crm, erp = agreed()
    crm.edit("1", phone="2")
    crm.take_down("1")
    crm.edit("1", phone="1")
    world.sync()
    assert (world.held("crm"), world.held("erp"), crm.writes, erp.writes) == ([ANNA], [ANNA], [], [])


def test_a_new_record_is_made_elsewhere_once_and_as_it_is_by_now() -> None:
    crm = Log()
    world, _, _ = pair(crm)
    key = crm.create(name="Bert", phone="1")
    crm.take_down(key)
    crm.edit(key, phone="2")
    world.sync()
    assert [(row["name"], row["phone"]) for row in world.held("erp")] == [("Bert", "2")]


@pytest.mark.parametrize("deletes", ["ask", "edit", "delete"])
def test_a_record_that_was_edited_and_deleted_is_deleted(deletes: Any) -> None:
    world, crm, erp = agreed(deletes=Policy(deletes))
    crm.edit("1", phone="2")
    crm.take_down("1")
    crm.delete("1")
    world.sync()
    assert (crm.keys_held(), erp.keys_held(), world.log()) == ([], [], [])


def test_a_record_that_was_made_and_deleted_is_made_nowhere_else() -> None:
    crm = Log()
    world, _, _ = pair(crm)
    crm.create(name="Anna")
    world.sync()
    key = crm.create(name="Bert")
    crm.take_down(key)
    crm.delete(key)
    world.sync()
    assert [row["name"] for row in world.held("erp")] == ["Anna"]


def test_a_record_that_was_deleted_and_is_back_lives() -> None:
    world, crm, erp = agreed()
    crm.edit("1", phone="2")
    crm.lost.append("1")
    world.sync()
    assert (crm.row("1")["phone"], erp.row("1")["phone"], world.log()) == ("2", "2", [])


def test_a_page_that_does_not_contradict_itself_costs_no_further_call() -> None:
    world, crm, _ = agreed()
    key = crm.create(name="Bert", phone="1")
    crm.take_down(key)
    crm.delete("1")
    crm.calls.clear()
    world.sync()
    assert (crm.calls, [row["name"] for row in world.held("erp")]) == (["changes"], ["Bert"])
