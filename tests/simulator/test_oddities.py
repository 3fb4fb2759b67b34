"""Histories that once ended badly, told move by move."""

from dataclasses import replace

from hub.core.model import Deletes, Policy
from hub.simulator.histories import Outcome, Step, run
from hub.simulator.planted import BUGS, planted
from hub.simulator.profiles import MUTE, PLAIN
from hub.simulator.staging import Setup


def entered(where: int, how: str, *names: str, read: bool) -> Step:
    return Step("enter_twice", {"where": where, "how": how, "names": names, "read": read})


def two_say_that_one_record_is_new() -> Outcome:
    """It was entered in both systems, stands aside in both, and is not compared with itself."""
    kind = replace(PLAIN, page=2)
    steps = (
        entered(0, "other", "phone", read=False),
        entered(1, "other", "name", read=True),
        Step("sync", {}),
        entered(2, "half", "phone", read=True),
    )
    return run(Setup((kind, kind), likeness=True), steps)


def test_two_people_who_say_of_one_record_that_it_is_new_make_no_twin() -> None:
    assert two_say_that_one_record_is_new().kind is None


def test_it_would_be_a_twin_if_they_were_believed_whatever_came_since() -> None:
    [bug] = [bug for bug in BUGS if bug.name == "a new one, whatever came since"]
    with planted(bug):
        assert two_say_that_one_record_is_new().kind == "duplicated"


def lost(*steps: Step) -> tuple[Step, ...]:
    """The next answer of the first system is lost, after the write."""
    return Step("lose_an_answer", {"where": 2, "phase": "after", "whole": True}), *steps


def test_a_second_edit_after_a_decision_for_the_older_value_is_a_clash_of_its_own() -> None:
    """The first was typed over what the hub had made there unheard, the second over what lost to the decision."""
    steps = (
        Step("edit", {"where": 1, "which": 0, "names": ("amount",)}),
        Step("delete", {"where": 2, "which": 1}),
        *lost(
            Step("edit", {"where": 2, "which": 2, "names": ("phone",)}),
            Step("sync", {}),
            Step("decide", {"which": 2, "side": "ours"}),
            Step("edit_later", {"where": 2, "which": 0, "names": ("phone",)}),
        ),
    )
    kinds = (PLAIN, replace(PLAIN, can=replace(PLAIN.can, batch=1)))
    outcome = run(Setup(kinds, deletes=Policy("edit"), match=(("name",),)), steps)
    assert outcome.kind is None, outcome.story


def test_a_parent_that_the_hub_never_saw_is_not_asked_for() -> None:
    """It was made anew unheard, named by a person, and deleted."""
    steps = (
        Step("create", {"where": 2, "names": ("amount",)}),
        Step("sync", {}),
        Step("delete", {"where": 0, "which": 2}),
        Step("delete", {"where": 0, "which": 0}),
        *lost(
            Step("adopt", {"where": 0, "which": 1, "other": 0}),
            Step("delete", {"where": 0, "which": 0}),
        ),
    )
    outcome = run(Setup((PLAIN, PLAIN), kin=True, means=(Deletes(take="restore"), Deletes())), steps)
    assert outcome.kind is None, outcome.story


def a_parent_that_cannot_be_read_yet() -> Outcome:
    """Somebody names one as a parent, and somebody else names another one over there."""
    steps = (
        Step("create", {"where": 0, "names": ("phone",)}),
        Step("sync", {}),
        Step("adopt_unread", {"where": 0, "which": 0}),
        Step("sync", {}),
        Step("adopt", {"where": 1, "which": 0, "other": 1}),
        Step("sync", {}),
    )
    return run(Setup((PLAIN, PLAIN), kin=True), steps)


def test_what_waits_for_a_parent_is_not_written_over() -> None:
    outcome = a_parent_that_cannot_be_read_yet()
    assert outcome.kind is None, outcome.story


def test_it_is_seen_if_it_were() -> None:
    [bug] = [bug for bug in BUGS if bug.name == "a waiting reference is written over"]
    with planted(bug):
        assert a_parent_that_cannot_be_read_yet().kind == "unlogged"


def test_a_system_is_put_back_only_after_the_hub_has_read_it_to_its_end_wherever_it_dies() -> None:
    """Else its feed begins again where the hub still is, and nothing tells."""
    steps = (
        Step("back_up", {"where": 1}),
        Step("delete", {"where": 0, "which": 0}),
        Step("create", {"where": 0, "names": ("name",)}),
        Step("sync", {}),
        Step("edit", {"where": 0, "which": 0, "names": ("phone",)}),
        Step("put_back", {"where": 1}),
        Step("sync", {}),
    )
    for point in range(1, 1000):
        outcome = run(Setup((PLAIN, MUTE)), steps, point)
        assert outcome.kind is None, outcome.story
        assert outcome.met["a system was put back"] == 1
        if outcome.died_at is None:
            return
