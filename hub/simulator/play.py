"""A world that people, polls, deliveries and accidents act upon in any order, watched by the oracle.

What no hub can do is left out, and nothing else (see design, "creating in a system that is not transactional"):

- A system without conditional writes can be edited between our look and our write; here nobody edits at that moment.
- In a system without tokens nobody deletes a record whose creation the hub was never told of: nothing tells that the
  deleted one was the hub's.
- A record that may be the child of an unanswered create and is not alike waits for a person; here the person looks at
  it and says which it is.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hub.core.errors import HubError
from hub.engine.sync import Sync
from hub.simulator.admins import Admins
from hub.simulator.broken import ECHOED, OTHER, Broken
from hub.simulator.ending import Ending
from hub.simulator.namers import Namers
from hub.simulator.people import People
from hub.simulator.rare import told
from hub.simulator.scene import Scene
from hub.simulator.staging import Setup
from hub.simulator.systems import Write1
from hub.simulator.terms import spoilt

DAY = 90_000
ROUNDS = 10
#: A record that keeps somebody from writing is looked at once or twice in a run. Worlds have few records.
HAMMERED = 20


class Play(Scene):
    """One world, what the hub does in it, and `people` and `admins`, who act in it too."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.people = People(self)
        self.namers = Namers(self, self.people)
        self.admins = Admins(self, self.people, self.namers)

    def watch(self, made: Write1) -> None:
        self.people.watch(made)
        super().watch(made)

    # -- the hub ----------------------------------------------------------------------------------

    def run(self, said: str, act: Callable[[Sync], object]) -> None:
        """One step of the hub; it may die in it."""
        self.note(said)
        self.oracle.written.clear()
        self.oracle.deletions.now.clear()
        sync = Sync(self.world.hub)
        with self.mortal():
            try:
                act(sync)
            except HubError as error:
                self.note("  raised", error)
        self.trouble.disarm()
        if sync.report.troubles:
            self.note("  said", *sync.report.troubles)
        self.count(sync)

    def count(self, sync: Sync) -> None:
        aside = sum(tally.aside for tally in sync.report.polled.values())
        self.met["a record stood aside"] += aside
        if aside and (wrong := [row for row in self.standing.records if row.code == "record.not-stored"]):
            raise Broken(OTHER, f"what follows from a record contradicts what is stored: {wrong}")
        for sent in sync.report.sent.values():
            self.met["changed over there before the write"] += sent.stale
            if sent.stale > HAMMERED:
                raise Broken(OTHER, f"one run looked {sent.stale} times, and found each time that it must look again")
            self.met["in doubt"] += sent.in_doubt
            self.met["a write was refused"] += sent.refused

    def poll(self, name: str, *, full: bool = False) -> None:
        def act(sync: Sync) -> None:
            sync.poll(self.place(name), full)
            sync.again(self.place(name))

        self.step(name, "poll", act)

    def deliver(self, name: str) -> None:
        self.step(name, "deliver", lambda sync: sync.send(self.place(name)))

    def compare_keys(self, name: str) -> None:
        self.step(name, "compare keys", lambda sync: sync.compare_keys(self.place(name)))

    def step(self, name: str, said: str, act: Callable[[Sync], object]) -> None:
        """A step with one system, in a run of its own; there is none with one that is paused."""

        def remembering(sync: Sync) -> None:
            sync.remember(sync.look())
            act(sync)

        if self.place(name) in self.standing.paused:
            self.trouble.disarm()
        else:
            self.run(f"{said} {name}", remembering)

    def list_short(self, name: str, number: int) -> None:
        """A list of keys leaves a record out, and the next one shows it: nothing is to be concluded."""
        found = self.people.pick(name, number)
        if found:
            self.note("the list of", name, "leaves out", found[0])
            self.listed(name, lambda key: key == found[0], times=1)

    def list_nothing(self, name: str) -> None:
        """Two lists of keys are empty, though nobody deleted anything."""
        self.note("the lists of", name, "are empty")
        self.listed(name, lambda key: True, times=2)

    def listed(self, name: str, unlisted: Callable[[str], bool], times: int) -> None:
        for _ in range(times):
            self.systems[name].unlisted = unlisted
            self.compare_keys(name)
        self.systems[name].unlisted = None
        deaths = self.deaths
        self.compare_keys(name)
        if self.deaths > deaths:  # the list that shows it was not seen to its end
            self.compare_keys(name)

    def sync(self, *, keys: bool = False) -> None:
        self.run("sync", lambda sync: sync.run(keys=keys))

    def wait(self, seconds: float) -> None:
        self.note("time passes:", seconds, "s")
        with self.mortal():
            self.world.clock.pass_(seconds)

    # -- the end ----------------------------------------------------------------------------------

    def settle(self) -> None:
        """No more edits, no more accidents: after finite rounds all is quiet, and right. Records that cannot be read
        stand aside, and stop nothing else."""
        self.trouble.disarm()
        self.note("-- nobody does anything any more")
        self.rest()
        if self.namers.right():
            self.rest()
        Ending(self.oracle).judge(lambda row: spoilt(self.terms, row))
        if self.people.mend():
            self.rest()
            Ending(self.oracle).judge()
        if self.aside() or self.standing.missed:
            raise Broken(OTHER, f"still standing: {self.aside()} {self.standing.missed}")

    def rest(self) -> None:
        """Rounds until one changes nothing; then another one, without a look at all keys, may not either."""
        for _ in range(ROUNDS):
            if self.unchanged(keys=True) and not self.admins.waiting() and not self.standing.paused:
                break
        else:
            raise Broken(ECHOED, f"no rest after {ROUNDS} rounds")
        before, deaths = self.stand(), self.deaths
        if not self.unchanged(keys=False):
            if self.deaths == deaths:
                raise Broken(ECHOED, f"a hub at rest did something: {before} -> {self.stand()}")
            self.rest()

    def unchanged(self, *, keys: bool) -> bool:
        """One round of a day: did nothing happen in it?"""
        before = self.stand(), self.deaths
        self.wait(DAY)
        if keys:
            self.admins.look()
            self.admins.approve()
        self.sync(keys=keys)
        return before == (self.stand(), self.deaths)

    def stand(self) -> tuple[Any, ...]:
        return self.oracle.writes, len(self.oracle.log()), self.aside(), self.standing.missed, self.admins.answers

    def aside(self) -> list[str]:
        """What stands for people to see: records and deliveries."""
        found = [f"{review.kind} {review.key}" for review in self.standing.records]
        owed = self.standing.owed
        return found + [f"{item.state} {item.binding_id} {item.golden_id} {item.said}" for item in owed]

    def seen(self) -> Counter[str]:
        """Rare things that were met, with what the systems and the log tell."""
        people = self.people
        alike = sum(how == "typo" for record, how in people.met_twice.items() if record not in people.asked)
        return self.met + told(self, people.children) + Counter({"linked by likeness": alike})


def linked(setup: Setup) -> Play:
    """A world that starts with one record that all systems hold and agree on."""
    play = Play(setup)
    begin(play)
    return play


def begin(play: Play) -> None:
    """One record that all systems hold and agree on."""
    play.people.create(play.names[0], play.terms.fields)
    play.sync()
    play.sync()
    play.note("-- one record, linked everywhere")
    play.trouble.passed = 0
