"""Two systems that undo each other's values: the field is left alone and a person asked; everything else goes on."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from support.memory import ABLE, FIELDS, Noted, World

from hub.adapter import FieldInfo, Write, Written
from hub.core.model import Policy
from hub.flow.deciding.decide import resolve
from hub.store import records
from hub.store.conflicts import Conflict


class Formula(Noted):
    """A system in which a rule changes a name a moment after it was written."""

    rule: Callable[[str], str] = staticmethod(str)

    def _write(self, obj: str, write: Write) -> Written:
        outcome = super()._write(obj, write)
        assert isinstance(outcome, Written)
        name = self.held(obj)[outcome.key]["name"]
        if name is not None and self.rule(name) != name:
            self.person_edit(obj, outcome.key, {"name": self.rule(name)})
        return outcome


def formula(rule: Callable[[str], str]) -> Formula:
    found = Formula({"thing": [FieldInfo(name) for name in FIELDS]}, can=ABLE)
    found.rule = rule  # type: ignore[method-assign]
    return found


def fighting(
    ours: Callable[[str], str] = str.lower, theirs: Callable[[str], str] = str.upper, **options: object
) -> World:
    """Two systems with one record in common, before anything was written to and fro."""
    world = World({"crm": formula(ours), "erp": formula(theirs)}, **options)  # type: ignore[arg-type]
    world.systems["crm"].person_create("thing", {"name": "Anna", "phone": "1"})
    return world


def run(world: World, times: int = 20, seconds: float = 60) -> int:
    """Records written."""
    written = 0
    for _ in range(times):
        world.clock.pass_(seconds)
        written += world.sync().written
    return written


def names_written(world: World) -> int:
    systems: Sequence[Formula] = list(world.systems.values())  # type: ignore[arg-type]
    return sum("name" in write.fields and write.kind == "update" for system in systems for write in system.writes)


def open_(world: World) -> list[Conflict]:
    return world.log("open")


def test_it_stops_after_a_few_writes_and_says_who_fights() -> None:
    world = fighting()
    run(world)
    assert names_written(world) <= 5
    [conflict] = open_(world)
    assert (conflict.unit, conflict.verdict) == ("name", "hold")
    assert conflict.rule.startswith("fight: crm and erp keep changing it")
    assert {str(conflict.ours["name"]).lower(), str(conflict.theirs["name"]).lower()} == {"anna"}


def test_then_the_hub_is_at_rest() -> None:
    world = fighting()
    run(world)
    assert run(world, 5, seconds=86_400) == 0
    assert len(open_(world)) == 1


def test_every_other_field_goes_on() -> None:
    world = fighting()
    run(world)
    world.systems["crm"].person_edit("thing", "1", {"phone": "2"})
    run(world, 2)
    world.systems["erp"].person_edit("thing", "1", {"city": "York"})
    run(world, 2)
    for system in ("crm", "erp"):
        row = world.systems[system].held("thing")["1"]
        assert (row["phone"], row["city"]) == ("2", "York")
    assert len(open_(world)) == 1


def test_every_other_record_goes_on() -> None:
    world = fighting()
    run(world)
    world.systems["crm"].person_create("thing", {"name": "1234", "phone": "3"})
    run(world, 2)
    assert {row["name"] for row in world.held("erp")} >= {"1234"}


def test_no_policy_lets_it_go_on() -> None:
    world = fighting(policy=Policy("prefer", ("crm", "erp")))
    run(world, 40)
    before = names_written(world)
    world.systems["crm"].person_edit("thing", "1", {"name": "berta"})
    run(world, 10)
    assert names_written(world) == before <= 6
    [conflict] = open_(world)
    assert conflict.rule.startswith("fight: ")


def test_a_person_ends_it() -> None:
    world = fighting()
    run(world)
    for system in world.systems.values():
        system.rule = str  # type: ignore[attr-defined]
    [conflict] = open_(world)
    resolve(world.hub, conflict.id, "ours", "ada")
    run(world, 3)
    assert [row["name"] for row in world.held("crm")] == [row["name"] for row in world.held("erp")]
    assert open_(world) == []
    assert run(world, 3) == 0


def test_decided_without_a_cure_it_is_frozen_again_not_fought_for_ever() -> None:
    world = fighting()
    run(world)
    before = names_written(world)
    resolve(world.hub, open_(world)[0].id, "ours", "ada")
    run(world, 40)
    assert names_written(world) <= before + 6
    assert len(open_(world)) == 1


def test_a_system_that_undoes_what_a_one_way_hub_writes_is_left_alone_too() -> None:
    world = fighting(ours=str, directions={"erp": "out"})
    run(world)
    assert names_written(world) <= 3
    [conflict] = open_(world)
    assert conflict.rule.startswith("fight: crm and erp")


def test_a_value_that_grows_is_a_fight() -> None:
    world = fighting(lambda name: name + " Ltd", lambda name: name + " GmbH")
    run(world, 60)
    assert names_written(world) <= 16
    assert len(open_(world)) == 1
    assert run(world, 5) == 0


def test_a_person_who_changes_his_mind_is_not_a_fight() -> None:
    world = fighting(str, str)
    run(world, 2)
    for number in range(12):
        world.systems["crm"].person_edit("thing", "1", {"name": "AB"[number % 2]})
        run(world, 1)
    assert open_(world) == []
    assert world.held("erp")[0]["name"] == "B"


def test_the_turns_of_yesterday_are_forgotten() -> None:
    world = fighting(str, str)
    run(world, 2)
    for number in range(9):
        world.systems["crm" if number % 2 else "erp"].person_edit("thing", "1", {"name": "AB"[number % 2]})
        run(world, 1, timedelta(hours=13).total_seconds())
    assert open_(world) == []
    with world.store.reading() as tx:
        golden_id = world.golden("crm", "1")
        origin = records.load(tx, world.place("crm").id, [golden_id])[golden_id].origin
    assert len(origin) < 400


def test_frozen_in_one_system_the_others_of_three_go_on() -> None:
    world = World({"crm": formula(str.lower), "erp": formula(str.upper), "shop": formula(str)})
    world.systems["crm"].person_create("thing", {"name": "Anna"})
    run(world, 30)
    assert run(world, 3) == 0
    [conflict] = open_(world)
    assert conflict.rule.startswith("fight: ")
    world.systems["shop"].person_edit("thing", "1", {"name": "Carl"})
    run(world, 10)
    assert [row.id for row in open_(world)] == [conflict.id]
    assert {name: world.held(name)[0]["name"] for name in world.systems} == {
        "crm": "anna",
        "erp": "CARL",
        "shop": "CARL",
    }
