"""What a run says that it did is what happened: the numbers of its report are counted against the systems."""

from collections import Counter

from support.memory import ANNA, Noted, World, linked, memory, pair

from hub.core.errors import TryLater, Unknown
from hub.engine.sync import Report
from hub.store import runs

NUMBER = {"phone": {"type": "decimal"}}
LOST = Unknown("system.no-answer", "no answer")


def told(report: Report) -> dict[str, dict[str, int]]:
    """What a run counted, without what it merely looked at."""
    counts = report.counts().items()
    looked = ("read", "unchanged")
    kept = {place[8:]: {n: c for n, c in numbers.items() if n not in looked} for place, numbers in counts}
    return {place: numbers for place, numbers in kept.items() if numbers}


def wrote(*systems: Noted) -> int:
    """Writes that arrived."""
    return sum(len(system.writes) for system in systems)


def test_new_records_are_counted_where_they_come_from_and_where_they_go() -> None:
    world, crm, erp = pair()
    for number in range(3):
        crm.create(name=f"company {number}")
    erp.create(name="supplier")
    assert told(world.sync()) == {"crm": {"created": 3, "sent created": 1}, "erp": {"created": 1, "sent created": 3}}
    assert Counter(write.kind for write in crm.writes + erp.writes) == {"create": 4}


def test_a_record_that_matches_is_linked_and_not_created() -> None:
    world, crm, erp = pair(match=[["name"]])
    crm.create(name="Anna")
    erp.create(name="anna")
    crm.create(name="Bert")
    counts = told(world.sync())
    assert (counts["erp"]["linked"], counts["crm"]["created"]) == (1, 2)
    assert counts["erp"]["sent created"] == len(erp.keys_held()) - 1 == 1


def test_an_edit_is_merged_once_and_written_once() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2", city="Leeds")
    assert told(world.sync()) == {"crm": {"merged": 1}, "erp": {"sent updated": 1}}
    assert wrote(crm, erp) == 1


def test_what_is_read_again_and_shows_nothing_new_is_unchanged() -> None:
    world, _, _ = linked()
    report = world.sync(full=True)
    assert report.counts() == {f"account {name}": {"read": 1, "unchanged": 1} for name in ("crm", "erp")}
    assert report.written == report.conflicts == 0


def test_a_conflict_is_counted_when_it_is_logged_and_not_again() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2", city="Leeds")
    erp.edit("1", phone="3", city="Hull")
    reports = [world.sync(), world.sync(full=True)]
    assert [report.conflicts for report in reports] == [len(world.log()), 0] == [2, 0]


def test_a_record_that_steps_aside_is_counted_each_time_it_is_tried() -> None:
    world, crm, _ = pair(specs={"crm": NUMBER})
    crm.create(name="Anna", phone="about two")
    crm.create(name="Bert", phone="2")
    assert told(world.sync())["crm"] == {"created": 1, "aside": 1}
    assert told(world.sync()) == {}
    world.clock.pass_(90_000)
    assert told(world.sync()) == {"crm": {"aside": 1}}
    assert len(world.aside()) == 1


def test_a_deletion_is_counted_on_both_sides() -> None:
    world, crm, erp = linked()
    crm.delete("1")
    assert told(world.sync()) == {"crm": {"deleted": 1}, "erp": {"sent deleted": 1}}
    assert [write.kind for write in erp.writes] == ["delete"]


def test_a_refused_write_is_not_counted_as_written() -> None:
    world, crm, _ = pair(erp=memory(choices={"city": ("York",)}))
    crm.create(name="Anna", city="Atlantis")
    crm.create(name="Bert", city="York")
    report = world.sync()
    assert told(report)["erp"] == {"sent created": 1, "sent refused": 1}
    assert report.written == len(world.held("erp")) == 1
    assert [item.state for item in world.owed()] == ["refused"]


def test_a_record_that_was_edited_before_the_write_is_stale_and_then_written() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    erp.at("write", "before", lambda: erp.edit("1", city="Leeds"))
    report = world.sync()
    sent = report.sent["account", "erp"]
    assert (sent.stale, sent.updated) == (1, 1)
    world.sync()
    assert crm.row("1") == erp.row("1") == {**ANNA, "phone": "2", "city": "Leeds"}


def test_a_create_without_an_answer_is_in_doubt_and_counted_as_created_when_it_is_known() -> None:
    world, crm, erp = pair()
    crm.create(name="Anna")
    erp.fail("write", "after", LOST)
    report = world.sync()
    assert (told(report)["erp"], report.written) == ({"sent in_doubt": 1}, 0)
    world.clock.pass_(100)
    report = world.sync()
    assert (told(report)["erp"], report.written) == ({"sent created": 1}, 1)
    assert erp.keys_held() == ["1"]


def test_what_could_not_be_sent_is_postponed() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    erp.fail("write", "before", TryLater("system.busy", "come back later"))
    report = world.sync()
    assert (told(report)["erp"], report.written, wrote(erp)) == ({"sent postponed": 1}, 0, 0)
    assert [item.state for item in world.owed()] == ["owed"]


def test_the_row_of_a_run_holds_what_its_report_says() -> None:
    world, crm, erp = linked()
    crm.edit("1", phone="2")
    erp.edit("1", phone="3", city="Hull")
    crm.create(name="Bert")
    report = world.sync()
    assert report.written == wrote(crm, erp) == 2
    assert row(world) == report.counts()


def row(world: World) -> object:
    with world.store.reading() as tx:
        return runs.latest(tx, world.hub.catalog.instance_id, 1)[0].counts
