"""Golden records and shadows."""

from desk import NOW, ORIGIN, Desk, link

from hub.core.merge import Held, Shadow
from hub.store import deliveries, links, records, schema
from hub.store.database import encode

SHADOW = Shadow({"name": "ACME", "city": None}, {"name": "Acme"}, {"city": Held({"city": "Bath"}, {"city": None})})


def test_what_is_saved_comes_back_as_it_was(desk: Desk) -> None:
    row = records.golden_row(1, desk.entity, schema.LIVE, encode({"name": "Acme", "n": 1}), ORIGIN, frozenset({2, 3}))
    desk.write(records.new_golden, [row])
    desk.write(links.save, [link(desk.crm, "a", 1, hash=b"\x00h", version="7", shadow=SHADOW)])
    assert desk.read(records.load, desk.crm, [1]) == {
        1: records.Known(
            1, schema.LIVE, {"name": "Acme", "n": 1}, ORIGIN, frozenset({2, 3}), "a", "7", b"\x00h", SHADOW
        )
    }


def test_a_golden_record_without_a_link_there_has_no_key_and_no_shadow(desk: Desk) -> None:
    desk.golden(1, 2)
    there = link(desk.erp, "x", 1, shadow=Shadow({"name": "Acme"}))
    desk.write(links.save, [there, link(desk.crm, "gone", 2, schema.DELETED)])
    for known in desk.read(records.load, desk.crm, [1, 2]).values():
        assert (known.key, known.shadow, known.hash) == (None, None, None)


def test_a_link_that_was_never_merged_has_no_shadow(desk: Desk) -> None:
    desk.golden(1)
    desk.write(links.save, [link(desk.crm, "a", 1)])
    [known] = desk.read(records.load, desk.crm, [1]).values()
    assert (known.key, known.shadow) == ("a", None)


def test_the_write_that_may_be_out_comes_with_the_record(desk: Desk) -> None:
    desk.golden(1, 2)
    desk.write(deliveries.owe, [(desk.crm, 1), (desk.erp, 2)], NOW)
    for binding, golden in ((desk.crm, 1), (desk.erp, 2)):
        desk.write(deliveries.updating, [(binding, golden, encode({"name": f"{golden}"}))])
    found = desk.read(records.load, desk.crm, [1, 2])
    assert (found[1].sent, found[2].sent) == ({"name": "1"}, None)


def test_a_page_of_ten_thousand_is_one_statement(desk: Desk) -> None:
    desk.golden(*range(1, 10_001))
    before = desk.store.counts.statements
    assert len(desk.read(records.load, desk.crm, [*range(1, 10_001), 77_777])) == 10_000
    assert desk.store.counts.statements - before == 1


def test_saving_again_overwrites(desk: Desk) -> None:
    desk.golden(1, name="old")
    row = records.golden_row(1, desk.entity, schema.DELETED, encode({"name": "new"}), ORIGIN, frozenset())
    desk.write(records.change_golden, [row])
    for shadow in (SHADOW, Shadow({"name": "now"})):
        desk.write(links.save, [link(desk.crm, "a", 1, shadow=shadow)])
    [known] = desk.read(records.load, desk.crm, [1]).values()
    assert (known.state, known.fields, known.shadow) == (schema.DELETED, {"name": "new"}, Shadow({"name": "now"}))


def test_encoded_fields_are_used_as_they_are() -> None:
    assert links.encoded(Shadow({"name": "Acme"}), b'{"name":"Acme"}') == (b'{"name":"Acme"}', None, None)
    assert links.encoded(Shadow({})) == (b"{}", None, None)


def test_a_look_at_a_record_moves_its_shadow_for_its_system_alone(desk: Desk) -> None:
    desk.golden(1)
    desk.write(links.save, [link(binding, "a", 1, hash=b"h", shadow=SHADOW) for binding in (desk.crm, desk.erp)])
    now = Shadow({"name": "now"})
    desk.write(links.seen, [(desk.crm, "a", b"i", "2", *links.encoded(now))])
    here, there = desk.read(records.load, desk.crm, [1])[1], desk.read(records.load, desk.erp, [1])[1]
    assert (here.hash, here.version, here.shadow) == (b"i", "2", now)
    assert (there.hash, there.version, there.shadow) == (b"h", None, SHADOW)


def test_a_decision_moves_the_shadow_and_not_what_was_last_seen(desk: Desk) -> None:
    desk.golden(1)
    desk.write(links.save, [link(desk.crm, "a", 1, hash=b"h", version="7", shadow=SHADOW)])
    desk.write(links.decided, [(desk.crm, "a", *links.encoded(Shadow({"name": "Ann"})))])
    [known] = desk.read(records.load, desk.crm, [1]).values()
    assert (known.hash, known.version, known.shadow) == (b"h", "7", Shadow({"name": "Ann"}))


def test_what_is_known_of_a_record_that_is_gone_is_dropped(desk: Desk) -> None:
    desk.golden(1)
    desk.write(links.save, [link(desk.crm, "a", 1, shadow=SHADOW)])
    desk.write(links.save, [link(desk.crm, "a", 1, schema.DELETED)])
    desk.write(links.save, [link(desk.crm, "b", 1)])
    [known] = desk.read(records.load, desk.crm, [1]).values()
    assert (known.key, known.shadow) == ("b", None)
