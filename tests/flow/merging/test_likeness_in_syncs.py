"""Records that no exact rule finds: the certain ones link, the possible ones wait for a person, nobody makes a twin."""

import pytest
from support.memory import ABLE, Noted, World, memory, pair

from hub.core.errors import Unknown
from hub.core.model import Allowed, Compared, Similar, Weighed
from hub.engine.sync import Sync
from hub.flow.deciding.aside import link, separate

NAME = Weighed("name", "company", 3)
SIMILAR = Similar(
    (NAME, Weighed("phone", "phone", 2), Weighed("city", "text", 1)),
    ((Compared("name", "start"),), (Compared("phone", "phone"),)),
    certain=92,
    possible=70,
)
ACME = {"name": "Acme Engineering Ltd", "phone": "+353 1 555 0100", "city": "Dublin"}


def world(**options: object) -> tuple[World, Noted, Noted]:
    return pair(similar=SIMILAR, **options)  # type: ignore[arg-type]


def test_a_certain_likeness_links() -> None:
    hub, crm, erp = world()
    crm.create(**ACME)
    erp.create(name="ACME Enginering Limited", phone="01 5550100", street="Quay 1")
    hub.sync()
    assert len(crm.keys_held()) == len(erp.keys_held()) == 1
    assert crm.row("1")["street"] == "Quay 1"
    assert hub.aside() == []


def possible(**options: object) -> tuple[World, Noted, Noted]:
    hub, crm, erp = world(**options)
    crm.create(**ACME)
    erp.create(name="Acme Engines Ltd", city="Dublin")
    hub.sync()
    return hub, crm, erp


def test_a_possible_one_stands_aside_with_its_candidates_and_scores_and_makes_no_twin() -> None:
    hub, crm, erp = possible()
    [review] = hub.aside()
    assert (review.kind, review.code, review.key) == ("ambiguous", "match.possible", "1")
    assert f"hub:{hub.golden('crm', '1')} " in review.said
    assert (len(crm.keys_held()), len(erp.keys_held())) == (1, 1)
    assert [row.state for row in hub.owed()] == ["owed"]
    hub.sync()
    assert (len(crm.keys_held()), len(erp.keys_held())) == (1, 1)


def test_a_person_says_it_is_that_one() -> None:
    hub, crm, erp = possible()
    link(hub.hub, hub.place("erp"), "1", hub.golden("crm", "1"), "ann")
    hub.sync()
    assert (len(crm.keys_held()), len(erp.keys_held())) == (1, 1)
    assert hub.golden("crm", "1") == hub.golden("erp", "1")


def test_a_person_says_it_is_another_one_and_then_both_are_created() -> None:
    hub, crm, erp = possible()
    separate(hub.hub, hub.place("erp"), "1", "ann")
    hub.sync()
    assert (len(crm.keys_held()), len(erp.keys_held())) == (2, 2)
    assert hub.sync().written == 0


def test_an_unlike_record_is_new() -> None:
    hub, crm, erp = world()
    crm.create(**ACME)
    erp.create(name="Acme Bakery", phone="021 777 0000", city="Cork")
    hub.sync()
    assert (len(crm.keys_held()), len(erp.keys_held())) == (2, 2)


def test_one_that_is_only_possible_and_linked_already_is_another_record() -> None:
    hub, crm, erp = world()
    crm.create(**ACME)
    hub.sync()
    erp.create(name="Acme Engines Ltd", city="Dublin")
    hub.sync()
    assert hub.aside() == []
    assert (len(crm.keys_held()), len(erp.keys_held())) == (2, 2)


def test_a_certain_one_that_is_linked_already_waits() -> None:
    hub, crm, erp = world()
    crm.create(**ACME)
    hub.sync()
    erp.create(name="Acme Engineering", phone="+353 15550100", city="Dublin")
    hub.sync()
    [review] = hub.aside()
    assert (review.kind, review.key) == ("taken", "2")
    assert len(crm.keys_held()) == 1


def test_of_two_certain_ones_none_is_guessed() -> None:
    hub, crm, erp = world(allowed={"crm": Allowed(insert=False)})
    crm.create(**ACME)
    crm.create(**{**ACME, "name": "Acme Enginering"})
    hub.sync()
    assert [review.kind for review in hub.aside()] == ["taken"]
    assert len(erp.keys_held()) == 1


def test_an_exact_rule_goes_before_likeness() -> None:
    hub, crm, erp = world(match=((Compared("phone", "phone"),),))
    crm.create(**ACME)
    crm.create(name="Beta Tools", phone="777 0000", city="Dublin")
    erp.create(name="Acme Engineering", phone="7770000", city="Dublin")
    hub.sync()
    assert hub.golden("erp", "1") == hub.golden("crm", "2")


def test_a_score_on_less_than_half_of_the_weight_is_never_certain() -> None:
    scored = Similar(
        (Weighed("name", "company", 1), Weighed("phone", "phone", 2)), ((Compared("name", "start"),),), 90, 60
    )
    hub, crm, erp = pair(similar=scored)
    crm.create(name="Acme")
    erp.create(name="ACME Ltd")
    hub.sync()
    assert [(row.kind, row.code) for row in hub.aside()] == [("ambiguous", "match.possible")]


def test_rules_that_come_later_find_what_is_there_already() -> None:
    first, crm, erp = pair(allowed={"erp": Allowed(insert=False)})
    crm.create(**ACME)
    first.sync()
    later = World(first.systems, store=first.store, similar=SIMILAR, allowed={"erp": Allowed(insert=False)})
    later.ids.last = first.ids.last
    later.clock.at = first.clock.at
    erp.create(**{**ACME, "name": "ACME Engineering"})
    later.sync()
    assert later.golden("crm", "1") == later.golden("erp", "1")
    assert len(crm.keys_held()) == 1


@pytest.mark.parametrize("pages", [1, 3, 100])
def test_on_exact_duplicate_data_no_twin_is_made_whatever_the_pages(pages: int) -> None:
    hub, crm, erp = world(
        crm=memory(ABLE, page=pages),
        erp=memory(ABLE, page=pages),
        match=((Compared("name", "company"), Compared("phone", "phone")),),
    )
    for number in range(12):
        fields = {"name": f"Company {number * 7919} Ltd", "phone": f"01 {7_000_000 + number * 991}", "city": "Cork"}
        crm.create(**fields)
        erp.create(**fields)
    hub.sync()
    assert (len(crm.keys_held()), len(erp.keys_held())) == (12, 12)
    assert hub.sync().written == 0


def test_one_that_comes_later_and_is_surely_what_stands_aside_is_linked_and_makes_no_twin() -> None:
    """While a person has not decided yet, the right one is entered over there."""
    hub, crm, erp = possible()
    crm.create(name="Acme Engines Limited", city="Dublin")
    hub.sync()
    assert hub.golden("crm", "2") == hub.golden("erp", "1") != hub.golden("crm", "1")
    hub.sync()
    assert (len(crm.keys_held()), len(erp.keys_held()), hub.aside()) == (2, 2, [])


def test_one_that_comes_later_and_may_be_what_stands_aside_waits_for_the_same_decision() -> None:
    hub, crm, erp = possible()
    crm.create(name="Acme Engine Ltd", city="Cork")
    for _ in range(2):
        hub.sync()
    assert len(erp.keys_held()) == 1
    [review] = hub.aside()
    assert f"hub:{hub.golden('crm', '2')} " in review.said
    separate(hub.hub, hub.place("erp"), "1", "ann")
    for _ in range(2):
        hub.sync()
    assert (len(crm.keys_held()), len(erp.keys_held())) == (3, 3)


def test_what_stood_aside_for_an_unanswered_create_is_compared_before_anything_is_created() -> None:
    hub, crm, erp = world()
    crm.create(name="Bolt Bakery", phone="021 777 0000", city="Cork")
    erp.fail("write", "before", Unknown("net.timeout", "no answer"))
    hub.sync()
    erp.create(name="ACME Enginering Limited", phone="01 5550100", street="Quay 1")
    Sync(hub.hub).poll(hub.place("erp"), False)
    assert [review.kind for review in hub.aside()] == ["in-doubt"]
    crm.create(**ACME)
    for _ in range(2):
        hub.clock.pass_(120)
        hub.sync()
    assert len(crm.keys_held()) == len(erp.keys_held()) == 2
    assert (hub.aside(), hub.owed()) == ([], [])


def test_a_record_that_becomes_new_is_compared_with_what_stands_aside_before_it_is_created() -> None:
    """In one run a person's word makes one record new, by that another one has no candidate any more, and a third, over
    there, is surely that one."""
    hub, crm, erp = world()
    erp.create(name="Nakusutese Kitakehazi")
    Sync(hub.hub).poll(hub.place("erp"), False)
    crm.create(name="Nakusutese Kitakloleg")
    crm.create(name="Nakusutese Kitakdepif")
    hub.sync()
    assert [review.key for review in hub.aside()] == ["1", "2"]
    crm.create(name="Nakusutese Kiakehazi")
    hub.sync()
    erp.create(name="Nakusutese Kiakdepif")
    hub.clock.pass_(90_000)
    separate(hub.hub, hub.place("crm"), "1", "ann")
    hub.sync()
    assert hub.golden("crm", "2") == hub.golden("erp", "2")
    assert (len(erp.keys_held()), hub.aside()) == (3, [])


def test_a_new_one_is_compared_with_the_hubs_if_it_was_asked_about_as_a_possible_child_only() -> None:
    hub, crm, erp = world()
    crm.create(name="Bolt Bakery", phone="021 777 0000", city="Cork")
    erp.fail("write", "before", Unknown("net.timeout", "no answer"))
    hub.sync()
    crm.create(**ACME)
    Sync(hub.hub).poll(hub.place("crm"), False)
    erp.create(name="Acme Engines Ltd", city="Dublin")
    Sync(hub.hub).poll(hub.place("erp"), False)
    assert [review.kind for review in hub.aside()] == ["in-doubt"]
    separate(hub.hub, hub.place("erp"), "1", "ann")
    for _ in range(2):
        hub.clock.pass_(120)
        hub.sync()
    [review] = hub.aside()
    assert (review.kind, review.code) == ("ambiguous", "match.came-since")
    assert f"without seeing hub:{hub.golden('crm', '2')}" in review.said
    assert sorted(row["name"] for row in erp.held("thing").values()) == ["Acme Engines Ltd", "Bolt Bakery"]
    separate(hub.hub, hub.place("erp"), "1", "ann")
    hub.sync()
    assert len(crm.keys_held()) == len(erp.keys_held()) == 3
