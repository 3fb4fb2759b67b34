"""The grade of a system: a table of abilities; and grade D is one-way, unless the binding says otherwise."""

from dataclasses import replace

import pytest
from support.memory import FIELDS

from hub.adapter import Can
from hub.core.errors import ConfigError
from hub.core.mapping import compile_mapping
from hub.core.model import Allowed, Binding, Compared, Entity, Instance
from hub.engine.away import Away
from hub.engine.opening import graded
from hub.flow.grade import WITHOUT, Grade, grade
from hub.simulator.world import ASK, mapping, units_of

ALL = Can(conditional=True, tombstones=True, find=True, tokens=True, traces=True, in_order=True, steady=True)


def entity(*, key: bool = False, match: str = "", **of_erp: object) -> Entity:
    """`key`: the ERP holds the CRM's keys; `match`: a match rule of these fields."""
    links = {"@crm": "crm_key"} if key else {}
    bindings = {
        name: Binding("account", name, "thing", compile_mapping(mapping(FIELDS, links if name == "erp" else {})))
        for name in ("crm", "erp")
    }
    bindings["erp"] = replace(bindings["erp"], **of_erp)  # type: ignore[arg-type]
    rules = (tuple(map(Compared, match.split())),) if match else ()
    return Entity("account", tuple(units_of(FIELDS, {}, ASK, {})), bindings, rules)


def graded_as(can: Can, of: Entity) -> Grade:
    return grade(of, of.bindings["erp"], can)


NO_KEY = replace(ALL, tokens=False)
BLIND = replace(ALL, conditional=False, traces=False)
TABLE = [
    # the system                                            its entity                       grade  without
    ("all there is", ALL, entity(), "A", ()),
    ("a key of ours instead of tokens", NO_KEY, entity(key=True), "A", ()),
    ("no search for that key", replace(NO_KEY, find=False), entity(key=True), "C", ("KMN",)),
    ("a match rule of one field", NO_KEY, entity(match="name"), "B", ("KM",)),
    ("a match rule of two fields", NO_KEY, entity(match="name city"), "C", ("KMN",)),
    ("nothing to find a create by", NO_KEY, entity(), "C", ("KMN",)),
    ("no creates are made", NO_KEY, entity(allowed=Allowed(insert=False)), "A", ()),
    ("no conditional write", replace(ALL, conditional=False), entity(), "B", ("C",)),
    ("nor a version", BLIND, entity(), "D", ("CV",)),
    ("and no updates are made", BLIND, entity(allowed=Allowed(update=False)), "A", ()),
    ("deletions by keys only", replace(ALL, tombstones=False), entity(), "A", ("T",)),
    ("no deletions at all", replace(ALL, tombstones=False, keys=False), entity(), "B", ("TL",)),
    ("late changes", replace(ALL, in_order=False), entity(), "B", ("W",)),
    ("rows that move", replace(ALL, steady=False), entity(), "B", ("P",)),
    ("the least of all", Can(keys=False), entity(), "D", ("KMN", "CV", "TL", "W", "P")),
    ("it is only read", Can(), entity(direction="in"), "B", ("T", "W", "P")),
    ("it is only read, and well", replace(BLIND, tokens=False), entity(direction="in"), "A", ()),
]


@pytest.mark.parametrize(("can", "of", "letter", "missing"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_table_of_grades(can: Can, of: Entity, letter: str, missing: tuple[str, ...]) -> None:
    found = graded_as(can, of)
    assert (found.letter, found.missing) == (letter, missing)
    assert [said.partition(": ")[2] for said in found.said] == [WITHOUT[key] for key in missing]


@pytest.mark.parametrize(
    ("of_erp", "can", "refused"),
    [
        ({}, BLIND, True),
        ({}, ALL, False),
        ({"accepts_grade_d": True}, BLIND, False),
        ({"direction": "in"}, BLIND, False),
        ({"direction": "out"}, BLIND, False),
        ({"allowed": Allowed(update=False)}, BLIND, False),
    ],
)
def test_grade_d_is_one_way_unless_the_binding_says_otherwise(
    of_erp: dict[str, object], can: Can, refused: bool
) -> None:
    assert graded_as(can, entity(**of_erp)).refused is refused


class Able(Away):
    """A system that can so much."""

    def __init__(self, able: Can) -> None:
        super().__init__("erp")
        self.able = able

    @property
    def can(self) -> Can:
        return self.able


def test_the_refusal_says_where_why_and_what_to_say_instead() -> None:
    instance = Instance("test", "main", True, {}, {"account": entity()}, ())
    graded(instance, {"crm": Able(ALL), "erp": Able(ALL)})
    with pytest.raises(ConfigError) as caught:
        graded(instance, {"crm": Able(ALL), "erp": Able(BLIND)})
    [said] = caught.value.problems
    assert caught.value.code == "config.grade"
    assert said.startswith("conf/instances/main.yaml: entities.account.bindings.erp.direction: erp is of grade D")
    assert "'grade_d: two-way' to accept that, got 'direction: both'" in said
