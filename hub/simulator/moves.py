"""What can happen in a world, as a table: state machines, random histories and directed profiles choose from it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hub.flow.deciding.decide import Side
from hub.simulator.accidents import Accidents
from hub.simulator.likeness import Spelling
from hub.simulator.namers import Mistake
from hub.simulator.play import Play
from hub.simulator.terms import FIELDS

WHERE = WHICH = (0, 1, 2)
NAMES = (*((name,) for name in FIELDS), ("name", "phone"), ("phone", "amount"))
PHASES = ("before", "after")


class Move(NamedTuple):
    """One thing that somebody or the hub does, or that goes wrong."""

    #: A method of `Hand`.
    name: str
    given: Mapping[str, Sequence[Any]]
    #: How often a random walk takes it.
    weight: float = 1


PEOPLE = (
    Move("edit", {"where": WHERE, "which": WHICH, "names": NAMES}, 3),
    Move("edit_later", {"where": WHERE, "which": WHICH, "names": NAMES}, 2),
    Move("create", {"where": WHERE, "names": NAMES}),
    Move("delete", {"where": WHERE, "which": WHICH}),
    Move("copy", {"where": WHERE, "which": WHICH, "other": WHERE, "name": FIELDS}),
    Move("spoil", {"where": WHERE, "which": WHICH}, 0.5),
    Move("decide", {"which": WHICH, "side": ("ours", "theirs")}, 2),
    Move("look", {}),
)
HUB = (
    Move("poll", {"where": WHERE}, 3),
    Move("deliver", {"where": WHERE}, 3),
    Move("compare_keys", {"where": WHERE}),
    Move("sync", {}),
    Move("wait", {"seconds": (1, 120, 90_000)}),
)
ACCIDENTS = (
    Move("die_at_a_write", {"where": WHERE, "phase": PHASES, "nth": (1, 1, 2), "whole": (False, True)}),
    Move("die_at_a_read", {"where": WHERE, "call": ("read", "changes", "find"), "phase": PHASES, "nth": (1, 2)}),
    Move("die_at_a_commit", {"where": WHERE, "polling": (False, True), "phase": PHASES, "nth": (1, 2, 3)}),
    Move("fill_the_disk", {"where": WHERE, "nth": (1, 2, 3, 4), "polling": (False, True), "whole": (False, True)}, 0.5),
    Move("die_in_a_batch", {"where": WHERE, "phase": PHASES, "nth": (1, 2)}),
    Move("lose_an_answer", {"where": WHERE, "phase": PHASES, "whole": (False, True)}, 2),
    Move("lose_one_answer", {"where": WHERE, "phase": PHASES, "nth": (1, 2)}),
    Move("arrive_late", {"where": WHERE, "whole": (False, True)}),
    Move("be_away", {"where": WHERE, "call": ("write", "read", "changes", "find"), "whole": (False, True)}),
    Move("stop_reading", {"where": WHERE, "nth": (2, 3)}, 0.5),
    Move("break_off_a_list", {"where": WHERE, "nth": (1, 2, 3)}, 0.5),
    Move("throttle", {"where": WHERE, "call": ("write", "changes"), "seconds": (30, 3600)}, 0.5),
    Move("deny", {"where": WHERE, "call": ("write", "read", "changes")}, 0.5),
    Move("refuse", {"where": WHERE, "nth": (1, 1, 2)}),
    Move("list_short", {"where": WHERE, "which": WHICH}, 0.5),
    Move("list_nothing", {"where": WHERE}, 0.5),
    Move("race", {"where": WHERE, "call": ("write", "changes"), "phase": PHASES, "which": WHICH, "names": NAMES}),
    Move("vanish", {"where": WHERE, "call": ("write", "changes"), "phase": PHASES, "which": WHICH}, 0.5),
    Move(
        "decide_meanwhile",
        {"where": WHERE, "phase": PHASES, "which": WHICH, "side": ("ours", "theirs"), "whole": (False, True)},
    ),
)
#: In worlds whose records name one another.
ADOPT = Move("adopt", {"where": WHERE, "which": WHICH, "other": (0, 1, 2, 2, -1)}, 4)
ADOPT_UNREAD = Move("adopt_unread", {"where": WHERE, "which": WHICH}, 1.5)
#: In worlds made for them: deletions that wait for a person, and records that somebody enters twice.
ANSWERS = (Move("accept_deletions", {"most": (1, 1000)}), Move("refuse_deletions", {"most": (1, 1000)}))
TWICE = Move("enter_twice", {"where": WHERE, "how": ("typo", "half", "other"), "names": NAMES, "read": (False, True)})
BACK_UP, PUT_BACK = Move("back_up", {"where": (1,)}, 1.5), Move("put_back", {"where": (1,)}, 1.5)
#: In worlds whose records hold keys of others: people link, part and mistake them.
NAME = Move("name", {"where": WHERE, "names": NAMES, "read": (False, True)}, 2)
MISTAKE = Move("mistake", {"where": WHERE, "which": WHICH, "how": ("clear", "taken", "nobody")}, 2)
RIGHT = Move("right", {}, 2)
UNDELETE = Move("undelete", {"where": WHERE, "which": WHICH}, 2)
QUIET = (*PEOPLE, *HUB)
ALL = (*QUIET, *ACCIDENTS)


class Hand:
    """Makes the moves of one play."""

    def __init__(self, play: Play) -> None:
        self.play, self.people, self.accidents = play, play.people, Accidents(play)
        self.sync, self.wait, self.look = play.sync, play.wait, play.admins.look
        self.accept_deletions, self.refuse_deletions = play.admins.approve, play.admins.refuse

    def system(self, number: int) -> str:
        return self.play.names[number % len(self.play.names)]

    def create(self, where: int, names: Sequence[str]) -> None:
        self.people.create(self.system(where), names)

    def enter_twice(self, where: int, how: Spelling, names: Sequence[str], read: bool) -> None:
        self.people.enter_twice(
            self.system(where), self.system(where + 1), how, names, self.play.poll if read else None
        )

    def name(self, where: int, names: Sequence[str], read: bool) -> None:
        self.play.namers.enter(where, names, self.play.poll if read else None)

    def mistake(self, where: int, which: int, how: Mistake) -> None:
        self.play.namers.mistake(where, which, how)

    def right(self) -> None:
        self.play.namers.right()

    def edit(self, where: int, which: int, names: Sequence[str]) -> None:
        self.people.edit(self.system(where), which, names)

    def edit_later(self, where: int, which: int, names: Sequence[str]) -> None:
        self.play.wait(1)
        self.edit(where, which, names)

    def delete(self, where: int, which: int) -> None:
        self.people.delete(self.system(where), which)

    def adopt(self, where: int, which: int, other: int) -> None:
        self.people.adopt(self.system(where), which, other)

    def adopt_unread(self, where: int, which: int) -> None:
        self.people.adopt_unread(self.system(where), which)

    def back_up(self, where: int) -> None:
        """What changes later has a later stamp."""
        self.people.back_up(self.system(where))
        self.wait(2)

    def put_back(self, where: int) -> None:
        """It is read before, to its end, and after, before people go on there: else nothing may tell."""
        self.poll_to_the_end(where)
        self.people.put_back(self.system(where))
        self.poll_to_the_end(where)

    def undelete(self, where: int, which: int) -> None:
        """It is read before the hub may make it anew: in the moment in which it does, nothing tells."""
        self.people.undelete(self.system(where), which)
        self.poll_to_the_end(where)

    def spoil(self, where: int, which: int) -> None:
        self.people.spoil(self.system(where), which)

    def copy(self, where: int, which: int, other: int, name: str) -> None:
        self.people.copy(self.system(where), which, self.system(other), name)

    def decide(self, which: int, side: Side) -> None:
        self.play.admins.decide(which, side)

    def poll(self, where: int) -> None:
        self.play.poll(self.system(where))

    def poll_to_the_end(self, where: int) -> None:
        """Also if the hub dies in it."""
        deaths = self.play.deaths
        self.poll(where)
        if self.play.deaths > deaths:
            self.poll(where)

    def deliver(self, where: int) -> None:
        self.play.deliver(self.system(where))

    def compare_keys(self, where: int) -> None:
        self.play.compare_keys(self.system(where))

    def list_short(self, where: int, which: int) -> None:
        self.play.list_short(self.system(where), which)

    def list_nothing(self, where: int) -> None:
        self.play.list_nothing(self.system(where))

    def die_at_a_write(self, where: int, phase: str, nth: int, whole: bool) -> None:
        self.accidents.die(self.system(where), "write", phase, nth)
        self.go(where, whole=whole)

    def die_at_a_read(self, where: int, call: str, phase: str, nth: int) -> None:
        self.accidents.die(self.system(where), call, phase, nth)
        self.go(where, polling=call == "changes")

    def die_at_a_commit(self, where: int, polling: bool, phase: str, nth: int) -> None:
        self.accidents.die("hub", "commit", phase, nth)
        self.go(where, polling=polling)

    def fill_the_disk(self, where: int, nth: int, polling: bool, whole: bool) -> None:
        self.accidents.fill_the_disk(nth)
        self.go(where, polling=polling, whole=whole)

    def die_in_a_batch(self, where: int, phase: str, nth: int) -> None:
        self.accidents.die(self.system(where), "one", phase, nth)
        self.go(where)

    def lose_an_answer(self, where: int, phase: str, whole: bool) -> None:
        self.accidents.lose(self.system(where), phase)
        self.go(where, whole=whole)

    def lose_one_answer(self, where: int, phase: str, nth: int) -> None:
        self.accidents.lose_one(self.system(where), phase, nth)
        self.go(where)

    def arrive_late(self, where: int, whole: bool) -> None:
        self.accidents.delay(self.system(where))
        self.go(where, whole=whole)

    def be_away(self, where: int, call: str, whole: bool) -> None:
        self.accidents.later(self.system(where), call)
        self.go(where, polling=call == "changes", whole=whole)

    def stop_reading(self, where: int, nth: int) -> None:
        """Away in the middle of a walk: some pages are read, the others are not."""
        self.accidents.later(self.system(where), "changes", nth)
        self.go(where, polling=True)

    def break_off_a_list(self, where: int, nth: int) -> None:
        """Away in the middle of a list of all keys."""
        self.accidents.later(self.system(where), "keys", nth)
        self.compare_keys(where)

    def throttle(self, where: int, call: str, seconds: float) -> None:
        self.accidents.throttle(self.system(where), call, seconds)
        self.go(where, polling=call == "changes")

    def deny(self, where: int, call: str) -> None:
        self.accidents.deny(self.system(where), call)
        self.go(where, polling=call == "changes")

    def refuse(self, where: int, nth: int) -> None:
        self.accidents.refusal(self.system(where), nth)
        self.go(where)

    def race(self, where: int, call: str, phase: str, which: int, names: Sequence[str]) -> None:
        self.accidents.race(self.system(where), call, phase, which, names)
        self.go(where, polling=call == "changes")

    def vanish(self, where: int, call: str, phase: str, which: int) -> None:
        self.accidents.vanish(self.system(where), call, phase, which)
        self.go(where, polling=call == "changes")

    def decide_meanwhile(self, where: int, phase: str, which: int, side: Side, whole: bool) -> None:
        self.accidents.decide(self.system(where), phase, which, side)
        self.go(where, whole=whole)

    def go(self, where: int, *, polling: bool = False, whole: bool = False) -> None:
        """The step in which the accident is to happen."""
        if whole:
            self.play.sync()
        elif polling:
            self.play.poll(self.system(where))
        else:
            self.play.deliver(self.system(where))
