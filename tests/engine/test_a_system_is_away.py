"""A system that fails as a whole is left alone for a growing pause, and costs one write a record when it is back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from support.memory import ABLE, Noted, World, memory

from hub.adapter import Can, Failure
from hub.core.errors import HubError, Refused, TryLater, Unknown
from hub.core.retry import PATIENCE
from hub.store import outages
from hub.store.outages import Outage

AWAY = TryLater("system.unreachable", "erp is away")
BUSY = TryLater("system.busy", "429", after=120.0)
ONE = Can(conditional=True, tombstones=True, find=True, tokens=True, answers=True, batch=1)


def failing(error: HubError, *names: str) -> Callable[[str, str], None]:
    """Every call fails, or those of these names."""

    def fault(call: str, phase: str) -> None:
        if not names or call in names:
            raise error

    return fault


class Town(World):
    """A CRM with ten companies, and an ERP that may be away."""

    def __init__(self, can: Can = ABLE) -> None:
        super().__init__({"crm": memory(), "erp": memory(can)})
        self.crm, self.erp = self.systems["crm"], self.systems["erp"]
        for number in range(10):
            self.crm.person_create("thing", {"name": f"n{number}", "phone": "0"})
        self.sync()
        self.sync()
        assert isinstance(self.erp, Noted)
        self.erp.writes.clear()
        self.erp.calls.clear()
        self.counted = self.erp.fault

    def away(self, error: HubError = AWAY, *names: str) -> list[str]:
        """From now on; the calls that it gets."""
        calls: list[str] = []
        fault = failing(error, *names)

        def both(call: str, phase: str) -> None:
            calls.append(call)
            fault(call, phase)

        self.erp.fault = both
        return calls

    def back(self) -> None:
        self.erp.fault = self.counted

    def edit_all(self, phone: str) -> None:
        for key in self.crm.held("thing"):
            self.crm.person_edit("thing", key, {"phone": phone})

    def outages(self) -> list[Outage]:
        with self.store.reading() as tx:
            return outages.find(tx)


def test_it_is_tried_at_every_run_first_and_then_left_alone() -> None:
    town = Town()
    calls = town.away()
    for _ in range(PATIENCE):
        town.sync()
    assert len(calls) == PATIENCE, "one call a run finds out"
    report = town.sync()
    assert len(calls) == PATIENCE
    [said] = report.troubles
    assert "left alone until 2026-11-22T09:01" in said
    assert "hub resume erp" in said
    assert "erp is away" in said


def test_after_the_pause_one_probe_is_made_and_the_next_pause_is_longer() -> None:
    town = Town()
    calls = town.away()
    for _ in range(PATIENCE):
        town.sync()
    minutes = []
    for failures in range(PATIENCE, PATIENCE + 9):
        [outage] = town.outages()
        assert (outage.failures, len(calls)) == (failures, failures)
        assert outage.until
        pause = datetime.fromisoformat(outage.until) - town.clock.at
        minutes.append(pause / timedelta(minutes=1))
        town.clock.pass_(pause.total_seconds() - 2)
        town.sync()
        assert len(calls) == failures, "a second before the end of the pause it is still left alone"
        town.sync()
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_restart_changes_nothing_of_it() -> None:
    town = Town()
    for _ in range(PATIENCE):
        town.away()
        town.sync()
    town.restart()
    calls = town.away()
    town.sync()
    assert calls == []


def test_the_probe_closes_it_and_what_waited_is_written_at_once() -> None:
    town = Town()
    town.away()
    town.edit_all("1")
    for _ in range(PATIENCE):
        town.sync()
    town.back()
    town.clock.pass_(60)
    report = town.sync()
    assert report.troubles == []
    assert town.outages() == []
    assert report.sent["account", "erp"].updated == 10


def test_away_for_days_costs_one_write_a_record_afterwards() -> None:
    town = Town()
    town.away()
    for day in range(1, 6):
        for hour in range(24):
            town.edit_all(f"{day}/{hour}")
            town.sync()
            town.clock.pass_(3600)
    town.back()
    report = town.sync()
    assert isinstance(town.erp, Noted)
    assert (report.sent["account", "erp"].updated, len(town.erp.writes)) == (10, 10)
    assert {row["phone"] for row in town.held("erp")} == {"5/23"}
    assert town.sync().written == 0


def test_writes_that_failed_again_and_again_are_due_at_once_when_the_system_is_back() -> None:
    """Each of them has failed often enough to wait for hours by itself."""
    town = Town()
    town.edit_all("1")
    for _ in range(10):
        town.away(AWAY, "write")
        town.sync()
        town.clock.pass_(86_400)
    town.away()
    for _ in range(PATIENCE):
        town.sync()
    town.back()
    town.clock.pass_(60)
    assert town.sync().sent["account", "erp"].updated == 10


def test_a_system_that_answers_reads_is_not_left_alone() -> None:
    town = Town()
    town.edit_all("1")
    town.away(AWAY, "write")
    for _ in range(PATIENCE + 2):
        town.sync()
    assert town.outages() == []


def test_one_run_that_works_begins_the_count_anew() -> None:
    town = Town()
    for _ in range(3):
        for _ in range(PATIENCE - 1):
            town.away()
            town.sync()
        town.back()
        assert town.sync().troubles == []
        assert town.outages() == []


@pytest.mark.parametrize(
    "error", [TryLater("store.unavailable", "disk full"), Refused("system.redirect", "away")], ids=["store", "refused"]
)
def test_what_is_not_the_systems_doing_is_not_counted(error: HubError) -> None:
    town = Town()
    town.away(error)
    for _ in range(PATIENCE + 1):
        town.sync()
    assert town.outages() == []


def test_a_pause_that_the_system_asks_for_is_a_try_of_no_record() -> None:
    town = Town()
    town.edit_all("1")
    calls = town.away(BUSY, "write")
    report = town.sync()
    assert "429" in report.troubles[0]
    assert {(item.state, item.attempts) for item in town.owed()} == {("owed", 0)}
    asked = len(calls)
    town.clock.pass_(60)
    [said] = town.sync().troubles
    assert "left alone until 2026-11-22T09:02" in said
    assert len(calls) == asked, "no call inside the pause"
    town.back()
    town.clock.pass_(60)
    assert town.sync().sent["account", "erp"].updated == 10


def test_ten_minutes_of_throttling_put_nothing_aside_and_leave_nobody_alone_for_longer() -> None:
    town = Town()
    town.edit_all("1")
    for _ in range(10):
        town.away(TryLater("system.busy", "429", after=60.0))
        town.sync()
        town.clock.pass_(60)
    assert [outage.failures for outage in town.outages()] == [0]
    town.back()
    assert town.sync().sent["account", "erp"].updated == 10
    assert town.outages() == []


def test_a_pause_said_of_one_write_of_a_batch_stops_the_others_too(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(ONE)
    town.edit_all("1")
    sent: list[object] = []

    def write(obj: str, writes: object) -> list[Failure]:
        sent.append(writes)
        return [Failure(BUSY)]

    monkeypatch.setattr(town.erp, "write", write)
    town.sync()
    assert len(sent) == 1
    assert {item.attempts for item in town.owed()} == {0}


def test_a_system_that_answers_no_write_is_not_asked_for_every_record(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(ONE)
    town.edit_all("1")
    town.away(Unknown("system.no-answer", "it may have been done"), "write")
    report = town.sync()
    assert report.sent["account", "erp"].postponed == 10
    assert "3 calls in a row were not answered" in report.troubles[0]
    assert sorted(item.attempts for item in town.owed()) == [0] * 7 + [1] * 3
    town.back()
    town.clock.pass_(60)
    town.sync()
    assert {row["phone"] for row in town.held("erp")} == {"1"}
