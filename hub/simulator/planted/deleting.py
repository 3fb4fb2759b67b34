"""Mistakes about deletions that go on to other systems, or do not."""

from collections.abc import Sequence
from typing import Any

from hub.adapter import Write
from hub.flow.deciding import held
from hub.flow.delivering import deliver, outcome, plan
from hub.flow.guard import Guard
from hub.flow.merging.deletes import Deletions
from hub.flow.merging.returning import Returning
from hub.simulator.planted.bug import Swap


def every_deletion_is_hard() -> Sequence[Swap]:
    """What the mode of a system says is forgotten."""
    right = plan.delete

    def hard(place: Any, due: Any, *keys: Any) -> plan.Plan:
        made = right(place, due, *keys)
        if made.step not in ("close", "part"):
            return made
        return plan.Plan(due, "delete", write=Write("delete", due.known.key, {}, due.known.version))

    return [Swap(plan, "delete", hard)]


def out_of_the_bin_is_new() -> Sequence[Swap]:
    """A record that shows again under its key is taken for one that nobody knows."""
    return [Swap(Returning, "sort", lambda self, shown: {key: look for key, (look, _) in shown.items()})]


def let_go_is_made_again() -> Sequence[Swap]:
    """A record that is let go in a system is created there anew when somebody edits it elsewhere."""
    right = plan.create

    def again(place: Any, due: Any, token: str, *keys: Any) -> plan.Plan:
        return right(place, due._replace(known=due.known._replace(apart=frozenset())), token, *keys)

    return [Swap(plan, "create", again)]


def unfollowed_is_deleted() -> Sequence[Swap]:
    """A deletion is taken although the system's are not to be followed."""
    return [Swap(Deletions, "part", lambda self, key, draft: self.delete(draft))]


def closed_goes_on() -> Sequence[Swap]:
    """A record that was closed is not let go: it is synced as if nothing had happened, and closed again."""
    return [Swap(module, "let_go", lambda *given: None) for module in (outcome, deliver)]


def guard_sleeps() -> Sequence[Swap]:
    """However many there are, they are believed."""
    return [Swap(Guard, "beyond", lambda *given: False)]


def approval_has_no_ceiling() -> Sequence[Swap]:
    """A person lets one deletion happen, and all go."""
    right = held.accept

    def accepts(hub: Any, place: Any, way: Any, most: int) -> int:
        return right(hub, place, way, most * 1000)

    return [Swap(held, "accept", accepts)]


def refused_is_carried_out() -> Sequence[Swap]:
    """A person says that a record is not to be deleted, and it is."""

    def accepts(hub: Any, place: Any, way: Any, most: int, who: str) -> int:
        return held.accept(hub, place, way, most)

    return [Swap(held, "reject", accepts)]
