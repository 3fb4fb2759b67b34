"""Mistakes in telling by likeness who is who."""

from collections.abc import Sequence
from typing import Any

from hub.flow.delivering.deliver import DeliveryPage
from hub.flow.merging.arrivals import Arrivals
from hub.flow.merging.matching import Finder, Found
from hub.match.score import Scored, Scorer
from hub.simulator.planted.bug import Swap


def possible_is_certain() -> Sequence[Swap]:
    """What may be the same record is linked without asking."""
    right = Scorer.judge

    def hasty(self: Scorer, found: Any) -> tuple[str, list[Scored]]:
        verdict, best = right(self, found)
        return ("certain", best[:1]) if verdict == "possible" else (verdict, best)

    return [Swap(Scorer, "judge", hasty)]


def possible_is_new() -> Sequence[Swap]:
    """What is only possible is taken for another record."""
    right = Scorer.judge

    def blind(self: Scorer, found: Any) -> tuple[str, list[Scored]]:
        verdict, best = right(self, found)
        return ("none", []) if verdict == "possible" else (verdict, best)

    return [Swap(Scorer, "judge", blind)]


def likeness_is_not_looked_at() -> Sequence[Swap]:
    return [Swap(Finder, "alike", lambda *given: Found())]


def created_beside_what_waits() -> Sequence[Swap]:
    """A create does not wait for a record over there that stands aside and may be its counterpart."""
    return [Swap(DeliveryPage, "uncontested", lambda self, tx, plans: plans)]


def not_compared_again() -> Sequence[Swap]:
    """A record that stands aside is not compared with what comes later."""
    return [Swap(Arrivals, "compare_again", lambda self: None)]


def new_whatever_came_since() -> Sequence[Swap]:
    """That it is a new one holds also against records that nobody had seen when it was said."""
    return [Swap(Finder, "none_of_them", lambda *given: Found())]
