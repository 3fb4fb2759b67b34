"""Find deletions by comparing all keys: for systems that do not tell, and as a check on those that do."""

from hub.core.errors import TooMuchChanged
from hub.flow.merge import merge_page
from hub.flow.place import Hub, Place
from hub.flow.seen import Seen, Tally
from hub.store import links
from hub.store.database import chunks

PAGE = 1000
#: More than so many, and more than this share, is not believed.
LIMIT, SHARE = 20, 0.1


def reconcile(hub: Hub, place: Place) -> Tally:
    """Links whose record is not in the system's list of keys are taken as deleted. Refuses to believe too many."""
    there = {key for page in place.adapter.keys(place.binding.object) for key in page}
    known, absent = 0, list[str]()
    after = ""
    while True:
        with hub.store.reading() as tx:
            keys = links.live_keys(tx, place.id, after, PAGE)
        if not keys:
            break
        after = keys[-1]
        known += len(keys)
        absent += [key for key in keys if key not in there]
    if len(absent) > max(LIMIT, SHARE * known):
        said = (
            f"{len(absent)} of {known} records of {place.binding.system} are not in its list of keys: none is deleted"
        )
        raise TooMuchChanged("deletes.too-many", said)
    total = Tally()
    for part in chunks(absent, PAGE):
        total.add(merge_page(hub, place, Seen([], part)))
    return total
