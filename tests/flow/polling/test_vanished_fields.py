"""A field that vanishes from a system is never taken for empty, and is left alone until it is back."""

from support.memory import Noted, World, memory, pair

from hub.adapter import Page
from hub.core.record import Record
from hub.flow.drift import MANY
from hub.store import catalog


class Partial(Noted):
    """A system that does not show all its fields."""

    hidden: frozenset[str] = frozenset()
    #: Keys of records that show them all the same.
    shown: frozenset[str] = frozenset()

    def changes(self, obj, since):  # type: ignore[no-untyped-def]
        for page in super().changes(obj, since):
            yield Page([self.cut(record) for record in page.records], page.cursor, page.gone, total=page.total)

    def cut(self, record: Record) -> Record:
        hidden = self.hidden if record.key not in self.shown else ()
        return record._replace(fields={name: v for name, v in record.fields.items() if name not in hidden})


def many(number: int = MANY, **fields: str) -> tuple[World, Noted, Partial]:
    """The ERP holds so many records, each with a phone number."""
    erp = memory()
    erp.__class__ = Partial
    world, crm, erp = pair(erp=erp)  # type: ignore[assignment]
    for each in range(number):
        crm.create(**{"name": f"company {each:03}", "phone": str(each), "city": "York", **fields})
    world.sync()
    world.sync()
    crm.writes.clear()
    erp.writes.clear()
    return world, crm, erp  # type: ignore[return-value]


def touched(erp: Noted) -> None:
    """Somebody edits every record."""
    for key in erp.keys_held():
        erp.edit(key, street="Low Street")


def without_phones() -> tuple[World, Noted, Partial]:
    """The ERP has stopped showing phone numbers, and every record of it was edited."""
    world, crm, erp = many()
    erp.hidden = frozenset({"phone"})
    touched(erp)
    world.sync()
    return world, crm, erp


def left_alone(world: World) -> frozenset[str]:
    return world.place("erp").vanished.names


def test_it_is_noticed_said_and_left_alone() -> None:
    world, _crm, erp = many()
    erp.hidden = frozenset({"phone"})
    touched(erp)
    report = world.sync()
    [said] = report.troubles
    assert "phone" in said
    assert "[fields.absent]" in said
    assert left_alone(world) == {"phone"}
    assert {row["phone"] for row in world.held("crm")} == {str(each) for each in range(MANY)}
    assert {row["street"] for row in world.held("crm")} == {"Low Street"}


def test_nothing_is_written_to_it_and_everything_else_is() -> None:
    world, crm, erp = without_phones()
    world.restart()
    crm.edit("1", phone="7", name="other")
    new = crm.create(name="new", phone="8")
    report = world.sync()
    assert report.troubles == []
    assert [write.fields for write in erp.writes if write.kind == "update"] == [{"name": "other"}]
    assert ["phone" in write.fields for write in erp.writes if write.kind == "create"] == [False]
    assert new in crm.keys_held()
    assert world.owed() == []


def test_when_it_is_back_what_was_edited_meanwhile_is_synced() -> None:
    world, crm, erp = without_phones()
    crm.edit("1", phone="7")
    erp.edit("2", phone="8")
    world.sync()
    erp.hidden = frozenset()
    erp.edit("3", street="back")
    world.sync()
    world.sync()
    assert left_alone(world) == set()
    assert (erp.row("1")["phone"], crm.row("2")["phone"]) == ("7", "8")
    assert (world.log("open"), world.sync().written) == ([], 0)


def test_too_few_records_tell_nothing() -> None:
    world, _crm, erp = many(MANY - 1)
    erp.hidden = frozenset({"phone"})
    touched(erp)
    assert (world.sync().troubles, left_alone(world)) == ([], set())


def test_a_field_that_one_record_shows_has_not_vanished() -> None:
    """Systems that leave empty fields out show them where they are filled."""
    world, _crm, erp = many(MANY + 1)
    erp.hidden, erp.shown = frozenset({"phone"}), frozenset({"1"})
    touched(erp)
    assert (world.sync().troubles, left_alone(world)) == ([], set())


def test_a_field_that_was_always_empty_is_not_missed() -> None:
    world, crm, erp = many()
    erp.hidden = frozenset({"street"})
    for key in erp.keys_held():
        erp.edit(key, city="Cork")
    assert (world.sync().troubles, left_alone(world)) == ([], set())
    crm.edit("1", street="Low Street")
    world.sync()
    assert erp.row("1")["street"] == "Low Street"


def test_a_person_may_say_that_it_is_to_be_written_all_the_same() -> None:
    world, crm, erp = without_phones()
    crm.edit("1", phone="7")
    world.sync()
    assert erp.row("1")["phone"] == "0"
    erp.hidden = frozenset()
    with world.store.transaction() as tx:
        catalog.forget_fields(tx, world.place("erp").id)
    world.sync()
    assert (erp.row("1")["phone"], left_alone(world)) == ("7", set())


def test_a_full_read_notices_it_as_well() -> None:
    world, _crm, erp = many()
    erp.hidden = frozenset({"phone"})
    assert ["[fields.absent]" in said for said in world.sync(full=True).troubles] == [True]
    assert world.sync(full=True).troubles == []
