"""What the store keeps of matching: decisions of people, whom a record may be, and whether first writes may go out."""

from typing import Any

from desk import NOW, Desk, link

from hub.store import candidates, firsts, links, matches, pairings, reviews
from hub.store.firsts import First
from hub.store.matches import Candidate
from hub.store.pairings import Pairing


def test_a_decision_is_found_from_either_side(desk: Desk) -> None:
    pair = Pairing(desk.crm, "a", desk.erp, "x", True)
    desk.write(pairings.replace, [desk.crm, desk.erp], [pair])
    assert desk.read(pairings.of, desk.crm, ["a", "b"]) == [pair]
    assert desk.read(pairings.of, desk.erp, ["x"]) == [Pairing(desk.erp, "x", desk.crm, "a", True)]
    assert desk.read(pairings.towards, desk.crm, ["a"], desk.erp) == [pair]
    assert desk.read(pairings.towards, desk.crm, ["a"], desk.shop) == []
    assert (desk.read(pairings.there, desk.crm), desk.read(pairings.there, desk.shop)) == (True, False)


def test_the_last_worksheet_counts(desk: Desk) -> None:
    both = [desk.crm, desk.erp]
    desk.write(pairings.replace, both, [Pairing(desk.crm, "a", desk.erp, "x", True)])
    desk.write(pairings.replace, both, [Pairing(desk.crm, "b", desk.erp, "y", False)])
    assert desk.read(pairings.of, desk.crm, ["a"]) == []
    assert desk.read(pairings.of, desk.crm, ["b"]) == [Pairing(desk.crm, "b", desk.erp, "y", False)]


def test_a_value_at_which_too_many_stand_finds_none_of_them(desk: Desk) -> None:
    desk.golden(1, 2, 3, 4)
    rows = [(desk.entity, "~zip", "d1", id_) for id_ in (1, 2, 3)]
    desk.write(matches.save, [*rows, (desk.entity, "~zip", "d2", 4)])
    desk.write(links.save, [link(desk.crm, "a", 4)])
    ask = (matches.find_few, desk.entity, desk.crm, "~zip", ["d1", "d2"])
    assert desk.read(*ask, 2) == [Candidate("~zip", "d2", 4, "a")]
    assert len(desk.read(*ask, 3)) == 4


def review(desk: Desk, key: str, kind: str) -> dict[str, Any]:
    return {"at": NOW, "binding_id": desk.crm, "key": key, "golden_id": None, "kind": kind, "code": "c", "said": kind,
            "due_at": NOW}  # fmt: skip


def test_whom_a_record_that_stands_aside_may_be_is_contested_until_that_is_decided(desk: Desk) -> None:
    desk.golden(1, 2, 3)
    desk.write(reviews.open_, [review(desk, "a", "ambiguous"), review(desk, "b", "parked")])
    rows = [(desk.crm, 1, "a", 90), (desk.crm, 2, "a", None), (desk.crm, 3, "b", 80)]
    desk.write(candidates.save, desk.crm, ["a", "b"], rows)
    assert desk.read(candidates.contested, desk.crm, [1, 2, 3]) == {1, 2}
    assert desk.read(candidates.contested, desk.erp, [1, 2, 3]) == set()
    assert desk.read(candidates.of, desk.crm, ["a"]) == [("a", 2, None), ("a", 1, 90)]
    desk.write(reviews.decide, desk.crm, "a", 1, "decided", NOW)
    assert desk.read(candidates.contested, desk.crm, [1, 2, 3]) == set()


def test_a_record_that_stands_aside_anew_has_its_new_candidates_only(desk: Desk) -> None:
    desk.write(candidates.save, desk.crm, ["a"], [(desk.crm, 1, "a", 90)])
    desk.write(candidates.save, desk.crm, ["a"], [(desk.crm, 2, "a", 80)])
    assert desk.read(candidates.of, desk.crm, ["a"]) == [("a", 2, 80)]


def test_how_an_entity_stands_is_kept_beside_the_rules_of_its_keys(desk: Desk) -> None:
    assert desk.read(firsts.find, [desk.entity]) == {}
    desk.write(firsts.hold, desk.entity, "2 stand aside")
    desk.write(firsts.keyed, desk.entity, "vat")
    held = First(desk.entity, "vat", firsts.HELD, "2 stand aside")
    assert desk.read(firsts.find, [desk.entity]) == {desk.entity: held}
    desk.write(firsts.open_, desk.entity, "ann", NOW, {"none": 3})
    accepted = First(desk.entity, "vat", firsts.OPEN, None, {"none": 3}, "ann", NOW)
    assert desk.read(firsts.find, [desk.entity]) == {desk.entity: accepted}


def test_doubtful_is_what_may_be_one_of_several_or_somebody_elses(desk: Desk) -> None:
    kinds = ("ambiguous", "taken", "parked", "decided")
    desk.write(reviews.open_, [review(desk, kind, kind) for kind in kinds])
    assert desk.read(firsts.doubtful, desk.entity) == 2
    assert desk.read(firsts.doubtful, desk.entity + 1) == 0


def test_golden_records_come_in_order_to_get_new_keys(desk: Desk) -> None:
    desk.golden(1, 2, 3)
    desk.golden(4, state=0)
    assert desk.read(matches.live, desk.entity, 1, 10) == [(2, {"name": "Acme"}), (3, {"name": "Acme"})]
