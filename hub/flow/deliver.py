"""Deliver what is owed: store the intent, look, call, store the outcome. Page by page, in batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson

from hub.adapter import Failure, Write, Written
from hub.core.errors import Denied, Gone, HubError, Refused, Stale, TryLater, Unknown
from hub.core.likeness import like
from hub.core.merge import Shadow
from hub.core.merge import settle as settled
from hub.core.record import Fields, Raw, Record
from hub.core.retry import wait
from hub.flow.batch import Batch
from hub.flow.merge import Seen, bury, merge_page
from hub.flow.place import Hub, Place, stamp
from hub.flow.plan import EMPTY, Plan, plan
from hub.flow.settle import settle
from hub.store import catalog, deliveries, links
from hub.store.database import Tx, chunks
from hub.store.deliveries import CREATING, OWED, REFUSED, Due
from hub.store.schema import DELETED

#: Deliveries planned, sent and settled together: two commits for them all.
PAGE = 500
#: Fewer where we look before we write: between the look and the write people go on working.
LOOKED = 200
#: A record that keeps changing over there while we try to write it is left for the next run after so many rounds.
ROUNDS = 5
#: After a time-out the request may still be carried out for so long.
LATE = timedelta(seconds=60)

Outcome = Written | Failure


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
    #: Why the system could not be written to at all. None: it could.
    stopped: HubError | None = None
    errors: list[str] = field(default_factory=list)

    def add(self, other: "Sent") -> None:
        for name in ("created", "updated", "deleted", "stale", "refused", "postponed", "in_doubt"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.stopped = self.stopped or other.stopped
        self.errors += other.errors

    @property
    def written(self) -> int:
        return self.created + self.updated + self.deleted


def deliver(hub: Hub, place: Place, *, doubts: bool = False) -> Sent:
    """Send everything that is due to a system. `doubts`: only creates whose answer we do not have."""
    total = Sent()
    for _ in range(ROUNDS):
        sent = one_round(hub, place, doubts)
        total.add(sent)
        if sent.stopped or not sent.stale:
            break
    return total


def one_round(hub: Hub, place: Place, doubts: bool) -> Sent:
    total, after = Sent(), -1
    while place.writes and total.stopped is None:
        page = DeliveryPage(hub, place)
        plans = page.run(after, doubts)
        total.add(page.sent)
        if len(plans) < page.size:
            break
        after = plans[-1].due.golden_id
    return total


class DeliveryPage:
    """Some deliveries to one system."""

    def __init__(self, hub: Hub, place: Place) -> None:
        self.hub, self.place = hub, place
        self.sent = Sent()
        self.now = hub.now()
        self.size = PAGE if place.adapter.can.conditional else LOOKED
        #: Records that differ from what we knew: merged after the outcome is stored.
        self.differ: list[Record] = []
        self.gone: list[str] = []
        #: What is sent, as it is stored, by golden id.
        self.encoded: dict[int, bytes] = {}
        #: Creates whose child was deleted over there before we knew of it.
        self.orphans: list[Plan] = []
        #: Refused as stale: read again, then merged.
        self.stale: list[str] = []

    def run(self, after: int, doubts: bool) -> list[Plan]:
        """Deliver one page; what was planned. Less than a page: there is no more."""
        plans = self.intend(after, doubts)
        ready = self.look([item for item in plans if item.write is not None])
        outcomes = self.send(ready)
        self.store(ready, self.read_back(ready, outcomes))
        self.merge()
        self.checked([item.due.golden_id for item in plans if item.step == "check"])
        self.settle([item for item in plans if item.step == "settle"])
        return plans

    # -- intent -----------------------------------------------------------------------------------

    def intend(self, after: int, doubts: bool) -> list[Plan]:
        """Decide what to send; creates are marked before they go out."""
        place = self.place
        with self.hub.store.transaction() as tx:
            due = deliveries.due(tx, place.id, self.now, after, self.size, doubts=doubts)
            if not due:
                return []
            token = format(self.hub.machine.ids(1)[0], "x")
            plans = [plan(place, item, token) for item in due]
            deliveries.finish(tx, place.id, [item.due for item in plans if item.step == "none"])
            deliveries.postpone(tx, [self.refuse(item) for item in plans if item.step == "refuse"])
            self.revisit(tx, [item for item in plans if item.step in ("contest", "check")])
            self.announce(tx, plans, token)
        return plans

    def announce(self, tx: Tx, plans: Sequence[Plan], token: str) -> None:
        """What is about to go out, so that it is known for what it is should its answer never come."""
        fresh = [item for item in plans if item.step == "create" and item.due.state != CREATING]
        due_at = self.later(self.hub.machine.settle_after)
        deliveries.creating(tx, [{**self.intent(item), "token": token, "due_at": due_at} for item in fresh])
        deliveries.updating(tx, [self.intent(item) for item in plans if item.step == "update"])

    def intent(self, item: Plan) -> dict[str, Any]:
        encoded = self.encoded[item.due.golden_id] = orjson.dumps(item.sent)
        return {"binding_id": self.place.id, "golden_id": item.due.golden_id, "sent": encoded}

    def revisit(self, tx: Tx, plans: Sequence[Plan]) -> None:
        """Read and merged before anything is sent: an update that may have arrived already, and a deletion that would
        take an undecided edit with it."""
        keys = [str(item.due.known.key) for item in plans]
        links.revisit(tx, [{"binding_id": self.place.id, "key": key} for key in keys])
        self.stale += keys

    def later(self, pause: timedelta) -> str:
        return stamp(self.hub.machine.now() + pause)

    def refuse(self, item: Plan) -> dict[str, Any]:
        assert item.problem is not None
        self.sent.refused += 1
        return self.failed(item.due, item.problem, REFUSED)

    def failed(self, due: Due, error: HubError, state: str) -> dict[str, Any]:
        pause = LATE if state == CREATING else wait(due.attempts, error, self.hub.machine.jitter())
        return {
            "binding_id": self.place.id,
            "golden_id": due.golden_id,
            "state": state,
            "attempts": due.attempts + 1,
            "due_at": self.later(pause),
            "code": error.code,
            "said": error.said,
            "doubt": isinstance(error, Unknown) or state == CREATING,
        }

    # -- look before you write --------------------------------------------------------------------

    def look(self, plans: list[Plan]) -> list[Plan]:
        """Where the system cannot compare, we do: a record that differs from what we knew is merged first."""
        can = self.place.adapter.can
        blind = [p for p in plans if p.step != "create" and not (can.conditional and p.due.known.version)]
        if not blind:
            return plans
        found = {record.key: record for record in self.read([str(p.due.known.key) for p in blind])}
        if self.sent.stopped:
            self.unsent(plans)
            return []
        skip = {p.due.golden_id for p in blind if not self.same(p, found.get(str(p.due.known.key)))}
        return [p for p in plans if p.due.golden_id not in skip]

    def unsent(self, plans: Sequence[Plan]) -> None:
        """Announced, and surely not sent."""
        with self.hub.store.transaction() as tx:
            fresh = [item.due.golden_id for item in plans if item.due.state != CREATING]
            deliveries.reopen(tx, self.place.id, fresh)
            deliveries.owe(tx, [(self.place.id, golden_id) for golden_id in fresh], self.now)

    def same(self, item: Plan, record: Record | None) -> bool:
        known = item.due.known
        if record is None:
            self.gone.append(str(known.key))
            return False
        if self.place.fingerprint(record.fields) == known.hash:
            return True
        self.differ.append(record)
        return False

    def read(self, keys: Sequence[str]) -> list[Record]:
        adapter, found = self.place.adapter, list[Record]()
        try:
            for part in chunks(keys, adapter.can.read_batch):
                found += adapter.read(self.place.binding.object, part)
        except HubError as error:
            self.stop(error)
        return found

    def stop(self, error: HubError) -> None:
        """The system is away or refuses us: nothing more is sent in this run."""
        self.sent.stopped = error
        self.sent.errors.append(str(error))
        if isinstance(error, Denied):
            with self.hub.store.transaction() as tx:
                catalog.pause(tx, self.place.id, str(error))

    # -- send -------------------------------------------------------------------------------------

    def send(self, plans: Sequence[Plan]) -> list[Outcome]:
        """One outcome each. Batches go out side by side; a golden record is in one of them only."""
        can = self.place.adapter.can
        parts = list(chunks([item.write for item in plans if item.write is not None], can.batch))
        answers = self.hub.machine.spread(self.call, parts, can.connections)
        return [outcome for answer in answers for outcome in answer]

    def call(self, writes: Sequence[Write]) -> list[Outcome]:
        if self.sent.stopped is not None:
            return [Failure(TryLater("system.stopped", f"not sent: {self.sent.stopped.said}"))] * len(writes)
        try:
            outcomes = self.place.adapter.write(self.place.binding.object, writes)
        except HubError as error:
            if isinstance(error, TryLater | Denied):
                self.stop(error)
            return [Failure(error)] * len(writes)
        missing = Failure(Unknown("answer.short", f"{len(outcomes)} outcomes for {len(writes)} writes"))
        return [*outcomes, *[missing] * (len(writes) - len(outcomes))]

    def read_back(self, plans: Sequence[Plan], outcomes: list[Outcome]) -> list[tuple[Outcome, bool]]:
        """Where the answer did not say what the system now holds, ask. True: it said so in its own answer."""
        keys = [o.key for p, o in zip(plans, outcomes, strict=True) if isinstance(o, Written) and _silent(p, o)]
        if not keys:
            return [(outcome, True) for outcome in outcomes]
        stopped = self.sent.stopped
        found = {record.key: record for record in self.read(keys)}
        self.sent.stopped = stopped  # a failed read-back leaves the records to the next poll
        return [(_told(o, found), False) if _silent(p, o) else (o, True) for p, o in zip(plans, outcomes, strict=True)]

    # -- outcome ----------------------------------------------------------------------------------

    def store(self, plans: Sequence[Plan], outcomes: Sequence[tuple[Outcome, bool]]) -> None:
        """One transaction for all outcomes of the page."""
        if not plans:
            return
        with self.hub.store.transaction() as tx:
            batch = Batch(self.hub, self.place, tx)
            done: list[Due] = []
            failed: list[dict[str, Any]] = []
            for item, (outcome, told) in zip(plans, outcomes, strict=True):
                if isinstance(outcome, Written):
                    self.written(batch, item, outcome, told)
                    # Not known what the system made of it: it stays open as sent, to be recognised when it is seen.
                    done += [] if _silent(item, outcome) else [item.due]
                else:
                    failed += self.failure(item, outcome.error)
            batch.save()
            deliveries.finish(tx, self.place.id, done)
            deliveries.postpone(tx, failed)
            # Owed again already, since the golden record changed meanwhile: but nothing is out any more.
            deliveries.reopen(tx, self.place.id, [due.golden_id for due in done])

    def written(self, batch: Batch, item: Plan, outcome: Written, told: bool) -> None:
        if item.step == "delete":
            self.sent.deleted += 1
            self.wrote_delete(batch, item, outcome)
            return
        known = item.due.known
        draft = batch.draft(known)
        created = item.step == "create"
        repeated = item.due.state == CREATING
        holds, hash_ = self.holds(item, outcome, told and not repeated)
        as_sent = created and holds is item.sent
        shadow = Shadow(holds) if as_sent else settled(EMPTY if created else known.shadow or EMPTY, item.sent, holds)
        # The version of what is merged already: an edit that is not, is not overwritten by the next write.
        version = outcome.version if hash_ is not None else None
        if created:
            batch.link(self.place, outcome.key, known.golden_id, hash_, version)
        else:
            batch.seen(self.place, outcome.key, hash_, version)
        batch.shadow(self.place, outcome.key, shadow, self.encoded.get(known.golden_id) if as_sent else None)
        if not created:
            self.sent.updated += 1
            before = known.shadow or EMPTY
            detail = {name: [before.fields.get(name), value] for name, value in item.sent.items()}
            batch.audit(draft, self.place, "updated", detail)
            return
        self.sent.created += 1
        batch.audit(draft, self.place, "created", {"key": [None, outcome.key]})
        if self.place.named:
            draft.set(self.place.own, outcome.key)
            batch.touch(draft)
            batch.owe_others(self.place, draft, (self.place.own,))
        if known.state == DELETED or repeated:
            batch.owe(self.place, known.golden_id)

    def wrote_delete(self, batch: Batch, item: Plan, outcome: Written) -> None:
        known = item.due.known
        key = known.key or outcome.key
        batch.link(self.place, key, known.golden_id, None, None, DELETED)
        batch.forget(self.place, key)
        before = known.shadow.fields if known.shadow else {}
        batch.audit(batch.draft(known), self.place, "deleted", {name: [value, None] for name, value in before.items()})

    def holds(self, item: Plan, outcome: Written, told: bool) -> tuple[Fields, bytes | None]:
        """What the system made of what we sent, and the hash of what it shows now (None: merge it when it is seen)."""
        raw, mapping = outcome.fields, self.place.binding.mapping
        assert item.write is not None
        if raw is None:
            return {}, None
        if len(item.write.fields) == len(mapping.raw_names) and _equal(raw, item.write.fields):
            return item.sent, self.place.fingerprint(raw)
        fields, problems = mapping.to_hub(raw)
        shadow = (item.due.known.shadow or EMPTY).fields
        holds = {name: fields.get(name, value) for name, value in item.sent.items()}
        edited = {} if told else {n: v for n, v in item.sent.items() if not like(v, holds[n])}
        news = any(fields[n] != shadow.get(n) for n in fields if n not in item.sent)
        if problems or edited or news:
            self.differ.append(Record(outcome.key, raw, outcome.version, outcome.stamp))
            return {**holds, **edited}, None
        return holds, self.place.fingerprint(raw)

    def failure(self, item: Plan, error: HubError) -> list[dict[str, Any]]:
        """What becomes of a delivery that was not carried out."""
        key = item.due.known.key
        if isinstance(error, Stale) and key is not None:
            self.stale.append(key)
            return []
        if isinstance(error, Gone):
            self.vanished(item)
            return []
        self.sent.errors.append(str(error))
        # A create in doubt stays so whatever this try said: the first one may have been carried out.
        if item.step == "create" and (isinstance(error, Unknown) or item.due.state == CREATING):
            self.sent.in_doubt += 1
            return [self.failed(item.due, error, CREATING)]
        if isinstance(error, Refused):
            self.sent.refused += 1
            return [self.failed(item.due, error, REFUSED)]
        self.sent.postponed += 1
        return [self.failed(item.due, error, OWED)]

    def vanished(self, item: Plan) -> None:
        """Not there any more. For a create: its child landed under our token, and was deleted before we saw it."""
        key = item.due.known.key
        if key is not None:
            self.gone.append(key)
        else:
            self.orphans.append(item)

    def merge(self) -> None:
        """What we found changed over there goes back through the merge; then the delivery is decided again."""
        if self.stale:
            found = self.read(self.stale)
            self.differ += found
            if self.sent.stopped is None:
                self.gone += set(self.stale).difference(record.key for record in found)
        if self.differ or self.gone:
            self.sent.stale += len(self.differ) + len(self.gone)
            merge_page(self.hub, self.place, Seen(self.differ, self.gone))
        if self.orphans:
            bury(self.hub, self.place, [(item.due.known, item.sent) for item in self.orphans])

    def checked(self, golden_ids: Sequence[int]) -> None:
        """These updates were looked for, and what they did is merged: from here on it is as if never sent."""
        if golden_ids and self.sent.stopped is None:
            with self.hub.store.transaction() as tx:
                deliveries.reopen(tx, self.place.id, golden_ids)

    # -- creates in doubt -------------------------------------------------------------------------

    def settle(self, plans: Sequence[Plan]) -> None:
        """Look for the child of an unanswered create by our own key or by the match rules."""
        if plans and self.sent.stopped is None:
            settle(self.hub, self.place, [item.due for item in plans])


def _silent(item: Plan, outcome: Outcome) -> bool:
    return isinstance(outcome, Written) and outcome.fields is None and item.step != "delete"


def _told(outcome: Outcome, found: Mapping[str, Record]) -> Outcome:
    record = found.get(outcome.key) if isinstance(outcome, Written) else None
    if record is None:
        return outcome
    return Written(record.key, record.version, record.stamp, record.fields)


def _equal(raw: Raw, sent: Raw) -> bool:
    """Does the answer hold everything that was sent, as it was sent?"""
    return list(map(raw.get, sent)) == list(sent.values())
