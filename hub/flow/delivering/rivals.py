"""No twin: what is not created while a record stands aside over there that may be its counterpart.

Some of these are known to be candidates. Others stand aside since they may be children of unanswered creates: should
they be somebody's own, the match rules tell whose counterparts they are.
"""

from collections.abc import Iterator, Sequence

from hub.core.match import candidate_keys, match_keys
from hub.core.model import Entity
from hub.core.record import Fields
from hub.flow.delivering.settle import MANY
from hub.flow.place import Hub, Place
from hub.store import candidates, reviews
from hub.store.database import Tx, chunks
from hub.store.deliveries import CREATING, Due

#: What records are found, or compared, by: rule and value.
Rivals = frozenset[tuple[str, str]]


def rivals(hub: Hub, place: Place) -> Rivals:
    """What the rules make of the records that stand aside in doubt, as the system shows them now. (Of a rule that looks
    at a reference nothing: whom that names is not known before the record is met.) Raises what the adapter does."""
    if not place.waits.contested or not place.entity.matches:
        return frozenset()
    with hub.store.reading() as tx:
        aside = reviews.find(tx, [place.id], kind="in-doubt", limit=MANY)
    keys = [review.key for review in aside if review.golden_id is None]
    found = set[tuple[str, str]]()
    for part in chunks(keys, place.adapter.can.read_batch):
        for record in place.adapter.read(place.binding.object, part):
            found.update(_compared(place.entity, place.binding.mapping.to_hub(record.fields)[0]))
    return frozenset(found)


def contested(tx: Tx, place: Place, rivals: Rivals, creates: Sequence[Due]) -> set[int]:
    """The golden records of those creates that wait. One that is not answered is known by its candidates only."""
    left = candidates.contested(tx, place.id, [due.golden_id for due in creates])
    if rivals:
        fresh = [due for due in creates if due.state != CREATING]
        left |= {due.golden_id for due in fresh if not rivals.isdisjoint(_compared(place.entity, due.known.fields))}
    return left


def _compared(entity: Entity, fields: Fields) -> Iterator[tuple[str, str]]:
    yield from match_keys(entity, fields)
    yield from candidate_keys(entity, fields)
