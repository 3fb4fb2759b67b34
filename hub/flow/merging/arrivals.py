"""Records without a link: each is found to be a golden record that there is, or becomes one, or stands aside."""

from collections.abc import Mapping, Sequence

import orjson

from hub.core import landing
from hub.core.merge import EXISTENCE, Shadow
from hub.flow.batch import Batch
from hub.flow.merging.aside import Aside
from hub.flow.merging.keys import ForeignKeys
from hub.flow.merging.matching import Doubt, Finder, Found
from hub.flow.merging.meet import Meetings
from hub.flow.merging.reviving import revive
from hub.flow.place import Hub
from hub.flow.seen import Look, Tally
from hub.store import conflicts, reviews
from hub.store.schema import LIVE


class Arrivals:
    """The records of one page that are not linked yet."""

    def __init__(
        self, hub: Hub, batch: Batch, tally: Tally, keys: ForeignKeys, meetings: Meetings, aside: Aside
    ) -> None:
        self.hub, self.place, self.tx, self.batch, self.tally = hub, batch.place, batch.tx, batch, tally
        self.keys, self.meetings, self.aside = keys, meetings, aside

    def take(self, new: Sequence[Look], doubts: Sequence[Doubt], decided: Mapping[str, int | None]) -> None:
        if not new:
            return
        gone = self.meetings.seen.gone
        finder = Finder(self.hub, self.place, self.tx, self.batch, self.keys, doubts, decided, gone)
        finder.prepare([(look.record.key, look.fields) for look in new])
        self.keys.prepare_new([look.fields for look in new])
        for look, golden_id in zip(new, self.hub.machine.ids(len(new)), strict=True):
            found = finder.find(look.record.key, look.fields)
            if found.problem is not None:
                self.aside.put(look.record.key, found.kind, found.problem)
                for candidate, score in found.candidates:
                    self.batch.may_be(self.place, look.record.key, candidate, score)
            elif found.known is not None:
                self.join(look, found)
            elif self.place.reads:
                self.create(look, golden_id, finder)
        if self.tally.created and self.place.entity.matches:
            self.compare_again()

    def join(self, look: Look, found: Found) -> None:
        """An unlinked record is the same as a golden record that this system did not have."""
        assert found.known is not None
        draft = self.batch.draft(found.known)
        base = landing.created(found.known.sent or {}, look.fields) if found.child else None
        if base is not None:
            self.batch.answered.append(draft.golden_id)
        self.tally.linked += 1
        if found.known.key is not None:  # it stood where this one stands now
            self.batch.unlink(self.place, found.known.key, found.known)
        if self.place.id in draft.apart:
            draft.apart -= {self.place.id}
            self.batch.touch(draft)
            self.batch.end(self.place, draft.golden_id, EXISTENCE, conflicts.WITHDRAWN)
        if draft.state != LIVE and not found.child:  # its counterpart was to be deleted
            revive(self.batch, [draft], self.place.others)
        if draft.state == LIVE:
            self.batch.name_key(self.place, draft, look.record.key)
            self.meetings.meet(look, draft, base)
        else:  # the child of a create, deleted elsewhere before we knew of it
            self.meetings.after_delete(look, draft, base)
        how = {"key": [None, look.record.key], "rule": [None, found.rule]}
        self.batch.audit(draft.golden_id, self.place, "linked", how)

    def create(self, look: Look, golden_id: int, finder: Finder) -> None:
        """Nobody knows it: a new golden record, owed to every system that takes new ones."""
        place, batch = self.place, self.batch
        self.tally.created += 1
        readable, shown = place.binding.mapping.readable, look.fields
        all_ = readable.issuperset(shown)
        fields = shown if all_ else {name: value for name, value in shown.items() if name in readable}
        doc = orjson.dumps(fields) if all_ else None
        if place.named:
            fields = {**fields, place.own: look.record.key}
        draft = batch.create(golden_id, fields, place.binding.system, look.record.stamp)
        batch.keep(place, look, draft, Shadow(shown), doc)
        draft.doc = None if place.named else doc
        finder.remember(draft, look.record.key)
        self.keys.claim_new(draft)
        for other in place.others:
            if other.binding.allowed.insert and other.id not in draft.apart:
                batch.owe(other, golden_id)

    def compare_again(self) -> None:
        """Elsewhere records stand aside that may be one of the new ones: looked at before anything is created beside
        them, or it would be a twin."""
        for other in self.place.others:
            reviews.wake(self.tx, other.id, "ambiguous", self.batch.now)
