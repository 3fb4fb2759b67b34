"""Two golden records turn out to be one: the links of the one move to the other, in every system."""

from collections.abc import Collection, Mapping

from hub.core.merge import EXISTENCE
from hub.core.references import INTO, named
from hub.flow.batch import Batch, Draft
from hub.flow.place import Place
from hub.store import conflicts, records
from hub.store.records import Known
from hub.store.schema import ABSORBED


class Absorbing:
    """Those of one page."""

    def __init__(self, batch: Batch) -> None:
        self.batch, self.places = batch, (batch.place, *batch.place.others)
        #: The golden fields with a system's keys that any system holds.
        self.named = {one.own for one in self.places if any(one.own in p.binding.mapping.specs for p in self.places)}
        #: By system and golden record, what it holds of it, as this page leaves it.
        self.there: dict[tuple[int, int], Known] = {}

    def prepare(self, golden_ids: Collection[int]) -> None:
        """Look up what every system holds of these golden records: one statement a system, where there are any."""
        for place in self.places if golden_ids else ():
            for golden_id, known in records.load(self.batch.tx, place.id, sorted(golden_ids)).items():
                self.there.setdefault((place.id, golden_id), known)

    def both(self, draft: Draft, golden_id: int, told: Mapping[int, str]) -> tuple[Place, str, str] | None:
        """A system in which each of the two has a record, and the records: the two cannot become one. `told`: by
        binding, the record that is to stay."""
        self.prepare([one for one in (draft.golden_id, golden_id) if (self.batch.place.id, one) not in self.there])
        return next((one for one in self.instead(draft, golden_id) if told.get(one[0].id) != one[2]), None)

    def instead(self, draft: Draft, golden_id: int) -> list[tuple[Place, str, str]]:
        """The systems in which each of the two has a record, and the records."""
        pairs = ((place, self.mine(place, draft), self.key(place, golden_id)) for place in self.places)
        return [(place, mine, key) for place, mine, key in pairs if mine and key and mine != key]

    def key(self, place: Place, golden_id: int) -> str | None:
        known = self.there.get((place.id, golden_id))
        return None if known is None else known.key

    def mine(self, place: Place, draft: Draft) -> str | None:
        """The record that a golden record has in a system, that a key names, or that is being made."""
        known, name = self.there.get((place.id, draft.golden_id)), draft.fields.get(place.own)
        key = self.key(place, draft.golden_id) or name
        if key is not None:
            return str(key)
        return "one that is being made" if known is not None and known.sent is not None else None

    def absorb(self, draft: Draft, golden_id: int, besides: Place) -> list[tuple[Place, str]]:
        """The links but that of `besides`, moved. Each is merged when it is read; what people had to decide about the
        golden record that is gone has no object any more."""
        self.bury(draft, golden_id)
        moved = list[tuple[Place, str]]()
        for place in self.places:
            known = self.there.get((place.id, golden_id))
            held = known.shadow.held if known is not None and known.shadow is not None else ()
            for unit in dict.fromkeys((EXISTENCE, *held)):
                self.batch.end(place, golden_id, unit, conflicts.WITHDRAWN)
            if known is not None and known.key is not None and place.id != besides.id:
                self.move(place, known.key, draft)
                moved.append((place, known.key))
            self.note(place, golden_id, None)
        return moved

    def bury(self, draft: Draft, golden_id: int) -> None:
        gone = self.batch.drafts.get(golden_id) or self.batch.draft(self.there[self.batch.place.id, golden_id])
        gone.state = ABSORBED
        gone.set(INTO, named(draft.golden_id))
        self.batch.touch(gone)

    def move(self, place: Place, key: str, draft: Draft) -> None:
        batch = self.batch
        batch.link(place, key, draft.golden_id, None, None, None)
        draft.apart -= {place.id}
        if place.own in self.named and draft.fields.get(place.own) != key:
            draft.set(place.own, key)
            batch.owe(batch.place, draft.golden_id)
            batch.owe_others(batch.place, draft, (place.own,))
        batch.touch(draft)
        self.note(place, draft.golden_id, key)
        batch.audit(draft.golden_id, place, "linked", {"key": [None, key], "rule": [None, "foreign key"]})

    def note(self, place: Place, golden_id: int, key: str | None) -> None:
        """A golden record has this record there from now on."""
        known = self.there.get((place.id, golden_id))
        if known is not None:
            self.there[place.id, golden_id] = known._replace(key=key)
