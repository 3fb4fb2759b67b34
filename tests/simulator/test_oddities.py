"""Histories that once ended badly, told move by move."""

from dataclasses import replace

from hub.simulator.histories import Outcome, Step, run
from hub.simulator.planted import BUGS, planted
from hub.simulator.profiles import PLAIN
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
