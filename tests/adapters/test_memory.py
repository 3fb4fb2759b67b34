"""The system in memory keeps the contract, whatever it is told that it cannot do."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import adapters.memory
import adapters.rest
from adapters.memory import Memory, Options, connect
from hub.adapter import Can, Failure, FieldInfo, ObjectUse, System, Write, Written
from hub.core.errors import Refused, Stale, TryLater, Unknown
from hub.core.record import Raw
from hub.testing.contract import AdapterContract

EVERYTHING = Can(
    conditional=True, tombstones=True, find=True, tokens=True, answers=True, batch=20, read_batch=20, connections=4
)
NOTHING = Can(create=False, update=False, delete=False, keys=False)
PLAIN = Can()
FIELDS = {"thing": [FieldInfo("name", required=True), FieldInfo("other"), FieldInfo("amount", "decimal")]}


class People:
    object, name, other, sought, page = "thing", "name", "other", "name", 4

    def __init__(self, system: Memory) -> None:
        self.system = system

    def sample(self, name: str) -> Raw:
        return {"name": name, "other": "some", "amount": "1.50"}

    def create(self, fields: Raw) -> str:
        return self.system.person_create("thing", fields)

    def edit(self, key: str, fields: Raw) -> None:
        self.system.person_edit("thing", key, fields)

    def delete(self, key: str) -> None:
        self.system.person_delete("thing", key)


class Kept(AdapterContract):
    can = EVERYTHING
    feed = "sequence"
    grain = timedelta(seconds=1)

    @pytest.fixture
    def adapter(self) -> Memory:
        return Memory(FIELDS, can=self.can, page=4, feed=self.feed, grain=self.grain)

    @pytest.fixture
    def world(self, adapter: Memory) -> People:
        return People(adapter)


class TestAllOfIt(Kept):
    pass


class TestNothingOfIt(Kept):
    can = NOTHING


class TestPlain(Kept):
    can = PLAIN


class TestCoarseStamps(Kept):
    feed = "stamp"
    grain = timedelta(seconds=7)


class TestOneStampForAll(Kept):
    feed = "stamp"
    grain = timedelta(days=1000)


class TestStampsWithoutTombstones(Kept):
    can = replace(EVERYTHING, tombstones=False, batch=1, read_batch=1)
    feed = "stamp"


@pytest.fixture
def system() -> Memory:
    return Memory(FIELDS, can=EVERYTHING, page=2)


def test_a_fault_before_a_write_leaves_the_system_alone_and_one_after_it_loses_the_answer(system: Memory) -> None:
    write = Write("create", None, {"name": "x"}, token="t")
    for phase, error, held in [("before", TryLater("a.b", ""), 0), ("after", Unknown("a.b", ""), 1)]:

        def fault(call: str, at: str, phase: str = phase, error: Exception = error) -> None:
            if (call, at) == ("write", phase):
                raise error

        system.fault = fault
        with pytest.raises(type(error)):
            system.write("thing", [write])
        assert len(system.held("thing")) == held
    system.fault = lambda call, at: None
    [again] = system.write("thing", [write])
    assert isinstance(again, Written)
    assert len(system.held("thing")) == 1


def test_a_fault_may_strike_between_pages(system: Memory) -> None:
    People(system)
    for n in range(5):
        system.person_create("thing", {"name": str(n)})
    calls = []
    system.fault = lambda call, at: calls.append((call, at))
    assert len(list(system.changes("thing", None))) == 3
    assert calls == [("changes", "before"), ("changes", "after")] * 3


def test_a_copy_goes_its_own_way(system: Memory) -> None:
    key = system.person_create("thing", {"name": "a"})
    twin = system.copy()
    system.person_edit("thing", key, {"name": "b"})
    assert twin.held("thing")[key]["name"] == "a"
    assert twin.person_create("thing", {"name": "c"}) == system.person_create("thing", {"name": "c"}) == "2"


def test_the_same_calls_give_the_same_answers() -> None:
    def life() -> bytes:
        system = Memory(FIELDS, can=EVERYTHING, page=2)
        keys = [system.person_create("thing", {"name": str(n)}) for n in range(5)]
        system.person_delete("thing", keys[2])
        pages = list(system.changes("thing", None)) + list(system.changes("thing", "3"))
        return pickle.dumps(pages)

    assert life() == life()


def test_clock_and_keys_are_handed_in() -> None:
    now = datetime(2030, 5, 1, tzinfo=UTC)
    system = Memory(FIELDS, can=EVERYTHING, clock=lambda: now, key=lambda obj, n: f"{obj}-{n:03}")
    key = system.person_create("thing", {"name": "a"})
    [record] = system.read("thing", [key])
    assert key == "thing-001"
    assert system.when(record.stamp or "") == now


@pytest.mark.parametrize(
    ("quirks", "sent", "held"),
    [
        ([{"truncate": 3}], "abcdef", "abc"),
        (["upper"], "Straße", "STRASSE"),
        (["trim"], "  a b ", "a b"),
        ([{"truncate": 3}, "trim"], "ab cd", "ab"),
        ([{"round": 2}], "10.005", "10.01"),
        ([{"round": 1}], 2.25, 2.3),
        ([{"round": 0}], 7, 7),
        ([{"round": 2}], "n/a", "n/a"),
        ([{"round": 2}], True, True),
        (["upper", "trim", {"truncate": 2}, {"round": 1}], None, None),
    ],
)
def test_a_lossy_system_keeps_what_it_keeps(quirks: list, sent: object, held: object) -> None:
    system = Memory(FIELDS, can=EVERYTHING, quirks={"other": quirks})
    [written] = system.write("thing", [Write("create", None, {"name": "a", "other": sent})])
    assert isinstance(written, Written)
    assert written.fields == {"name": "a", "other": held, "amount": None}
    assert system.held("thing")[written.key]["other"] == held


def test_a_record_that_does_not_fit_is_refused_with_every_reason() -> None:
    fields = [FieldInfo("name", required=True), FieldInfo("code", length=3), FieldInfo("kind", choices=("A", "B"))]
    system = Memory({"thing": fields}, can=EVERYTHING)
    bad = Write("create", None, {"code": "long", "kind": "C"})
    good = Write("create", None, {"name": "a", "code": "ok", "kind": "B"})
    [refused, written] = system.write("thing", [bad, good])
    assert isinstance(refused, Failure)
    assert isinstance(refused.error, Refused)
    assert refused.error.reasons == ("name: required", "code: longer than 3", "kind: not one of A, B")
    assert isinstance(written, Written)
    [cleared] = system.write("thing", [Write("update", written.key, {"name": None})])
    assert isinstance(cleared, Failure)


def test_a_write_says_the_version_it_read(system: Memory) -> None:
    key = system.person_create("thing", {"name": "a"})
    system.person_edit("thing", key, {"name": "b"})
    [old, current, unsaid] = system.write(
        "thing", [Write("update", key, {"name": "c"}, version) for version in ("1", "2", None)]
    )
    assert isinstance(old, Failure)
    assert isinstance(old.error, Stale)
    assert isinstance(current, Written)
    assert isinstance(unsaid, Written)


def test_a_system_comes_from_its_settings() -> None:
    options = Options.model_validate({"can": {"batch": 7}, "feed": "stamp", "quirks": {"a": ["trim", {"truncate": 2}]}})
    use = {"thing": ObjectUse("thing", ("a", "b"))}
    system = connect(System("m", options, use, Path(), lambda name: pytest.fail("no secret is needed")))
    assert system.can.batch == 7
    assert [field.name for field in system.describe()[0].fields] == ["a", "b"]
    key = system.person_create("thing", {"a": " abc"})
    assert system.held("thing")[key] == {"a": "ab", "b": None}


EVENTS = st.lists(st.tuples(st.sampled_from(["create", "edit", "delete", "page"]), st.integers(0, 5)), max_size=40)


@settings(max_examples=200, deadline=None)
@given(EVENTS, st.sampled_from(["sequence", "stamp"]), st.integers(1, 9), st.integers(1, 4))
def test_whatever_happens_while_it_is_polled_nothing_is_missed(events: list, feed: str, grain: int, page: int) -> None:
    system = Memory(FIELDS, can=EVERYTHING, page=page, feed=feed, grain=timedelta(seconds=grain))
    seen: dict[str, Raw] = {}
    cursor, walk = None, None

    def take() -> bool:
        nonlocal cursor, walk
        walk = walk or system.changes("thing", cursor)
        got = next(walk, None)
        if got is None:
            walk = None
            return False
        cursor = got.cursor
        seen.update({record.key: record.fields for record in got.records})
        for key in got.gone:
            seen.pop(key, None)
        return True

    for n, (event, pick) in enumerate(events):
        keys = list(system.held("thing"))
        if event == "create":
            system.person_create("thing", {"name": f"n{n}"})
        elif event == "page":
            take()
            walk = None if pick == 0 else walk
        elif keys:
            key = keys[pick % len(keys)]
            system.person_delete("thing", key) if event == "delete" else system.person_edit(
                "thing", key, {"name": f"n{n}"}
            )
    while take():
        pass
    while take():
        pass
    assert seen == system.held("thing")


@pytest.mark.parametrize("module", [adapters.memory, adapters.rest])
def test_a_binding_has_no_settings_of_its_own(module: Any) -> None:
    module.ObjectOptions.model_validate({})
    with pytest.raises(ValidationError, match="prefix"):
        module.ObjectOptions.model_validate({"prefix": "comp_"})
