"""One sync of an instance: settle, poll, merge, deliver, until nothing is left to do. One system's trouble stops
no other."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from hub.core.errors import Denied, HubError, PutBack
from hub.core.putback import frozen
from hub.engine.breaker import Breaker
from hub.flow import drift, references, skews
from hub.flow.delivering.deliver import deliver
from hub.flow.delivering.outcome import NUMBERS, Sent
from hub.flow.delivering.settle import land
from hub.flow.first import gate
from hub.flow.guard import Guard
from hub.flow.place import Hub, Place, stamp
from hub.flow.polling import absent, proof, retention
from hub.flow.polling import poll as polling
from hub.flow.polling.reconcile import reconcile
from hub.flow.seen import Tally
from hub.store import catalog, deliveries, reviews, runs
from hub.store.agenda import Agenda, agenda

#: (step, entity, system, done so far, in all if known)
Progress = Callable[[str, Place, int, int | None], None]
#: A delivery may make another one due (a new key goes back to the other side): so many times at the most.
ROUNDS = 6
#: Each so many runs, old ones are forgotten: one statement, that looks at all of them.
FORGETFUL = 100


def quiet(_step: str, _place: Place, _done: int, _total: int | None) -> None:
    """No progress is shown."""


@dataclass(slots=True)
class Report:
    """What a sync did, by entity and system."""

    polled: dict[tuple[str, str], Tally] = field(default_factory=dict)
    sent: dict[tuple[str, str], Sent] = field(default_factory=dict)
    #: What stopped a step of one system: "crm account poll: ...".
    troubles: list[str] = field(default_factory=list)
    #: By entity, why its first writes wait for a person.
    held: dict[str, str] = field(default_factory=dict)

    def tally(self, place: Place) -> Tally:
        return self.polled.setdefault((place.entity.name, place.binding.system), Tally())

    def deliveries(self, place: Place) -> Sent:
        return self.sent.setdefault((place.entity.name, place.binding.system), Sent())

    @property
    def written(self) -> int:
        return sum(sent.written for sent in self.sent.values())

    @property
    def conflicts(self) -> int:
        return sum(tally.conflicts for tally in self.polled.values())

    @property
    def aside(self) -> int:
        """Records and writes that stand aside."""
        return sum(tally.aside for tally in self.polled.values()) + sum(sent.refused for sent in self.sent.values())

    @property
    def idle(self) -> bool:
        """It found nothing to do: no system is in trouble, and whatever was read is as before."""
        return not self.troubles and all(numbers.keys() <= runs.LOOKED_AT for numbers in self.counts().values())

    def counts(self) -> dict[str, dict[str, int]]:
        """For the run's row: only what is not zero."""
        found: dict[str, dict[str, int]] = {}
        for (entity, system), tally in self.polled.items():
            found[f"{entity} {system}"] = {n: getattr(tally, n) for n in tally.__slots__ if getattr(tally, n)}
        for (entity, system), sent in self.sent.items():
            numbers = {n: getattr(sent, n) for n in NUMBERS if getattr(sent, n)}
            found.setdefault(f"{entity} {system}", {}).update({f"sent {name}": n for name, n in numbers.items()})
        return found


class Sync:
    """One run."""

    def __init__(self, hub: Hub, progress: Progress = quiet) -> None:
        self.hub, self.progress = hub, progress
        self.report = Report()
        hub.guard = Guard()
        #: Systems that are away or refused us: left alone for the rest of this run.
        self.out: set[str] = set()
        self.breaker = Breaker(hub)
        #: Bindings whose poll came to its end.
        self.polled: list[int] = []
        #: Did this round of deliveries do anything?
        self.acted = False

    def run(self, entities: Sequence[str] = (), *, full: bool = False, keys: bool = False) -> Report:
        """`full`: read everything, not only what changed. `keys`: find deletions by comparing all keys."""
        asked = [place for place in self.hub.all() if not entities or place.entity.name in entities]
        self.report.held = gate.begin(self.hub, asked)
        places = [place for place in asked if place.entity.name not in self.report.held]
        standing = self.look()
        self.remember(standing)
        self.leave_paused(places, standing)
        left = [place for place in places if standing[place.id].intents]
        if left:
            for place in left:
                land(self.hub, place)
            standing = self.look()
        for place in places:  # before the doubts: what a person said is not asked again
            if standing[place.id].reviews:
                self.guarded("link", place, partial(self.retry, place, reviews.DECIDED))
        if any(standing[place.id].doubts for place in places):
            for place in places:
                self.settle(place)
            standing = self.look()
        for place in places:
            its = [standing[one.id] for one in self.hub.places[place.entity.name].values()]
            place.waits.there, place.waits.contested = any(o.waiting for o in its), any(o.contested for o in its)
        for place in places:
            lost = self.forgotten(place, standing[place.id])
            self.poll(place, full or lost, standing[place.id])
            if (keys or lost) and place.adapter.can.keys:
                self.guarded("compare keys", place, partial(self.compare_keys, place))
            if standing[place.id].accepted:
                self.guarded("take accepted deletions", place, partial(self.take_accepted, place))
        for place in places:
            references.wake(self.hub, place)
        self.report.held |= gate.before_writes(self.hub, places, self.polled)
        self.deliver(places)
        self.report.troubles += [said for place in places for said in absent.troubles(self.hub, place)]
        return self.report

    def remember(self, standing: dict[int, Agenda]) -> None:
        """What counts in this run, and was said or measured before it."""
        skews.remember(self.hub, standing)
        self.hub.modes.update({id_: known.mode for id_, known in standing.items() if known.mode is not None})

    def leave_paused(self, places: Sequence[Place], standing: dict[int, Agenda]) -> None:
        """A system that rejected our credentials is not asked again until a person says so: accounts lock. One that
        fails as a whole is not asked before its pause is over."""
        alone = self.breaker.left_alone(standing)
        for place in places:
            why, system = standing[place.id].paused, place.binding.system
            said = alone.get(system) if why is None else standing_still(system, why)
            if said is not None and system not in self.out:
                self.out.add(system)
                self.report.troubles.append(said)

    def look(self) -> dict[int, Agenda]:
        """What there is to do, by binding."""
        with self.hub.store.reading() as tx:
            return agenda(tx, self.hub.catalog.instance_id, self.hub.now())

    @contextmanager
    def trouble(self, step: str, place: Place) -> Iterator[None]:
        """What goes wrong with one system stops that system only."""
        try:
            yield
        except HubError as error:
            self.acted = True  # what it did before may have made something due
            self.out.add(place.binding.system)
            self.report.troubles.append(f"{place.binding.system} {place.entity.name}: {step}: {error}")
            if isinstance(error, Denied | PutBack):
                with self.hub.store.transaction() as tx:
                    catalog.pause(tx, place.id, str(error))
            self.breaker.failed(place.binding.system, error)

    def guarded(self, step: str, place: Place, act: Callable[[], None]) -> None:
        if place.binding.system not in self.out:
            self.hub.store.held.still()
            with self.trouble(step, place):
                act()

    def tally(self, place: Place, tally: Tally) -> None:
        self.report.tally(place).add(tally)

    def settle(self, place: Place) -> None:
        """Creates whose answer we do not have, before unknown records are looked at."""
        with self.hub.store.reading() as tx:
            open_ = deliveries.doubts(tx, place.id)
        if open_:
            self.wait_for_late(place)
            self.guarded("settle", place, partial(self.send, place, doubts=True))

    def wait_for_late(self, place: Place) -> None:
        """A create that went out a moment before we died may still be carried out: give it that moment."""
        horizon = stamp(self.hub.machine.now() + self.hub.machine.settle_after)
        with self.hub.store.reading() as tx:
            soon = deliveries.due(tx, place.id, horizon, -1, 1, doubts=True)
            now = deliveries.due(tx, place.id, self.hub.now(), -1, 1, doubts=True)
        if soon and not now:
            self.hub.machine.sleep((self.hub.machine.settle_after + timedelta(milliseconds=50)).total_seconds())

    def forgotten(self, place: Place, known: Agenda) -> bool:
        """Was the hub off for longer than the system's feed goes back?"""
        said = None if place.binding.system in self.out else retention.forgotten(self.hub, place, known)
        if said is not None:
            self.report.troubles.append(said)
        return said is not None

    def poll(self, place: Place, full: bool, known: Agenda | None = None) -> None:
        self.guarded("poll", place, partial(self.read, place, full, known))

    def read(self, place: Place, full: bool, known: Agenda | None) -> None:
        def progress(tally: Tally, total: int | None) -> None:
            self.progress("poll", place, tally.read, total)

        tally = polling.poll(self.hub, place, full=full, known=known, progress=progress)
        self.tally(place, tally)
        if (behind := skews.late(self.hub, place)) is not None:
            self.report.troubles.append(behind)
            if not full:
                self.tally(place, polling.poll(self.hub, place, full=True, progress=progress))
        if tally.stopped:
            self.report.troubles.append(drift.trouble(place))
        self.polled.append(place.id)
        self.breaker.worked(place.binding.system)

    def compare_keys(self, place: Place) -> None:
        proof.prove(self.hub, place)
        self.tally(place, reconcile(self.hub, place))

    def take_accepted(self, place: Place) -> None:
        """After the poll: what came back meanwhile is not deleted."""
        self.tally(place, absent.take(self.hub, place))

    def again(self, place: Place) -> None:
        """Records that stand aside and whose time has come."""
        self.guarded("try again", place, partial(self.retry, place))

    def retry(self, place: Place, kind: str = "") -> None:
        self.tally(place, polling.again(self.hub, place, kind))

    def deliver(self, places: Sequence[Place]) -> None:
        """Until nothing more is due that could be sent; what stands aside and is due is tried on the way.

        What only waits (for a person, for the first sync) stays due; the next round would find it as this one did.
        """
        for _ in range(ROUNDS):
            standing = self.resumed(places, self.look())
            todo = [place for place in places if place.binding.system not in self.out]
            self.acted = any(standing[place.id].reviews for place in todo)
            standing = self.compared(places, todo, standing)
            owed = [place for place in todo if standing[place.id].deliveries]
            for place in owed:
                self.guarded("deliver", place, partial(self.send, place, later=bool(place.children)))
            for place in reversed([place for place in owed if self.report.deliveries(place).later]):
                self.report.deliveries(place).later = 0
                self.guarded("deliver", place, partial(self.send, place))
            if not self.acted:
                break

    def compared(
        self, places: Sequence[Place], todo: Sequence[Place], standing: dict[int, Agenda]
    ) -> dict[int, Agenda]:
        """How things stand once what stands aside and is due was tried. One that becomes a new record wakes others that
        may be it: they are tried before it is created beside them."""
        for _ in range(ROUNDS):
            aside = [place for place in todo if standing[place.id].reviews]
            for place in aside:
                self.again(place)
            if not aside:
                break
            standing = self.resumed(places, self.look())
        return standing

    def resumed(self, places: Sequence[Place], standing: dict[int, Agenda]) -> dict[int, Agenda]:
        """How things stand once everything that waited for a parent, and need not any more, is owed or read again."""
        waiting = [place for place in places if standing[place.id].waiting]
        for place in waiting:
            references.resume(self.hub, place)
        return self.look() if waiting else standing

    def send(self, place: Place, *, doubts: bool = False, later: bool = False) -> None:
        linked = place.entity.name in self.report.held
        sent = deliver(self.hub, place, doubts=doubts, linked=linked, later=later)
        self.report.deliveries(place).add(sent)
        self.acted = self.acted or sent.acted
        self.progress("deliver", place, self.report.deliveries(place).written, None)
        if sent.stopped is not None:
            self.out.add(place.binding.system)
            self.report.troubles.append(f"{place.binding.system} {place.entity.name}: deliver: {sent.stopped}")
            self.breaker.failed(place.binding.system, sent.stopped)


def standing_still(system: str, why: str) -> str:
    """A system that waits for a person, in words."""
    if frozen(why):
        return f"{system}: frozen: {why}"
    return f"{system}: paused, 'hub resume {system}' goes on: {why}"


def sync(
    hub: Hub,
    entities: Sequence[str] = (),
    *,
    task: str = "sync",
    full: bool = False,
    keys: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Run once, and leave a row that says what happened."""
    hub.store.held.take()
    with hub.store.transaction() as tx:
        hub.run_id = runs.start(tx, hub.catalog.instance_id, task, hub.now())
    work = Sync(hub, progress)
    report = work.run(entities, full=full, keys=keys)
    state = "failed" if report.troubles else "done"
    with hub.store.transaction() as tx:
        catalog.polled(tx, [(id_, hub.clocks.get(hub.place_of(id_).binding.system)) for id_ in work.polled], hub.now())
        said = "\n".join(report.troubles) or None
        runs.end(tx, hub.run_id, hub.now(), state, report.counts(), said, idle=report.idle)
        if hub.run_id % FORGETFUL == 0:
            now = hub.machine.now()
            runs.forget(tx, stamp(now - hub.keep.runs), stamp(now - hub.keep.idle))
    return report
