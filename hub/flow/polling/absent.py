"""Deletions that were held: a run takes those that a person accepted, and says which ones it held itself."""

from hub.core.errors import TooMuchChanged
from hub.flow.merging.merge import merge_page
from hub.flow.place import Hub, Place
from hub.flow.seen import Seen, Tally
from hub.store import absences
from hub.store.absences import ACCEPTED

PAGE = 1000


def take(hub: Hub, place: Place) -> Tally:
    """The deletions that a person accepted, page by page; what follows from them needs no second approval."""
    total = Tally()
    while True:
        with hub.store.reading() as tx:
            keys = [row.key for row in absences.page(tx, place.id, ACCEPTED, PAGE)]
        if not keys:
            return total
        total.add(merge_page(hub, place, Seen((), keys, passed="person")))


def troubles(hub: Hub, place: Place) -> list[str]:
    """What was held in this run, in words."""
    where, found = f"{place.binding.system} {place.entity.name}", list[str]()
    if number := hub.guard.held_from.get(place.id):
        rest = "the deletions are held, 'hub deletes' shows them"
        if place.id in hub.guard.strange:
            said = f"{where}: {number} records are missing from a list of keys that shows none we know: {rest}"
            found.append(str(TooMuchChanged("deletes.no-sentinel", said)))
        else:
            said = f"{where}: {number} deleted records are more than is believable: {rest}"
            found.append(str(TooMuchChanged("deletes.too-many", said)))
    if number := hub.guard.held_to.get(place.id):
        said = f"{where}: {number} records to be deleted are too many at once: they are held, 'hub deletes' shows them"
        found.append(str(TooMuchChanged("deletes.too-many", said)))
    return found
