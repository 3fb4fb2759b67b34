"""Golden records that were deleted and live again: a person refused the deletion, or a record of theirs is back."""

from collections.abc import Iterable, Sequence

from hub.core.merge import EXISTENCE, Held, Shadow
from hub.flow.batch import Batch, Draft
from hub.flow.place import Place
from hub.store import conflicts, records
from hub.store.records import Known
from hub.store.schema import LIVE

#: In a shadow: what the record shows is merged before anything is written to it, or deleted.
LOOK_AGAIN = Held({}, {})


def revive(batch: Batch, drafts: Sequence[Draft], places: Iterable[Place]) -> None:
    """What still has the record keeps it, and where it is gone it is made anew. An edit that had lost to the deletion
    is an edit again."""
    ids = [draft.golden_id for draft in drafts]
    for draft in drafts:
        draft.state = LIVE
        batch.touch(draft)
    for place in places:
        known = records.load(batch.tx, place.id, ids)
        before = edits_again(batch, place, _shadows(known.values()))
        for draft in drafts:
            one = known[draft.golden_id]
            if one.key is None:
                forget_key(draft, place)
            elif one.golden_id in before:
                batch.decide(place, one.key, before[one.golden_id]._replace(held={EXISTENCE: LOOK_AGAIN}))
            batch.owe(place, one.golden_id)


def _shadows(known: Iterable[Known]) -> dict[int, Shadow]:
    return {one.golden_id: one.shadow for one in known if one.shadow is not None}


def forget_key(draft: Draft, place: Place) -> None:
    """It has no record there any more."""
    if draft.fields.get(place.own) is not None:
        draft.set(place.own, None)


def edits_again(batch: Batch, place: Place, shown: dict[int, Shadow]) -> dict[int, Shadow]:
    """What records showed before the edits that lost to a deletion, one upon the other, by golden id: those are taken
    back, once. `shown`: what they show since; those that lost nothing are left out."""
    found, rows = dict[int, Shadow](), list[int]()
    for row in conflicts.about(batch.tx, place.id, list(shown), EXISTENCE, conflicts.DECIDED):  # the newest first
        since = found.get(row.golden_id, shown[row.golden_id])
        if row.verdict == "keep" and row.theirs and row.theirs == since.fields:
            rows.append(row.id)
            found[row.golden_id] = since._replace(fields=row.base or {})
    conflicts.take_back(batch.tx, rows, batch.who, batch.now)
    return found
