"""Merge a page of records into the golden records: look up, decide in pure code, write it all in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import orjson

from hub.adapter import Broken
from hub.core import landing
from hub.core.clocks import ahead, apart
from hub.core.errors import HubError, Refused
from hub.core.fight import WINDOW
from hub.core.mapping import misfit
from hub.core.merge import EXISTENCE, Merged, Shadow, held_fields, merge, owed
from hub.core.policy import decider, never_taken
from hub.core.putback import lower
from hub.core.record import Fields, Record
from hub.flow.batch import Batch, Draft
from hub.flow.merging.deletes import Deletions
from hub.flow.merging.fights import Ring
from hub.flow.merging.keys import ForeignKeys
from hub.flow.merging.matching import Doubt, Finder, Found
from hub.flow.merging.putback import buried, fell, is_older, written_again
from hub.flow.place import Hub, Place, stamp
from hub.flow.references import Shown
from hub.flow.seen import Look, Seen, Tally
from hub.store import catalog, conflicts, deliveries, links, records, reviews
from hub.store.database import Tx
from hub.store.links import Link
from hub.store.records import Known
from hub.store.schema import DELETED, LIVE, UNLINKED

#: A record that stands aside is tried again at least daily.
RETRY = timedelta(days=1)


def merge_page(hub: Hub, place: Place, seen: Seen, doubts: Sequence[Doubt] = ()) -> Tally:
    """One page, one transaction: golden records, links, shadows, conflicts, reviews, what is owed, and the cursor."""
    hashes = [place.fingerprint(record.fields) for record in seen.records]
    with hub.store.transaction() as tx:
        page = PageMerge(hub, place, tx, doubts, seen)
        page.records(seen.records, hashes)
        page.deletions.vanished(seen)
        page.broken(seen.broken)
        page.batch.save()
        if seen.cursor is not None:
            catalog.move(tx, place.id, seen.cursor)
    return page.tally


def bury(hub: Hub, place: Place, children: Sequence[tuple[Known, Fields]]) -> None:
    """Records that we created and people deleted before we saw them: a deletion like any other, from what we sent."""
    with hub.store.transaction() as tx:
        batch = Batch(hub, place, tx)
        deletions = Deletions(hub, place, tx, batch, Tally())
        for known, sent in children:
            deletions.deleted_there("", batch.draft(known), Shadow(sent))
        batch.save()
        deliveries.reopen(tx, place.id, [known.golden_id for known, _ in children])


class Stamps:
    """Who stands behind the two values of a clash (see hub.core.policy.Parties)."""

    def __init__(self, hub: Hub, place: Place, record: Record, draft: Draft) -> None:
        self.hub, self.place, self.record, self.draft = hub, place, record, draft

    def theirs_at(self) -> datetime | None:
        return self.place.adapter.when(self.record.stamp) if self.record.stamp else None

    def ours_at(self, field: str) -> datetime | None:
        system, at = self.draft.source(field)
        source = self.hub.places[self.place.entity.name].get(system or "")
        return source.adapter.when(at) if source and at else None

    def ours_from(self, field: str) -> str | None:
        return self.draft.source(field)[0]

    def doubt(self, field: str) -> timedelta | None:
        """A stamp that lies in the future is by another clock than the one that was measured: it tells nothing."""
        clocks, limits, now = self.hub.clocks, self.hub.instance.clocks, self.hub.machine.now()
        mine, other = self.place.binding.system, self.ours_from(field)
        if mine == other:
            return timedelta()
        one, two = clocks.get(mine), clocks.get(other or "")
        for at, skew in ((self.theirs_at(), one), (self.ours_at(field), two)):
            if at is None or skew is None or ahead(at, now, skew, limits):
                return None
        return apart(one, two, limits)


class PageMerge:
    """The merge of one page."""

    def __init__(self, hub: Hub, place: Place, tx: Tx, doubts: Sequence[Doubt] = (), seen: Seen | None = None) -> None:
        self.hub, self.place, self.tx, self.doubts = hub, place, tx, doubts
        self.seen = seen or Seen(())
        self.batch = Batch(hub, place, tx)
        self.tally = Tally()
        self.keys = ForeignKeys(hub, place, self.batch)
        self.deletions = Deletions(hub, place, tx, self.batch, self.tally)
        #: None: the entity refers to no other.
        self.references = Shown(place, self.batch) if place.parents else None
        self.yesterday = stamp(hub.machine.now() - WINDOW)
        #: Of a system that was put back: what a person says that counts. Do lower versions tell that it was?
        self.mode = hub.modes.get(place.id)
        self.counted = self.mode is None and place.adapter.can.counted
        self.one_way = never_taken(place.binding, place.entity.units)

    # -- records ----------------------------------------------------------------------------------

    def records(self, seen: Sequence[Record], hashes: Sequence[bytes]) -> None:
        self.tally.read += len(seen)
        if not seen:
            return
        known_links = links.lookup(self.tx, self.place.id, [record.key for record in seen])
        linked, new = self.sort(seen, hashes, known_links)
        if self.references is not None:
            self.references.resolve([*(look for look, _ in linked), *new])
            new = [look for look in new if not self.unmatchable(look, self.references)]
        self.keys.prepare([look.fields for look, _ in linked])
        known = records.load(self.tx, self.place.id, [link.golden_id for _, link in linked])
        for look, link in linked:
            self.linked(look, known[link.golden_id])
        self.unlinked(new)
        if self.references is not None:
            merged = {look.record.key: link.golden_id for look, link in linked}
            made = ((look.record.key, self.batch.links.get((self.place.id, look.record.key))) for look in new)
            self.references.store(merged | {key: row[2] for key, row in made if row is not None})

    def sort(
        self, seen: Sequence[Record], hashes: Sequence[bytes], known_links: Mapping[str, Link]
    ) -> tuple[list[tuple[Look, Link]], list[Look]]:
        """Unchanged records cost a hash; the others are mapped, or stand aside."""
        linked: list[tuple[Look, Link]] = []
        new: dict[str, Look] = {}
        risen: list[tuple[Look, Link]] = []
        back = self.deletions.back(self.seen)
        for record, hash_ in zip(seen, hashes, strict=True):
            link = known_links.get(record.key)
            live = link is not None and link.state == LIVE
            if live and link is not None and link.hash == hash_ and record.key not in back:
                self.unchanged(record, link)
                continue
            if link is not None and link.state == UNLINKED and not self.seen.again:
                self.tally.unchanged += 1  # it was let go: it stays as it is, unless somebody names it
                continue
            look = self.mapped(record, hash_, live)
            if look is None:
                continue
            if self.mode == "replay" and link is not None and link.state == DELETED:
                risen.append((look, link))
                continue
            if live and link is not None:
                linked.append((look, link))
            else:
                new[record.key] = look
        if risen:
            new |= buried(self.tx, self.batch, risen)
        return linked, list(new.values())

    def unchanged(self, record: Record, link: Link) -> None:
        self.tally.unchanged += 1
        if link.version != record.version:
            self.batch.moved(self.place, record.key, record.version)
        if self.seen.again:
            self.batch.settled.setdefault(self.place.id, []).append(record.key)

    def mapped(self, record: Record, hash_: bytes, linked: bool) -> Look | None:
        fields, problems = self.place.binding.mapping.to_hub(record.fields)
        if problems:
            self.aside(record.key, "parked", misfit(problems))
            return None
        return Look(record, hash_, fields, linked)

    def aside(self, key: str, kind: str, error: HubError, golden_id: int | None = None) -> None:
        """A bad record steps aside; everything else goes on."""
        self.tally.aside += 1
        due = stamp(self.hub.machine.now() + RETRY)
        self.batch.review(self.place, key, kind, error, due, golden_id)

    def unmatchable(self, look: Look, references: Shown) -> bool:
        """Who it is cannot be told before its parent is known: it stands aside, unless a person or a key tells."""
        named = any(look.fields.get(name) is not None for name in self.place.links)
        waits = [] if named or look.record.key in self.seen.decided else references.unmatchable(look)
        if waits:
            said = f"{waits[0].said}: a match rule looks at it, so that it waits"
            self.aside(look.record.key, "waiting", Refused("reference.waits", said))
        return bool(waits)

    # -- linked records ---------------------------------------------------------------------------

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
        ring = Ring(draft, place.binding.system, shadow, look.fields, batch.now, self.yesterday)
        merged = merge(place.entity.units, shadow, ours, look.fields, ring.judge(decide))
        if (merged.taken or merged.clashes) and ring.note(merged):
            batch.touch(draft)
        if self.seen.watch is not None and shadow is not None:
            self.seen.watch.compare(look.fields, shadow.fields)
        settled = self.keys.merge(draft, look.record.key, merged.shadow, look.fields, self.aside)
        batch.keep(place, look, draft, settled)
        self.apply(look, draft, merged)
        if owed(settled, {**ours, **merged.taken}, place.binding.mapping.writable, self.held(settled)):
            batch.owe(place, draft.golden_id)

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

    # -- records without a link -------------------------------------------------------------------

    def unlinked(self, new: Sequence[Look]) -> None:
        if not new:
            return
        finder = Finder(self.hub, self.place, self.tx, self.batch, self.doubts, self.seen.decided)
        finder.prepare([(look.record.key, look.fields) for look in new])
        for look, golden_id in zip(new, self.hub.machine.ids(len(new)), strict=True):
            found = finder.find(look.record.key, look.fields)
            if found.problem is not None:
                self.aside(look.record.key, found.kind, found.problem)
                for candidate, score in found.candidates:
                    self.batch.may_be(self.place, look.record.key, candidate, score)
            elif found.known is not None:
                self.join(look, found)
            elif self.place.reads:
                self.create(look, golden_id, finder)
        if self.tally.created and self.place.entity.matches:
            self.compare_again()

    def compare_again(self) -> None:
        """Elsewhere records stand aside that may be one of the new ones: looked at before anything is created beside
        them, or it would be a twin."""
        for other in self.place.others:
            reviews.wake(self.tx, other.id, "ambiguous", self.batch.now)

    def join(self, look: Look, found: Found) -> None:
        """An unlinked record is the same as a golden record that this system did not have."""
        assert found.known is not None
        draft = self.batch.draft(found.known)
        base = landing.created(found.known.sent or {}, look.fields) if found.child else None
        if base is not None:
            self.batch.answered.append(draft.golden_id)
        self.tally.linked += 1
        if self.place.id in draft.apart:
            draft.apart -= {self.place.id}
            self.batch.touch(draft)
        if draft.state == LIVE:
            self.batch.name_key(self.place, draft, look.record.key)
            self.meet(look, draft, base)
        else:  # the child of a create, deleted elsewhere before we knew of it
            self.after_delete(look, draft, base)
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

    # -- rows that are no records -----------------------------------------------------------------

    def broken(self, rows: Sequence[Broken]) -> None:
        for number, row in enumerate(rows):
            key = row.key or f"row {number + 1} of a page, without a key"
            self.aside(key, "parked" if row.key else "broken", row.error)
