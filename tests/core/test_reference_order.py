"""References between entities: in which order they go, what is a circle, and how a golden record is named."""

import pytest

from hub.adapter import FieldInfo, ObjectInfo
from hub.core.fit import fit
from hub.core.likeness import like
from hub.core.mapping import FieldSpec, MappingSpec, compile_mapping
from hub.core.references import Edge, circular, is_named, named, number, ordered, required_circle

#: a: none; b -> a; "b!": required.
Said = dict[str, str]


def edges(said: Said) -> dict[str, list[Edge]]:
    """`{"person": "firm! boss"}`: a person refers to a firm, which it must have, and to a boss."""
    return {
        name: [Edge(parent.rstrip("!"), parent.rstrip("!"), parent.endswith("!")) for parent in parents.split()]
        for name, parents in said.items()
    }


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ({"a": "", "b": ""}, "a b"),
        ({"b": "a", "a": ""}, "a b"),
        ({"c": "b", "b": "a", "a": ""}, "a b c"),
        ({"c": "a b", "b": "", "a": "b"}, "b a c"),
        ({"a": "a", "b": ""}, "a b"),
        ({"a": "b", "b": "a"}, "a b"),
        ({"a": "b!", "b": "a"}, "b a"),
        ({"a": "b", "b": "a!"}, "a b"),
        ({"a": "b!", "b": "a!"}, "a b"),
        ({"c": "b", "b": "c a!", "a": "c"}, "c a b"),
        ({"a": "elsewhere", "b": ""}, "a b"),
    ],
)
def test_parents_come_before_children(said: Said, order: str) -> None:
    assert ordered(edges(said)) == order.split()


@pytest.mark.parametrize(
    ("said", "circles"),
    [
        ({"a": "", "b": "a"}, ""),
        ({"a": "a"}, "a>a"),
        ({"a": "b", "b": "a"}, "a>b b>a"),
        ({"a": "b", "b": "c", "c": "a", "d": "a"}, "a>b b>c c>a"),
        ({"a": "b", "b": "b"}, "b>b"),
    ],
)
def test_a_circle_leads_back_to_where_it_began(said: Said, circles: str) -> None:
    all_ = edges(said)
    found = [f"{name}>{edge.parent}" for name in all_ for edge in all_[name] if circular(all_, name, edge)]
    assert found == circles.split()


@pytest.mark.parametrize(
    ("said", "circle"),
    [
        ({"a": "b!", "b": "a"}, ""),
        ({"a": "b!", "b": "a!"}, "a b"),
        ({"a": "a!"}, "a"),
        ({"a": "b!", "b": "c!", "c": "a!"}, "a b c"),
        ({"a": "b!", "b": "c!", "c": "b!"}, "b c"),
        ({"a": "b! c!", "b": "d!", "c": "d!", "d": ""}, ""),
    ],
)
def test_required_references_must_begin_somewhere(said: Said, circle: str) -> None:
    assert [name for name, _ in required_circle(edges(said))] == circle.split()


def test_a_golden_record_is_named_by_its_number() -> None:
    assert number(named(42)) == 42
    assert is_named(named(42))
    assert [number(value) for value in (None, "", "42", "hub:", "hub:x", 42, True)] == [None] * 7


def test_no_record_is_like_another() -> None:
    """Systems cut texts and amounts; what they do with a key is not to be guessed."""
    assert not like(named(12), named(1))
    assert like(named(1), named(1))


def test_a_golden_record_comes_back_as_it_is_whatever_its_key_looks_like() -> None:
    steps = (("prefix", "C-"),)
    spec = FieldSpec("firm", "reference", ("firmid",), steps, length=6, too_long="truncate", refers="firm")
    mapping = compile_mapping(MappingSpec("person", "person", (spec,)))
    assert mapping.project({"firm": named(7**20)}) == {"firm": named(7**20)}
    assert mapping.to_hub({"firmid": "7"}) == ({"firm": "C-7"}, ())
    assert mapping.to_system({"firm": "C-7"}) == ({"firmid": "7"}, ())


def test_keys_are_written_as_the_system_writes_them() -> None:
    spec = FieldSpec("firm", "integer", ("firm_id",), wire="json", refers="firm")
    mapping = compile_mapping(MappingSpec("person", "person", (spec,)))
    assert mapping.to_system({"firm": "42"}) == ({"firm_id": 42}, ())
    assert mapping.to_hub({"firm_id": 42}) == ({"firm": 42}, ())
    assert mapping.to_system({"firm": None}) == ({"firm_id": None}, ())


@pytest.mark.parametrize(("type_", "codes"), [("reference", ["fit.type"]), ("integer", [])])
def test_a_key_that_would_be_sent_as_text_where_a_number_is_expected_is_told(type_: str, codes: list[str]) -> None:
    spec = FieldSpec("firm", type_, ("firm_id",), wire="json", refers="firm")
    mapping = compile_mapping(MappingSpec("person", "person", (spec,)))
    there = ObjectInfo("person", [FieldInfo("firm_id", "integer")])
    assert [problem.code for problem in fit(mapping, there)] == codes


def test_the_last_golden_record_has_63_bits() -> None:
    assert number(named(2**63 - 1)) == 2**63 - 1
    assert [number(value) for value in (named(2**63), named(10**19), "hub:" + "9" * 5000)] == [None] * 3
