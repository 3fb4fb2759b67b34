"""The cursor moves with the records of its page, never before them and never without them."""

from typing import Any

import pytest
from support.memory import FIELDS, Noted, World, memory, pair

from hub.adapter import Broken, FieldInfo, Page
from hub.core.errors import Refused, TryLater
from hub.store import catalog

AWAY = TryLater("system.unreachable", "away")
NAMES = [f"company {number}" for number in range(5)]


class Killed(BaseException):
    """The process ends here."""


def paged(**options: Any) -> tuple[World, Noted, Noted]:
    """Five companies on three pages, that nobody has read."""
    world, crm, erp = pair(memory(page=2), **options)
    for name in NAMES:
        crm.create(name=name)
    return world, crm, erp


def names(world: World, system: str) -> list[Any]:
    return sorted(row["name"] for row in world.held(system))


def at_page(crm: Noted, number: int, error: BaseException, phase: str = "before") -> None:
    """The n-th page fails."""

    def nothing() -> None:
        pass

    def fail() -> None:
        raise error

    crm.at("changes", phase, *[nothing] * (number - 1), fail)


def test_after_a_poll_the_next_one_reads_nothing_again() -> None:
    world, _, _ = paged()
    assert world.sync().polled["account", "crm"].read == 5
    before = world.cursor("crm")
    assert world.sync().polled["account", "crm"].read == 0
    assert world.cursor("crm") == before is not None


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_poll_that_breaks_off_goes_on_after_the_last_page_that_was_merged(page: int) -> None:
    world, crm, _ = paged()
    at_page(crm, page, AWAY)
    report = world.sync()
    assert len(names(world, "erp")) == (page - 1) * 2
    assert (world.cursor("crm") is None) == (page == 1)
    assert len(report.troubles) == 1
    assert world.sync().polled["account", "crm"].read == 5 - (page - 1) * 2
    assert names(world, "erp") == NAMES


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_process_killed_in_the_middle_of_a_poll_makes_nothing_twice(phase: str) -> None:
    world, crm, erp = paged()
    at_page(crm, 2, Killed(), phase)
    with pytest.raises(Killed):
        world.sync()
    world.restart()
    world.sync()
    world.sync()
    assert names(world, "crm") == names(world, "erp") == NAMES
    assert (len(erp.writes), world.owed(), world.log()) == (5, [], [])


def test_a_process_killed_in_the_middle_of_a_page_leaves_nothing_of_that_page(monkeypatch: pytest.MonkeyPatch) -> None:
    world, _, _ = paged()
    move, pages = catalog.move, iter([True, False])

    def killed_at_the_second(*given: Any) -> None:
        if not next(pages):
            raise Killed
        move(*given)

    with monkeypatch.context() as patch:
        patch.setattr(catalog, "move", killed_at_the_second)
        with pytest.raises(Killed):
            world.sync()
    world.restart()
    assert (len(world.owed()), world.cursor("crm") is None) == (2, False), "what the first page brought, and no more"
    world.sync()
    assert names(world, "erp") == NAMES


def test_a_page_that_is_read_twice_changes_nothing() -> None:
    world, _, erp = paged()
    world.sync()
    with world.store.transaction() as tx:
        catalog.move(tx, world.place("crm").id, None)
    erp.writes.clear()
    report = world.sync()
    tally = report.polled["account", "crm"]
    assert (tally.read, tally.unchanged, tally.created, report.written, erp.writes) == (5, 5, 0, 0, [])


def test_a_first_walk_that_breaks_off_misses_no_deletion() -> None:
    world, crm, _ = paged()
    at_page(crm, 3, AWAY)
    world.sync()
    crm.delete("1")
    world.sync()
    world.sync()
    assert names(world, "crm") == names(world, "erp") == NAMES[1:]


def test_what_is_edited_while_pages_are_read_is_not_missed() -> None:
    world, crm, _ = paged()
    crm.at("changes", "after", lambda: crm.edit("1", phone="2"), lambda: crm.edit("5", phone="3"))
    world.sync()
    world.sync()
    assert [row["phone"] or None for row in world.held("erp")] == ["2", None, None, None, "3"]


def test_a_record_that_does_not_fit_does_not_hold_the_cursor() -> None:
    world, crm, _ = paged(specs={"crm": {"phone": {"type": "decimal"}}})
    crm.edit("2", phone="about two")
    world.sync()
    assert [review.key for review in world.aside()] == ["2"]
    assert world.sync().polled["account", "crm"].read == 0
    assert len(world.held("erp")) == 4


class Torn(Noted):
    """Every page has a row that is no record."""

    def changes(self, obj: str, since: str | None):  # type: ignore[no-untyped-def]
        for page in super().changes(obj, since):
            row = Broken(None, Refused("answer.row", "row 1: expected a record, got nothing"))
            yield Page(page.records, page.cursor, page.gone, [row])


def test_a_row_that_is_no_record_does_not_hold_the_cursor() -> None:
    crm = Torn({"thing": [FieldInfo(name) for name in FIELDS]}, can=memory().can, page=2)
    world, _, _ = pair(crm)
    for name in NAMES:
        crm.create(name=name)
    world.sync()
    assert names(world, "erp") == NAMES
    assert world.sync().polled["account", "crm"].read == 0


def test_a_system_that_is_away_keeps_its_cursor_and_the_others_move_theirs() -> None:
    world, crm, erp = paged()
    world.sync()
    world.sync()
    stood = world.cursor("crm"), world.cursor("erp")
    crm.edit("1", phone="2")
    erp.edit("2", phone="3")
    at_page(crm, 1, AWAY)
    world.sync()
    assert (world.cursor("crm"), world.cursor("erp") != stood[1]) == (stood[0], True)
    world.sync()
    assert (erp.row("1")["phone"], crm.row("2")["phone"]) == ("2", "3")
