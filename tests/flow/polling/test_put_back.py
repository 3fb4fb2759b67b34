"""A system that is put back from a backup is noticed before it is believed, and a person says what counts."""

from dataclasses import replace
from typing import Any

import pytest
from support.memory import Noted, World, memory, pair

from hub.adapter import Can
from hub.core.errors import TryLater, Unknown
from hub.core.merge import EXISTENCE
from hub.core.model import Policy
from hub.core.putback import frozen
from hub.engine.sync import Sync
from hub.store import catalog

#: No feed tells that it ends early: stamps are all there is.
MUTE = Can(conditional=True, find=True, tokens=True, answers=True, batch=10, counted=True)


class Kept(Noted):
    """A system of which backups are made."""

    def backup(self) -> Any:
        return {name: table.copy() for name, table in self._tables.items()}, self._sequence

    def put_back(self, kept: Any) -> None:
        tables, self._sequence = kept
        self._tables = {name: table.copy() for name, table in tables.items()}


class Forgetful(Kept):
    """One whose feed does not tell that it was put back."""

    def changes(self, obj, since):  # type: ignore[no-untyped-def]
        for page in super().changes(obj, since):
            yield page._replace(rewound=False)


def world_of(kind: type[Kept] = Kept, can: Can | None = None, **options: Any) -> tuple[World, Noted, Kept, Any]:
    """Ten records in both systems. After the backup of the ERP two are edited there, two in the CRM, one is made in
    each, and one is deleted."""
    erp = memory(can, **options) if can else memory(**options)
    erp.__class__ = kind
    world, crm, erp = pair(erp=erp)  # type: ignore[assignment]
    for each in range(10):
        crm.create(name=f"company {each}", phone="1", city="York")
    world.sync()
    world.sync()
    kept = erp.backup()  # type: ignore[attr-defined]
    erp.edit("1", phone="2")
    erp.edit("2", phone="2")
    crm.edit("3", phone="3")
    crm.edit("4", phone="3")
    crm.create(name="made in the CRM", phone="4", city="Leeds")
    erp.create(name="made in the ERP", phone="5", city="Hull")
    crm.delete("9")
    world.sync()
    world.sync()
    for system in (crm, erp):
        system.writes.clear()
    return world, crm, erp, kept  # type: ignore[return-value]


def paused(world: World) -> str | None:
    with world.store.reading() as tx:
        return catalog.position(tx, world.place("erp").id).paused


def resume(world: World, mode: str) -> None:
    """What `hub resume erp --MODE` does."""
    with world.store.transaction() as tx:
        catalog.pause(tx, world.place("erp").id, None)
        catalog.choose(tx, world.place("erp").id, mode, world.hub.now())


def shown(world: World, system: str) -> list[dict[str, Any]]:
    """Its records; whether an empty field is none or no text does not count."""
    return [{name: value or "" for name, value in row.items()} for row in world.held(system)]


@pytest.mark.parametrize("feed", ["sequence", "stamp"])
def test_it_is_noticed_at_the_next_poll_and_nothing_is_written_anywhere(feed: str) -> None:
    world, crm, erp, kept = world_of(feed=feed)
    before = world.held("crm")
    erp.put_back(kept)
    [said] = world.sync().troubles
    assert "[system.put-back]" in said
    assert "hub resume erp --baseline" in said
    assert (crm.writes, erp.writes, world.held("crm")) == ([], [], before)
    assert frozen(str(paused(world)))


def test_it_stays_frozen_over_runs_and_restarts_whatever_happens_there() -> None:
    world, crm, erp, kept = world_of()
    erp.put_back(kept)
    world.sync()
    crm.edit("5", phone="7")
    erp.edit("6", phone="8")
    for _ in range(3):
        world.restart()
        report = world.sync(keys=True, full=True)
        assert ["frozen" in said for said in report.troubles] == [True]
    assert (erp.writes, crm.writes) == ([], [])
    assert len(crm.keys_held()) == 11


def test_the_next_edit_there_does_not_bring_old_values_along() -> None:
    """Nothing but the version of the record that is edited first tells."""
    world, crm, erp, kept = world_of(Forgetful, MUTE)
    erp.edit("1", city="Leeds")
    world.sync()
    erp.put_back(kept)
    erp._sequence += 100
    erp.edit("1", name="edited since")
    assert "[system.put-back]" in world.sync().troubles[0]
    assert (crm.writes[1:], crm.row("1")["phone"]) == ([], "2")


def test_a_record_with_an_older_stamp_tells_it_where_there_are_no_versions() -> None:
    world, crm, erp, kept = world_of(Forgetful, replace(MUTE, counted=False))
    erp._clock = world.clock
    erp.edit("1", phone="6")
    world.sync()
    erp.put_back(kept)
    assert "[system.put-back]" in world.sync(full=True).troubles[0]
    assert crm.row("1")["phone"] == "6"


def test_records_made_lately_that_are_gone_tell_it_when_keys_are_compared() -> None:
    world, crm, erp, kept = world_of(Forgetful, MUTE)
    erp.put_back(kept)
    for _ in range(2):
        report = world.sync(keys=True)
        assert "[system.put-back]" in report.troubles[0]
    assert len(crm.keys_held()) == 11


def test_it_is_looked_for_when_a_system_is_back_after_it_was_away() -> None:
    world, crm, erp, kept = world_of(Forgetful, MUTE)
    erp.fail("changes", "before", TryLater("system.unreachable", "cannot connect"))
    world.sync()
    erp.put_back(kept)
    assert "[system.put-back]" in world.sync().troubles[0]
    assert (crm.writes, erp.writes) == ([], [])


def test_a_person_who_deletes_the_latest_record_freezes_nothing() -> None:
    world, crm, erp, _ = world_of(Forgetful, MUTE)
    erp.delete(max(erp.keys_held(), key=int))
    for _ in range(2):
        assert world.sync(keys=True).troubles == []
    assert len(crm.keys_held()) == 10


def test_a_write_that_arrived_late_freezes_nothing() -> None:
    world, crm, erp, _ = world_of()
    crm.edit("1", phone="9")
    erp.fail("write", "after", Unknown("system.no-answer", "no answer"))
    world.sync()
    world.clock.pass_(100)
    assert world.sync(keys=True).troubles == []


# -- what a person says ---------------------------------------------------------------------------------------------


def test_replay_writes_there_again_what_the_hub_knows() -> None:
    world, crm, erp, kept = world_of()
    before = world.held("crm")
    erp.put_back(kept)
    world.sync()
    resume(world, "replay")
    world.restart()
    assert world.sync().troubles == []
    world.sync()
    assert shown(world, "erp") == shown(world, "crm")
    assert world.held("crm") == before
    assert crm.writes == []
    assert {row.rule[:7] for row in world.log() if row.verdict == "keep"} >= {"replay:"}
    assert world.sync(keys=True, full=True).written == 0


def test_replay_deletes_again_what_was_deleted() -> None:
    world, _, erp, kept = world_of()
    assert len(erp.keys_held()) == 11
    erp.put_back(kept)
    assert len(erp.keys_held()) == 10
    world.sync()
    resume(world, "replay")
    world.sync()
    world.sync()
    assert sorted(row["name"] for row in world.held("erp")).count("company 8") == 0
    assert len(erp.keys_held()) == 11


def test_what_replay_deletes_again_is_in_the_log_with_what_people_typed_there_since() -> None:
    world, _, erp, kept = world_of()
    erp.put_back(kept)
    world.sync()
    erp.edit("9", phone="9")
    resume(world, "replay")
    world.sync()
    assert "9" not in erp.keys_held()
    [row] = [row for row in world.log() if row.unit == EXISTENCE and row.key == "9"]
    assert (row.verdict, row.theirs["phone"], row.rule[:7]) == ("keep", "9", "replay:")


def made_anew(*, there: bool = True) -> tuple[World, Noted, Kept, Any]:
    """Since the backup of the ERP its record 2 was deleted and made anew as 4, for an edit won over that. `there`: not
    yet, if False."""
    erp = memory()
    erp.__class__ = Kept
    world, crm, _ = pair(erp=erp, deletes=Policy("edit"))
    for each in range(3):
        crm.create(name=f"company {each}", phone="1", city="York")
    world.sync()
    world.sync()
    kept = erp.backup()  # type: ignore[attr-defined]
    crm.edit("2", phone="8")
    erp.delete("2")
    for system in ("crm", "erp"):
        Sync(world.hub).poll(world.place(system), False)
    if there:
        world.sync()
        world.sync()
        assert "4" in erp.keys_held()
    return world, crm, erp, kept  # type: ignore[return-value]


@pytest.mark.parametrize(("mode", "phone"), [("replay", "8"), ("baseline", "1")])
@pytest.mark.parametrize("there", [False, True], ids=["not yet", "as another one"])
def test_a_record_that_was_made_anew_since_is_known_by_its_old_key(mode: str, phone: str, there: bool) -> None:
    """No twin of it is made anywhere."""
    world, crm, erp, kept = made_anew(there=there)
    erp.put_back(kept)
    assert "[system.put-back]" in world.sync().troubles[0]
    resume(world, mode)
    for _ in range(3):
        world.sync(keys=True)
    assert (sorted(crm.keys_held()), sorted(erp.keys_held())) == (["1", "2", "3"], ["1", "2", "3"])
    assert crm.row("2")["phone"] == erp.row("2")["phone"] == phone
    assert (world.owed(), world.sync().written) == ([], 0)


def test_replay_deletes_again_what_was_made_anew_and_deleted_since() -> None:
    world, crm, erp, kept = made_anew()
    crm.delete("2")
    Sync(world.hub).poll(world.place("crm"), False)
    erp.put_back(kept)
    world.sync()
    resume(world, "replay")
    for _ in range(2):
        world.sync(keys=True)
    assert sorted(crm.keys_held()) == sorted(erp.keys_held()) == ["1", "3"]
    assert (world.owed(), world.sync().written) == ([], 0)


def test_replay_leaves_what_waits_for_a_person() -> None:
    world, crm, erp, _ = world_of()
    crm.edit("6", city="Cork")
    erp.edit("6", city="Hull")
    world.sync()
    kept = erp.backup()
    crm.edit("6", phone="6")
    world.sync()
    erp.put_back(kept)
    world.sync()
    resume(world, "replay")
    world.sync()
    assert (crm.row("6")["city"], erp.row("6")["city"], erp.row("6")["phone"]) == ("Cork", "Hull", "6")
    assert [row.unit for row in world.log("open")] == ["city"]


def test_an_edit_that_waited_and_is_lost_by_the_backup_waits_no_more() -> None:
    world, crm, erp, kept = world_of()
    crm.edit("6", city="Cork")
    erp.edit("6", city="Hull")
    world.sync()
    erp.put_back(kept)
    world.sync()
    resume(world, "replay")
    world.sync()
    assert (crm.row("6")["city"], erp.row("6")["city"]) == ("Cork", "Cork")
    assert [(row.state, row.theirs) for row in world.log() if row.unit == "city"] == [("withdrawn", {"city": "Hull"})]


def test_baseline_takes_what_it_shows_as_edited_there() -> None:
    world, crm, erp, kept = world_of()
    erp.put_back(kept)
    world.sync()
    crm.edit("1", phone="9")
    resume(world, "baseline")
    world.restart()
    assert world.sync().troubles == []
    assert erp.writes == []
    assert (crm.row("2")["phone"], crm.row("3")["phone"]) == ("1", "1")
    [clash] = world.log("open")
    assert (clash.theirs, clash.ours) == ({"phone": "1"}, {"phone": "9"})


def test_baseline_holds_no_record_for_deleted_that_one_list_does_not_show() -> None:
    world, _, erp, kept = world_of()
    erp.put_back(kept)
    world.sync()
    resume(world, "baseline")
    world.sync(keys=True)
    assert {"made in the CRM", "made in the ERP"} <= {row["name"] for row in world.held("crm")}
    world.sync(keys=True)
    assert not {"made in the CRM", "made in the ERP"} & {row["name"] for row in world.held("crm")}


@pytest.mark.parametrize("mode", ["baseline", "replay"])
def test_afterwards_it_is_polled_as_ever(mode: str) -> None:
    world, crm, erp, kept = world_of()
    erp.put_back(kept)
    world.sync()
    resume(world, mode)
    for _ in range(3):
        world.sync()
    erp.edit("5", phone="8")
    report = world.sync()
    assert (report.troubles, crm.row("5")["phone"]) == ([], "8")
    assert report.polled["account", "erp"].read < 5


def test_a_poll_at_rest_costs_no_call_and_no_statement_for_it() -> None:
    world, _, erp, _ = world_of()
    world.sync()
    erp.calls.clear()
    before = world.store.counts.statements
    world.sync()
    assert erp.calls == ["changes"]
    assert world.store.counts.statements - before <= 8


@pytest.mark.parametrize("mode", ["baseline", "replay"])
def test_a_foreign_key_that_the_backup_has_not_unlinks_nobody(mode: str) -> None:
    erp = memory(links=("crm_key",))
    erp.__class__ = Kept
    world, crm, _ = pair(erp=erp, links={"erp": {"@crm": "crm_key"}})
    for each in range(3):
        erp.create(name=f"company {each}")
    world.sync()
    kept = erp.backup()  # type: ignore[attr-defined]
    kept[0]["thing"].rows = {
        key: row._replace(fields={**row.fields, "crm_key": None}, version=1)
        for key, row in kept[0]["thing"].rows.items()
    }
    erp.edit("1", name="edited")
    world.sync()
    erp.put_back((kept[0], 3))  # type: ignore[attr-defined]
    world.sync()
    resume(world, mode)
    world.sync()
    world.sync()
    assert [row["crm_key"] for row in erp.held("thing").values()] == ["1", "2", "3"]
    assert len(crm.keys_held()) == 3
