"""What is believed of a system, and should not be."""

from collections.abc import Sequence
from typing import Any

from hub.core import landing
from hub.core import merge as core
from hub.core.merge import Shadow
from hub.flow.delivering import outcome
from hub.flow.merging.arrivals import Arrivals
from hub.simulator.planted.bug import Swap


def shadow_is_what_was_sent() -> Sequence[Swap]:
    return [Swap(outcome, "settled", lambda shadow, sent, holds: core.settle(shadow, sent, sent))]


def asked_is_forgotten() -> Sequence[Swap]:

    def forgets(shadow: Shadow, sent: Any, holds: Any) -> Shadow:
        return core.settle(shadow, sent, holds)._replace(asked={})

    return [Swap(outcome, "settled", forgets)]


def lost_update_is_not_recognised() -> Sequence[Swap]:
    return [Swap(landing, "updated", lambda shadow, sent, theirs: shadow)]


def child_meets_as_a_stranger() -> Sequence[Swap]:
    """The record that a lost create made is merged without a base: golden and system meet for the first time."""
    right = Arrivals.join
    return [Swap(Arrivals, "join", lambda self, look, found: right(self, look, found._replace(child=False)))]


def late_write_is_an_edit() -> Sequence[Swap]:
    return [Swap(landing, "came_late", lambda shadow, theirs, now: frozenset())]
