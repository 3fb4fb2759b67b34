"""A bad record steps aside with its reason; page, cursor and everything else go on; it comes back when mended."""

from support.memory import linked, memory, pair

from adapters.memory import Memory
from hub.adapter import Broken, FieldInfo, Page
from hub.core.errors import Refused

NUMBER = {"phone": {"type": "decimal"}}


def test_a_record_that_does_not_fit_steps_aside_and_the_others_go_on() -> None:
    world, crm, _ = pair(specs={"crm": NUMBER})
    for number in range(1, 6):
        crm.create(name=f"company {number}", phone="about two" if number == 3 else str(number))
    world.sync()
    [review] = world.aside()
    assert (review.kind, review.key, review.code) == ("parked", "3", "record.number")
    assert "about two" in review.said
    assert [row["name"] for row in world.held("erp")] == [f"company {number}" for number in (1, 2, 4, 5)]


def test_it_comes_back_as_soon_as_it_is_mended() -> None:
    world, crm, erp = pair(specs={"crm": NUMBER})
    key = crm.create(name="Anna", phone="about two")
    world.sync()
    crm.edit(key, phone="2")
    world.sync()
    assert world.aside() == []
    assert [row["phone"] for row in world.held("erp")] == ["2"]
    assert erp.writes


def test_it_is_tried_again_each_day() -> None:
    world, crm, _ = pair(specs={"crm": NUMBER})
    crm.create(name="Anna", phone="about two")
    world.sync()
    crm.calls.clear()
    world.sync()
    assert "read" not in crm.calls
    world.clock.pass_(90_000)
    world.sync()
    assert crm.calls.count("read") == 1
    assert [review.attempts for review in world.aside()] == [1]


def test_a_linked_record_that_is_spoilt_is_not_written_over() -> None:
    world, crm, erp = linked(specs={"crm": NUMBER, "erp": NUMBER})
    erp.edit("1", phone="about two")
    crm.edit("1", phone="3", city="Leeds")
    world.sync()
    world.sync()
    assert erp.row("1")["phone"] == "about two"
    erp.edit("1", phone="1")
    world.clock.pass_(60)
    world.sync()
    assert erp.row("1") == crm.row("1") == {"name": "Anna", "phone": "3", "street": "High Street 1", "city": "Leeds"}


def test_a_spoilt_record_that_is_deleted_leaves_nothing_standing() -> None:
    world, crm, erp = linked(specs={"crm": NUMBER, "erp": NUMBER})
    erp.edit("1", phone="about two")
    world.sync()
    erp.delete("1")
    world.sync()
    world.clock.pass_(90_000)
    world.sync()
    assert (world.aside(), crm.keys_held()) == ([], [])


def test_a_write_that_the_system_refuses_waits_with_its_reason_and_the_others_go_out() -> None:
    erp = memory(choices={"city": ("York",)})
    world, crm, erp = pair(erp=erp)
    crm.create(name="Anna", city="Atlantis")
    crm.create(name="Bert", city="York")
    world.sync()
    [refused] = world.owed()
    assert (refused.state, refused.code) == ("refused", "record.refused")
    assert "not one of York" in (refused.said or "")
    assert [row["name"] for row in world.held("erp")] == ["Bert"]
    assert world.sync().written == 0
    crm.edit("1", city="York")
    world.sync()
    assert (len(erp.keys_held()), world.owed()) == (2, [])


def test_a_write_that_does_not_fit_the_mapping_is_not_sent() -> None:
    world, crm, erp = linked(specs={"erp": {"name": {"length": 5}}})
    crm.edit("1", name="a name too long", phone="2")
    world.sync()
    [refused] = world.owed()
    assert (refused.state, refused.code) == ("refused", "record.too-long")
    assert erp.writes == []


def test_a_new_record_without_what_the_other_side_requires_waits() -> None:
    world, crm, erp = pair(specs={"erp": {"city": {"required": True}}})
    key = crm.create(name="Anna")
    world.sync()
    assert [item.code for item in world.owed("refused")] == ["record.required"]
    crm.edit(key, city="York")
    world.sync()
    assert [row["city"] for row in world.held("erp")] == ["York"]
    assert erp.writes


class Torn(Memory):
    """Its pages begin with a row that is no record."""

    def changes(self, obj: str, since: str | None):  # type: ignore[no-untyped-def]
        row = Broken(None, Refused("answer.row", "row 1: expected a record, got nothing"))
        for page in super().changes(obj, since):
            yield Page(page.records, page.cursor, page.gone, [row])


def test_a_row_that_is_no_record_is_shown_and_the_page_goes_on() -> None:
    torn = Torn({"thing": [FieldInfo(name) for name in ("name", "phone", "street", "city")]}, can=memory().can)
    world, _, erp = pair(torn)  # type: ignore[arg-type]
    torn.person_create("thing", {"name": "Anna"})
    world.sync()
    assert [row["name"] for row in world.held("erp")] == ["Anna"]
    assert {review.kind for review in world.aside()} == {"broken"}
    assert len(erp.keys_held()) == 1


def test_a_write_to_a_record_that_cannot_be_read_waits_until_it_can() -> None:
    """It would be found changed, stand aside, and be tried again: thirty times in each run."""
    world, crm, erp = linked(specs={"erp": NUMBER})
    erp.edit("1", phone="about two")
    crm.edit("1", name="Anna Smith")
    world.sync()
    assert [review.kind for review in world.aside()] == ["parked"]
    assert len(erp.writes) == 1
    erp.writes.clear()
    world.sync()
    assert erp.writes == []
    erp.edit("1", phone="2")
    world.sync()
    assert (erp.row("1")["name"], crm.row("1")["phone"]) == ("Anna Smith", "2")
    assert (world.aside(), world.owed()) == ([], [])
