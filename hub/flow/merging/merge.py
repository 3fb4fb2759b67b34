"""Merge a page of records into the golden records: look up, decide in pure code, write it all in one transaction."""

from collections.abc import Collection, Mapping, Sequence

from hub.adapter import Broken
from hub.core.errors import Refused, TryLater
from hub.core.mapping import misfit
from hub.core.merge import Shadow
from hub.core.record import Fields, Record
from hub.flow.batch import Batch
from hub.flow.merging.arrivals import Arrivals
from hub.flow.merging.aside import Aside
from hub.flow.merging.deletes import Deletions
from hub.flow.merging.keys import ForeignKeys
from hub.flow.merging.matching import Doubt
from hub.flow.merging.meet import Meetings
from hub.flow.merging.returning import Returning
from hub.flow.place import Hub, Place
from hub.flow.references import Shown
from hub.flow.seen import Look, Seen, Tally
from hub.store import catalog, deliveries, links, matches, records
from hub.store.database import Tx
from hub.store.links import Link
from hub.store.schema import DELETED, LIVE, UNLINKED

#: The code of what does not agree with what the hub's own database holds by now.
CHANGED = "store.changed"


def merge_page(hub: Hub, place: Place, seen: Seen, doubts: Sequence[Doubt] = ()) -> Tally:
    """One page, one transaction: golden records, links, shadows, conflicts, reviews, what is owed, and the cursor.
    Should the hub's own database not take it, it is tried again in halves: what cannot be stored steps aside, alone."""
    seen = seen.once()
    try:
        return merged(hub, place, seen, doubts)
    except TryLater as error:
        if error.code != CHANGED or not seen.records:
            raise
    return in_halves(hub, place, seen, doubts)


def in_halves(hub: Hub, place: Place, seen: Seen, doubts: Sequence[Doubt]) -> Tally:
    middle = len(seen.records) // 2
    if not middle:
        return last_try(hub, place, seen, doubts)
    first = seen._replace(records=seen.records[:middle], gone=(), broken=(), cursor=None)
    total = merge_page(hub, place, first, doubts)
    left = still_open(hub, place, doubts, total)
    total.add(merge_page(hub, place, seen._replace(records=seen.records[middle:]), left))
    return total


def still_open(hub: Hub, place: Place, doubts: Sequence[Doubt], done: Tally) -> Sequence[Doubt]:
    """The doubts that are left for the next page. `done`: of the page before, which may have shown a child: no record
    after it needs to wait for that one, and none is its child too."""
    if not doubts or not done.linked:
        return doubts
    with hub.store.reading() as tx:
        settled = links.held(tx, place.id, [doubt.golden_id for doubt in doubts])
    return [doubt for doubt in doubts if doubt.golden_id not in settled]


def last_try(hub: Hub, place: Place, seen: Seen, doubts: Sequence[Doubt]) -> Tally:
    """One record, and what came with it: perhaps another process was only faster."""
    try:
        return merged(hub, place, seen, doubts)
    except TryLater as error:
        if error.code != CHANGED:
            raise
        said = f"the hub's own database does not take what follows from it, which should not be: {error.said}"
    tally = Tally()
    with hub.store.transaction() as tx:
        batch = Batch(hub, place, tx)
        Aside(hub, batch, tally).put(seen.records[0].key, "parked", Refused("record.not-stored", said))
        batch.save()
    tally.add(merged(hub, place, seen._replace(records=()), doubts))
    return tally


def merged(hub: Hub, place: Place, seen: Seen, doubts: Sequence[Doubt]) -> Tally:
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


def bury(hub: Hub, place: Place, children: Mapping[int, Fields]) -> None:
    """Records that we created and people deleted before we saw them: a deletion like any other, from what we sent.
    `children`: by golden id."""
    with hub.store.transaction() as tx:
        batch = Batch(hub, place, tx)
        deletions = Deletions(hub, place, tx, batch, Tally())
        for golden_id, known in records.load(tx, place.id, list(children)).items():
            if known.state == LIVE:
                deletions.deleted_there("", batch.draft(known), Shadow(children[golden_id]))
        batch.save()
        deliveries.reopen(tx, place.id, list(children))


class PageMerge:
    """The merge of one page."""

    def __init__(self, hub: Hub, place: Place, tx: Tx, doubts: Sequence[Doubt], seen: Seen) -> None:
        self.place, self.tx, self.doubts, self.seen = place, tx, doubts, seen
        self.batch = Batch(hub, place, tx)
        self.tally = Tally()
        self.aside = Aside(hub, self.batch, self.tally)
        self.keys = ForeignKeys(hub, place, self.batch, self.aside)
        self.deletions = Deletions(hub, place, tx, self.batch, self.tally)
        self.meetings = Meetings(hub, self.batch, self.tally, seen, self.keys, self.deletions)
        self.arrivals = Arrivals(hub, self.batch, self.tally, self.keys, self.meetings, self.aside)
        self.returning = Returning(self.batch, self.tally, self.aside, self.meetings, seen)
        #: None: the entity refers to no other.
        self.references = Shown(place, self.batch) if place.parents else None

    def records(self, seen: Sequence[Record], hashes: Sequence[bytes]) -> None:
        self.tally.read += len(seen)
        if not seen:
            return
        known_links = links.lookup(self.tx, self.place.id, [record.key for record in seen])
        linked, new = self.sort(seen, hashes, known_links)
        if self.references is not None:
            self.references.resolve([*(look for look, _ in linked), *(look for look, _ in self.returning.found), *new])
            new = [look for look in new if not self.unmatchable(look, self.references)]
        new += self.returning.anew(self.doubts)
        met = [(look.fields, link.golden_id) for look, link in linked]
        self.keys.prepare(met + [(look.fields, golden.golden_id) for look, golden in self.returning.found])
        known = records.load(self.tx, self.place.id, [link.golden_id for _, link in linked])
        for look, link in linked:
            self.meetings.linked(look, known[link.golden_id])
        if self.returning.found:
            self.returning.meet()
        self.arrivals.take(new, self.doubts, self.seen.decided)
        if self.references is not None:
            merged = {look.record.key: link.golden_id for look, link in linked}
            merged |= {look.record.key: golden.golden_id for look, golden in self.returning.found}
            made = ((look.record.key, self.batch.links.get((self.place.id, look.record.key))) for look in new)
            self.references.store(merged | {key: row[2] for key, row in made if row is not None})

    def sort(
        self, seen: Sequence[Record], hashes: Sequence[bytes], known_links: Mapping[str, Link]
    ) -> tuple[list[tuple[Look, Link]], list[Look]]:
        """Unchanged records cost a hash; the others are mapped, or stand aside."""
        linked: list[tuple[Look, Link]] = []
        new: dict[str, Look] = {}
        again: dict[str, tuple[Look, int]] = {}
        back, named = self.deletions.back(self.seen), self.named(known_links)
        # What waits is perhaps a foreign key that was refused: that can be told only by trying it again.
        tried = self.seen.again and bool(self.place.links)
        for record, hash_ in zip(seen, hashes, strict=True):
            link = known_links.get(record.key)
            live = link is not None and link.state == LIVE
            if live and link is not None and link.hash == hash_ and record.key not in back and not tried:
                self.unchanged(record, link)
                continue
            if link is not None and link.state == UNLINKED and record.key not in named:
                self.left_alone(record)
                continue
            look = self.mapped(record, hash_, live)
            if look is None:
                continue
            if link is not None and link.state == DELETED:
                again[record.key] = look, link.golden_id
            elif live and link is not None:
                linked.append((look, link))
            else:
                new[record.key] = look
        if again:
            new |= self.returning.sort(again)
        return linked, list(new.values())

    def unchanged(self, record: Record, link: Link) -> None:
        self.tally.unchanged += 1
        if link.version != record.version:
            self.batch.moved(self.place, record.key, record.version)
        if self.seen.again:
            self.batch.settled.setdefault(self.place.id, []).append(record.key)

    def named(self, known_links: Mapping[str, Link]) -> Collection[str]:
        """Of the records that were let go, those that somebody names since, and that were read for it: a person who
        decided what they are, or a foreign key elsewhere."""
        parted = [link.key for link in known_links.values() if link.state == UNLINKED] if self.seen.again else []
        if not parted or not self.place.named:
            return self.seen.decided
        found = matches.find(self.tx, self.place.row.entity_id, self.place.id, self.place.own, parted)
        known = records.load(self.tx, self.place.id, [one.golden_id for one in found])
        return {*self.seen.decided, *(one.value for one in found if known[one.golden_id].state == LIVE)}

    def left_alone(self, record: Record) -> None:
        """It was let go: it stays as it is. What it stood aside for before that does not matter any more."""
        self.tally.unchanged += 1
        if self.seen.again:
            self.batch.settled.setdefault(self.place.id, []).append(record.key)

    def mapped(self, record: Record, hash_: bytes, linked: bool) -> Look | None:
        fields, problems = self.place.binding.mapping.to_hub(record.fields)
        if problems:
            self.aside.put(record.key, "parked", misfit(problems))
            return None
        return Look(record, hash_, fields, linked)

    def unmatchable(self, look: Look, references: Shown) -> bool:
        """Who it is cannot be told before its parent is known: it stands aside, unless a person or a key tells."""
        named = any(look.fields.get(name) is not None for name in self.place.links)
        waits = [] if named or look.record.key in self.seen.decided else references.unmatchable(look)
        if waits:
            said = f"{waits[0].said}: a match rule looks at it, so that it waits"
            self.aside.put(look.record.key, "waiting", Refused("reference.waits", said))
        return bool(waits)

    def broken(self, rows: Sequence[Broken]) -> None:
        for number, row in enumerate(rows):
            key = row.key or f"row {number + 1} of a page, without a key"
            self.aside.put(key, "parked" if row.key else "broken", row.error)
