"""After a person said of a system that was put back: what the hub knows is written there again. What is still there was
read by then; here are the records that are not."""

from collections.abc import Iterator, Set

from hub.flow.batch import Batch
from hub.flow.merging.deletes import Deletions
from hub.flow.merging.merge import merge_page
from hub.flow.place import Hub, Place
from hub.flow.seen import Seen, Tally
from hub.store import catalog, links
from hub.store.database import chunks

PAGE = 1000
WHO = "a person (hub resume --replay)"


def catch_up(hub: Hub, place: Place, mode: str, shown: Set[str]) -> Tally:
    """All of a system that was put back was read, as a person said: from here on it is polled as ever."""
    made = make_anew(hub, place, shown) if mode == "replay" else Tally()
    with hub.store.transaction() as tx:
        catalog.caught_up(tx, place.id)
    del hub.modes[place.id]
    return made


def make_anew(hub: Hub, place: Place, shown: Set[str]) -> Tally:
    """Linked records that were not `shown`: read, if a filter hides them; else owed to the system."""
    total = Tally()
    for part in chunks(missed(hub, place, shown), place.adapter.can.read_batch):
        found = place.adapter.read(place.binding.object, part)
        total.add(merge_page(hub, place, Seen(found)))
        there = {record.key for record in found}
        with hub.store.transaction() as tx:
            batch = Batch(hub, place, tx)
            Deletions(hub, place, tx, batch, total).refused([key for key in part if key not in there], WHO)
            batch.save()
    return total


def missed(hub: Hub, place: Place, shown: Set[str]) -> Iterator[str]:
    for keys in links.live_pages(hub.store, place.id, PAGE):
        yield from [key for key in keys if key not in shown]
