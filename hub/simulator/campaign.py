"""Many histories, crash sweeps and planted bugs, on several processes: pieces of work, and what they add up to."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.simulator.catalogue import OWN, Source, profile
from hub.simulator.histories import Outcome, make, run
from hub.simulator.planted import BUGS, planted
from hub.simulator.profiles import BY_NAME, Profile
from hub.simulator.rare import RARE

#: Histories in one piece of work.
PIECE = 50
#: Runs within which a planted bug must be caught, from each of so many ranges of seeds.
BOUND, RANGES = 5000, 3
#: Failures kept of one piece: one is as good as a hundred.
KEPT = 5


class Failure(NamedTuple):
    """A history in which something was broken."""

    seed: int
    profile: str
    #: The point at which the process was killed. 0: it was not.
    die_at: int
    kind: str
    said: str


@dataclass
class Sum:
    """What some work added up to."""

    histories: int = 0
    crash_runs: int = 0
    faults: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    #: Planted bugs: name -> runs until it was caught, for each range of seeds. None: it was not.
    bugs: dict[str, list[int | None]] = field(default_factory=dict)

    def add(self, other: "Sum") -> None:
        self.histories += other.histories
        self.crash_runs += other.crash_runs
        self.faults += other.faults
        self.broken += other.broken
        self.met += other.met
        self.failures += other.failures
        for name, runs in other.bugs.items():
            self.bugs.setdefault(name, []).extend(runs)

    @property
    def caught(self) -> int:
        return sum(all(runs) for runs in self.bugs.values())

    def note(self, outcome: Outcome, seed: int, like: Profile, die_at: int = 0) -> None:
        self.faults += outcome.faults
        self.met += outcome.met
        if outcome.kind:
            self.broken[outcome.kind] += 1
            if len(self.failures) < KEPT:
                self.failures.append(Failure(seed, like.name, die_at, outcome.kind, outcome.said))


class Work(NamedTuple):
    """One piece: histories of some seeds, the crash sweep of one, or the hunt for a planted bug."""

    kind: str
    first: int
    runs: int = 1
    #: Of a profile, or of a planted bug. Empty: the profile follows from the seed.
    name: str = ""
    source: Source = OWN


class Wanted(NamedTuple):
    """A campaign."""

    seed: int
    histories: int
    sweeps: int = 0
    bugs: bool = False
    #: Empty: all of them, each with its share.
    profile: str = ""
    source: Source = OWN


def pieces(wanted: Wanted) -> Iterator[Work]:
    end = wanted.seed + wanted.histories
    for first in range(wanted.seed, end, PIECE):
        yield Work("histories", first, min(PIECE, end - first), wanted.profile, wanted.source)
    for seed in range(wanted.seed, wanted.seed + wanted.sweeps):
        yield Work("sweep", seed, 1, wanted.profile, wanted.source)
    for bug in BUGS if wanted.bugs else ():
        for number in range(RANGES):
            yield Work("bug", wanted.seed + number * 1_000_000, BOUND, bug.name)


def do(work: Work) -> Sum:
    """One piece of work. The same piece adds up to the same sum, in whichever process."""
    return {"histories": histories, "sweep": sweep, "bug": hunt}[work.kind](work)


def profile_of(work: Work, seed: int) -> Profile:
    return profile(work.source, work.name, seed)


def histories(work: Work) -> Sum:
    found = Sum(histories=work.runs)
    for seed in range(work.first, work.first + work.runs):
        like = profile_of(work, seed)
        history = make(seed, like)
        found.note(run(history.setup, history.steps), seed, like)
    return found


def sweep(work: Work) -> Sum:
    """The process killed at every point of one history, one after the other."""
    found = Sum()
    like = profile_of(work, work.first)
    history = make(work.first, like)
    point = 0
    while True:
        point += 1
        outcome = run(history.setup, history.steps, point)
        if outcome.died_at is None and not outcome.kind:
            return found  # the history ended before this point
        found.crash_runs += 1
        found.note(outcome, work.first, like, point)
        if outcome.died_at is None:
            return found


def hunt(work: Work) -> Sum:
    """How many histories until the oracle sees a planted bug."""
    [bug] = [bug for bug in BUGS if bug.name == work.name]
    with planted(bug):
        for number in range(work.runs):
            history = make(work.first + number, BY_NAME[bug.profile])
            if run(history.setup, history.steps).judged:
                return Sum(bugs={bug.name: [number + 1]})
    return Sum(bugs={bug.name: [None]})


def campaign(wanted: Wanted, processes: int, progress: Callable[[Sum, Work], None] = lambda total, work: None) -> Sum:
    """All of it. `progress` hears of every piece, in no order."""
    total = Sum(met=Counter(dict.fromkeys(RARE, 0)))
    for work, found in spread(pieces(wanted), processes):
        total.add(found)
        progress(total, work)
    total.failures.sort()
    return total


def spread(work: Iterable[Work], processes: int) -> Iterator[tuple[Work, Sum]]:
    if processes < 2:
        for piece in work:
            yield piece, do(piece)
        return
    with ProcessPoolExecutor(processes) as pool:
        for future in as_completed([pool.submit(done, piece) for piece in work]):
            yield future.result()


def done(work: Work) -> tuple[Work, Sum]:
    return work, do(work)
