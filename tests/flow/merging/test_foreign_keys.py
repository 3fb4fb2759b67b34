"""A field that carries the other system's key: filled by the hub, and by people who link, relink and unlink with it."""

from typing import Any

from support.memory import World, memory

from hub.core.errors import TryLater
from hub.core.model import Allowed, Deletes, Policy
from hub.store import reviews

CRM_HOLDS = {"crm": {"@erp": "erp_key"}}
BOTH_HOLD = {**CRM_HOLDS, "erp": {"@crm": "crm_key"}}


def two(links: Any = CRM_HOLDS, **options: Any) -> tuple[World, Any, Any]:
    crm = memory(links=["erp_key"], key=lambda _, number: f"c{number}")
    erp = memory(links=["crm_key"] if "erp" in links else [], key=lambda _, number: f"e{number}")
    return World({"crm": crm, "erp": erp}, links=links, **options), crm, erp


def test_the_key_of_a_new_counterpart_is_filled_in() -> None:
    world, crm, _ = two()
    crm.create(name="Anna")
    world.sync()
    assert crm.row("c1")["erp_key"] == "e1"
    assert world.sync().written == 0


def test_both_sides_carry_the_key_of_the_other() -> None:
    world, crm, erp = two(BOTH_HOLD)
    crm.create(name="Anna")
    erp.create(name="Bert")
    world.sync()
    assert {row["name"]: row["erp_key"] for row in crm.held("thing").values()} == {"Anna": "e2", "Bert": "e1"}
    assert {row["name"]: row["crm_key"] for row in erp.held("thing").values()} == {"Anna": "c1", "Bert": "c2"}
    assert world.sync().written == 0


def test_records_that_name_one_another_are_linked_whatever_they_are_called() -> None:
    world, crm, erp = two()
    erp.create(name="Anna Ltd", city="York")
    crm.create(name="Anna Ltd", erp_key="e1")
    world.sync()
    assert len(crm.keys_held()) == len(erp.keys_held()) == 1
    assert crm.row("c1")["city"] == "York"


def test_a_person_who_fills_the_field_links() -> None:
    world, crm, erp = two(allowed={"crm": Allowed(insert=False), "erp": Allowed(insert=False)})
    crm.create(name="Anna", phone="1")
    erp.create(name="Anna", city="York")
    world.sync()
    assert crm.row("c1")["city"] is None
    crm.edit("c1", erp_key="e1")
    world.sync()
    assert (crm.row("c1")["city"], erp.row("e1")["phone"]) == ("York", "1")
    assert (world.aside(), world.log()) == ([], [])


def test_a_person_who_clears_the_field_unlinks_for_good() -> None:
    world, crm, erp = two()
    crm.create(name="Anna", phone="1")
    world.sync()
    world.sync()
    crm.edit("c1", erp_key=None)
    world.sync()
    crm.edit("c1", phone="2")
    erp.edit("e1", phone="3")
    world.sync()
    world.sync()
    assert (crm.row("c1")["phone"], erp.row("e1")["phone"]) == ("2", "3")
    assert (crm.keys_held(), erp.keys_held()) == (["c1"], ["e1"])
    assert crm.row("c1")["erp_key"] in (None, "")


def test_a_person_who_names_another_one_relinks() -> None:
    world, crm, erp = two(allowed={"crm": Allowed(insert=False), "erp": Allowed(insert=False)})
    crm.create(name="Anna", erp_key="e1")
    erp.create(name="Anna")
    erp.create(name="Anna", city="York")
    world.sync()
    crm.edit("c1", erp_key="e2")
    world.sync()
    world.sync()
    assert crm.row("c1")["city"] == "York"
    erp.edit("e1", phone="1")
    erp.edit("e2", phone="2")
    world.sync()
    assert crm.row("c1")["phone"] == "2"
    assert world.aside() == []


def test_who_was_unlinked_can_be_linked_again() -> None:
    world, crm, erp = two()
    erp.create(name="Anna")
    world.sync()
    world.sync()
    crm.edit("c1", erp_key=None)
    world.sync()
    crm.edit("c1", erp_key="e1")
    world.sync()
    world.sync()
    erp.edit("e1", phone="7")
    world.sync()
    assert crm.row("c1")["phone"] == "7"
    assert (world.aside(), len(crm.keys_held())) == ([], 1)


def test_a_counterpart_that_is_taken_is_a_question_for_a_person() -> None:
    world, crm, erp = two()
    crm.create(name="Anna")
    world.sync()
    world.sync()
    crm.create(name="Bert", erp_key="e1")
    world.sync()
    [review] = world.aside()
    assert (review.kind, review.key) == ("taken", "c2")
    assert erp.keys_held() == ["e1"]
    assert crm.row("c1")["erp_key"] == "e1"


def test_a_key_that_names_nobody_is_a_question_for_a_person_and_makes_no_record() -> None:
    world, crm, erp = two()
    crm.create(name="Anna", erp_key="e77")
    world.sync()
    world.sync()
    [review] = world.aside()
    assert (review.kind, review.code) == ("dangling", "link.dangling")
    assert erp.keys_held() == []
    assert crm.row("c1")["erp_key"] == "e77"


def test_a_dangling_key_that_is_corrected_links() -> None:
    world, crm, erp = two()
    crm.create(name="Anna", erp_key="e77")
    world.sync()
    erp.create(name="Anna", city="York")
    crm.edit("c1", erp_key="e1")
    world.sync()
    world.sync()
    assert crm.row("c1")["city"] == "York"
    assert len(crm.keys_held()) == len(erp.keys_held()) == 1


def test_a_key_does_not_clash_with_an_edit() -> None:
    world, crm, erp = two()
    crm.create(name="Anna")
    world.sync()
    erp.edit("e1", phone="2")
    world.sync()
    assert world.log() == []
    assert crm.row("c1")["phone"] == "2"


def strangers(*names: str) -> tuple[World, Any, Any]:
    """Records of crm with these names, c1 on, and e1 in erp, none of them linked; neither system takes new ones."""
    world, crm, erp = two(allowed={"crm": Allowed(insert=False), "erp": Allowed(insert=False)})
    for name in names:
        crm.create(name=name)
    erp.create(name="Else", city="York")
    world.sync()
    return world, crm, erp


def test_of_two_that_name_the_same_counterpart_between_two_polls_one_waits_for_a_person() -> None:
    world, crm, _ = strangers("Anna", "Bert")
    crm.edit("c1", erp_key="e1")
    crm.edit("c2", erp_key="e1")
    world.sync()
    world.sync()
    [review] = world.aside()
    assert (review.kind, review.code, review.key) == ("taken", "link.taken", "c2")
    assert world.golden("erp", "e1") == world.golden("crm", "c1") != world.golden("crm", "c2")


def test_a_new_one_that_names_the_counterpart_just_linked_on_its_page_waits_for_a_person() -> None:
    world, crm, _ = strangers("Anna")
    crm.edit("c1", erp_key="e1")
    crm.create(name="Bert", erp_key="e1")
    world.sync()
    world.sync()
    [review] = world.aside()
    assert (review.kind, review.key) == ("taken", "c2")
    assert world.golden("erp", "e1") == world.golden("crm", "c1")


def test_a_counterpart_let_go_on_a_page_is_free_for_the_next_one_that_names_it() -> None:
    world, crm, _ = strangers("Anna", "Bert")
    crm.edit("c1", erp_key="e1")
    world.sync()
    world.sync()
    crm.edit("c1", erp_key=None)
    crm.edit("c2", erp_key="e1")
    world.sync()
    world.sync()
    assert world.golden("erp", "e1") == world.golden("crm", "c2") != world.golden("crm", "c1")
    assert world.aside() == []


def test_a_new_one_that_names_a_counterpart_let_go_on_its_page_is_linked() -> None:
    world, crm, _ = strangers("Anna")
    crm.edit("c1", erp_key="e1")
    world.sync()
    world.sync()
    crm.edit("c1", erp_key=None)
    crm.create(name="Bert", erp_key="e1")
    world.sync()
    world.sync()
    assert world.golden("erp", "e1") == world.golden("crm", "c2") != world.golden("crm", "c1")
    assert world.aside() == []


DAY = 86_401


def crossed() -> tuple[World, Any, Any]:
    """c1 is linked to e1 and c2 to e2; a person set e2 in c1, too."""
    world, crm, erp = two(allowed={"erp": Allowed(), "crm": Allowed(insert=False)})
    crm.create(name="Anna")
    crm.create(name="Bert")
    world.sync()
    world.sync()
    assert (crm.row("c1")["erp_key"], crm.row("c2")["erp_key"]) == ("e1", "e2")
    crm.edit("c1", erp_key="e2")
    world.sync()
    return world, crm, erp


def test_a_changed_key_that_is_taken_waits_until_it_is_corrected() -> None:
    world, crm, _ = crossed()
    for _ in range(3):
        world.clock.pass_(DAY)
        world.sync()
        assert [(review.kind, review.key) for review in world.aside()] == [("taken", "c1")]
    crm.edit("c1", erp_key="e1")
    world.sync()
    assert world.aside() == []


def test_a_changed_key_that_is_taken_is_followed_a_day_after_the_other_one_is_cleared() -> None:
    world, crm, erp = crossed()
    world.clock.pass_(DAY)
    world.sync()
    crm.edit("c2", erp_key=None)
    world.sync()
    world.clock.pass_(DAY)
    world.sync()
    world.sync()
    assert (world.golden("erp", "e2"), world.aside()) == (world.golden("crm", "c1"), [])
    erp.edit("e2", phone="7")
    world.sync()
    assert crm.row("c1")["phone"] == "7"


def test_a_key_that_was_refused_does_not_keep_the_record_from_being_written() -> None:
    world, crm, erp = crossed()
    erp.edit("e1", phone="7")
    world.sync()
    assert crm.row("c1")["phone"] == "7"
    world.clock.pass_(DAY)
    world.sync()
    assert [(review.kind, review.key) for review in world.aside()] == [("taken", "c1")]
    assert crm.row("c1")["erp_key"] == "e2"


def test_a_refused_key_that_a_person_wants_to_hear_no_more_of_is_not_asked_again() -> None:
    world, crm, _ = crossed()
    with world.store.transaction() as tx:
        reviews.discard(tx, world.place("crm").id, "c1")
    crm.edit("c1", phone="7")
    world.sync()
    assert world.aside() == []


def test_of_two_that_name_the_same_counterpart_the_one_that_waits_is_not_forgotten() -> None:
    world, crm, _ = strangers("Anna", "Bert")
    crm.edit("c1", erp_key="e1")
    crm.edit("c2", erp_key="e1")
    world.sync()
    world.clock.pass_(DAY)
    world.sync()
    assert [(review.kind, review.key) for review in world.aside()] == [("taken", "c2")]


def test_an_edit_that_beats_a_deletion_keeps_the_key_of_a_counterpart_that_is_still_there() -> None:
    crm, erp = (memory(key=lambda _, number, system=system: f"{system}{number}") for system in "ce")
    shop = memory(links=["erp_key"])
    held = {"shop": {"@erp": "erp_key"}}
    world = World({"crm": crm, "erp": erp, "shop": shop}, links=held, deletes=Policy("edit"))
    crm.create(name="Anna")
    world.sync()
    world.sync()
    crm.delete("c1")
    shop.edit("1", phone="2")
    world.sync()
    world.sync()
    assert (shop.row("1")["erp_key"], erp.row("e1")["phone"]) == ("e1", "2")
    assert crm.keys_held() == ["c2"]


def three(*held: str, **options: Any) -> tuple[World, Any, Any, Any]:
    """crm holds the keys of these systems. Records of one name are linked; none is made by the hub."""
    fields = {f"@{name}": f"{name}_key" for name in held}
    crm = memory(links=list(fields.values()), key=lambda _, number: f"c{number}")
    erp, shop = memory(key=lambda _, number: f"e{number}"), memory(key=lambda _, number: f"s{number}")
    systems = {"crm": crm, "erp": erp, "shop": shop}
    never = dict.fromkeys(systems, Allowed(insert=False))
    return World(systems, links={"crm": fields}, allowed=never, match=(("name",),), **options), crm, erp, shop


def same(world: World, **keys: str) -> bool:
    """Are the records of these systems one?"""
    return len({world.golden(system, key) for system, key in keys.items()}) == 1


def test_a_counterpart_that_is_named_brings_its_record_of_a_third_system() -> None:
    world, crm, erp, shop = three("erp")
    crm.create(name="Ann")
    for system in (erp, shop):
        system.create(name="Anna", city="York")
    world.sync()
    assert not same(world, crm="c1", erp="e1", shop="s1")
    crm.edit("c1", erp_key="e1")
    world.sync()
    world.sync()
    assert same(world, crm="c1", erp="e1", shop="s1")
    shop.edit("s1", phone="7")
    world.sync()
    world.sync()
    assert (crm.row("c1")["phone"], erp.row("e1")["phone"]) == ("7", "7")
    assert world.aside() == []


def test_the_key_of_the_third_system_comes_with_the_counterpart() -> None:
    world, crm, erp, shop = three("erp", "shop")
    crm.create(name="Ann")
    for system in (erp, shop):
        system.create(name="Anna")
    world.sync()
    crm.edit("c1", erp_key="e1")
    world.sync()
    world.sync()
    assert crm.row("c1")["shop_key"] == "s1"
    assert (world.sync().written, world.aside()) == (0, [])


def test_two_records_of_a_third_system_that_would_have_to_be_one_are_a_question_for_a_person() -> None:
    world, crm, erp, shop = three("erp")
    for system, name in ((crm, "Ann"), (shop, "Ann"), (erp, "Bert"), (shop, "Bert")):
        system.create(name=name)
    world.sync()
    crm.edit("c1", erp_key="e1")
    world.sync()
    [review] = world.aside()
    assert (review.kind, review.code, review.key) == ("taken", "link.two", "c1")
    assert "records of shop, s1 and s2," in review.said
    assert same(world, crm="c1", shop="s1")
    assert same(world, erp="e1", shop="s2")


def test_a_person_who_names_other_counterparts_in_two_systems_at_once_relinks() -> None:
    world, crm, erp, shop = three("erp", "shop")
    for system, name in ((crm, "Ann"), (erp, "Ann"), (shop, "Ann"), (erp, "Bert"), (shop, "Bert")):
        system.create(name=name)
    world.sync()
    world.sync()
    assert same(world, crm="c1", erp="e1", shop="s1")
    crm.edit("c1", erp_key="e2", shop_key="s2")
    world.sync()
    world.sync()
    assert same(world, crm="c1", erp="e2", shop="s2")
    assert world.golden("erp", "e1") != world.golden("crm", "c1") != world.golden("shop", "s1")
    assert world.aside() == []


def test_a_deletion_that_waits_for_a_person_is_settled_when_its_record_is_linked_to_another_one() -> None:
    world, crm, erp = two()
    crm.create(name="Anna")
    crm.create(name="Bert")
    world.sync()
    world.sync()
    crm.delete("c1")
    erp.edit("e1", phone="5")
    world.sync()
    assert [(conflict.unit, conflict.state) for conflict in world.log()] == [("*", "open")]
    crm.edit("c2", erp_key="e1")
    world.sync()
    assert [conflict.state for conflict in world.log() if conflict.unit == "*"] == ["withdrawn"]


def test_a_new_record_that_names_counterparts_in_two_systems_makes_the_three_one() -> None:
    world, crm, erp, shop = three("erp", "shop")
    erp.create(name="Ann")
    shop.create(name="Bert")
    world.sync()
    crm.create(name="Carl", erp_key="e1", shop_key="s1")
    world.sync()
    world.sync()
    assert same(world, crm="c1", erp="e1", shop="s1")
    assert world.aside() == []


def test_a_record_that_is_back_and_names_another_one_is_linked_to_that() -> None:
    never = {"crm": Allowed(insert=False), "erp": Allowed(insert=False)}
    world, crm, erp = two(allowed=never, means={"crm": Deletes(take="unlink")})
    crm.create(name="Anna", erp_key="e1")
    for name in ("Anna", "Bert"):
        erp.create(name=name)
    world.sync()
    world.sync()
    crm.delete("c1")
    world.sync()
    crm.undelete("c1", name="Anna", erp_key="e2")
    world.sync()
    world.sync()
    assert same(world, crm="c1", erp="e2")
    assert world.golden("erp", "e1") != world.golden("crm", "c1")


def test_a_new_record_that_names_the_counterpart_of_another_new_one_of_its_page_waits_for_a_person() -> None:
    world, crm, erp, shop = three("erp", "shop")
    for system in (erp, shop):
        system.create(name="Ann")
    erp.create(name="Bert")
    world.sync()
    crm.create(name="Carl", erp_key="e1")
    crm.create(name="Dora", erp_key="e2", shop_key="s1")
    world.sync()
    assert [(review.kind, review.key) for review in world.aside()] == [("taken", "c2")]
    assert same(world, crm="c1", erp="e1", shop="s1")
    assert same(world, crm="c2", erp="e2")


def linked_meanwhile(*names: str) -> tuple[World, Any, Any]:
    """The records of crm of these names, c1 on, were just linked to e1 on, and their keys were not written yet."""
    world, crm, erp = two()
    for name in names:
        crm.create(name=name)
    crm.fail("write", "before", TryLater("system.busy", "busy"))
    world.sync()
    assert erp.keys_held() == [f"e{number}" for number in range(1, len(names) + 1)]
    assert crm.row("c1")["erp_key"] is None
    world.clock.pass_(3600)
    return world, crm, erp


def test_a_key_that_a_person_fills_while_the_hub_is_about_to_is_the_one_that_counts() -> None:
    world, crm, erp = linked_meanwhile("Anna")
    erp.create(name="Ann", city="York")
    crm.edit("c1", erp_key="e2")
    world.sync()
    world.sync()
    assert world.golden("crm", "c1") == world.golden("erp", "e2") != world.golden("erp", "e1")
    assert (crm.row("c1")["erp_key"], crm.row("c1")["city"], world.aside()) == ("e2", "York", [])


def test_one_that_is_taken_is_not_written_over_while_a_person_is_asked() -> None:
    world, crm, _ = linked_meanwhile("Anna", "Bert")
    crm.edit("c1", erp_key="e2")
    for _ in range(2):
        world.sync()
        assert crm.row("c1")["erp_key"] == "e2"
        assert [(review.kind, review.key) for review in world.aside()] == [("taken", "c1")]
        world.clock.pass_(DAY)
    crm.edit("c1", erp_key="e1")
    world.sync()
    world.sync()
    assert (world.aside(), world.golden("crm", "c1")) == ([], world.golden("erp", "e1"))
