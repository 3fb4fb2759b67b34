"""Foreign keys: a field of one system that carries the other system's key. A person who fills it links, who clears it
unlinks; when the counterpart's key is known, the field is owed like any other."""

from collections.abc import Collection, Sequence

from hub.core.errors import HubError, Refused
from hub.core.merge import Shadow
from hub.core.record import Fields, Value
from hub.flow.batch import Batch, Draft
from hub.flow.merging.absorbing import Absorbing
from hub.flow.merging.aside import Aside
from hub.flow.place import Hub, Place
from hub.store import conflicts, matches, records, reviews
from hub.store.matches import Candidate
from hub.store.records import Known


class ForeignKeys:
    """The foreign keys of one page of one system."""

    def __init__(self, hub: Hub, place: Place, batch: Batch, aside: Aside) -> None:
        self.hub, self.place, self.batch, self.aside = hub, place, batch, aside
        #: By foreign key and its value, whom it names; what this page links and unlinks is kept up in it, or the next
        #: record of the page would go by what was.
        self.linked: dict[tuple[str, str], Candidate] = {}
        #: By golden record, the record of this system that it met on this page.
        self.met: dict[int, str] = {}
        #: Golden records that no other system has since this page parted them.
        self.alone: set[int] = set()
        self.absorbing = Absorbing(batch)

    def prepare(self, page: Sequence[tuple[Fields, int]]) -> None:
        """Look up whom the keys on this page name, and who is to become one with it: a statement a foreign key, and
        one a system. `page`: what linked records show, with their golden records."""
        if not self.place.links:
            return
        for name in self.place.links:
            self.find(name, sorted({str(fields[name]) for fields, _ in page if fields.get(name) is not None}))
        self.to_be_one([{*self.whom(fields), golden_id} for fields, golden_id in page])

    def prepare_new(self, page: Sequence[Fields]) -> None:
        """Unlinked records that are looked up by now: who names counterparts in several systems makes these one."""
        if len(self.place.links) > 1:
            self.to_be_one([self.whom(fields) for fields in page])

    def whom(self, fields: Fields) -> set[int]:
        """The golden records that a record names."""
        pairs = ((name, str(fields[name])) for name in self.place.links if fields.get(name) is not None)
        return {self.linked[pair].golden_id for pair in pairs if pair in self.linked}

    def to_be_one(self, several: Sequence[set[int]]) -> None:
        self.absorbing.prepare({golden_id for one in several if len(one) > 1 for golden_id in one})

    def find(self, name: str, values: Sequence[str]) -> list[Candidate]:
        """Whom these values of a foreign key name, as this page leaves it."""
        other = self.place.links[name]
        for found in matches.find_linked(self.batch.tx, self.place.id, other.id, name, values):
            self.linked.setdefault((name, found.value), found)
        return [self.linked[name, value] for value in values if (name, value) in self.linked]

    def merge(
        self, draft: Draft, key: str, shadow: Shadow, theirs: Fields, late: Collection[str] = frozenset()
    ) -> Shadow:
        """The three-way merge of the key fields; returns the shadow with what was agreed. A system that was put back
        has lost keys without a person's doing, and what came late (`late`) is the hub's own: those are written again.
        """
        if not self.place.links:
            return shadow
        self.met[draft.golden_id] = key
        fields, lost = dict(shadow.fields), self.place.id in self.hub.modes
        for name in self.place.links:
            if name not in theirs:
                continue
            now, base, ours = theirs[name], shadow.fields.get(name), draft.fields.get(name)
            if now == ours or lost or name in late or self.moved(draft, key, name, theirs, base):
                fields[name] = now
            elif ours is not None:  # what a person typed is not written over while it waits
                fields[name] = ours
        return shadow._replace(fields=fields)

    def moved(self, draft: Draft, key: str, name: str, theirs: Fields, base: Value) -> bool:
        """Follow a key that a person changed. False: it could not be followed."""
        ours, now = draft.fields.get(name), theirs[name]
        if now == base:
            return True
        if ours is not None:  # what it named may be one that is not there: nobody names it any more
            reviews.wake(self.batch.tx, self.place.links[name].id, "dangling", self.batch.now)
        if now is None:
            self.unlink(draft, name, self.place.links[name])
            return True
        return self.follow(draft, key, name, theirs)

    def follow(self, draft: Draft, key: str, name: str, theirs: Fields) -> bool:
        other, value = self.place.links[name], str(theirs[name])
        found = self.linked.get((name, value))
        counterpart = found.golden_id if found is not None and found.golden_id != draft.golden_id else None
        problem = self.barred(draft, f"{name} names {other.binding.system} {value}", theirs, found)
        if problem is not None:
            self.aside.put(key, "taken", problem, draft.golden_id)
            return False
        if draft.fields.get(name) is not None:
            self.unlink(draft, name, other)
        if counterpart is not None:
            self.absorb(draft, key, counterpart, other, value)
        self.set(draft, name, value)
        if found is not None:
            draft.apart -= {other.id}
        self.linked[name, value] = Candidate(name, value, draft.golden_id, key)
        self.revisit(other, value)
        self.batch.audit(draft.golden_id, other, "linked", {"key": [None, value], "rule": [None, "foreign key"]})
        return True

    def barred(self, draft: Draft, names: str, theirs: Fields, found: Candidate | None) -> Refused | None:
        """Why the counterpart cannot be linked: a link is 1:1, in every system."""
        if found is None or found.golden_id == draft.golden_id:
            return None
        holder = found.key or self.met.get(found.golden_id)
        if holder is not None:
            said = f"{names}, to which {holder} is linked: a link is 1:1; correct one of the two"
            return Refused("link.taken", said)
        told = {other.id: str(theirs.get(name)) for name, other in self.place.links.items()}
        both = self.absorbing.both(draft, found.golden_id, told)
        if both is None:
            return None
        place, mine, other = both
        said = f"{names}, and two records of {place.binding.system}, {mine} and {other}, would have to be one for that"
        return Refused("link.two", said + ": a link is 1:1; correct the field, or have one record there for the two")

    def absorb(self, draft: Draft, key: str, golden_id: int, other: Place, value: str) -> None:
        """Two golden records turn out to be one: its links move here, and are merged when they are read."""
        names = {place.id: name for name, place in self.place.links.items()}
        for place, _, _ in self.absorbing.instead(draft, golden_id):  # the record names another one there by now
            self.unlink(draft, names[place.id], place)
        for place, moved in self.absorbing.absorb(draft, golden_id, other):
            self.revisit(place, moved)
            if place.id in names:
                self.linked[names[place.id], moved] = Candidate(names[place.id], moved, draft.golden_id, key)
        self.batch.link(other, value, draft.golden_id, None, None, None)
        self.absorbing.note(other, draft.golden_id, value)

    def claim_new(self, draft: Draft) -> None:
        """A new record names a counterpart that the hub has not read yet: read it, and do not create another."""
        for name, other in self.place.links.items():
            if draft.fields.get(name) is not None:
                self.revisit(other, str(draft.fields[name]))

    def revisit(self, other: Place, key: str) -> None:
        """Ask for one record of the other system out of turn."""
        said = f"{self.place.binding.system} names {other.binding.system} {key}: it is read and linked"
        self.batch.review(other, key, "revisit", HubError("link.revisit", said), self.batch.now)

    def unlink(self, draft: Draft, name: str, other: Place) -> None:
        """The counterpart becomes a golden record of its own; neither is created in the other's system. A key that
        named nobody parts nobody: without it the record is one like any other, and is made there."""
        batch = self.batch
        self.set(draft, name, None)
        there = records.load(batch.tx, other.id, [draft.golden_id]).get(draft.golden_id)
        if there is None or there.key is None:
            if other.binding.allowed.insert and other.id not in draft.apart:
                batch.owe(other, draft.golden_id)
            return
        draft.apart |= {other.id}
        if not any(self.linked_in(place, draft) for place in self.place.others if place.id != other.id):
            self.alone.add(draft.golden_id)
        [golden_id] = self.hub.machine.ids(1)
        fields, shadow = self.own_of(other, there)
        parted = batch.create(golden_id, {**fields, other.own: there.key}, other.binding.system, None)
        parted.apart |= {self.place.id}
        for unit in there.shadow.held if there.shadow else ():
            batch.end(other, draft.golden_id, unit, conflicts.WITHDRAWN)
        batch.link(other, there.key, golden_id, None, None, shadow)
        self.absorbing.note(other, draft.golden_id, None)
        self.linked[name, there.key] = Candidate(name, there.key, golden_id, None)
        batch.owe(other, golden_id)
        batch.audit(draft.golden_id, other, "unlinked", {"key": [there.key, None]})

    def linked_in(self, place: Place, draft: Draft) -> bool:
        if place.id in draft.apart:  # since this page, perhaps
            return False
        known = records.load(self.batch.tx, place.id, [draft.golden_id]).get(draft.golden_id)
        return known is not None and known.key is not None

    def own_of(self, other: Place, there: Known) -> tuple[Fields, Shadow | None]:
        """What a parted record shows is its own, and nothing waits for a person any more; nothing is written to it, but
        that it names nobody now: its golden record, and its shadow."""
        if there.shadow is None:
            return {}, None  # it is read before it is merged
        held = {name: value for one in there.shadow.held.values() for name, value in one.theirs.items()}
        shadow = there.shadow._replace(fields={**there.shadow.fields, **held}, held={})
        names = self.names()
        own = {name: shadow.agreed(name) for name in shadow.fields if name not in names}
        return own | dict.fromkeys(names.intersection(other.binding.mapping.specs)), shadow

    def names(self) -> set[str]:
        return {name for place in (self.place, *self.place.others) for name in (*place.links, place.own)}

    def set(self, draft: Draft, name: str, value: Value) -> None:
        draft.set(name, value)
        self.batch.touch(draft)
        self.batch.owe_others(self.place, draft, (name,))
