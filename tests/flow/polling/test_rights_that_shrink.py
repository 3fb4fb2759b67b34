"""Rights that were taken away make lists short, without an error: nothing is deleted for it, and it is said."""

from dataclasses import replace

import pytest
from support.memory import Noted, World, memory, pair

from hub.adapter import Can, Cursor

MUTE = Can(conditional=True, find=True, tokens=True, answers=True, batch=10)
RECORDS = 60


class Restricted(Noted):
    """A system that shows some of its records as if the others were not there, whatever it is asked."""

    hidden: frozenset[str] = frozenset()

    def changes(self, obj: str, since: Cursor | None):  # type: ignore[no-untyped-def]
        for page in super().changes(obj, since):
            yield page._replace(records=[record for record in page.records if record.key not in self.hidden])

    def read(self, obj, keys):  # type: ignore[no-untyped-def]
        return super().read(obj, [key for key in keys if key not in self.hidden])

    def find(self, obj, name, values):  # type: ignore[no-untyped-def]
        return [record for record in super().find(obj, name, values) if record.key not in self.hidden]

    def keys(self, obj):  # type: ignore[no-untyped-def]
        for page in super().keys(obj):
            yield [key for key in page if key not in self.hidden]


def restricted(can: Can = MUTE) -> tuple[World, Noted, Restricted]:
    erp = memory(can)
    erp.__class__ = Restricted
    world, crm, _ = pair(erp=erp)
    for each in range(RECORDS):
        crm.create(name=f"company {each:02}")
    world.sync()
    world.sync()
    for system in (crm, erp):
        system.writes.clear()
    return world, crm, erp  # type: ignore[return-value]


#: Which half is hidden: keys are numbers in the order in which the records were made.
HALVES = {"the older ones": range(1, 31), "every second one": range(1, 61, 2), "the newer ones": range(31, 61)}


@pytest.mark.parametrize("half", HALVES)
def test_half_the_records_hidden_is_no_deletion_and_one_alarm_a_run(half: str) -> None:
    world, crm, erp = restricted()
    erp.hidden = frozenset(map(str, HALVES[half]))
    assert len(erp.hidden) == RECORDS // 2
    said = [world.sync(keys=True).troubles for _ in range(4)]
    assert len(crm.keys_held()) == RECORDS
    assert (crm.writes, erp.writes) == ([], [])
    assert [len(troubles) for troubles in said[1:2]] == [1]
    assert all(len(troubles) <= 1 for troubles in said)


@pytest.mark.parametrize("half", ["the older ones", "every second one"])
def test_when_the_rights_are_back_nothing_has_happened(half: str) -> None:
    world, crm, erp = restricted()
    erp.hidden = frozenset(map(str, HALVES[half]))
    for _ in range(3):
        world.sync(keys=True)
    erp.hidden = frozenset()
    crm.edit("1", phone="7")
    crm.edit("60", phone="7")
    for _ in range(2):
        report = world.sync(keys=True)
    assert report.troubles == []
    assert (erp.row("1")["phone"], erp.row("60")["phone"]) == ("7", "7")
    assert len(crm.keys_held()) == len(erp.keys_held()) == RECORDS


def test_a_list_that_is_empty_is_no_deletion_either() -> None:
    world, crm, erp = restricted()
    erp.hidden = frozenset(erp.keys_held())
    said = [world.sync(keys=True).troubles for _ in range(3)]
    assert (len(crm.keys_held()), max(map(len, said))) == (RECORDS, 1)


def test_edits_of_so_many_hidden_records_wait_and_delete_nothing() -> None:
    """The look before the write does not find them: more than the guard believes."""
    world, crm, erp = restricted(replace(MUTE, conditional=False))
    hidden = [str(key) for key in HALVES["the older ones"]]
    erp.hidden = frozenset(hidden)
    for key in hidden:
        crm.edit(key, phone="7")
    world.sync()
    assert erp.writes == []
    assert [delivery.state for delivery in world.owed()] == ["owed"] * len(hidden)
    assert len(crm.keys_held()) == RECORDS
    erp.hidden = frozenset()
    world.clock.pass_(3600)
    world.sync(keys=True)
    assert {erp.row(key)["phone"] for key in hidden} == {"7"}
    assert len(crm.keys_held()) == len(erp.keys_held()) == RECORDS
