"""What people decide about records and writes that stand aside: again, never mind, it is that one, it is a new one.

Nothing is read or written in a system here: a decision is kept, and the next run acts on it before it polls.
"""

from hub.core.errors import Refused
from hub.flow.deciding import enter
from hub.flow.place import Hub, Place
from hub.store import deliveries, failing, links, records, reviews
from hub.store.database import Tx
from hub.store.deliveries import CREATING, UNSEEN
from hub.store.records import Known
from hub.store.reviews import Review
from hub.store.schema import LIVE

#: Kinds of reviews in which the question is which golden record it is.
UNLINKED = ("ambiguous", "taken", "in-doubt", reviews.DECIDED)


def retry(hub: Hub, place: Place, key: str) -> None:
    """Try a record that stands aside at the next run, not tomorrow."""
    with hub.store.transaction() as tx:
        standing(tx, place, key)
        reviews.hurry(tx, place.id, key, hub.now())


def forget(hub: Hub, place: Place, key: str) -> None:
    """Leave a record aside: nothing is heard of it any more, unless it changes and there is another reason."""
    with hub.store.transaction() as tx:
        standing(tx, place, key)
        reviews.discard(tx, place.id, key)


def retry_delivery(hub: Hub, place: Place, golden_id: int) -> None:
    """Try a write that failed at the next run, not tomorrow. Of a create that only a person can settle: it is not
    there, and is sent again."""
    with hub.store.transaction() as tx:
        if unseen(tx, place, golden_id):
            deliveries.reopen(tx, place.id, [golden_id])
            deliveries.owe(tx, [(place.id, golden_id)], hub.now())
            reviews.wake(tx, place.id, "in-doubt", hub.now())
            return
        failed(tx, place, golden_id)
        enter.retry(tx, hub, place, [golden_id])


def discard(hub: Hub, place: Place, golden_id: int, who: str) -> None:
    """The hub does not owe this any more. The next change of the record owes it anew."""
    with hub.store.transaction() as tx:
        failed(tx, place, golden_id)
        enter.discard(tx, hub, place, [golden_id], who)


def link(hub: Hub, place: Place, key: str, golden_id: int, who: str) -> None:
    """This record is that golden record."""
    with hub.store.transaction() as tx:
        if unseen(tx, place, golden_id):
            show(tx, hub, place, key)
        undecided(tx, place, key)
        known = golden(tx, place, golden_id)
        if known.state != LIVE and known.sent is None:  # the child of an unanswered create may outlive its record
            raise Refused("match.outdated", f"hub:{golden_id} is deleted: choose another one, or 'hub reviews new'")
        if known.key is not None:
            said = f"hub:{golden_id} is linked to {place.binding.system} {known.key} already: a link is 1:1"
            raise Refused("match.taken", f"{said}; clear the foreign key of that one first, or choose another one")
        before = links.lookup(tx, place.id, [key]).get(key)
        if known.sent is not None and before is not None and before.golden_id == golden_id:
            said = (
                f"hub:{golden_id} is being made anew in {place.binding.system} after {key} was deleted: whether it was"
            )
            raise Refused("create.in-doubt", f"{said} is not known yet; wait until that is settled")
        said = f"{who} decided that it is hub:{golden_id}; the next run links it"
        reviews.decide(tx, place.id, key, golden_id, said, hub.now())


def unseen(tx: Tx, place: Place, golden_id: int) -> bool:
    """Is its create in doubt, and only a person can say what became of it?"""
    found = deliveries.standing(tx, [place.id], [CREATING], 1, golden_id=golden_id)
    return any(row.code == UNSEEN for row in found)


def show(tx: Tx, hub: Hub, place: Place, key: str) -> None:
    """No poll shows this record, so that it does not stand aside by itself."""
    if reviews.of(tx, place.id, key) is None and key not in links.lookup(tx, place.id, [key]):
        why = Refused("create.in-doubt", "the filter hides it, and a person says what it is")
        reviews.open_(tx, [reviews.row(place.id, key, "in-doubt", why, hub.now(), hub.now(), None)])


def separate(hub: Hub, place: Place, key: str, who: str) -> None:
    """This record is none of those that match: it becomes a new golden record."""
    with hub.store.transaction() as tx:
        undecided(tx, place, key)
        reviews.decide(tx, place.id, key, None, f"{who} decided that it is a new one; the next run makes it", hub.now())


def standing(tx: Tx, place: Place, key: str) -> Review:
    found = reviews.of(tx, place.id, key)
    if found is None or found.kind == reviews.DISCARDED:
        said = f"{place.binding.system} {key} does not stand aside; 'hub reviews' lists what does"
        raise Refused("review.unknown", said)
    return found


def undecided(tx: Tx, place: Place, key: str) -> None:
    """Refused, unless the question is open which golden record this is."""
    review = standing(tx, place, key)
    linked = links.lookup(tx, place.id, [key]).get(key)
    if review.kind not in UNLINKED or (linked is not None and linked.state == LIVE):
        said = f"{place.binding.system} {key} stands aside for another reason: {review.said}"
        raise Refused("review.no-match", f"{said}; put that right, then 'hub reviews retry'")


def golden(tx: Tx, place: Place, golden_id: int) -> Known:
    found = records.load(tx, place.id, [golden_id]).get(golden_id)
    if found is None:
        raise Refused("record.unknown", f"there is no golden record {golden_id}")
    return found


def failed(tx: Tx, place: Place, golden_id: int) -> None:
    """Refused, unless a write of this golden record to this system was refused or put off."""
    if not failing.fails(tx, place.id, golden_id):
        said = f"no write of hub:{golden_id} to {place.binding.system} failed; 'hub failed' lists them"
        raise Refused("review.unknown", said)
