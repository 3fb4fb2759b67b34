"""References on their way: a system's key of the parent becomes its golden record, and back. A page at a time, one
statement for each entity that is referred to; whatever has no parent yet waits, and says for what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hub.core.errors import HubError
from hub.core.match import matched_fields
from hub.core.record import Fields, Value
from hub.core.references import INTO, named, number
from hub.flow import renewing
from hub.flow.batch import Batch
from hub.flow.place import Hub, Parent, Place
from hub.flow.seen import Look
from hub.store import deliveries, links, records, reviews, waiting
from hub.store.database import Tx
from hub.store.deliveries import Due
from hub.store.schema import ABSORBED, DELETED, LIVE
from hub.store.waiting import IN, OUT, Standing, Unread, Waiting


class Wait(NamedTuple):
    """A reference that waits for its parent."""

    field: str
    #: The parent's binding, and its key or its golden record.
    parent_id: int
    parent_key: str | None
    parent_golden: int | None
    said: str
    #: Is the parent owed to that system?
    coming: bool = False
    #: Is the record not created before?
    blocks: bool = False


class Resolved(NamedTuple):
    """What is to be done about the references of a page, by the record's key."""

    #: What waits.
    waits: dict[str, list[Wait]]
    #: The field and the golden record of parents that are gone there.
    gone: dict[str, list[tuple[str, int]]]


def resolve(tx: Tx, place: Place, page: Sequence[tuple[str, Fields]]) -> Resolved:
    """Of records (key, fields), the keys of known parents become golden records; a parent that is gone there is known
    all the same. What is not known is left out, as absent."""
    waits: dict[str, list[Wait]] = {}
    gone: dict[str, list[tuple[str, int]]] = {}
    for parent_id, names in _by_parent(place).items():
        shown = [(key, fields, name) for key, fields in page for name in names if fields.get(name) is not None]
        found = links.lookup(tx, parent_id, sorted({str(fields[name]) for _, fields, name in shown}))
        for key, fields, name in shown:
            value = str(fields[name])
            if value in found:
                parent = found[value]
                fields[name] = named(parent.golden_id)
                if parent.state == DELETED:
                    gone.setdefault(key, []).append((name, parent.golden_id))
            else:
                del fields[name]
                said = f"{name} names {_called(place.parents[name].place)} {value}, which the hub does not know yet"
                waits.setdefault(key, []).append(Wait(name, parent_id, value, None, said))
    return Resolved(waits, gone)


class Shown:
    """The references of one page of records, as a system shows them."""

    def __init__(self, place: Place, batch: Batch) -> None:
        self.place, self.batch = place, batch
        #: What they show and nobody knows is left out of the look, as absent.
        self.found = Resolved({}, {})
        #: The references that each record shows, by its key.
        self.shown: dict[str, list[str]] = {}

    def resolve(self, looks: Sequence[Look]) -> None:
        self.remember(looks)
        self.shown = {look.record.key: [n for n in self.place.parents if n in look.fields] for look in looks}
        self.found = resolve(self.batch.tx, self.place, [(look.record.key, look.fields) for look in looks])

    def remember(self, looks: Sequence[Look]) -> None:
        """A reference that waits and is left out of a look is as it was last shown: absent settles nothing."""
        parents = self.place.parents
        hiding = {look.record.key: look.fields for look in looks if not parents.keys() <= look.fields.keys()}
        if not hiding or not self.place.waits.there:
            return
        for row in waiting.last_shown(self.batch.tx, self.place.id, sorted(hiding)):
            if row.field in parents and parents[row.field].place.id == row.parent_id:
                hiding[row.key].setdefault(row.field, row.parent_key)

    def unmatchable(self, look: Look) -> list[Wait]:
        """What a match rule has to know first: without it this record might be made a twin."""
        waits = self.found.waits.get(look.record.key, ())
        return [wait for wait in waits if wait.field in matched_fields(self.place.entity)]

    def store(self, merged: Mapping[str, int]) -> None:
        """What waits from now on, and what does no more. `merged`: golden records by the record's key."""
        tx, place = self.batch.tx, self.place
        if place.waits.there:
            waiting.forget(tx, place.id, sorted(merged.values()), IN)
            shown = [(key, name) for key, names in self.shown.items() if key in merged for name in names]
            waiting.done(tx, [(place.id, merged[key], name) for key, name in shown])
        rows = [(merged[key], wait) for key, waits in self.found.waits.items() if key in merged for wait in waits]
        _keep(tx, place, rows, IN, self.batch.now)
        gone = [(key, one) for key, some in self.found.gone.items() if key in merged for one in some]
        behind = renewing.alive(tx, place, [renewing.Behind(merged[key], *one) for key, one in gone])
        renewing.keep(tx, place, behind, self.batch.now)
        for one in behind:
            self.batch.owe(place, one.golden_id)


class Keys:
    """What the parents of one page of deliveries are called in their system."""

    def __init__(self, place: Place, tx: Tx, due: Sequence[Due]) -> None:
        self.place = place
        #: By parent binding, then by golden record.
        self.found: dict[int, dict[int, Standing]] = {}
        #: By golden record and field: what some system shows of it, and is not taken yet.
        self.unread: dict[tuple[int, str], list[Unread]] = defaultdict(list)
        #: By golden record and field: parents that have another key here than the one that the record shows.
        self.renew: dict[tuple[int, str], int | None] = {}
        for parent, names in _by_parent(place).items():
            self.found[parent] = _followed(tx, parent, waiting.standing(tx, parent, sorted(_named_in(due, names))))
        if place.waits.there:
            for row in waiting.unread(tx, [item.golden_id for item in due]):
                if row.way == IN:
                    self.unread[row.golden_id, row.field].append(row)
                elif row.binding_id == place.id:
                    self.renew[row.golden_id, row.field] = row.parent_golden
        self._back = {
            (parent, row.key): golden_id
            for parent, rows in self.found.items()
            for golden_id, row in rows.items()
            if row.key is not None
        }

    def standing(self, name: str, value: Value) -> Standing | None:
        golden_id = number(value)
        return None if golden_id is None else self.found[self.place.parents[name].place.id].get(golden_id)

    def parted(self, golden_id: int, sent: Fields) -> tuple[Fields, list[Wait]]:
        """What can be sent of this, and the references that wait. What the system itself shows and nobody knows yet is
        not written over."""
        waits, left = list[Wait](), set[str]()
        for name, parent in self.place.parents.items():
            if self.here(golden_id, name):
                left.add(name)
            elif sent.get(name) is not None:
                there = self.standing(name, sent[name])
                if there is None or there.key is None or there.state == DELETED:
                    left.add(name)
                    waits.append(_wait(name, parent, sent[name], there))
        return ({name: value for name, value in sent.items() if name not in left} if left else sent), waits

    def here(self, golden_id: int, name: str) -> bool:
        """Does this system show a key that is not taken yet?"""
        return any(row.binding_id == self.place.id for row in self.unread.get((golden_id, name), ()))

    def renewed(self, golden_id: int, ours: Fields, held: Collection[str]) -> Fields:
        """What is sent although the system shows it, but by a key that is gone."""
        if not self.renew:
            return {}
        names = [name for name in self.place.parents if (golden_id, name) in self.renew and name not in held]
        return {
            n: ours[n] for n in names if number(ours.get(n)) == self.renew[golden_id, n] and n in self.place.writable
        }

    def rewritten(self, golden_id: int, sent: Fields) -> list[tuple[int, int, str]]:
        """Of what was sent, the references that were written their new key by that."""
        return [(self.place.id, golden_id, name) for name in sent if (golden_id, name) in self.renew]

    def lacking(self, golden_id: int, fields: Fields) -> list[Wait]:
        """Required references that the golden record does not have since another system's key is not known yet."""
        return [
            Wait(name, row.parent_id, row.parent_key, None, row.said, blocks=True)
            for name, parent in self.place.parents.items()
            if parent.required and fields.get(name) is None
            for row in self.unread.get((golden_id, name), ())[:1]
        ]

    def keyed(self, sent: Fields) -> Fields:
        """The same, with this system's keys in place of golden records."""
        keys = {name: row.key for name in self.place.parents if (row := self.standing(name, sent.get(name)))}
        return {**sent, **keys} if keys else sent

    def back(self, fields: Fields) -> tuple[Fields, bool]:
        """What an answer shows, with golden records in place of keys. True: it shows a key that was not looked up."""
        strange = False
        for name, parent in self.place.parents.items():
            key = fields.get(name)
            if key is not None:
                golden_id = self._back.get((parent.place.id, str(key)))
                strange = strange or golden_id is None
                fields = {**fields, name: named(golden_id) if golden_id is not None else key}
        return fields, strange


def _followed(tx: Tx, parent_id: int, found: dict[int, Standing]) -> dict[int, Standing]:
    """In place of golden records that turned out to be others, those others. There are hardly ever any."""
    absorbed = [golden_id for golden_id, row in found.items() if row.state == ABSORBED]
    for golden_id, known in records.load(tx, parent_id, absorbed).items():
        into = number(known.fields.get(INTO))
        there = waiting.standing(tx, parent_id, [into]) if into is not None else {}
        found[golden_id] = next(iter(there.values()), found[golden_id])
    return found


def mothers(place: Place, due: Iterable[Due]) -> set[int]:
    """Of deliveries to one place, the golden records that others of them refer to."""
    names = [name for name, parent in place.parents.items() if parent.place.id == place.id]
    found = {number(item.known.fields.get(name)) for item in due for name in names}
    return {golden_id for golden_id in found if golden_id is not None}


def note(tx: Tx, place: Place, waits: Mapping[int, Sequence[Wait]], now: str) -> None:
    """What deliveries wait for from now on, by golden record: all that were looked at, also those that do not wait."""
    if place.waits.there:
        waiting.forget(tx, place.id, sorted(waits), OUT)
    _keep(tx, place, [(golden_id, wait) for golden_id, some in waits.items() for wait in some], OUT, now)


def resume(hub: Hub, place: Place) -> None:
    """What waited for parents that are there by now is owed, or read, again."""
    renewing.follow(hub, place)
    with hub.store.transaction() as tx:
        waiting.sweep(tx, place.id)
        ready = waiting.ready(tx, place.id)
        waiting.forget(tx, place.id, ready, OUT)
        deliveries.owe(tx, [(place.id, golden_id) for golden_id in ready], hub.now())
        known = waiting.known(tx, place.id)
        links.revisit(tx, place.id, [row.key for row in known])
        reviews.open_(tx, [_again(place, row, hub.now()) for row in known])


def wake(hub: Hub, place: Place) -> None:
    """Records that only their parents can tell from others are tried again: parents were read since."""
    if not matched_fields(place.entity).isdisjoint(place.parents):
        with hub.store.transaction() as tx:
            reviews.wake(tx, place.id, "waiting", hub.now())


def _again(place: Place, row: waiting.Known, now: str) -> dict[str, Any]:
    what = f"{row.field} names {_called(place.parents[row.field].place)} {row.parent_key}, which is known now"
    why = HubError("reference.known", f"{what}: it is read again")
    return reviews.row(place.id, row.key, "known", why, now, now, row.golden_id)


def _keep(tx: Tx, place: Place, rows: Iterable[tuple[int, Wait]], way: str, now: str) -> None:
    made = [
        Waiting(
            place.id,
            golden_id,
            one.field,
            way,
            one.parent_id,
            one.parent_key,
            one.parent_golden,
            one.coming,
            one.blocks,
            one.said,
            now,
        )
        for golden_id, one in rows
    ]
    waiting.save(tx, made)
    place.waits.there |= bool(made)


def _by_parent(place: Place) -> dict[int, list[str]]:
    """The references of a place, by the binding of their parents."""
    found: dict[int, list[str]] = defaultdict(list)
    for name, parent in place.parents.items():
        found[parent.place.id].append(name)
    return found


def _named_in(due: Iterable[Due], names: Sequence[str]) -> set[int]:
    """The golden records that these deliveries may carry, or be answered with."""
    found = set[int | None]()
    for item in due:
        known = item.known
        for fields in (known.fields, known.sent, known.shadow and known.shadow.fields):
            found.update(number(fields.get(name)) for name in names if fields)
    return {golden_id for golden_id in found if golden_id is not None}


def _wait(name: str, parent: Parent, value: Value, there: Standing | None) -> Wait:
    """Why a reference cannot be sent, and whether that keeps the record from being created."""
    live = there is not None and there.state == LIVE
    coming = there is not None and live and (there.waits or there.delivery in ("owed", "creating"))
    blocks = parent.required or (coming and not parent.circular)
    said = f"{name} names {parent.place.entity.name} {value}, which {_why(parent.place, there, coming)}"
    return Wait(name, parent.place.id, None, there.golden_id if there else number(value), said, coming, blocks)


def _why(place: Place, there: Standing | None, coming: bool) -> str:
    system = place.binding.system
    if there is None or there.state == DELETED:
        return "was deleted" if there else "the hub does not hold any more"
    if there.delivery == "refused":
        return f"{system} refused: {there.said}"
    if coming:
        return f"is not in {system} yet" + (f": {there.said}" if there.said else "")
    return f"is not in {system}, and not owed to it"


def _called(place: Place) -> str:
    return f"{place.binding.system} {place.entity.name}"
