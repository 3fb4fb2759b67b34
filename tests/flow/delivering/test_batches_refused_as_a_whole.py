"""A system that refuses a whole batch for one bad record gets the others, and the bad one stands aside alone."""

from collections.abc import Sequence

import pytest
from support.memory import ABLE, Noted, World, memory

from hub.adapter import Can, Failure, Write, Written
from hub.core.errors import HubError, Refused, Unknown
from hub.flow.delivering.halving import MOST, Halving
from hub.store.deliveries import OWED, REFUSED

WIDE = Can(conditional=True, tombstones=True, find=True, tokens=True, answers=True, batch=100)


class Whole(Noted):
    """Takes all of a batch or nothing."""

    bad: frozenset[str] = frozenset()
    #: Says it by raising, or of every record.
    raises = True

    def write(self, obj: str, writes: Sequence[Write]) -> list[Written | Failure]:
        if any(write.fields.get("name") in self.bad for write in writes):
            self.calls.append("write")
            error = Refused("record.refused", "one of them is bad")
            if self.raises:
                raise error
            return [Failure(error)] * len(writes)
        return super().write(obj, writes)


def world(bad: Sequence[str], records: int = 40, *, raises: bool = True) -> tuple[World, Whole]:
    plain = memory(WIDE)
    erp = Whole({"thing": plain._infos["thing"]}, can=WIDE)
    erp.bad, erp.raises = frozenset(bad), raises
    found = World({"crm": memory(ABLE), "erp": erp})
    for number in range(records):
        found.systems["crm"].person_create("thing", {"name": f"n{number}"})
    return found, erp


@pytest.mark.parametrize("raises", [True, False], ids=["raised", "said of each"])
@pytest.mark.parametrize("bad", [["n0"], ["n39"], ["n7", "n8"], ["n3", "n19", "n37"]])
def test_the_others_arrive_and_only_the_bad_ones_are_refused(bad: list[str], raises: bool) -> None:
    found, _ = world(bad, raises=raises)
    found.sync()
    assert {row["name"] for row in found.held("erp")} == {f"n{n}" for n in range(40)} - set(bad)
    assert {(item.state, item.code) for item in found.owed()} == {(REFUSED, "record.refused")}
    assert len(found.owed()) == len(bad)


def test_one_bad_record_costs_calls_that_grow_with_the_logarithm() -> None:
    found, erp = world(["n17"])
    found.sync()
    assert erp.calls.count("write") <= 1 + 2 * 6


def test_no_record_is_written_twice_on_the_way() -> None:
    found, erp = world(["n17"])
    found.sync()
    assert len(erp.writes) == len(erp.keys_held()) == 39


def test_a_corrected_record_is_written_alone() -> None:
    found, erp = world(["n17"])
    found.sync()
    erp.writes.clear()
    found.systems["crm"].person_edit("thing", "18", {"name": "good"})
    found.sync()
    assert [write.fields["name"] for write in erp.writes] == ["good"]
    assert found.owed() == []


def test_the_search_is_bounded_and_what_was_not_tried_alone_waits() -> None:
    found, erp = world([f"n{n}" for n in range(100)], 100)
    found.sync()
    assert erp.calls.count("write") == 1 + MOST
    states = [(item.state, item.code) for item in found.owed()]
    assert (OWED, "batch.untried") in states
    assert (REFUSED, "record.refused") in states
    found.clock.pass_(3600)
    found.sync()
    assert sum(item.state == REFUSED for item in found.owed()) > sum(state == REFUSED for state, _ in states)


WRITES = [Write("update", str(number), {}) for number in range(8)]


def halved(*answers: HubError | None) -> tuple[list[str], list[int]]:
    """The codes of eight writes, and the sizes of the calls. `answers`: of one call after the other; None: done."""
    sizes, left = [], iter(answers)

    def call(writes: Sequence[Write]) -> list[Written | Failure]:
        sizes.append(len(writes))
        error = next(left)
        return [Written(str(write.key)) if error is None else Failure(error) for write in writes]

    outcomes = Halving(call).send(WRITES)
    return [outcome.error.code if isinstance(outcome, Failure) else "done" for outcome in outcomes], sizes


BAD, LOST = Refused("record.refused", "bad"), Unknown("system.no-answer", "lost")


@pytest.mark.parametrize(
    ("answers", "codes", "sizes"),
    [
        ([None], ["done"] * 8, [8]),
        ([LOST], ["system.no-answer"] * 8, [8]),
        ([BAD, None, None], ["done"] * 8, [8, 4, 4]),
        ([BAD, LOST], ["system.no-answer"] * 4 + ["batch.untried"] * 4, [8, 4]),
        ([BAD, BAD, None, LOST], ["done"] * 2 + ["system.no-answer"] * 2 + ["batch.untried"] * 4, [8, 4, 2, 2]),
    ],
)
def test_nothing_is_sent_again_after_an_answer_was_lost(
    answers: list[HubError | None], codes: list[str], sizes: list[int]
) -> None:
    assert halved(*answers) == (codes, sizes)


def test_records_that_are_refused_each_for_its_own_reason_are_not_sent_again() -> None:
    calls = []

    def call(writes: Sequence[Write]) -> list[Written | Failure]:
        calls.append(writes)
        return [Failure(Refused("record.refused", f"{write.key} is bad")) for write in writes]

    Halving(call).send(WRITES)
    assert len(calls) == 1
