"""The state machine: people, the hub and accidents, in any order, over systems of any kind."""

import os
from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from play import FIELDS, Kind, Play, Setup, linked

from hub.adapter import Can
from hub.core.model import Policy

SIZES = {"dev": (60, 25), "ci": (200, 30), "long": (5000, 60)}
PROFILE = os.environ.get("HUB_HYPOTHESIS", "ci")


def profile(examples: int, steps: int, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )


def chosen(share: float = 1.0) -> settings:
    examples, steps = SIZES[PROFILE]
    return profile(max(1, int(examples * share)), steps, derandomize=PROFILE == "ci", print_blob=PROFILE != "ci")


number = st.integers(0, 2)
fields = st.lists(st.sampled_from(FIELDS), min_size=1, max_size=2, unique=True)
nth = st.integers(1, 3)
quirks = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["truncate", "upper", "trim"]),
        "phone": st.sampled_from(["truncate", "upper", "trim"]),
        "amount": st.just("round"),
    },
)
cans = st.builds(
    Can,
    conditional=st.booleans(),
    tombstones=st.booleans(),
    find=st.booleans(),
    tokens=st.booleans(),
    answers=st.booleans(),
    batch=st.sampled_from([1, 10]),
)
kinds = st.builds(
    Kind, cans, st.integers(1, 3), st.sampled_from(["sequence", "stamp"]), st.one_of(st.just({}), quirks), st.booleans()
)


def policies(names: str) -> st.SearchStrategy[Policy]:
    orders = [tuple(names), tuple(reversed(names))]
    return st.sampled_from([Policy("ask"), Policy("newest"), *[Policy("prefer", order) for order in orders]])


def setups(systems: int) -> st.SearchStrategy[Setup]:
    names = "abc"[:systems]
    links = [(), (("a", "b"),), (("b", "a"),), (("a", "b"), ("b", "a"))]
    if systems == 3:
        links = [(), (("a", "b"), ("a", "c")), (("b", "a"), ("c", "a")), (("a", "b"), ("b", "a"), ("c", "b"))]
    return st.builds(
        Setup,
        st.tuples(*[kinds] * systems),
        st.sampled_from(links),
        st.sampled_from([(), (), ("phone", "amount"), FIELDS]),
        st.tuples(*[policies(names)] * len(FIELDS)),
        st.sampled_from([Policy("ask"), Policy("edit"), Policy("delete")]),
        st.sampled_from([(), (("name",),)]),
    )


class Machine(RuleBasedStateMachine):
    """Rules over one `Play`; each rule is one thing that somebody does, or that goes wrong."""

    play: Play
    systems = 2

    def system(self, number: int) -> str:
        return self.play.names[number % len(self.play.names)]

    @rule(where=number, which=number, names=fields)
    def edit(self, where: int, which: int, names: list[str]) -> None:
        self.play.edit(self.system(where), which, names)

    @rule(where=number, which=number, names=fields)
    def edit_a_little_later(self, where: int, which: int, names: list[str]) -> None:
        self.play.wait(1)
        self.play.edit(self.system(where), which, names)

    @rule(where=number, names=fields)
    def create(self, where: int, names: list[str]) -> None:
        self.play.create(self.system(where), names)

    @rule(where=number, which=number)
    def delete(self, where: int, which: int) -> None:
        self.play.delete(self.system(where), which)

    @rule(where=number, which=number, other=number, name=st.sampled_from(FIELDS))
    def copy(self, where: int, which: int, other: int, name: str) -> None:
        self.play.copy(self.system(where), which, self.system(other), name)

    @rule(which=number, side=st.sampled_from(["ours", "theirs"]))
    def decide(self, which: int, side: Any) -> None:
        self.play.decide(which, side)

    @rule()
    def look(self) -> None:
        self.play.look()

    @rule(where=number)
    def poll(self, where: int) -> None:
        self.play.poll(self.system(where))

    @rule(where=number)
    def deliver(self, where: int) -> None:
        self.play.deliver(self.system(where))

    @rule(where=number)
    def compare_keys(self, where: int) -> None:
        self.play.compare_keys(self.system(where))

    @rule()
    def sync(self) -> None:
        self.play.sync()

    @rule(seconds=st.sampled_from([1, 120, 90_000]))
    def wait(self, seconds: int) -> None:
        self.play.wait(seconds)

    @rule(where=number, call=st.sampled_from(["write", "write", "read", "changes", "find"]),
          phase=st.sampled_from(["before", "after"]), nth=nth, whole=st.booleans())  # fmt: skip
    def die_at_a_call(self, where: int, call: str, phase: str, nth: int, whole: bool) -> None:
        self.play.die(self.system(where), call, phase, nth)
        self.go(where, call, whole)

    @rule(where=number, call=st.sampled_from(["write", "changes"]), phase=st.sampled_from(["before", "after"]), nth=nth)
    def die_at_a_commit(self, where: int, call: str, phase: str, nth: int) -> None:
        self.play.die("hub", "commit", phase, nth)
        self.go(where, call, False)

    @rule(where=number, phase=st.sampled_from(["before", "after"]), whole=st.booleans())
    def lose_an_answer(self, where: int, phase: str, whole: bool) -> None:
        self.play.lose(self.system(where), phase)
        self.go(where, "write", whole)

    @rule(where=number, call=st.sampled_from(["write", "read", "changes", "find"]), whole=st.booleans())
    def be_away(self, where: int, call: str, whole: bool) -> None:
        self.play.later(self.system(where), call)
        self.go(where, call, whole)

    @rule(where=number, call=st.sampled_from(["write", "changes"]), phase=st.sampled_from(["before", "after"]),
          which=number, names=fields)  # fmt: skip
    def race(self, where: int, call: str, phase: str, which: int, names: list[str]) -> None:
        self.play.race(self.system(where), call, phase, which, names)
        self.go(where, call, False)

    def go(self, where: int, call: str, whole: bool) -> None:
        """The step in which the accident is to happen."""
        if whole:
            self.play.sync()
        elif call == "changes":
            self.play.poll(self.system(where))
        else:
            self.play.deliver(self.system(where))

    def teardown(self) -> None:
        if hasattr(self, "play"):
            try:
                self.play.settle()
            finally:
                note("\n".join(self.play.oracle.history))


class OfTwo(Machine):
    @initialize(setup=setups(2))
    def start(self, setup: Setup) -> None:
        self.play = linked(setup)


class OfThree(Machine):
    @initialize(setup=setups(3))
    def start(self, setup: Setup) -> None:
        self.play = linked(setup)
