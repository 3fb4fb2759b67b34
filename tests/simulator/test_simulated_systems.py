"""What can happen at a call of a simulated system, and when."""

import pytest

from hub.adapter import Failure, FieldInfo, Write, Written
from hub.core.errors import Refused, Unknown
from hub.simulator.clock import Clock
from hub.simulator.faults import Died, Trouble
from hub.simulator.systems import Kind, Simulated, Write1


class Bench:
    """One system, and what the hub wrote to it."""

    def __init__(self, kind: Kind | None = None) -> None:
        self.trouble, self.clock, self.seen = Trouble(), Clock(), list[Write1]()
        objects = {"thing": [FieldInfo("name"), FieldInfo("number")]}
        self.system = Simulated("a", objects, kind or Kind(), self.trouble, self.clock, self.seen.append)

    def write(self, *writes: Write) -> list[Written | Failure]:
        return self.system.write("thing", writes)

    def names(self) -> list[str]:
        return [row["name"] for row in self.system.held("thing").values()]


def new(name: str, token: str) -> Write:
    return Write("create", None, {"name": name}, None, token)


def test_a_write_that_arrives_late_is_carried_out_when_its_time_comes() -> None:
    bench = Bench()
    bench.trouble.arm("a", "write", "before", lambda: bench.system.delay(1.0, lambda write: False))
    with pytest.raises(Unknown):
        bench.write(new("Anna", "t-1"))
    assert bench.names() == []
    bench.clock.pass_(0.5)
    assert bench.names() == []
    bench.clock.pass_(3600)
    assert bench.names() == ["Anna"]
    [made] = bench.system.changes("thing", None)
    assert made.records[0].stamp == "2026-11-22T09:00:01+00:00"


def test_of_a_batch_one_record_can_be_refused() -> None:
    def refused() -> None:
        raise Refused("record.refused", "no right")

    bench = Bench()
    bench.trouble.arm("a", "one", "before", refused, nth=2)
    outcomes = bench.write(new("Anna", "t-1"), new("Bert", "t-2"), new("Carl", "t-3"))
    assert [isinstance(outcome, Failure) for outcome in outcomes] == [False, True, False]
    assert bench.names() == ["Anna", "Carl"]


def test_of_a_batch_one_record_can_be_written_and_not_answered() -> None:
    def silent() -> None:
        raise Unknown("system.no-answer", "no answer")

    bench = Bench()
    bench.trouble.arm("a", "one", "after", silent)
    [outcome] = bench.write(new("Anna", "t-1"))
    assert isinstance(outcome, Failure)
    assert bench.names() == ["Anna"]


def test_a_death_in_a_batch_leaves_the_rest_of_it_undone() -> None:
    bench = Bench()
    bench.trouble.die_at = 4  # before the call, before and after the first record, before the second
    with pytest.raises(Died):
        bench.write(new("Anna", "t-1"), new("Bert", "t-2"))
    assert bench.names() == ["Anna"]


def test_a_search_that_lags_finds_a_record_only_later() -> None:
    bench = Bench(Kind(lag=1.0))
    bench.write(new("Anna", "t-1"))
    assert bench.system.find("thing", "name", ["Anna"]) == []
    bench.clock.pass_(1)
    assert [record.key for record in bench.system.find("thing", "name", ["Anna"])] == ["a1"]


def test_whoever_watches_sees_each_write_that_changed_something_and_no_other() -> None:
    bench = Bench()
    bench.write(new("Anna", "t-1"), new("Anna", "t-1"), Write("update", "a9", {"name": "nobody"}))
    assert [(made.key, made.before, made.after) for made in bench.seen] == [
        ("a1", None, {"name": "Anna", "number": None})
    ]
    assert bench.system.told == {"token again": 1}
