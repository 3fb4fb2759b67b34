"""Records that are linked: what each shows is merged into its golden record."""

from collections.abc import Iterable

from hub.core import landing
from hub.core.fight import WINDOW
from hub.core.merge import EXISTENCE, Merged, Shadow, held_fields, merge, owed
from hub.core.model import LINK
from hub.core.policy import decider, never_taken
from hub.core.putback import lower
from hub.flow.batch import Batch, Draft
from hub.flow.merging.deletes import Deletions
from hub.flow.merging.fights import Ring
from hub.flow.merging.keys import ForeignKeys
from hub.flow.merging.parties import Stamps
from hub.flow.merging.putback import fell, is_older, written_again
from hub.flow.place import Hub, stamp
from hub.flow.seen import Look, Seen, Tally
from hub.store import conflicts
from hub.store.records import Known
from hub.store.schema import LIVE


class Meetings:
    """Golden records of one page, met by what the system shows."""

    def __init__(
        self, hub: Hub, batch: Batch, tally: Tally, seen: Seen, keys: ForeignKeys, deletions: Deletions
    ) -> None:
        self.hub, self.place, self.batch, self.tally, self.seen = hub, batch.place, batch, tally, seen
        self.keys, self.deletions = keys, deletions
        self.yesterday = stamp(hub.machine.now() - WINDOW)
        #: Of a system that was put back: what a person says that counts. Do lower versions tell that it was?
        self.mode = hub.modes.get(self.place.id)
        self.counted = self.mode is None and self.place.adapter.can.counted
        self.one_way = never_taken(self.place.binding, self.place.entity.units)

    def linked(self, look: Look, known: Known) -> None:
        draft = self.batch.draft(known)
        if self.counted and lower(known.version, look.record.version):
            raise is_older(self.place, look.record.key)
        shadow = self.arrived(look, known)
        if draft.state == LIVE:
            self.tally.merged += 1
            self.meet(look, draft, self.living(draft, shadow))
        else:
            self.after_delete(look, draft, shadow)

    def after_delete(self, look: Look, draft: Draft, shadow: Shadow | None) -> None:
        """The golden record was deleted; it is met again only where an edit over there brings it back."""
        base = self.deletions.edited_after_delete(look, draft, shadow)
        if base is not None:
            self.meet(look, draft, base)

    def arrived(self, look: Look, known: Known) -> Shadow | None:
        """The shadow, with an update of ours whose answer never came if it is seen to have arrived."""
        if known.shadow is None or known.sent is None:
            return known.shadow
        shadow = landing.updated(known.shadow, known.sent, look.fields)
        if shadow is not known.shadow:
            self.batch.answered.append(known.golden_id)
        return shadow

    def living(self, draft: Draft, shadow: Shadow | None) -> Shadow | None:
        """The golden record lives, so nobody has to decide any more whether this one does."""
        if shadow is None or EXISTENCE not in shadow.held:
            return shadow
        self.batch.end(self.place, draft.golden_id, EXISTENCE, conflicts.WITHDRAWN)
        return shadow._replace(held={unit: held for unit, held in shadow.held.items() if unit != EXISTENCE})

    def meet(self, look: Look, draft: Draft, shadow: Shadow | None) -> None:
        """Merge what the record shows into its golden record."""
        place, batch = self.place, self.batch
        ours = place.binding.mapping.project(draft.fields)
        decide = decider(place.binding.system, self.one_way, Stamps(self.hub, place, look.record, draft), draft.pins)
        if self.mode == "replay":
            decide = written_again(shadow)
        late = landing.came_late(shadow, look.fields, batch.now)
        if late and shadow is not None:
            decide = landing.against(late, shadow, look.fields, decide)
        ring = Ring(draft, place.binding.system, shadow, look.fields, batch.now, self.yesterday)
        merged = merge(place.entity.units, shadow, ours, look.fields, ring.judge(decide))
        if (merged.taken or merged.clashes) and ring.note(merged):
            batch.touch(draft)
        if self.seen.watch is not None and shadow is not None:
            self.seen.watch.compare(look.fields, shadow.fields)
        kept = landing.forgotten(merged.shadow, late, batch.now)
        settled = self.keys.merge(draft, look.record.key, kept, look.fields, late)
        if draft.golden_id in self.keys.alone:
            self.alone(look, draft, settled, {*settled.held, *(shadow.held if shadow else ())})
            return
        batch.keep(place, look, draft, settled)
        self.apply(look, draft, merged)
        if owed(settled, {**ours, **merged.taken}, place.binding.mapping.writable, self.held(settled)):
            batch.owe(place, draft.golden_id)

    def alone(self, look: Look, draft: Draft, shadow: Shadow, held: Iterable[str]) -> None:
        """It was parted from the only other record: what it shows is its own, and nothing waits for a person. `held`:
        the units that did."""
        for unit in held:
            self.batch.end(self.place, draft.golden_id, unit, conflicts.WITHDRAWN)
        # A key stays as it was merged: it may be one that a person is asked about.
        fields = shadow.fields | {name: value for name, value in look.fields.items() if name not in self.place.links}
        shown = {name: fields.get(name) for name in (fields | draft.fields) if not name.startswith(LINK)}
        changed = {name: value for name, value in shown.items() if draft.fields.get(name) != value}
        draft.take(changed, self.place.binding.system, look.record.stamp)
        self.batch.touch(draft)
        self.batch.keep(self.place, look, draft, shadow._replace(fields=fields, asked={}, held={}))

    def held(self, shadow: Shadow) -> frozenset[str]:
        return held_fields(self.place.entity.units, shadow)

    def apply(self, look: Look, draft: Draft, merged: Merged) -> None:
        """What follows for the golden record, the log and the other systems."""
        place, batch = self.place, self.batch
        for clash in merged.clashes:
            self.tally.conflicts += 1
            batch.clash(place, look.record.key, draft, clash)
        for unit in merged.released:
            batch.end(place, draft.golden_id, unit, conflicts.WITHDRAWN)
        if merged.taken:
            if self.mode is None and fell(self.hub, place, look.record, draft.source(next(iter(merged.taken)))):
                raise is_older(place, look.record.key)
            before = {name: [draft.fields.get(name), value] for name, value in merged.taken.items()}
            draft.take(merged.taken, place.binding.system, look.record.stamp)
            batch.touch(draft)
            batch.owe_others(place, draft, merged.taken)
            batch.audit(draft.golden_id, place, "took", before)
