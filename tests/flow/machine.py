"""The state machine of Hypothesis: any moves in any order, over systems of any kind."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from hub.adapter import Can
from hub.core.model import Policy
from hub.simulator.moves import ALL, Hand, Move
from hub.simulator.play import Play, linked
from hub.simulator.profiles import LINKS
from hub.simulator.staging import Setup
from hub.simulator.systems import Kind
from hub.simulator.terms import FIELDS

#: Examples and steps.
SIZES = {"dev": (60, 25), "ci": (200, 30), "long": (5000, 60)}
PROFILE = os.environ.get("HUB_HYPOTHESIS", "ci")


def chosen(share: float = 1.0) -> settings:
    """Settings of the profile that the environment names. `share`: of its examples."""
    examples, steps = SIZES[PROFILE]
    return settings(
        max_examples=max(1, int(examples * share)),
        stateful_step_count=steps,
        derandomize=PROFILE == "ci",
        print_blob=PROFILE != "ci",
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


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
    return st.builds(
        Setup,
        st.tuples(*[kinds] * systems),
        st.sampled_from(LINKS[systems]),
        st.sampled_from([(), (), ("phone", "amount"), FIELDS]),
        st.tuples(*[policies(names)] * len(FIELDS)),
        st.sampled_from([Policy("ask"), Policy("edit"), Policy("delete")]),
        st.sampled_from([(), (("name",),)]),
    )


class Machine(RuleBasedStateMachine):
    """A rule for every move; in the end all must come to rest and be right."""

    play: Play
    hand: Hand

    def teardown(self) -> None:
        if hasattr(self, "play"):
            try:
                self.play.settle()
            finally:
                note(self.play.history())


def ruled(move: Move) -> Callable[..., None]:
    """The rule of a move."""

    def act(self: Machine, **given: Any) -> None:
        getattr(self.hand, move.name)(**given)

    act.__name__ = move.name
    made: Callable[..., None] = rule(**{name: st.sampled_from(values) for name, values in move.given.items()})(act)
    return made


def over(setup: st.SearchStrategy[Setup]) -> type[Machine]:
    """The machine over worlds of a kind."""

    def start(self: Machine, setup: Setup) -> None:
        self.play = linked(setup)
        self.hand = Hand(self.play)

    rules = {move.name: ruled(move) for move in ALL}
    return type("Started", (Machine,), {"start": initialize(setup=setup)(start), **rules})
