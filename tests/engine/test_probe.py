"""What an adapter declares is tried as far as reading can tell, and a system that cannot do it is found out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from support.memory import ABLE, Noted, World, memory, pair

from hub.adapter import Can
from hub.core.errors import Refused, TryLater
from hub.core.record import Record
from hub.engine.probe import MANY, Probed, probe

EVERYTHING = replace(ABLE, counted=True, traces=True, in_order=True, steady=True)


def world_of(can: Can = EVERYTHING, records: int = 3) -> tuple[World, Noted]:
    erp = memory(can)
    world, crm, _ = pair(erp=erp, match=[["name"]])
    for each in range(records):
        crm.create(name=f"company {each}")
    world.sync()
    erp.writes.clear()
    return world, erp


def tried(world: World, erp: Noted, since: str | None = None) -> dict[str, Probed]:
    place = world.place("erp")
    return {one.ability: one for one in probe(erp, place.entity, place.binding, since)}


def results(world: World, erp: Noted) -> dict[str, str]:
    return {name: one.result for name, one in tried(world, erp, world.cursor("erp")).items()}


def test_what_a_system_can_do_is_confirmed_and_the_rest_is_taken_on_trust() -> None:
    world, erp = world_of()
    assert results(world, erp) == {
        **dict.fromkeys(("keys", "find", "conditional", "counted", "since"), "confirmed"),
        **dict.fromkeys(("tombstones", "tokens", "answers", "traces", "in_order", "steady"), "trusted"),
    }


def test_what_is_not_declared_is_not_tried() -> None:
    world, erp = world_of(Can(keys=False, find=False))
    assert tried(world, erp) == {}


def test_it_only_reads_and_only_a_little() -> None:
    world, erp = world_of(records=200)
    erp.calls.clear()
    tried(world, erp, world.cursor("erp"))
    assert erp.writes == []
    assert len(erp.calls) <= 8


def test_an_empty_system_proves_nothing() -> None:
    world, erp = world_of(records=0)
    assert set(results(world, erp).values()) == {"trusted", "confirmed"}
    assert tried(world, erp)["keys"] == Probed("keys", "trusted", "there is no record")


def refuses(*_: object) -> Iterator[list[str]]:
    raise Refused("system.cannot-list", "there is no such call")


def strangers(*_: object) -> Iterator[list[str]]:
    yield ["888", "999"]


@pytest.mark.parametrize(("keys", "said"), [(refuses, "there is no such call"), (strangers, "none of the listed keys")])
def test_a_list_of_keys_that_is_none_is_found_out(keys: Callable[..., Iterator[list[str]]], said: str) -> None:
    world, erp = world_of()
    erp.keys = keys  # type: ignore[method-assign]
    found = tried(world, erp)["keys"]
    assert (found.result, said in found.said) == ("disproved", True)


def test_a_search_that_finds_nothing_or_everything_is_found_out() -> None:
    world, erp = world_of()
    search = erp.find
    answers: list[Callable[[Sequence[str]], list[Record]]] = [
        lambda values: [],
        lambda values: erp.read("thing", erp.keys_held()),
    ]
    for answer in answers:
        erp.find = lambda obj, name, values, answer=answer: answer(values)  # type: ignore[method-assign, misc]
        assert tried(world, erp)["find"].result == "disproved"
    erp.find = search  # type: ignore[method-assign]
    assert tried(world, erp)["find"].result == "confirmed"


def test_a_system_need_not_search_by_every_field_but_by_one() -> None:
    world, erp = world_of()
    world.instance = pair(match=[["city"], ["name"]])[0].instance
    world.restart()
    for key in erp.keys_held():
        erp.edit(key, city="York")
    search = erp.find

    def by(*names: str) -> None:
        def find(obj: str, name: str, values: Sequence[str]) -> list[Record]:
            if name not in names:
                raise Refused("system.cannot-find", f"not by {name}")
            return search(obj, name, values)

        erp.find = find  # type: ignore[method-assign]

    by("name")
    assert tried(world, erp)["find"].result == "confirmed"
    by()
    assert tried(world, erp)["find"] == Probed("find", "disproved", "not by name")


def shows(erp: Noted, version: str | None) -> None:
    """Its records have this version."""
    read = erp.read
    erp.read = lambda obj, keys: [one._replace(version=version) for one in read(obj, keys)]  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("version", "conditional", "counted"),
    [(None, "disproved", "trusted"), ("W/abc", "confirmed", "disproved"), ("17", "confirmed", "confirmed")],
)
def test_versions_are_looked_at(version: str | None, conditional: str, counted: str) -> None:
    world, erp = world_of()
    shows(erp, version)
    found = tried(world, erp)
    assert (found["conditional"].result, found["counted"].result) == (conditional, counted)


def test_a_version_that_only_a_single_record_shows_counts() -> None:
    world, erp = world_of()
    read = erp.read

    def listed(obj: str, keys: Sequence[str]) -> list[Record]:
        return [one._replace(version="1" if len(keys) == 1 else None) for one in read(obj, keys)]

    erp.read = listed  # type: ignore[method-assign]
    assert tried(world, erp)["conditional"].result == "confirmed"


def test_a_poll_that_reads_everything_each_time_is_found_out() -> None:
    world, erp = world_of(records=MANY + 1)
    since, changes, when = world.cursor("erp"), erp.changes, erp.when
    assert tried(world, erp, since)["since"].result == "confirmed"
    erp.changes = lambda obj, since: changes(obj, None)  # type: ignore[method-assign]
    assert tried(world, erp, since)["since"].said == "all records were changed lately"
    erp.when = lambda stamp: when(stamp).replace(day=1 + int(stamp[18]) % 9)  # type: ignore[method-assign, union-attr]
    assert tried(world, erp, since)["since"].result == "disproved"


def test_a_system_that_is_busy_disproves_nothing() -> None:
    world, erp = world_of()
    erp.fail("find", "before", TryLater("system.busy", "come back later"))
    assert tried(world, erp)["find"] == Probed("find", "trusted", "come back later")
