"""What people decided of pairs of records before they were linked: consulted before the match rules."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from hub.flow.place import Place
from hub.store import links, pairings
from hub.store.database import Tx
from hub.store.schema import LIVE


class Paired:
    """The decisions that concern the records of one page of one system."""

    def __init__(self, place: Place, tx: Tx) -> None:
        self.place, self.tx = place, tx
        #: Is there anything to consult?
        self.there = place.entity.matches and pairings.there(tx, place.id)
        #: By key: the golden records of its counterparts, as far as these were read.
        self.same: dict[str, set[int]] = {}
        #: By golden record: the records of this system that it is; who is another one cannot have it.
        self._kept: dict[int, set[str]] = defaultdict(set)
        self._apart: set[tuple[int, str]] = set()

    def prepare(self, keys: Sequence[str]) -> set[int]:
        """Look these records up; the golden records of their counterparts."""
        found = [pair for pair in pairings.of(self.tx, self.place.id, keys) if pair.same] if self.there else []
        self.same = {pair.key: set() for pair in found}
        for other in self.place.others:
            mine = {pair.other_key: pair.key for pair in found if pair.other_id == other.id}
            for key, link in links.lookup(self.tx, other.id, list(mine)).items():
                if link.state == LIVE:
                    self.same[mine[key]].add(link.golden_id)
        return {golden_id for golden_ids in self.same.values() for golden_id in golden_ids}

    def prepare_candidates(self, golden_ids: Collection[int]) -> None:
        """Look up whom these golden records are kept for, and from whom they are kept apart."""
        if not self.there or not golden_ids:
            return
        for other in self.place.others:
            held = {key: golden_id for golden_id, key in links.held(self.tx, other.id, sorted(golden_ids)).items()}
            for pair in pairings.towards(self.tx, other.id, list(held), self.place.id):
                golden_id = held[pair.key]
                if pair.same:
                    self._kept[golden_id].add(pair.other_key)
                else:
                    self._apart.add((golden_id, pair.other_key))

    def bars(self, golden_id: int, key: str) -> bool:
        """Did a person say that this record is not that golden record, or that another one is?"""
        kept = self._kept.get(golden_id)
        return (golden_id, key) in self._apart or (kept is not None and key not in kept)
