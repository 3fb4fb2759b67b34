"""Parents that are made anew where they were deleted have another key there, and their children still name the old one.

Such a parent is marked when it is linked, for its children may be many: they are looked for afterwards, a page at a
time. Each of them is marked until the new key went out, whatever is read meanwhile: what the record shows and what the
hub holds name the same golden record, so that no comparison tells.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hub.core.references import named
from hub.flow.place import Hub, Place
from hub.store import deliveries, links, records, waiting
from hub.store.database import Tx
from hub.store.waiting import ANEW, RENEW, Waiting

#: Children looked through in one go.
PAGE = 2000


class Behind(NamedTuple):
    """A record that names a key that is gone, of a parent that has another one."""

    golden_id: int
    field: str
    parent_golden: int


def mark(tx: Tx, place: Place, linked: Sequence[int], now: str) -> None:
    """Of golden records that were linked just now, those that had another record there before."""
    anew = list(links.former(tx, place.id, linked))
    said = f"{place.entity.name} was made anew in {place.binding.system}: what names it there is written its new key"
    waiting.save(tx, [Waiting(place.id, one, "", ANEW, place.id, None, None, False, False, said, now) for one in anew])
    place.waits.there |= bool(anew)


def follow(hub: Hub, place: Place) -> None:
    """Look for the children of marked parents."""
    with hub.store.reading() as tx:
        marked = waiting.anew(tx, place.id)
    if not marked:
        return
    for child in place.children:
        for found in _children(hub, place, child, marked):
            with hub.store.transaction() as tx:
                keep(tx, child, found, hub.now())
                deliveries.owe(tx, [(child.id, one.golden_id) for one in found], hub.now())
    with hub.store.transaction() as tx:
        waiting.forget(tx, place.id, marked, ANEW)


def _children(hub: Hub, place: Place, child: Place, parents: Sequence[int]) -> Iterable[list[Behind]]:
    names = [name for name, parent in child.parents.items() if parent.place is place]
    wanted = {named(golden_id): golden_id for golden_id in parents}
    for page in records.linked_pages(hub.store, child.id, PAGE):
        shown = ((golden_id, name, one.get(name)) for golden_id, fields in page for one in fields for name in names)
        found = [Behind(golden_id, name, wanted[value]) for golden_id, name, value in shown if value in wanted]
        if found:
            yield found


def keep(tx: Tx, place: Place, found: Iterable[Behind], now: str) -> None:
    """These are to be written the new key, if they may be written at all."""
    writable = place.binding.mapping.writable if place.writes and place.binding.allowed.update else ()
    rows = [_renewal(place, one, now) for one in found if one.field in writable]
    waiting.add(tx, rows)
    place.waits.there |= bool(rows)


def _renewal(place: Place, one: Behind, now: str) -> Waiting:
    parent = place.parents[one.field].place
    return Waiting(
        binding_id=place.id,
        golden_id=one.golden_id,
        field=one.field,
        way=RENEW,
        parent_id=parent.id,
        parent_key=None,
        parent_golden=one.parent_golden,
        coming=False,
        blocks=False,
        said=f"{one.field} names a {parent.entity.name} that was deleted and made anew: its new key is to be written",
        since=now,
    )


def alive(tx: Tx, place: Place, shown: Sequence[Behind]) -> list[Behind]:
    """Of records that name keys that are gone, those whose parent has another one by now."""
    found = list[Behind]()
    for name in {one.field for one in shown}:
        mine = [one for one in shown if one.field == name]
        there = links.held(tx, place.parents[name].place.id, sorted({one.parent_golden for one in mine}))
        found += [one for one in mine if one.parent_golden in there]
    return found
