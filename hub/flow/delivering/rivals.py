"""Records that stand aside since they may be children of unanswered creates. Should they be somebody's own, they may be
counterparts of what is to be created: that is not created beside them before it is settled whose they are."""

from collections.abc import Iterator

from hub.core.match import candidate_keys, match_keys
from hub.core.model import Entity
from hub.core.record import Fields
from hub.flow.place import Hub, Place
from hub.store import reviews
from hub.store.database import chunks

#: What records are found, or compared, by: rule and value.
Rivals = frozenset[tuple[str, str]]
#: Records that stand aside, at the most.
MANY = 10_000


def rivals(hub: Hub, place: Place) -> Rivals:
    """What the rules make of such records, as the system shows them now. Raises what the adapter does."""
    if not place.waits.contested or not place.entity.matches:
        return frozenset()
    with hub.store.reading() as tx:
        aside = reviews.find(tx, [place.id], kind="in-doubt", limit=MANY)
    keys = [review.key for review in aside if review.golden_id is None]
    found = set[tuple[str, str]]()
    for part in chunks(keys, place.adapter.can.read_batch):
        for record in place.adapter.read(place.binding.object, part):
            found.update(compared(place.entity, place.binding.mapping.to_hub(record.fields)[0]))
    return frozenset(found)


def compared(entity: Entity, fields: Fields) -> Iterator[tuple[str, str]]:
    yield from match_keys(entity, fields)
    yield from candidate_keys(entity, fields)
