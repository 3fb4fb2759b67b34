"""An absence counts when a list that shows other records has not shown it twice: the table of `polling.reconcile`."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from support.memory import Noted, World, many, memory

from hub.adapter import Can
from hub.core.errors import TryLater
from hub.core.model import Deletes
from hub.flow.deciding import held
from hub.flow.deciding.held import waiting
from hub.store import absences
from hub.store.absences import Absence

MUTE = Can(conditional=True, find=True, tokens=True, answers=True, batch=10)


class Listed(Noted):
    """A system that lists fewer records than it has."""

    hidden: frozenset[str] = frozenset()
    #: Listed, too, and not linked.
    strangers: Sequence[str] = ()

    def keys(self, obj):  # type: ignore[no-untyped-def]
        for page in super().keys(obj):
            yield [key for key in page if key not in self.hidden]
        yield list(self.strangers)


def mute(number: int = 30, **options: object) -> tuple[World, Noted, Listed]:
    """The ERP tells of no deletions."""
    erp = memory(MUTE)
    erp.__class__ = Listed
    return many(number, erp, **options)  # type: ignore[return-value]


def missed(world: World) -> dict[str, Absence]:
    with world.store.reading() as tx:
        return absences.of(tx, world.place("erp").id)


def test_one_list_that_does_not_show_a_record_is_noted_and_not_believed() -> None:
    world, crm, erp = mute()
    erp.delete("3")
    report = world.sync(keys=True)
    assert (len(crm.keys_held()), report.troubles) == (30, [])
    assert {key: row.state for key, row in missed(world).items()} == {"3": "sighted"}


def test_the_second_list_in_a_row_is_believed() -> None:
    world, crm, erp = mute()
    erp.delete("3")
    world.sync(keys=True)
    world.sync()
    assert len(crm.keys_held()) == 30
    world.restart()
    world.sync(keys=True)
    assert (len(crm.keys_held()), missed(world)) == (29, {})


def test_a_list_between_them_that_shows_the_record_begins_anew() -> None:
    world, crm, erp = mute()
    for hidden in ({"3"}, set(), {"3"}, set()):
        erp.hidden = frozenset(hidden)
        world.sync(keys=True)
    assert (len(crm.keys_held()), missed(world)) == (30, {})


def test_a_poll_that_shows_the_record_begins_anew() -> None:
    world, crm, erp = mute()
    erp.hidden = frozenset({"3"})
    world.sync(keys=True)
    erp.edit("3", phone="7")
    world.sync()
    assert missed(world) == {}
    world.sync(keys=True)
    assert len(crm.keys_held()) == 30


def test_the_second_list_may_have_to_come_so_much_later() -> None:
    world, crm, erp = mute(means={"erp": Deletes(confirm_after=timedelta(hours=1))})
    erp.delete("3")
    world.sync(keys=True)
    first = missed(world)
    world.clock.pass_(3000)
    world.sync(keys=True)
    assert (len(crm.keys_held()), missed(world)) == (30, first)
    world.clock.pass_(700)
    world.sync(keys=True)
    assert len(crm.keys_held()) == 29


@pytest.mark.parametrize("strangers", [[], ["98", "99"]])
def test_a_list_that_shows_no_record_that_we_know_is_not_believed(strangers: list[str]) -> None:
    """Empty, or full of other records: of a whole system nothing is left to tell by."""
    world, crm, erp = mute(5)
    erp.hidden = frozenset(erp.keys_held())
    erp.strangers = strangers
    for _ in range(2):
        report = world.sync(keys=True)
    assert ["[deletes.no-sentinel]" in said for said in report.troubles] == [True]
    assert len(crm.keys_held()) == 5
    [item] = waiting(world.hub, world.place("erp"), 1)
    assert (item.way, item.number) == ("from", 5)


def test_they_are_held_no_more_when_the_list_shows_them_again() -> None:
    world, crm, erp = mute(5)
    erp.hidden = frozenset(erp.keys_held())
    for _ in range(2):
        world.sync(keys=True)
    erp.hidden = frozenset()
    world.sync(keys=True)
    assert (waiting(world.hub, world.place("erp"), 1), missed(world), len(crm.keys_held())) == ([], {}, 5)


def test_the_last_record_of_a_system_is_deleted_when_a_person_says_so() -> None:
    world, crm, erp = mute(1)
    erp.delete("1")
    for _ in range(2):
        world.sync(keys=True)
    held.accept(world.hub, world.place("erp"), "from", 1)
    world.sync()
    assert crm.keys_held() == []


def test_too_many_missing_are_all_held() -> None:
    world, crm, erp = mute(40)
    for key in erp.keys_held()[:21]:
        erp.delete(key)
    for _ in range(3):
        world.sync(keys=True)
    assert len(crm.keys_held()) == 40
    assert waiting(world.hub, world.place("erp"), 0)[0].number == 21
    held.accept(world.hub, world.place("erp"), "from", 21)
    world.sync()
    assert len(crm.keys_held()) == 19


def test_a_list_that_breaks_off_counts_for_nothing() -> None:
    world, crm, erp = mute()
    erp.page = 10
    erp.at("keys", "before", lambda: None, lambda: (_ for _ in ()).throw(TryLater("system.busy", "later")))
    assert world.sync(keys=True).troubles
    assert (missed(world), len(crm.keys_held())) == ({}, 30)


def filtered(number: int = 5) -> tuple[World, Noted, Listed]:
    return mute(number, filters={"erp": "city = 'York'"})


def test_what_left_the_filter_is_not_deleted_and_stays_linked() -> None:
    world, crm, erp = filtered()
    erp.hidden = frozenset({"3"})
    for _ in range(3):
        report = world.sync(keys=True)
    assert (len(crm.keys_held()), report.troubles, report.written) == (5, [], 0)
    assert {key: row.state for key, row in missed(world).items()} == {"3": "outside"}
    assert world.golden("erp", "3") == world.golden("crm", "3")


def test_what_is_outside_the_filter_is_not_written_until_it_is_back() -> None:
    world, crm, erp = filtered()
    erp.hidden = frozenset({"3"})
    world.sync(keys=True)
    crm.edit("3", phone="7")
    world.sync()
    assert (erp.writes, world.owed()) == ([], [])
    erp.hidden = frozenset()
    world.sync(keys=True)
    assert (erp.row("3")["phone"], missed(world), world.owed()) == ("7", {}, [])


def test_what_was_edited_outside_the_filter_is_taken_when_it_is_back() -> None:
    world, crm, erp = filtered()
    erp.hidden = frozenset({"3"})
    world.sync(keys=True)
    cursor = erp._sequence
    erp.edit("3", phone="7")
    erp._sequence = cursor  # the poll does not show it, as a filter would not
    erp._tables["thing"].rows["3"] = erp._tables["thing"].rows["3"]._replace(sequence=1)
    world.sync()
    erp.hidden = frozenset()
    world.sync(keys=True)
    assert (crm.row("3")["phone"], missed(world)) == ("7", {})


def test_what_is_deleted_outside_the_filter_is_a_deletion() -> None:
    world, crm, erp = filtered()
    erp.hidden = frozenset({"3"})
    world.sync(keys=True)
    erp.delete("3")
    for _ in range(2):
        world.sync(keys=True)
    assert len(crm.keys_held()) == 4


def test_a_golden_record_that_was_deleted_meanwhile_goes_when_its_record_is_back() -> None:
    world, crm, erp = filtered()
    erp.hidden = frozenset({"3"})
    world.sync(keys=True)
    crm.delete("3")
    world.sync()
    assert "3" in erp.keys_held()
    erp.hidden = frozenset()
    world.sync(keys=True)
    assert "3" not in erp.keys_held()


def test_missing_records_are_read_in_batches() -> None:
    world, _crm, erp = filtered(30)
    erp.hidden = frozenset(erp.keys_held()[:12])
    erp._can = Can(**{**{name: getattr(MUTE, name) for name in MUTE.__slots__}, "read_batch": 5})
    erp.calls.clear()
    world.sync(keys=True)
    assert erp.calls[erp.calls.index("keys") :].count("read") == 3
