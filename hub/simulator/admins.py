"""What those do who look after the hub: they decide what it asks, and let systems go on."""

from hub.core.errors import Refused
from hub.core.putback import frozen
from hub.flow.deciding import held
from hub.flow.deciding.aside import link, separate
from hub.flow.deciding.decide import Side, resolve
from hub.flow.place import Place
from hub.simulator.namers import Namers
from hub.simulator.people import People
from hub.simulator.scene import Scene
from hub.store import catalog, conflicts, links
from hub.store.reviews import Review
from hub.store.schema import LIVE

#: More than there are.
ALL = 1000


class Admins:
    """They know what the people know who made the records."""

    def __init__(self, play: Scene, people: People, namers: Namers) -> None:
        self.play, self.people, self.namers = play, people, namers
        #: How often somebody said which record one is.
        self.answers = 0

    def decide(self, number: int, side: Side) -> None:
        with self.play.mortal():
            self.decide_now(number, side)

    def decide_now(self, number: int, side: Side) -> None:
        """The same, in a step of the hub."""
        open_ = [row for row in self.play.oracle.log() if row.state == conflicts.OPEN]
        if open_:
            row = open_[number % len(open_)]
            self.play.oracle.deletions.pardoned.discard(self.play.oracle.about(row) or 0)
            self.play.note("somebody decides for", side, "in", row.unit, row.ours, row.theirs)
            self.play.met["a person decided"] += 1
            try:
                resolve(self.play.world.hub, row.id, side, "somebody")
            except Refused as error:  # edited since it was logged: somebody looks again
                self.play.note("  refused:", error)
                self.play.met["a decision came too late"] += 1

    def look(self) -> None:
        """Somebody looks at what stands aside, says what is the hub's own, and lets paused systems go on."""
        for place in self.play.standing.paused:
            with self.play.mortal():
                self.resume(place)
        for review in self.play.standing.records:
            place = self.play.world.hub.place_of(review.binding_id)
            with self.play.mortal():
                if review.kind == "in-doubt":
                    self.identify(place, review)
                elif review.kind in ("ambiguous", "taken"):
                    self.recognise(place, review.key)
                elif review.kind == "dangling":
                    self.namers.clear(place.binding.system, review.key)

    def recognise(self, place: Place, key: str) -> None:
        """Somebody compares a record with those that it may be, and knows it, or knows that it is new."""
        name, oracle = place.binding.system, self.play.oracle
        row = oracle.held(name).get(key)
        if row is None or (name, key) in oracle.pairs.wrong:
            return
        entity = oracle.entity_of(row)
        hub = self.play.world.hub
        if self.people.made_anew(name, key, entity):
            self.people.remove(name, key, row)  # it came out of the bin while the hub made it anew
            return
        aside = {(hub.place_of(it.binding_id).binding.system, it.key) for it in self.play.standing.records}
        elsewhere = any(
            oracle.entity_of(shown) == entity and (other, at) not in aside
            for other in self.play.names
            for at, shown in oracle.held(other).items()
            if other != name
        )
        goldens = {link.golden_id for other in self.play.names if other != name
                   for at, link in oracle.deletions.links(other, list(oracle.held(other))).items()
                   if link.state == LIVE and oracle.entity_of(oracle.held(other)[at]) == entity}  # fmt: skip
        if elsewhere and not goldens:
            return  # somebody knows that it is there, and waits until the hub has read it
        self.people.asked.add(entity)
        self.play.met["a person recognised a record"] += 1
        self.say(place, key, goldens.pop() if goldens else None)

    def say(self, place: Place, key: str, golden_id: int | None) -> None:
        """Somebody says which one a record is; None: a new one."""
        hub, known = self.play.world.hub, "new" if golden_id is None else golden_id
        self.answers += 1
        self.play.note("somebody says", place.binding.system, key, "is", known)
        try:
            if golden_id is None:
                separate(hub, place, key, "somebody")
            else:
                link(hub, place, key, golden_id, "somebody")
        except Refused as error:  # settled since it was shown
            self.play.note("  refused:", error)

    def approve(self, most: int = ALL) -> None:
        """Somebody lets deletions happen that are held: in a system that lists nothing any more, all are."""
        play = self.play
        for place, item in self.waiting():
            number = min(most, item.number)
            play.note("somebody accepts", number, "deletions", item.way, item.system)
            play.met["deletions accepted"] += 1
            play.oracle.deletions.accepted(item.system, item.way, number)
            with play.mortal():
                held.accept(play.world.hub, place, item.way, number)

    def refuse(self, most: int) -> None:
        """Somebody says that what is gone is not to be deleted. (Not of records that are only hidden.)"""
        play, deletions = self.play, self.play.oracle.deletions
        for place, item in self.waiting():
            keys = item.sample[:most]
            if item.way == "from" and any(key in play.oracle.held(item.system) for key in keys):
                continue
            play.note("somebody refuses", len(keys), "deletions", item.way, item.system)
            play.met["deletions refused"] += 1
            whose = deletions.whose(item.system, item.way, keys)
            deletions.spared.update(whose)
            with play.mortal():
                held.reject(play.world.hub, place, item.way, len(keys), "somebody")
                deletions.pardoned.update(e for e in whose if not deletions.unseen(e, (item.system, keys)))

    def waiting(self) -> list[tuple[Place, held.Waiting]]:
        hub = self.play.world.hub
        found = [(place, item) for place in hub.all() for item in held.waiting(hub, place, ALL)]
        self.play.met["deletions held"] += len(found)
        return found

    def identify(self, place: Place, review: Review) -> None:
        """It is the hub's own child, or a new record; or what the hub may be making anew: then it has to wait."""
        if not self.returned(place, review):
            golden_id = self.people.children.get((place.binding.system, review.key))
            self.play.met["a person said what a record is"] += 1
            self.say(place, review.key, golden_id if golden_id in self.play.doubted(place) else None)

    def returned(self, place: Place, review: Review) -> bool:
        """Was it the record in question before it was deleted?"""
        with self.play.world.store.reading() as tx:
            link = links.lookup(tx, place.id, [review.key]).get(review.key)
        return link is not None and link.golden_id == review.golden_id

    def resume(self, place: Place) -> None:
        """As `hub resume` does. What the hub knows counts where a system was put back, what it shows where it only
        seems so."""
        self.play.note("somebody resumes", place.binding.system)
        with self.play.world.store.transaction() as tx:
            why = catalog.position(tx, place.id).paused
            chosen = why is not None and frozen(why)
            if chosen:
                was = place.binding.system in self.people.restored
                catalog.choose(tx, place.id, "replay" if was else "baseline", self.play.world.hub.now())
                self.play.met["a system seemed to be put back"] += not was
            catalog.pause(tx, place.id, None)
        if chosen:
            self.people.restored.discard(place.binding.system)
