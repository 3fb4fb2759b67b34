"""A corrected value is an edit like any other: merged, owed to all that differ, and no later edit is lost to it."""

from support.memory import World, linked, memory

from hub.core.model import Allowed
from hub.flow.deciding.failed import Cell, Corrected, Row, as_of, columns, correct
from hub.store import audit, records
from hub.store.records import Known

CHOICES = {"city": ("York", "Leeds")}


def refused() -> tuple[World, int]:
    """The ERP does not know the city; the golden record."""
    world, crm, _ = linked(memory(), memory(choices=CHOICES))
    crm.edit("1", city="Hull")
    world.sync()
    assert [item.state for item in world.owed()] == ["refused"]
    return world, world.golden("crm", "1")


def known(world: World, golden_id: int) -> Known:
    with world.store.reading() as tx:
        return records.load(tx, world.place("erp").id, [golden_id])[golden_id]


def row(world: World, golden_id: int, *, discard: bool = False, **values: str) -> Row:
    """As it comes back, with these values changed."""
    place, fields = world.place("erp"), known(world, golden_id).fields
    shown = {name: "" if fields.get(name) is None else str(fields[name]) for name in columns(place)}
    cells = {name: Cell(column, text) for column, (name, text) in enumerate({**shown, **values}.items(), 12)}
    return Row(2, place, golden_id, as_of(place, fields), discard, cells)


def corrected(world: World, *rows: Row) -> Corrected:
    return correct(world.hub, rows, "ada")


def test_a_corrected_value_goes_to_every_system_that_differs() -> None:
    world, golden_id = refused()
    assert corrected(world, row(world, golden_id, city="Leeds")).edited == 1
    world.sync()
    assert [world.systems[name].held("thing")["1"]["city"] for name in ("crm", "erp")] == ["Leeds", "Leeds"]
    assert world.owed() == []
    assert world.sync().written == 0


def test_the_edit_is_in_the_log_with_who_the_old_and_the_new_value() -> None:
    world, golden_id = refused()
    corrected(world, row(world, golden_id, city="Leeds"))
    with world.store.reading() as tx:
        entry = audit.of_golden(tx, golden_id)[0]
    assert (entry.action, entry.who, entry.detail) == ("edited", "ada", {"city": ["Hull", "Leeds"]})


def test_an_edit_made_elsewhere_before_it_is_sent_clashes_with_it() -> None:
    world, golden_id = refused()
    corrected(world, row(world, golden_id, city="Leeds"))
    world.systems["crm"].person_edit("thing", "1", {"city": "Bath"})
    world.sync()
    [clash] = world.log()
    assert (clash.ours, clash.theirs, clash.state) == ({"city": "Leeds"}, {"city": "Bath"}, "open")


def test_a_value_that_one_of_the_systems_would_not_take_is_a_problem_and_nothing_is_done() -> None:
    world, crm, _ = linked(memory(), memory(choices=CHOICES), specs={"crm": {"name": {"length": 6}}})
    crm.edit("1", city="Hull")
    world.sync()
    golden_id = world.golden("crm", "1")
    found = corrected(world, row(world, golden_id, name="Annabella", city="Leeds"))
    assert [(wrong.line, wrong.column) for wrong in found.wrong] == [(2, 12)]
    assert "does not fit crm" in found.wrong[0].said
    assert (known(world, golden_id).fields["city"], found.edited) == ("Hull", 0)


def test_a_cleared_cell_is_an_edit_to_empty() -> None:
    world, golden_id = refused()
    corrected(world, row(world, golden_id, city="Leeds", phone=""))
    world.sync()
    assert not world.held("erp")[0]["phone"]
    assert not world.held("crm")[0]["phone"]


def test_a_deleted_record_cannot_be_corrected_but_tried_again() -> None:
    world, crm, _ = linked(allowed={"erp": Allowed(delete=True)})
    golden_id = world.golden("crm", "1")
    crm.delete("1")
    world.sync()
    found = corrected(world, row(world, golden_id, city="Leeds"))
    assert "was deleted" in found.wrong[0].said
    assert corrected(world, row(world, golden_id)).done == 1


def test_a_row_that_is_there_twice_is_a_problem() -> None:
    world, golden_id = refused()
    found = corrected(world, row(world, golden_id), row(world, golden_id, city="Leeds"))
    assert ["twice" in wrong.said for wrong in found.wrong] == [True]
