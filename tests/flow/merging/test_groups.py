"""Fields of a group belong together: they are taken, clash, wait and are decided as one."""

from support.memory import ANNA, Noted, World, linked, memory

from hub.core.model import Policy
from hub.flow.deciding.decide import resolve

ADDRESS = {"address": ("street", "city")}
PREFER_ERP = Policy("prefer", ("erp",))


def moved_apart(**options: object) -> tuple[World, Noted, Noted]:
    """Both sides correct the address, each another field of it."""
    world, crm, erp = linked(groups=ADDRESS, **options)  # type: ignore[arg-type]
    crm.edit("1", street="Low Street 2")
    erp.edit("1", city="Hull")
    world.sync()
    return world, crm, erp


def test_an_edit_of_one_side_is_taken_as_a_whole() -> None:
    world, crm, erp = linked(groups=ADDRESS)
    crm.edit("1", street="Low Street 2", city="Hull", phone="2")
    world.sync()
    assert [write.fields for write in erp.writes] == [{"street": "Low Street 2", "city": "Hull", "phone": "2"}]
    assert erp.row("1") == {**ANNA, "street": "Low Street 2", "city": "Hull", "phone": "2"}
    assert world.log() == []


def test_edits_of_different_fields_of_a_group_clash_and_no_address_is_made_up_of_both() -> None:
    world, crm, erp = moved_apart()
    [row] = world.log("open")
    assert row.unit == "address"
    assert row.base == {"street": "High Street 1", "city": "York"}
    assert row.ours == {"street": "Low Street 2", "city": "York"}
    assert row.theirs == {"street": "High Street 1", "city": "Hull"}
    assert crm.writes == erp.writes == []


def test_without_the_group_the_same_edits_do_not_clash() -> None:
    world, crm, erp = linked()
    crm.edit("1", street="Low Street 2")
    erp.edit("1", city="Hull")
    world.sync()
    world.sync()
    assert crm.row("1") == erp.row("1") == {**ANNA, "street": "Low Street 2", "city": "Hull"}
    assert world.log() == []


def test_the_winner_of_a_clash_wins_with_the_whole_group() -> None:
    world, crm, erp = moved_apart(policy=PREFER_ERP)
    world.sync()
    assert crm.row("1") == erp.row("1") == {**ANNA, "city": "Hull"}
    [row] = world.log()
    assert row.ours == {"street": "Low Street 2", "city": "York"}, "the loser's address is in the log"


def test_the_policy_of_a_group_counts_before_the_policy_of_all() -> None:
    world, crm, erp = moved_apart(policy=Policy("prefer", ("crm",)), policies={"address": PREFER_ERP})
    world.sync()
    assert crm.row("1") == erp.row("1") == {**ANNA, "city": "Hull"}
    assert [row.rule for row in world.log()] == ["group address: prefer erp"]


def test_the_same_edit_on_both_sides_is_agreed() -> None:
    world, crm, erp = linked(groups=ADDRESS)
    for system in (crm, erp):
        system.edit("1", street="Low Street 2", city="Hull")
    world.sync()
    assert (world.log(), world.sync().written, erp.writes) == ([], 0, [])


def test_a_group_of_which_one_field_agrees_still_clashes_as_a_whole() -> None:
    world, crm, erp = linked(groups=ADDRESS)
    crm.edit("1", street="Low Street 2", city="Hull")
    erp.edit("1", street="Low Street 2", city="Leeds")
    world.sync()
    [row] = world.log("open")
    assert (row.ours["city"], row.theirs["city"]) == ("Hull", "Leeds")
    assert row.ours["street"] == row.theirs["street"] == "Low Street 2"


def test_a_held_group_is_left_alone_in_all_its_fields_and_the_others_go_on() -> None:
    world, crm, erp = moved_apart()
    crm.edit("1", city="Leeds", phone="2")
    world.sync()
    world.sync(full=True)
    assert erp.row("1") == {**ANNA, "city": "Hull", "phone": "2"}
    assert crm.row("1") == {**ANNA, "street": "Low Street 2", "city": "Leeds", "phone": "2"}
    assert [set(write.fields) for write in erp.writes] == [{"phone"}]


def test_a_decision_settles_the_whole_group() -> None:
    for side, address in (("ours", ("Low Street 2", "York")), ("theirs", ("High Street 1", "Hull"))):
        world, crm, erp = moved_apart()
        [row] = world.log("open")
        resolve(world.hub, row.id, side, "somebody")  # type: ignore[arg-type]
        world.sync()
        for system in (crm, erp):
            assert (system.row("1")["street"], system.row("1")["city"]) == address
        assert (world.log("open"), world.sync().written) == ([], 0)


def in_part(**options: object) -> tuple[World, Noted, Noted]:
    """The ERP knows of an address only the city."""
    erp = memory(fields=("name", "phone", "city"))
    return linked(erp=erp, groups=ADDRESS, mapped={"erp": ("name", "phone", "city")}, **options)  # type: ignore[arg-type]


def test_what_a_system_does_not_map_is_not_emptied_by_what_it_shows() -> None:
    world, crm, erp = in_part()
    erp.edit("1", city="Hull")
    world.sync()
    assert crm.row("1") == {**ANNA, "city": "Hull"}
    assert world.log() == []


def test_an_edit_that_a_system_cannot_see_does_not_clash_with_its_own() -> None:
    world, crm, erp = in_part()
    crm.edit("1", street="Low Street 2")
    erp.edit("1", city="Hull")
    world.sync()
    world.sync()
    assert crm.row("1") == {**ANNA, "street": "Low Street 2", "city": "Hull"}
    assert (world.log(), erp.writes) == ([], [])


def test_a_group_mapped_in_part_clashes_in_the_fields_that_both_have() -> None:
    world, crm, erp = in_part(policy=PREFER_ERP)
    crm.edit("1", street="Low Street 2", city="Leeds")
    erp.edit("1", city="Hull")
    world.sync()
    world.sync()
    [row] = world.log()
    assert (row.ours, row.theirs) == ({"city": "Leeds"}, {"city": "Hull"})
    assert (crm.row("1")["street"], crm.row("1")["city"], erp.row("1")["city"]) == ("Low Street 2", "Hull", "Hull")


def test_what_a_system_only_made_of_a_value_is_no_edit_where_its_group_wins_against_a_deletion() -> None:
    specs = {"erp": {"city": {"transforms": (("case", "upper"),)}}}
    world, crm, erp = linked(erp=memory(quirks={"city": ["upper"]}), groups=ADDRESS, specs=specs)
    assert erp.row("1")["city"] == "YORK"
    crm.delete("1")
    erp.edit("1", street="Low Street 2")
    world.sync()
    [row] = world.log("open")
    resolve(world.hub, row.id, "theirs", "anna")
    for _ in range(2):
        world.sync()
    assert world.held("crm") == [{**ANNA, "street": "Low Street 2"}]
    assert (world.owed(), world.sync().written) == ([], 0)
