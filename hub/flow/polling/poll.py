"""Poll: read what changed in a system, page by page, and merge it. The cursor moves with the records, never before."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from hub.adapter import Page
from hub.core.errors import Refused
from hub.flow.delivering.settle import after_poll, land, open_doubts
from hub.flow.drift import Watch, leave_alone
from hub.flow.merging.matching import Doubt
from hub.flow.merging.merge import merge_page, still_open
from hub.flow.place import Hub, Place, stamp
from hub.flow.polling.proof import prove, rewound
from hub.flow.polling.replay import catch_up
from hub.flow.seen import Seen, Tally
from hub.flow.skews import measure
from hub.store import matches, reviews
from hub.store.agenda import Agenda, agenda
from hub.store.database import chunks
from hub.store.reviews import Review

#: Records that stand aside and are tried again in one run.
AGAIN = 10_000
Progress = Callable[[Tally, int | None], None]


def quiet(_tally: Tally, _total: int | None) -> None:
    """No progress is shown."""


def poll(
    hub: Hub, place: Place, *, full: bool = False, known: Agenda | None = None, progress: Progress = quiet
) -> Tally:
    """Read and merge everything that changed since the last poll; `full`: everything there is. `known`: how things
    stand, where the caller has just looked."""
    total = Tally()
    if known is None:
        with hub.store.reading() as tx:
            known = agenda(tx, hub.catalog.instance_id, hub.now())[place.id]
    if known.intents:
        land(hub, place)
    leave_alone(place, known.stopped)
    cursor, mode, shown = known.cursor, hub.modes.get(place.id), set[str]()
    if known.failures is not None and mode is None:
        prove(hub, place)
    watch = Watch(place)
    began = hub.now()
    doubts: Sequence[Doubt] = open_doubts(hub, place) if known.doubts or known.intents else []
    for page in place.adapter.changes(place.binding.object, None if full else cursor):
        measure(hub, place)
        if page.rewound and mode is None:
            rewound(hub, place)
        if page.records or page.gone or page.broken or page.cursor != cursor:
            done = merge_page(hub, place, told(place, page, watch), doubts)
            doubts = still_open(hub, place, doubts, done)
            total.add(done)
            watch.see(page.records)
            cursor = page.cursor
            if mode == "replay":
                shown.update(record.key for record in page.records)
        progress(total, page.total)
    if doubts:
        after_poll(hub, place, began)
    total.stopped = watch.close(hub)
    if mode is not None:
        total.add(catch_up(hub, place, mode, shown))
    return total


def told(place: Place, page: Page, watch: Watch) -> Seen:
    """What a page tells. Of a record that it shows and calls gone, it does not tell which came last: it is read."""
    seen = Seen(page.records, page.gone, page.broken, page.cursor, watch=watch)
    both = {record.key for record in page.records}.intersection(page.gone) if page.gone else ()
    if not both:
        return seen
    read, batch = place.adapter.read, place.adapter.can.read_batch
    there = [record for part in chunks(sorted(both), batch) for record in read(place.binding.object, part)]
    alive = {record.key for record in there}
    others = [record for record in page.records if record.key not in both]
    return seen._replace(records=[*others, *there], gone=[key for key in page.gone if key not in alive])


def again(hub: Hub, place: Place, kind: str = "") -> Tally:
    """Records that stand aside and are due: read them, and try again. `kind`: only reviews of this kind."""
    total = Tally()
    with hub.store.reading() as tx:
        due = reviews.due(tx, place.id, hub.now(), AGAIN, kind)
    doubts: Sequence[Doubt] = open_doubts(hub, place) if due else []
    for part in chunks(due, place.adapter.can.read_batch):
        found = place.adapter.read(place.binding.object, [review.key for review in part])
        decided = {review.key: review.golden_id for review in part if review.kind == reviews.DECIDED}
        done = merge_page(hub, place, Seen(found, again=True, decided=decided), doubts)
        doubts = still_open(hub, place, doubts, done)
        total.add(done)
        there = {record.key for record in found}
        missing(hub, place, [review for review in part if review.key not in there])
    return total


def missing(hub: Hub, place: Place, absent: list[Review]) -> None:
    """A record that stood aside is not there. Named by a foreign key: the key dangles. Else it is settled."""
    if not absent:
        return
    due_at = stamp(hub.machine.now() + timedelta(days=1))
    with hub.store.transaction() as tx:
        still = matches.named(tx, place.row.entity_id, place.own, [review.key for review in absent])
        named = [review for review in absent if review.kind in ("revisit", "dangling") and review.key in still]
        reviews.close(tx, place.id, [review.key for review in absent])
        reviews.open_(tx, [dangling(place, review, hub.now(), due_at) for review in named])


def dangling(place: Place, review: Review, now: str, due_at: str) -> dict[str, Any]:
    said = f"a foreign key names {place.binding.system} {review.key}, which is not there: correct or clear the field"
    why = Refused("link.dangling", said)
    return reviews.row(place.id, review.key, "dangling", why, now, due_at, review.golden_id)
