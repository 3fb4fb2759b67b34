"""Mistakes about foreign keys that people type."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.core.merge import Shadow
from hub.core.record import Fields
from hub.flow.merging.deletes import Deletions
from hub.flow.merging.keys import ForeignKeys
from hub.flow.merging.returning import Returning
from hub.simulator.planted.bug import Swap
from hub.store import matches
from hub.store.records import Known


def parted_is_made_anew() -> Sequence[Swap]:
    """Who has no counterpart gets one."""
    right = ForeignKeys.unlink

    def unlinks(self: ForeignKeys, draft: Any, name: str, other: Any) -> None:
        right(self, draft, name, other)
        draft.apart -= {other.id}
        self.batch.owe(other, draft.golden_id)

    return [Swap(ForeignKeys, "unlink", unlinks)]


def parted_gets_the_others_values() -> Sequence[Swap]:
    """A parted record goes on from what both were agreed to be."""

    def own_of(self: ForeignKeys, other: Any, there: Known) -> tuple[Fields, Shadow | None]:
        names = self.names()
        return {name: value for name, value in there.fields.items() if name not in names}, there.shadow

    return [Swap(ForeignKeys, "own_of", own_of)]


def never_met_is_deleted() -> Sequence[Swap]:
    """A deletion is taken although the two that a key made one never met."""
    right = Deletions.deleted_there

    def deleted_there(self: Deletions, key: str, draft: Any, shadow: Shadow | None) -> None:
        if shadow is None:
            self.delete(draft)
        else:
            right(self, key, draft, shadow)

    return [Swap(Deletions, "deleted_there", deleted_there)]


def asked_for_ever() -> Sequence[Swap]:
    """Nobody looks whether the key is still named that a person is asked about."""
    return [Swap(matches, "named", lambda tx, entity_id, rule, values: set(values))]


def own_key_makes_it_another() -> Sequence[Swap]:
    """A record that comes back, and names its counterpart, is taken for that one's new record."""
    right = Returning.sort

    def sorts(self: Returning, shown: Mapping[str, tuple[Any, int]]) -> dict[str, Any]:
        new = right(self, shown)
        links = self.place.links
        named = [(look, golden) for look, golden in self.found if any(look.fields.get(name) for name in links)]
        self.found = [one for one in self.found if one not in named]
        return new | {look.record.key: look for look, _ in named}

    return [Swap(Returning, "sort", sorts)]
