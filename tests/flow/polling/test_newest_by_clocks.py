"""`newest` goes by stamps only as far as the clocks of both systems are known to agree; else a person is asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.memory import Noted, World, linked, memory

from hub.core.clocks import Clocks, Told
from hub.core.model import Policy

NEWEST = Policy("newest")


class Timed(Noted):
    """A system whose clock tells what it shows to the second, as HTTP does."""

    def told_time(self) -> Told | None:
        told = super().told_time()
        return told and Told(told.at.replace(microsecond=0), grain=1.0)


def timed(crm: float = 0, erp: float = 0, **options: object) -> tuple[World, Noted, Noted]:
    """One linked record; the clocks are so many seconds ahead of the hub's."""
    world, one, two = linked(policy=NEWEST, **options)  # type: ignore[arg-type]
    for system, ahead in ((one, crm), (two, erp)):
        system._clock = shows(world, ahead)
    return world, one, two


def shows(world: World, ahead: float) -> Callable[[], datetime]:
    return lambda: world.clock.at + timedelta(seconds=ahead)


def clash(world: World, crm: Noted, erp: Noted, apart: float) -> list[tuple[str, str]]:
    """Somebody edits the phone in the CRM and, so many seconds later, in the ERP."""
    crm.edit("1", phone="2")
    world.clock.pass_(apart)
    erp.edit("1", phone="3")
    world.sync()
    return [(row.verdict, row.rule) for row in world.log()]


def test_edits_further_apart_than_the_clocks_are_decided() -> None:
    world, crm, erp = timed()
    assert clash(world, crm, erp, 2) == [("take", "hub: newest")]
    assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("3", "3")


@pytest.mark.parametrize(("crm_ahead", "erp_ahead"), [(0.7, 0.0), (0.0, 0.7), (-0.7, 0.0)])
def test_edits_nearer_than_the_clocks_are_logged_and_left_to_a_person(crm_ahead: float, erp_ahead: float) -> None:
    """The case that newest-wins gets wrong: clocks 700 ms apart, edits 300 ms."""
    world, crm, erp = timed(crm_ahead, erp_ahead)
    crm.__class__ = erp.__class__ = Timed
    [(verdict, rule)] = clash(world, crm, erp, 0.3)
    assert (verdict, rule[:12]) == ("hold", "hub: newest,")
    assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("2", "3")
    assert [row.state for row in world.log()] == ["open"]


def test_the_side_with_the_fast_clock_does_not_win_by_it() -> None:
    world, crm, erp = timed(crm=30)
    assert [verdict for verdict, _ in clash(world, crm, erp, 20)] == ["hold"]


def test_a_clock_that_is_far_off_is_never_believed() -> None:
    world, crm, erp = timed(crm=-600)
    [(verdict, rule)] = clash(world, crm, erp, 3600)
    assert (verdict, rule) == ("hold", "hub: newest, but how the clocks stand to each other is not known")


def test_how_far_off_is_a_setting() -> None:
    world, crm, erp = timed(crm=-600)
    world.instance = replace(world.instance, clocks=Clocks(most=timedelta(hours=1)))
    world.restart()
    assert [verdict for verdict, _ in clash(world, crm, erp, 3600)] == ["take"]


def test_a_system_that_does_not_tell_the_time_is_asked_about() -> None:
    world, crm, erp = linked(policy=NEWEST)
    assert [rule for _, rule in clash(world, crm, erp, 3600)] == [
        "hub: newest, but how the clocks stand to each other is not known"
    ]


def test_a_stamp_in_the_future_tells_nothing() -> None:
    """The clock that stamps records is not the one that was measured."""
    world, crm, erp = timed()
    erp.told_time = lambda: Told(world.clock.at)  # type: ignore[method-assign]
    erp._clock = shows(world, 300)
    assert [verdict for verdict, _ in clash(world, crm, erp, 20)] == ["hold"]


def test_two_values_of_one_system_need_no_second_clock() -> None:
    world, crm, _ = timed(crm=-600)
    crm.edit("1", phone="2")
    world.sync()
    crm.edit("1", phone="4")
    world.sync()
    assert world.log() == []


def test_how_a_clock_stood_is_known_to_the_next_process() -> None:
    """The CRM is polled first: the ERP's clock was measured by a process that is gone."""
    world, crm, erp = timed()
    world.sync()
    world.clock.pass_(10)
    erp.edit("1", phone="3")
    crm.fail("write", "before", OSError("power cut"))
    with pytest.raises(OSError, match="power cut"):
        world.sync()
    world.restart()
    assert world.hub.clocks == {}
    world.clock.pass_(60)
    crm.edit("1", phone="5")
    world.sync()
    assert [(row.verdict, row.rule) for row in world.log()] == [("take", "hub: newest")]
    assert (crm.row("1")["phone"], erp.row("1")["phone"]) == ("5", "5")


def test_what_is_edited_while_a_clock_is_set_back_is_found_and_said() -> None:
    erp = memory(feed="stamp")
    world, crm, erp = timed(erp=0)
    erp.feed = "stamp"
    erp.edit("1", city="Leeds")
    world.sync(full=True)
    world.sync()
    erp._clock = shows(world, -7200)
    erp.edit("1", phone="7")
    report = world.sync()
    [said] = report.troubles
    assert "[system.clock-back]" in said
    assert crm.row("1")["phone"] == "7"
    world.restart()
    erp.edit("1", phone="8")
    assert "[system.clock-back]" in world.sync().troubles[0]
    assert crm.row("1")["phone"] == "8"


def test_a_clock_that_has_caught_up_is_trusted_again() -> None:
    world, crm, erp = timed()
    world.sync()
    erp._clock = shows(world, -600)
    assert len(world.sync().troubles) == 1
    world.clock.pass_(700)
    assert world.sync().troubles == []
    crm.calls.clear()
    world.sync()
    assert crm.calls == ["changes"]


def test_measuring_costs_no_call_and_no_statement() -> None:
    quiet, _, _ = linked()
    told, _, _ = timed()
    spent = []
    for world in (quiet, told):
        world.sync()
        before = world.store.counts.statements
        world.sync()
        spent.append(world.store.counts.statements - before)
    assert spent[0] == spent[1]
