"""Deliver what is owed: store the intent, look, call, store the outcome. Page by page, in batches."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import orjson

from hub.adapter import Failure, Write, Written
from hub.core.errors import Denied, HubError, Refused, TryLater, Unknown
from hub.core.landing import given_up
from hub.core.mapping import misfit
from hub.core.record import Record
from hub.core.retry import UNSENT, asked
from hub.flow.batch import Batch
from hub.flow.delivering.halving import Halving
from hub.flow.delivering.outcome import Afresh, Outcome, Outcomes, Sent, failed, let_go, silent
from hub.flow.delivering.plan import GONE, Plan, plan
from hub.flow.delivering.restraint import restrained, waits
from hub.flow.delivering.rivals import Rivals, contested, rivals
from hub.flow.delivering.settle import settle
from hub.flow.merging.merge import bury, merge_page
from hub.flow.place import Hub, Place, stamp
from hub.flow.references import Keys, mothers, note
from hub.flow.seen import Seen
from hub.store import catalog, deliveries, intents, links, records
from hub.store.database import Tx, chunks
from hub.store.deliveries import CREATING, OWED, REFUSED
from hub.store.intents import Intent

#: Deliveries planned, sent and settled together: two commits for them all.
PAGE = 500
#: Fewer where we look before we write: between the look and the write people go on working.
LOOKED = 200
#: A record that keeps changing over there while we try to write it is left for the next run after so many rounds.
ROUNDS = 5
#: So many others are looked for where nothing is found.
OTHERS = 5
#: A write without an answer shows so long after it was looked for, or never; the hub may have been off meanwhile.
AT_LAST = timedelta(days=7)
#: After so many calls in a row without any answer the system is taken to be away.
LOST = 3


def deliver(hub: Hub, place: Place, *, doubts: bool = False, linked: bool = False, later: bool = False) -> Sent:
    """Send everything that is due to a system. `doubts`: only creates whose answer we do not have; `linked`: nothing
    new is created; `later`: nothing is deleted yet."""
    total = Sent()
    for _ in range(ROUNDS):
        sent = one_round(hub, place, doubts, linked, later)
        total.add(sent)
        if sent.stopped or not (sent.stale or (sent.later and sent.deleted)):
            break
    return total


def one_round(hub: Hub, place: Place, doubts: bool, linked: bool, later: bool) -> Sent:
    total, after = Sent(), -1
    while place.writes and total.stopped is None:
        page = DeliveryPage(hub, place, linked=linked, later=later)
        plans = page.run(after, doubts)
        page.sent.acted = any(item.step != "twin" for item in plans)
        total.add(page.sent)
        if len(plans) < page.size:
            break
        after = plans[-1].due.golden_id
    return total


class DeliveryPage:
    """Some deliveries to one system."""

    def __init__(self, hub: Hub, place: Place, *, linked: bool = False, later: bool = False) -> None:
        self.hub, self.place, self.linked, self.later = hub, place, linked, later
        #: Of parents in this system. None: the entity refers to no other.
        self.keys: Keys | None = None
        self.sent, self.afresh = Sent(), Afresh()
        self.now = hub.now()
        self.size = PAGE if place.adapter.can.conditional else LOOKED
        #: Of the creates that go out with this page for the first time.
        self.token = format(hub.machine.ids(1)[0], "x")
        #: What is announced, encoded, by golden id.
        self.encoded: dict[int, bytes] = {}
        #: Of creates: the keys of the records that they had here and that were deleted, by golden id.
        self.former: dict[int, list[str]] = {}
        #: Those of them that are there again.
        self.back: dict[int, str] = {}
        #: What records that stand aside in doubt are found by.
        self.rivals: Rivals = frozenset()
        #: Did reading by keys find anything?
        self.finds = False
        #: Keys of records that it did not find, nor any others: and what to say of that.
        self.unproved: set[str] = set()
        self.nothing = TryLater("lookup.finds-nothing", "")
        #: Calls in a row that were not answered.
        self.lost = 0

    def run(self, after: int, doubts: bool) -> list[Plan]:
        """Deliver one page; what was planned. Less than a page: there is no more."""
        self.ask()
        if self.sent.stopped is not None:
            return []
        plans = self.intend(after, doubts)
        self.hub.store.held.still()
        ready = self.look([item for item in plans if item.write is not None])
        outcomes = self.read_back(ready, self.send(ready))
        if ready or self.encoded:
            settled = Outcomes(self.hub, self.place, self.sent, self.afresh, self.encoded, self.keys)
            settled.store(self.token, ready, outcomes)
        self.merge()
        waits = self.unreadable(plans)
        self.checked([p.due.golden_id for p in plans if p.step == "check" and p.due.golden_id not in waits])
        self.settle([item for item in plans if item.step == "settle"])
        return plans

    def ask(self) -> None:
        """Who stands aside over there that what is to be created may be."""
        try:
            self.rivals = rivals(self.hub, self.place)
        except HubError as error:
            self.stop(error)

    # -- intent -----------------------------------------------------------------------------------

    def intend(self, after: int, doubts: bool) -> list[Plan]:
        """Decide what to send, and write it down before it goes out."""
        place = self.place
        with self.hub.store.transaction() as tx:
            if after < 0:
                intents.land(tx, place.id)
            due = deliveries.due(tx, place.id, self.now, after, self.size, doubts=doubts, linked=self.linked)
            self.keys = Keys(place, tx, due) if place.parents else None
            plans = self.uncontested(tx, [plan(place, item, self.token, self.keys) for item in due])
            plans = restrained(self.hub, tx, place, self.in_turn(plans))
            deliveries.finish(tx, place.id, [item.due for item in plans if item.step in ("none", "part", "block")])
            deliveries.postpone(tx, [self.refuse(item) for item in plans if item.step == "refuse"])
            deliveries.postpone(tx, [waits(self.hub, place, item.due) for item in plans if item.step == "wait"])
            self.part([item for item in plans if item.step == "part"], tx)
            self.revisit(tx, [item for item in plans if item.step in ("contest", "check")])
            self.former = links.former(tx, place.id, [item.due.golden_id for item in plans if item.step == "create"])
            self.announce(tx, plans)
            if place.parents:
                note(tx, place, {item.due.golden_id: item.waits for item in plans}, self.now)
        return plans

    def in_turn(self, plans: list[Plan]) -> list[Plan]:
        """Deletions of parents are left until those of their children are sent."""
        if not self.place.children:
            return plans
        gone = [item.due for item in plans if item.step in GONE]
        left = {due.golden_id for due in gone}
        if not self.later:
            left &= mothers(self.place, gone)
            left = left if len(left) < len(gone) else set()  # in a circle one has to be the first
        self.sent.later += len(left)
        return [item._replace(step="later", write=None) if item.due.golden_id in left else item for item in plans]

    def part(self, plans: Sequence[Plan], tx: Tx) -> None:
        """Golden records that are deleted, and records that stay: they are let go."""
        batch = Batch(self.hub, self.place, tx)
        for item in plans:
            let_go(batch, item.due.known)
        if plans:
            batch.save()

    def uncontested(self, tx: Tx, plans: list[Plan]) -> list[Plan]:
        """A create waits while a record of that system stands aside that may be its counterpart, and one that was not
        answered is looked for instead of being repeated: no twin."""
        creates = [item.due for item in plans if item.step == "create"]
        if not creates or not self.place.waits.contested:
            return plans
        left = contested(tx, self.place, self.rivals, creates)
        return [_waits(item) if item.due.golden_id in left else item for item in plans]

    def announce(self, tx: Tx, plans: Sequence[Plan]) -> None:
        """What is about to go out, so that it is known for what it is should its answer never come: a mark that closes
        a record as well, which would come back as somebody's edit. (A create that is repeated is known already; a
        deletion that is repeated does no harm.)"""
        steps = {"create": True, "update": False, "close": False}
        fresh = [item for item in plans if item.step in steps and item.due.state != CREATING]
        if fresh:
            self.encoded = {item.due.golden_id: orjson.dumps(item.sent) for item in fresh}
            written = [Intent(item.due.golden_id, steps[item.step], self.encoded[item.due.golden_id]) for item in fresh]
            due_at = stamp(self.hub.machine.now() + self.hub.machine.settle_after)
            intents.announce(tx, self.place.id, self.token, due_at, written)

    def revisit(self, tx: Tx, plans: Sequence[Plan]) -> None:
        """Read and merged before anything is sent: an update that may have arrived already, and a deletion that would
        take an undecided edit with it."""
        keys = [str(item.due.known.key) for item in plans]
        links.revisit(tx, self.place.id, keys)
        self.afresh.stale += keys

    def refuse(self, item: Plan) -> dict[str, object]:
        assert item.problem is not None
        self.sent.refused += 1
        return failed(self.hub, self.place, item.due, item.problem, REFUSED)

    # -- look before you write --------------------------------------------------------------------

    def look(self, plans: list[Plan]) -> list[Plan]:
        """Where the system cannot compare, we do: a record that differs from what we knew is merged first. And before
        a record is made anew: the one that was deleted may be back."""
        can = self.place.adapter.can
        blind = [p for p in plans if p.step != "create" and not (can.conditional and p.due.known.version)]
        former = {key: golden_id for golden_id, keys in self.former.items() for key in keys}
        if not blind and not former:
            return plans
        found = {record.key: record for record in self.read([*(str(p.due.known.key) for p in blind), *former])}
        if self.sent.stopped:
            return []
        skip = {p.due.golden_id for p in blind if not self.same(p, found.get(str(p.due.known.key)))}
        self.back = {golden_id: key for key, golden_id in former.items() if key in found}
        self.afresh.differ += [found[key] for key in self.back.values()]
        return [p for p in plans if p.due.golden_id not in skip and p.due.golden_id not in self.back]

    def same(self, item: Plan, record: Record | None) -> bool:
        known = item.due.known
        if record is None:
            self.afresh.gone.append(str(known.key))
            return False
        if self.place.fingerprint(record.fields) == known.hash:
            return True
        self.afresh.differ.append(record)
        return False

    def read(self, keys: Sequence[str]) -> list[Record]:
        adapter, found = self.place.adapter, list[Record]()
        try:
            for part in chunks(keys, adapter.can.read_batch):
                found += adapter.read(self.place.binding.object, part)
        except HubError as error:
            self.stop(error)
        self.finds |= bool(found)
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
        """What is refused as a whole is sent again in halves."""
        return Halving(self.once).send(writes)

    def once(self, writes: Sequence[Write]) -> list[Outcome]:
        if self.sent.stopped is not None:
            return [Failure(TryLater(UNSENT, f"not sent: {self.sent.stopped.said}"))] * len(writes)
        try:
            outcomes = self.place.adapter.write(self.place.binding.object, writes)
        except HubError as error:
            if isinstance(error, TryLater | Denied):
                self.stop(error)
            outcomes = [Failure(error)] * len(writes)
        self.weigh(outcomes)
        missing = Failure(Unknown("answer.short", f"{len(outcomes)} outcomes for {len(writes)} writes"))
        return [*outcomes, *[missing] * (len(writes) - len(outcomes))]

    def weigh(self, outcomes: Sequence[Outcome]) -> None:
        """Do these outcomes speak of the system as a whole? Then the rest of the page is not sent."""
        errors = [outcome.error for outcome in outcomes if isinstance(outcome, Failure)]
        for error in errors:
            if self.sent.stopped is None and asked(error) is not None:
                self.stop(error)
        unanswered = len(errors) == len(outcomes) > 0 and all(isinstance(error, Unknown) for error in errors)
        self.lost = self.lost + 1 if unanswered else 0
        if self.lost >= LOST and self.sent.stopped is None:
            said = f"{self.lost} calls in a row were not answered: {errors[-1].said}"
            self.stop(TryLater("system.no-answers", said))

    def read_back(self, plans: Sequence[Plan], outcomes: list[Outcome]) -> list[tuple[Outcome, bool]]:
        """Where the answer did not say what the system now holds, ask. True: it said so in its own answer."""
        keys = [o.key for p, o in zip(plans, outcomes, strict=True) if isinstance(o, Written) and silent(p, o)]
        if not keys:
            return [(outcome, True) for outcome in outcomes]
        stopped = self.sent.stopped
        found = {record.key: record for record in self.read(keys)}
        self.sent.stopped = stopped  # a failed read-back leaves the records to the next poll
        return [(_told(o, found), False) if silent(p, o) else (o, True) for p, o in zip(plans, outcomes, strict=True)]

    # -- afterwards -------------------------------------------------------------------------------

    def merge(self) -> None:
        """What we found changed over there goes back through the merge; then the delivery is decided again."""
        afresh = self.afresh
        missed = {str(item.due.known.key): item for item in afresh.missed}
        if (afresh.stale or missed) and self.sent.stopped is None:
            found = {record.key: record for record in self.read([*afresh.stale, *missed])}
            afresh.differ += [found[key] for key in afresh.stale if key in found]
            if self.sent.stopped is None:
                afresh.gone += {*afresh.stale, *missed} - found.keys()
                self.misdirected([item for key, item in missed.items() if key in found])
        self.doubt_deletions()
        if afresh.differ or afresh.gone:
            merge_page(self.hub, self.place, Seen(afresh.differ, afresh.gone))
            self.sent.stale += len(afresh.differ) + len(afresh.gone)
        if afresh.orphans:
            bury(self.hub, self.place, {item.due.golden_id: item.sent for item in afresh.orphans})

    def misdirected(self, plans: Sequence[Plan]) -> None:
        """The system does not find the record that is to be written, and shows it when it is read."""
        said = "answered that it is not there, but reading finds it: is the address of this write right?"
        errors = [(item, Refused("write.gone", f"{item.due.known.key}: {said}")) for item in plans]
        self.sent.errors += [str(error) for _, error in errors]
        self.sent.refused += len(errors)
        if errors:
            with self.hub.store.transaction() as tx:
                rows = [failed(self.hub, self.place, item.due, error, REFUSED) for item, error in errors]
                deliveries.postpone(tx, rows)

    def doubt_deletions(self) -> None:
        """Nothing that was looked up was found. Are others? A wrong address finds none."""
        gone = set(self.afresh.gone)
        if not gone or self.finds or self.sent.stopped is not None:
            return
        with self.hub.store.reading() as tx:
            others = [key for key in links.live_keys(tx, self.place.id, "", len(gone) + OTHERS) if key not in gone]
        if others and not self.read(others[:OTHERS]) and self.sent.stopped is None:
            said = f"reading by key finds neither {len(gone)} that were to be written nor others: they may all be there"
            self.nothing = TryLater("lookup.finds-nothing", f"{said}; is the address of a single record right?")
            self.sent.errors.append(str(self.nothing))
            self.afresh.gone.clear()
            self.unproved = gone

    def unreadable(self, plans: Sequence[Plan]) -> set[int]:
        """What stands aside over there could not be merged, so nothing can be written to it: that is tried again after
        a pause, or as soon as the record is merged. The golden records of these."""
        to_hub, rows = self.place.binding.mapping.to_hub, []
        bad: dict[str, HubError] = dict.fromkeys(self.unproved, self.nothing)
        bad |= {r.key: misfit(problems) for r in self.afresh.differ if (problems := to_hub(r.fields)[1])}
        for due in [item.due for item in plans]:
            if why := bad.get(due.known.key or self.back.get(due.golden_id, "")):
                row = failed(self.hub, self.place, due, TryLater(why.code, why.said), OWED)
                rows.append({**row, "doubt": due.known.sent is not None})
        if rows:
            with self.hub.store.transaction() as tx:
                deliveries.postpone(tx, rows)
        return {row["golden_id"] for row in rows}

    def checked(self, golden_ids: Sequence[int]) -> None:
        """These updates were looked for, and what they did is merged: from here on it is as if never sent. But where
        the system takes a write whatever the record's version, it may still arrive."""
        if golden_ids and self.sent.stopped is None:
            with self.hub.store.transaction() as tx:
                if not self.place.adapter.can.conditional:
                    self.give_up(tx, golden_ids)
                deliveries.reopen(tx, self.place.id, golden_ids)

    def give_up(self, tx: Tx, golden_ids: Sequence[int]) -> None:
        batch, until = Batch(self.hub, self.place, tx), stamp(self.hub.machine.now() + AT_LAST)
        for known in records.load(tx, self.place.id, golden_ids).values():
            if known.sent is not None and known.shadow is not None and known.key is not None:
                batch.decide(self.place, known.key, given_up(known.shadow, known.sent, until))
        batch.save()

    def settle(self, plans: Sequence[Plan]) -> None:
        """Look for the child of an unanswered create by our own key or by the match rules."""
        if plans and self.sent.stopped is None:
            settle(self.hub, self.place, [item.due for item in plans])


def _waits(item: Plan) -> Plan:
    return item._replace(step="settle" if item.due.state == CREATING else "twin", write=None)


def _told(outcome: Outcome, found: Mapping[str, Record]) -> Outcome:
    record = found.get(outcome.key) if isinstance(outcome, Written) else None
    if record is None:
        return outcome
    return Written(record.key, record.version, record.stamp, record.fields)
