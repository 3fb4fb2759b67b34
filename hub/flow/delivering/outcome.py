"""What follows from a system's answers to a page of writes: links, shadows, what is done and what is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import ne
from typing import Any

from hub.adapter import Failure, Written
from hub.core.errors import Gone, HubError, Refused, Stale, Unknown
from hub.core.likeness import like
from hub.core.merge import NEVER_MET, Shadow
from hub.core.merge import settle as settled
from hub.core.record import Fields, Raw, Record
from hub.core.retry import tried, wait
from hub.flow.batch import Batch
from hub.flow.delivering.plan import DELETIONS, Plan
from hub.flow.place import Hub, Place, stamp
from hub.flow.references import Keys
from hub.store import deliveries, intents, links, records, reviews, waiting
from hub.store.database import Tx
from hub.store.deliveries import CREATING, OWED, REFUSED, Due
from hub.store.records import Known
from hub.store.schema import DELETED, LIVE, UNLINKED

#: After a time-out the request may still be carried out for so long.
LATE = timedelta(seconds=60)

Outcome = Written | Failure
#: What was carried out, and what the system said; True: in its own answer.
Carried = tuple[Plan, Written, bool]


#: What is counted of deliveries, by name.
NUMBERS = ("created", "updated", "deleted", "stale", "refused", "postponed", "in_doubt")


@dataclass(slots=True)
class Sent:
    """What was delivered."""

    created: int = 0
    updated: int = 0
    deleted: int = 0
    #: Found changed over there before the write, and merged first.
    stale: int = 0
    refused: int = 0
    postponed: int = 0
    in_doubt: int = 0
    #: Deletions that are left until those of their children are sent.
    later: int = 0
    #: Why the system could not be written to at all. None: it could.
    stopped: HubError | None = None
    errors: list[str] = field(default_factory=list)
    #: Was anything done, counted or not? False: nothing is due, or what is waits for something else.
    acted: bool = False

    def add(self, other: "Sent") -> None:
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.later += other.later
        self.stopped = self.stopped or other.stopped
        self.errors += other.errors
        self.acted = self.acted or other.acted

    @property
    def written(self) -> int:
        return self.created + self.updated + self.deleted


@dataclass(slots=True)
class Afresh:
    """What has to be merged before it is decided anew what to send."""

    #: Records that differ from what we knew.
    differ: list[Record] = field(default_factory=list)
    #: Keys of records that are not there any more.
    gone: list[str] = field(default_factory=list)
    #: Keys of records to be read again: refused as stale, or holding what we may have sent already.
    stale: list[str] = field(default_factory=list)
    #: Writes to records of which the system says that they are not there. They are looked for.
    missed: list[Plan] = field(default_factory=list)
    #: Creates whose child was deleted over there before we knew of it.
    orphans: list[Plan] = field(default_factory=list)


class Outcomes:
    """The outcomes of one page, stored in one transaction."""

    def __init__(
        self,
        hub: Hub,
        place: Place,
        sent: Sent,
        afresh: Afresh,
        encoded: Mapping[int, bytes],
        keys: Keys | None = None,
    ) -> None:
        """`encoded`: what went out, as it is stored, by golden id. `keys`: of the parents."""
        self.keys = keys
        self.hub, self.place, self.sent, self.afresh, self.encoded = hub, place, sent, afresh, encoded
        #: Carried out or not, or not known what the system made of it: these stay open as sent, to be recognised when
        #: they are seen.
        self.open: list[Plan] = []
        self.failed: list[tuple[Due, dict[str, Any]]] = []
        #: Golden records of whose write nothing is out any more, whatever they are owed since.
        self.over: list[int] = []
        #: Was a create repeated, and is in doubt no more?
        self.repeated = False
        #: References that were written the new key of a parent that was made anew.
        self.renewed: list[tuple[int, int, str]] = []

    def store(self, token: str, plans: Sequence[Plan], outcomes: Sequence[tuple[Outcome, bool]]) -> None:
        """`token`: of the creates. With each outcome, whether the system said it in its own answer."""
        carried: list[Carried] = []
        with self.hub.store.transaction() as tx:
            owners = self.owners(tx, plans, outcomes)
            for item, (outcome, told) in zip(plans, outcomes, strict=True):
                golden_id = item.due.golden_id
                if not isinstance(outcome, Written):
                    self.failure(item, outcome.error)
                elif item.step == "create" and owners.setdefault(outcome.key, golden_id) != golden_id:
                    self.not_new(item, outcome.key, owners[outcome.key])
                elif item.step in ("update", "close") and outcome.key != item.due.known.key:
                    self.elsewhere(item, outcome.key)
                else:
                    carried.append((item, outcome, told))
            batch = Batch(self.hub, self.place, tx)
            for item, outcome, told in self.as_of_now(tx, carried):
                self.written(batch, item, outcome, told)
            batch.save()
            self.close(tx, token)

    def as_of_now(self, tx: Tx, carried: list[Carried]) -> list[Carried]:
        """People go on deciding while writes are out. What they changed since stays as they left it: the plan goes by
        that from here on, and what failed is owed in its new form. (Whether anything did, `finish` tells for nothing.)
        """
        done = [item.due for item, outcome, _ in carried if not silent(item, outcome)]
        if deliveries.finish(tx, self.place.id, done) == len(done) == len(carried) and not self.failed:
            return carried
        out = [item.due for item, _, _ in carried]
        changed = deliveries.changed(tx, self.place.id, [*out, *(due for due, _ in self.failed)])
        over = {due.golden_id for due, row in self.failed if due.golden_id in changed and not row["doubt"]}
        self.failed = [(due, row) for due, row in self.failed if due.golden_id not in over]
        self.over += over
        known = records.load(tx, self.place.id, [due.golden_id for due in out if due.golden_id in changed])
        anew = {due.golden_id: due._replace(known=known[due.golden_id]) for due in out if due.golden_id in known}
        return [(p._replace(due=anew.get(p.due.golden_id, p.due)), outcome, told) for p, outcome, told in carried]

    def owners(self, tx: Tx, plans: Sequence[Plan], outcomes: Sequence[tuple[Outcome, bool]]) -> dict[str, int]:
        """Of the records that creates were answered with, those that are linked already, with their golden records."""
        made = [(item, outcome) for item, (outcome, _) in zip(plans, outcomes, strict=True) if item.step == "create"]
        return links.taken(tx, self.place.id, [it.key for _, it in made if isinstance(it, Written)])

    def close(self, tx: Tx, token: str) -> None:
        """Nothing is out any more but what is marked as such."""
        place_id = self.place.id
        intents.done(tx, place_id)
        fresh = [item for item in self.open if item.due.state != CREATING]
        due_at = self.later(self.hub.machine.settle_after)
        sent = [(item.step, item.due.golden_id, self.encoded[item.due.golden_id]) for item in fresh]
        deliveries.creating(tx, [(place_id, id_, doc, token, due_at) for step, id_, doc in sent if step == "create"])
        deliveries.updating(tx, [(place_id, id_, doc) for step, id_, doc in sent if step != "create"])
        deliveries.postpone(tx, [row for _, row in self.failed])
        waiting.done(tx, self.renewed)
        if self.repeated:  # what may have been its child is looked at again, before anything is created beside it
            reviews.wake(tx, place_id, "in-doubt", self.hub.now())
        deliveries.reopen(tx, place_id, self.over)

    def later(self, pause: timedelta) -> str:
        return stamp(self.hub.machine.now() + pause)

    # -- carried out ------------------------------------------------------------------------------

    def written(self, batch: Batch, item: Plan, outcome: Written, told: bool) -> None:
        if silent(item, outcome):
            self.open.append(item)
        elif item.due.state == CREATING:
            self.over.append(item.due.golden_id)
        if item.step in DELETIONS:
            self.deleted(batch, item, outcome)
        elif item.step == "create":
            self.created(batch, item, outcome, told)
        else:
            self.updated(batch, item, outcome, told)

    def created(self, batch: Batch, item: Plan, outcome: Written, told: bool) -> None:
        self.sent.created += 1
        place, known, key = self.place, item.due.known, outcome.key
        repeated = item.due.state == CREATING
        holds, hash_ = self.holds(item, outcome, told and not repeated)
        as_sent = holds is item.sent
        shadow = Shadow(holds) if as_sent else settled(NEVER_MET, item.sent, holds)
        doc = self.encoded.get(known.golden_id) if as_sent else None
        batch.link(place, key, known.golden_id, hash_, known_version(outcome, hash_), shadow, doc)
        batch.audit(known.golden_id, place, "created", {"key": [None, key]})
        if place.named:
            draft = batch.draft(known)
            draft.set(place.own, key)
            batch.touch(draft)
            batch.owe_others(place, draft, (place.own,))
        if known.state == DELETED or repeated:
            batch.owe(place, known.golden_id)
        self.repeated = self.repeated or repeated

    def updated(self, batch: Batch, item: Plan, outcome: Written, told: bool) -> None:
        self.sent.updated += 1
        known = item.due.known
        before = known.shadow or NEVER_MET
        holds, hash_ = self.holds(item, outcome, told)
        shadow = settled(before, item.sent, holds)
        batch.seen(self.place, outcome.key, hash_, known_version(outcome, hash_), shadow)
        detail = {name: [before.fields.get(name), value] for name, value in item.sent.items()}
        batch.audit(known.golden_id, self.place, "updated", detail)
        if self.keys is not None and not silent(item, outcome):
            self.renewed += self.keys.rewritten(known.golden_id, item.sent)

    def deleted(self, batch: Batch, item: Plan, outcome: Written) -> None:
        self.sent.deleted += 1
        known = item.due.known
        before = known.shadow.fields if known.shadow else {}
        if item.step == "close":
            detail = {name: [before.get(name), value] for name, value in item.sent.items()}
            batch.audit(known.golden_id, self.place, "updated", detail)
            let_go(batch, known)
            return
        batch.unlink(self.place, known.key or outcome.key, known)
        if known.state == LIVE:  # a person said so while the deletion was out: it is made anew
            batch.name_key(self.place, batch.draft(known), None)
        batch.audit(known.golden_id, self.place, "deleted", {name: [value, None] for name, value in before.items()})

    def holds(self, item: Plan, outcome: Written, told: bool) -> tuple[Fields, bytes | None]:
        """What the system made of what we sent, and the hash of what it shows now (None: merge it when it is seen)."""
        raw, place = outcome.fields, self.place
        assert item.write is not None
        if raw is None:
            return {}, None
        shown = place.values(raw)
        if shown == place.values(item.write.fields) if item.step == "create" else self.as_asked(item, raw):
            return item.sent, place.digest(shown)
        sent, shadow = item.sent, (item.due.known.shadow or NEVER_MET).fields
        fields, problems = place.binding.mapping.to_hub(raw)
        fields, strange = self.keys.back(fields) if self.keys else (fields, False)
        holds = {name: fields.get(name, value) for name, value in sent.items()}
        edited = {} if told or holds == sent else {n: v for n, v in sent.items() if not like(v, holds[n])}
        others = fields.keys() - sent.keys()
        news = any(map(ne, map(fields.get, others), map(shadow.get, others)))
        if problems or edited or news or strange:
            self.afresh.differ.append(Record(outcome.key, raw, outcome.version, outcome.stamp))
            return {**holds, **edited}, None
        return holds, place.digest(shown)

    def as_asked(self, item: Plan, raw: Raw) -> bool:
        """Does the answer to an update show what we sent, and nothing else that is new? Told without reading the whole
        record: with our fields put back to what they held, it is the record that we knew."""
        known, place = item.due.known, self.place
        assert item.write is not None
        if known.shadow is None or any(raw.get(name, raw) != value for name, value in item.write.fields.items()):
            return False
        base = known.shadow.fields
        before, problems = place.binding.mapping.to_system({name: base.get(name) for name in item.sent})
        return not problems and place.fingerprint({**raw, **before}) == known.hash

    # -- not carried out --------------------------------------------------------------------------

    def not_new(self, item: Plan, key: str, owner: int) -> None:
        """The system made no record, but gave one that it had: it takes them for the same."""
        said = (
            f"{self.place.binding.system} made no new record, but answered with {key}, which is hub:{owner} there: a "
            f"link is 1:1; make one record of the two, or make hub:{item.due.golden_id} differ in what it compares"
        )
        self.mistaken(item, Refused("create.not-new", said), [key])

    def elsewhere(self, item: Plan, key: str) -> None:
        """An update was answered with another record: was it merged into that one?"""
        mine = str(item.due.known.key)
        said = f"{self.place.binding.system} answered with {key}, not {mine}: nobody knows which of the two it changed"
        self.mistaken(item, Refused("update.another", said), [mine, key])

    def mistaken(self, item: Plan, error: Refused, keys: Sequence[str]) -> None:
        """These records are read again: they may hold by now what was sent."""
        self.afresh.stale += keys
        self.sent.errors.append(str(error))
        self.sent.refused += 1
        self.failed.append((item.due, failed(self.hub, self.place, item.due, error, REFUSED)))

    def failure(self, item: Plan, error: HubError) -> None:
        """What becomes of a delivery that was not carried out."""
        key = item.due.known.key
        if isinstance(error, Gone) and self.childless(item):
            said = f"{error.said}: of a record that was not there yet; is the address of the create right?"
            error = Refused("create.gone", said)
        if isinstance(error, Stale) and key is not None:
            self.afresh.stale.append(key)
        elif isinstance(error, Gone):
            self.vanished(item)
        else:
            self.sent.errors.append(str(error))
            self.again(item, error)

    def childless(self, item: Plan) -> bool:
        """Is this a create of which the system cannot have lost a child: sent for the first time, or unknown there?"""
        return item.step == "create" and not (item.due.state == CREATING and self.place.adapter.can.tokens)

    def again(self, item: Plan, error: HubError) -> None:
        # A create in doubt stays so whatever this try said: the first one may have been carried out.
        if item.step == "create" and (isinstance(error, Unknown) or item.due.state == CREATING):
            self.sent.in_doubt += 1
            state = CREATING
        elif isinstance(error, Refused):
            self.sent.refused += 1
            state = REFUSED
        else:
            self.sent.postponed += 1
            state = OWED
        if isinstance(error, Unknown) and item.step != "delete":
            self.open.append(item)
        self.failed.append((item.due, failed(self.hub, self.place, item.due, error, state)))

    def vanished(self, item: Plan) -> None:
        """Not there any more. For a create: its child landed under our token, and was deleted before we saw it."""
        found = self.afresh.orphans if item.due.known.key is None else self.afresh.missed
        found.append(item)


def silent(item: Plan, outcome: Outcome) -> bool:
    """Was it carried out, without a word on what the system now holds?"""
    return isinstance(outcome, Written) and outcome.fields is None and item.step not in DELETIONS


def let_go(batch: Batch, known: Known) -> None:
    """The record stays in its system, and is synced no more; should the golden record live again, it is not made anew
    there."""
    draft = batch.draft(known)
    draft.apart |= {batch.place.id}
    batch.touch(draft)
    if known.key in batch.hub.guard.absent(batch.tx, batch.place.id):
        batch.hub.guard.found(batch.tx, batch.place.id, [str(known.key)])
    batch.unlink(batch.place, str(known.key), known, UNLINKED)
    batch.audit(known.golden_id, batch.place, "unlinked", {"key": [known.key, None]})


def known_version(outcome: Written, hash_: bytes | None) -> str | None:
    """The version of what is merged already: an edit that is not, is not overwritten by the next write."""
    return outcome.version if hash_ is not None else None


def failed(hub: Hub, place: Place, due: Due, error: HubError, state: str) -> dict[str, Any]:
    """When a delivery is tried again, and why it was not carried out (see `deliveries.postpone`)."""
    counts = tried(error)
    pause = LATE if state == CREATING else wait(due.attempts, error, hub.machine.jitter())
    due_at = stamp(hub.machine.now() + pause) if counts or state == CREATING else due.due_at
    return {
        "binding_id": place.id,
        "golden_id": due.golden_id,
        "state": state,
        "attempts": due.attempts + counts,
        "due_at": due_at,
        "code": error.code,
        "said": error.said,
        "doubt": isinstance(error, Unknown) or state == CREATING,
    }
