"""Golden records and shadows."""

from conftest import NOW, ORIGIN, Desk, link

from hub.core.merge import Held, Shadow
from hub.store import deliveries, links, records, schema
from hub.store.database import encode

SHADOW = Shadow({"name": "ACME", "city": None}, {"name": "Acme"}, {"city": Held({"city": "Bath"}, {"city": None})})


def test_what_is_saved_comes_back_as_it_was(desk: Desk) -> None:
    row = records.golden_row(1, desk.entity, schema.LIVE, encode({"name": "Acme", "n": 1}), ORIGIN, frozenset({2, 3}))
    desk.write(records.new_golden, [row])
    desk.write(links.save, [link(desk.crm, "a", 1, hash=b"\x00h", version="7")])
    desk.write(records.save_shadows, [records.shadow_row(desk.crm, 1, SHADOW)])
    assert desk.read(records.load, desk.crm, [1]) == {
        1: records.Known(
            1, schema.LIVE, {"name": "Acme", "n": 1}, ORIGIN, frozenset({2, 3}), "a", "7", b"\x00h", SHADOW
        )
    }


def test_a_golden_record_without_a_link_there_has_no_key_and_no_shadow(desk: Desk) -> None:
    desk.golden(1, 2)
    desk.write(links.save, [link(desk.erp, "x", 1), link(desk.crm, "gone", 2, schema.DELETED)])
    desk.write(records.save_shadows, [records.shadow_row(desk.erp, 1, Shadow({"name": "Acme"}))])
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
    desk.write(links.save, [link(desk.crm, "a", 1)])
    for shadow in (SHADOW, Shadow({"name": "now"})):
        desk.write(records.save_shadows, [records.shadow_row(desk.crm, 1, shadow)])
    [known] = desk.read(records.load, desk.crm, [1]).values()
    assert (known.state, known.fields, known.shadow) == (schema.DELETED, {"name": "new"}, Shadow({"name": "now"}))


def test_encoded_fields_are_used_as_they_are(desk: Desk) -> None:
    assert records.shadow_row(1, 7, Shadow({"name": "Acme"}), b'{"name":"Acme"}')[2] == b'{"name":"Acme"}'
    assert records.shadow_row(1, 7, Shadow({}))[2] == b"{}"


def test_what_is_known_of_records_that_are_gone_is_dropped_for_their_system_alone(desk: Desk) -> None:
    desk.golden(1, 2)
    rows = [link(desk.crm, "a", 1), link(desk.crm, "b", 2), link(desk.erp, "a", 1)]
    desk.write(links.save, rows)
    desk.write(records.save_shadows, [records.shadow_row(binding, golden, SHADOW) for binding, _, golden, *_ in rows])
    desk.write(records.drop_shadows, desk.crm, [1, 99])
    here, there = desk.read(records.load, desk.crm, [1, 2]), desk.read(records.load, desk.erp, [1])
    assert [here[1].shadow, here[2].shadow, there[1].shadow] == [None, SHADOW, SHADOW]
