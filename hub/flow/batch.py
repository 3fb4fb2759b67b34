"""Everything that follows from one page, collected first and written in one go: a statement a table, not a record."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from hub.core import landing
from hub.core.errors import HubError
from hub.core.merge import EXISTENCE, Clash, Shadow
from hub.core.model import Policy
from hub.core.policy import NO_PINS
from hub.core.record import Fields, Value
from hub.flow import renewing
from hub.flow.matchkeys import claims, key_rows, looked_at
from hub.flow.place import Hub, Place
from hub.flow.seen import Look
from hub.store import audit, candidates, conflicts, deliveries, links, matches, records, reviews
from hub.store.bulk import Row
from hub.store.database import Tx
from hub.store.records import Known, Origin
from hub.store.schema import DELETED, LIVE

#: Who does what no person does.
HUB = "hub"


class Draft:
    """A golden record being changed. Records of one page that belong to the same golden record share it."""

    __slots__ = ("_origin", "apart", "before", "doc", "fields", "fresh", "golden_id", "origin_doc", "pins", "state")

    def __init__(self, golden_id: int, state: int, fields: Fields, origin: bytes, apart: frozenset[int], fresh: bool):
        """`origin`: encoded; most drafts are saved with what they came with."""
        self.golden_id = golden_id
        self.state = state
        self.fields = fields
        self.origin_doc = origin
        self._origin: Origin | None = None
        self.apart = apart
        self.fresh = fresh
        #: Who wins its conflicts, whatever the files say.
        self.pins: Mapping[str, Policy] = NO_PINS
        #: What changed, with the value before: for the audit log.
        self.before: Fields = {}
        #: The encoded fields, where they are known already.
        self.doc: bytes | None = None

    @property
    def origin(self) -> Origin:
        """Where each value came from; may be changed."""
        if self._origin is None:
            self._origin = orjson.loads(self.origin_doc)
        return self._origin

    def encoded_origin(self) -> bytes:
        return self.origin_doc if self._origin is None else orjson.dumps(self._origin)

    def set(self, name: str, value: Value) -> None:
        self.before.setdefault(name, self.fields.get(name))
        self.fields[name] = value
        self.doc = None

    def take(self, taken: Fields, system: str, stamp: str | None) -> None:
        """Values that came from a system."""
        for name, value in taken.items():
            self.set(name, value)
            self.origin[name] = [system, stamp]

    def source(self, name: str) -> list[str | None]:
        """[system, stamp] of a value."""
        return self.origin.get(name) or self.origin.get("") or [None, None]


class Batch:
    """The changes of one page."""

    def __init__(self, hub: Hub, place: Place, tx: Tx, who: str = HUB) -> None:
        """`who`: a person, or the hub itself."""
        self.hub = hub
        self.place = place
        self.tx = tx
        self.who = who
        self.now = hub.now()
        self.drafts: dict[int, Draft] = {}
        self.touched: set[int] = set()
        # Rows as the store takes them: what comes with every record of a page is built once, and as tuples.
        self.links: dict[tuple[int, str], Row] = {}
        self.looks: list[Row] = []
        self.decided: list[Row] = []
        self.versions: list[Row] = []
        self.owed: dict[tuple[int, int], None] = {}
        self.clashes: list[dict[str, Any]] = []
        self.ended: list[Row] = []
        self.reviews: dict[tuple[int, str], dict[str, Any]] = {}
        self.settled: dict[int, list[str]] = {}
        #: Golden records of whose unanswered write it is known what came of it, or that need not know it any more.
        self.answered: list[int] = []
        #: Deleted golden records that are apart from a binding: perhaps for a deletion there that waits for a person.
        self.pointless: dict[int, list[Draft]] = {}
        #: Golden records whose deletion a person has approved.
        self.approved: list[int] = []
        self.audits: list[Row] = []
        self.match_rows: list[Row] = []
        #: Whom records that stand aside may be.
        self.candidates: list[Row] = []
        self.rematched: list[int] = []

    def draft(self, known: Known) -> Draft:
        """The draft of a golden record that was loaded."""
        found = self.drafts.get(known.golden_id)
        if found is None:
            found = Draft(known.golden_id, known.state, known.fields, known.origin, known.apart, fresh=False)
            found.pins = known.pins
            self.drafts[known.golden_id] = found
        return found

    def create(self, golden_id: int, fields: Fields, system: str, stamp: str | None) -> Draft:
        """A new golden record, made of what one system shows."""
        draft = Draft(golden_id, LIVE, fields, orjson.dumps({"": (system, stamp)}), frozenset(), fresh=True)
        self.drafts[golden_id] = draft
        self.touched.add(golden_id)
        return draft

    def touch(self, draft: Draft) -> None:
        """This golden record is to be saved."""
        self.touched.add(draft.golden_id)

    def link(
        self,
        place: Place,
        key: str,
        golden_id: int,
        hash_: bytes | None,
        version: str | None,
        shadow: Shadow | None,
        doc: bytes | None = None,
    ) -> None:
        """A record is this golden record from now on. `doc`: the shadow's fields, encoded, if the caller has them."""
        row = (place.id, key, golden_id, LIVE, hash_, version, *links.encoded(shadow, doc))
        self.links[place.id, key] = row

    def unlink(self, place: Place, key: str, known: Known, state: int = DELETED) -> None:
        """The record is gone there, or let go. It stays known, so that it is not taken for a new one, with what it
        showed, should it come back from a bin; what a person had to decide about its fields is settled by that."""
        kept = landing.gone(known.shadow, known.sent) if known.shadow is not None and state == DELETED else None
        self.links[place.id, key] = (place.id, key, known.golden_id, state, None, None, *links.encoded(kept))
        if known.sent is not None:
            self.answered.append(known.golden_id)
        for unit in known.shadow.held if known.shadow is not None else ():
            if unit != EXISTENCE:
                self.end(place, known.golden_id, unit, conflicts.SUPERSEDED)

    def seen(self, place: Place, key: str, hash_: bytes | None, version: str | None, shadow: Shadow) -> None:
        """A record that stays linked as it is shows something else."""
        self.looks.append((place.id, key, hash_, version, *links.encoded(shadow)))

    def keep(self, place: Place, look: Look, draft: Draft, shadow: Shadow, doc: bytes | None = None) -> None:
        """Remember what a record shows."""
        record = look.record
        if look.linked:
            self.seen(place, record.key, look.hash, record.version, shadow)
        else:
            self.link(place, record.key, draft.golden_id, look.hash, record.version, shadow, doc)
        self.settled.setdefault(place.id, []).append(record.key)

    def name_key(self, place: Place, draft: Draft, key: str | None) -> None:
        """The key over there is a golden field, where another system holds it."""
        if place.named and draft.fields.get(place.own) != key:
            draft.set(place.own, key)
            self.touch(draft)
            self.owe_others(place, draft, (place.own,))

    def decide(self, place: Place, key: str, shadow: Shadow) -> None:
        """A person moved the base of the merge."""
        self.decided.append((place.id, key, *links.encoded(shadow)))

    def moved(self, place: Place, key: str, version: str | None) -> None:
        """A record shows what it showed, under another version."""
        self.versions.append((place.id, key, version))

    def owe(self, place: Place, golden_id: int) -> None:
        if place.writes:
            self.owed[place.id, golden_id] = None

    def owe_others(self, place: Place, draft: Draft, changed: Iterable[str]) -> None:
        """Every other system that maps a changed field may differ now."""
        names = frozenset(changed)
        for other in place.others:
            if other.id not in draft.apart and not names.isdisjoint(other.binding.mapping.writable):
                self.owe(other, draft.golden_id)

    def clash(self, place: Place, key: str, draft: Draft, clash: Clash) -> None:
        """Log a conflict; one that was open for the same unit is superseded."""
        held = clash.verdict == "hold"
        name = next((name for name in clash.theirs if clash.ours.get(name) != clash.theirs[name]), "")
        ours = {name: draft.fields.get(name) for name in clash.ours}  # in full, not as this system would cut it
        if not draft.fresh:
            self.end(place, draft.golden_id, clash.unit, conflicts.SUPERSEDED)
        self.clashes.append(
            {
                "at": self.now,
                "run_id": self.hub.run_id,
                "binding_id": place.id,
                "golden_id": draft.golden_id,
                "key": key,
                "unit": clash.unit,
                "base": clash.base,
                "ours": ours,
                "theirs": clash.theirs,
                "ours_from": draft.source(name)[0],
                "verdict": clash.verdict,
                "rule": clash.rule,
                "state": conflicts.OPEN if held else conflicts.DECIDED,
                "decided_by": None if held else "policy",
                "decided_at": None if held else self.now,
            }
        )

    def end(self, place: Place, golden_id: int, unit: str, state: str) -> None:
        """Whatever is open for this unit ends."""
        self.ended.append((state, self.who, self.now, golden_id, place.id, unit))

    def withdraw(self, place: Place, draft: Draft) -> None:
        """The golden record is deleted: nobody has to decide any more whether another system's deletion stands. Should
        it live again, it is made there again."""
        for other in place.others:
            if other.id in draft.apart:
                self.pointless.setdefault(other.id, []).append(draft)

    def review(
        self, place: Place, key: str, kind: str, error: HubError, due_at: str, golden_id: int | None = None
    ) -> None:
        """This record stands aside."""
        self.reviews[place.id, key] = reviews.row(place.id, key, kind, error, self.now, due_at, golden_id)
        place.waits.contested |= kind == "in-doubt"

    def may_be(self, place: Place, key: str, golden_id: int, score: int | None) -> None:
        """A record that stands aside may be this golden record. `score`: None, if a rule says so."""
        self.candidates.append((place.id, golden_id, key, score))

    def audit(self, golden_id: int, place: Place, action: str, detail: dict[str, Any] | None) -> None:
        """`detail`: field -> [before, after]."""
        encoded = None if detail is None else orjson.dumps(detail)
        self.audits.append((self.now, self.hub.run_id, golden_id, place.id, action, self.who, encoded))

    def save(self) -> None:
        """Write it all; golden records first, since links point at them."""
        tx = self.tx
        self.withdraw_pointless()
        self.rematch()
        drafts = [self.drafts[golden_id] for golden_id in sorted(self.touched)]
        records.new_golden(tx, [self.golden_row(draft) for draft in drafts if draft.fresh])
        records.change_golden(tx, [self.golden_row(draft) for draft in drafts if not draft.fresh])
        matches.forget(tx, self.rematched)
        matches.save(tx, self.match_rows)
        links.save(tx, sorted(self.links.values(), key=_state))
        if self.place.children:
            renewing.mark(tx, self.place, self.linked(), self.now)
        links.seen(tx, self.looks)
        links.decided(tx, self.decided)
        links.versions(tx, self.versions)
        deliveries.owe(tx, list(self.owed), self.now)
        if self.who != HUB:
            places = (self.place, *self.place.others)
            deliveries.touch(tx, [(place.id, golden_id) for place in places for golden_id in self.drafts])
        for other in self.place.others:
            deliveries.approve(tx, other.id, self.approved, self.now)
        deliveries.reopen(tx, self.place.id, self.answered)
        conflicts.close(tx, self.ended)
        conflicts.log(tx, self.clashes)
        for binding_id, keys in self.settled.items():  # what was merged may still stand aside, for its foreign key
            reviews.close(tx, binding_id, [key for key in keys if (binding_id, key) not in self.reviews])
        reviews.open_(tx, list(self.reviews.values()))
        if self.place.entity.matches or self.candidates:
            aside = [key for binding_id, key in self.reviews if binding_id == self.place.id]
            candidates.save(tx, self.place.id, aside, self.candidates)
            self.place.waits.contested |= bool(self.candidates)
        if self.answered:  # what waited for it, on this page too
            reviews.wake(tx, self.place.id, "in-doubt", self.now)
        audit.add(tx, self.audits)

    def withdraw_pointless(self) -> None:
        for other in self.place.others:
            drafts = {draft.golden_id: draft for draft in self.pointless.get(other.id, ())}
            for row in conflicts.about(self.tx, other.id, list(drafts), EXISTENCE, conflicts.OPEN) if drafts else ():
                self.end(other, row.golden_id, EXISTENCE, conflicts.WITHDRAWN)
                drafts[row.golden_id].apart -= {other.id}

    def linked(self) -> list[int]:
        """Golden records, not made just now, of which this system has a record since this page."""
        rows = [row[2] for row in self.links.values() if row[0] == self.place.id and row[3] == LIVE]
        return [golden_id for golden_id in rows if golden_id not in self.drafts or not self.drafts[golden_id].fresh]

    def golden_row(self, draft: Draft) -> Row:
        doc, origin = draft.doc or orjson.dumps(draft.fields), draft.encoded_origin()
        return records.golden_row(draft.golden_id, self.place.row.entity_id, draft.state, doc, origin, draft.apart)

    def rematch(self) -> None:
        """Match keys of new golden records, and of those whose matched fields changed. That this system's own key is
        known needs none: there is a link."""
        place = self.place
        names, claimed = looked_at(place), claims(place)
        foreign = claimed - {place.own}
        for golden_id in self.touched if names else ():
            draft = self.drafts[golden_id]
            moved = names.intersection(draft.before)
            if moved == {place.own} and draft.before[place.own] is None:
                continue
            if draft.fresh or moved:
                if draft.state == LIVE:
                    self.match_rows += key_rows(place, golden_id, draft.fields, foreign if draft.fresh else claimed)
                if not draft.fresh:
                    self.rematched.append(golden_id)


def _state(row: Row) -> int:
    """Links that end are written before those that begin: a golden record has one live link in a system."""
    return int(row[3] == LIVE)
