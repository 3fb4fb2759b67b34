"""Mistakes about clashes."""

from collections.abc import Callable, Sequence
from typing import Any

from hub.adapter import Write
from hub.core import merge as core
from hub.core.merge import Held, Merged, Shadow
from hub.core.model import Unit
from hub.flow.batch import Batch
from hub.flow.deciding.decide import Decided
from hub.flow.delivering import plan
from hub.flow.merging import deletes, meet
from hub.flow.merging.deletes import Deletions
from hub.simulator.planted.bug import Swap
from hub.store import catalog


def merged_otherwise(change: Callable[[Merged, Any], Merged]) -> Sequence[Swap]:

    def wrong(units: Any, shadow: Any, ours: Any, theirs: Any, decide: Any) -> Merged:
        return change(core.merge(units, shadow, ours, theirs, decide), theirs)

    return [Swap(meet, "merge", wrong)]


def shadow_of_a_held_field_moves() -> Sequence[Swap]:
    def moves(merged: Merged, theirs: Any) -> Merged:
        held = merged.shadow.held
        moved = {name: value for pair in held.values() for name, value in pair.theirs.items()}
        return merged._replace(shadow=Shadow({**merged.shadow.fields, **moved}, merged.shadow.asked, {}))

    return merged_otherwise(moves)


def held_fields_are_written() -> Sequence[Swap]:
    return [Swap(module, "held_fields", lambda units, shadow: frozenset()) for module in (plan, meet)]


def outlives_its_sides() -> Sequence[Swap]:
    """A clash stays although the hub holds by now what the system shows."""
    return [Swap(plan, "gone_by", lambda shadow, ours: False)]


def clashes_are_not_logged() -> Sequence[Swap]:
    return [Swap(Batch, "clash", lambda self, *given: None)]


def held_clash_is_logged_again() -> Sequence[Swap]:
    """What is held is forgotten, and so merged and logged whenever it is seen."""

    def forgets(units: Any, shadow: Shadow | None, ours: Any, theirs: Any, decide: Any) -> Merged:
        known = shadow._replace(held={unit: Held({}, {}) for unit in shadow.held}) if shadow else None
        return core.merge(units, known, ours, theirs, decide)

    right_keep = Batch.keep

    def keep(self: Batch, place: Any, look: Any, draft: Any, shadow: Shadow, *more: Any) -> None:
        right_keep(self, place, look._replace(hash=None) if shadow.held else look, draft, shadow, *more)

    return [Swap(meet, "merge", forgets), Swap(Batch, "keep", keep), *reads_all()]


def reads_all() -> Sequence[Swap]:
    return [Swap(catalog, "move", lambda *given: None)]


def groups_merge_by_field() -> Sequence[Swap]:

    def apart(units: Sequence[Unit], *more: Any) -> Merged:
        return core.merge([Unit(n, (n,), unit.policy, unit.said) for unit in units for n in unit.fields], *more)

    return [Swap(meet, "merge", apart)]


def deletion_always_wins() -> Sequence[Swap]:
    return [Swap(deletes, "untouched", lambda shadow, ours: True)]


def revived_from_what_one_system_shows() -> Sequence[Swap]:
    """An edit wins over a deletion, and the whole record is taken as that system shows it, cut and rounded."""

    def revive(self: Deletions, look: Any, draft: Any, shadow: Shadow) -> Shadow:
        draft.take(dict(look.fields), self.place.binding.system, look.record.stamp)
        return right(self, look, draft, Shadow(look.fields))

    right = Deletions.revive
    return [Swap(Deletions, "revive", revive)]


def decided_unseen() -> Sequence[Swap]:
    """A decision is carried out although the value was edited since it was shown."""
    return [Swap(Decided, "moved", lambda self: {})]


def decision_is_told_to_nobody() -> Sequence[Swap]:
    return [Swap(Decided, "owe_all", lambda *given: None)]


def deletes_what_waits_for_a_person() -> Sequence[Swap]:
    """A record that somebody edited is deleted, although nobody has decided yet whether it should be."""

    def hasty(place: Any, due: Any, *keys: Any) -> plan.Plan:
        return plan.Plan(due, "delete", write=Write("delete", due.known.key, {}, due.known.version))

    return [Swap(plan, "delete", hasty)]


def clash_never_ends() -> Sequence[Swap]:
    """What is decided by an edit or overtaken by another clash stays open."""
    return [Swap(Batch, "end", lambda *given: None)]
