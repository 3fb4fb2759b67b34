"""Which records of a list are which of another: exact, certain, probable, several to one, or none. Pure; decides as the
sync does, but with both lists at hand, so that it also sees what the sync meets only later.

Memory: what is compared of every record, and the fields that people are shown; no more.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from hub.core.record import Value
from hub.match.score import MOST, Portrait, Scored, Scorer

Result = Literal["exact", "certain", "probable", "many_to_one", "none"]
Key = tuple[str, str]
#: Candidates of one record that are proposed to a person.
SHOWN = 3
WORKSHEET = "worksheet"


@dataclass(slots=True)
class Member:
    """One record, or several of different systems that are linked already or were found to be the same."""

    #: By system.
    keys: dict[str, str]
    shown: tuple[Value, ...]
    #: (rule, value) in the order in which they count.
    exact: tuple[Key, ...] = ()
    #: Who shares one of these is compared.
    alike: tuple[Key, ...] = ()
    portrait: Portrait | None = None
    golden_id: int | None = None


class Proposal(NamedTuple):
    """Two records that may be the same."""

    #: Of the list that is matched, and of the pool.
    record: Member
    other: Member
    result: Result
    rule: str
    score: int | None


@dataclass(slots=True)
class Outcome:
    """What became of one list."""

    system: str
    #: The systems whose records it was matched with.
    against: tuple[str, ...]
    read: int = 0
    #: Linked by the hub already.
    linked: int = 0
    counts: Counter[Result] = field(default_factory=Counter)
    #: Records of the pool that nobody here may be.
    missing: int = 0
    proposals: list[Proposal] = field(default_factory=list)
    #: Records of this list that found nobody.
    alone: list[Member] = field(default_factory=list)
    #: Values that too many records share to be compared for their sake, with how many do.
    crowded: dict[Key, int] = field(default_factory=dict)


class Said(NamedTuple):
    """What people decided of records: by (system, key, other system) the other key; and pairs that are not the same."""

    same: Mapping[tuple[str, str, str], str]
    apart: frozenset[tuple[str, str, str, str]] = frozenset()


NOBODY = Said({})


class Pool:
    """The records that were read so far, those that are the same as one."""

    def __init__(self, scorer: Scorer | None, said: Said = NOBODY) -> None:
        self.scorer, self.said = scorer, said
        self.members: list[Member] = []
        self.systems: list[str] = []
        self._golden: dict[int, Member] = {}

    def take(self, system: str, records: Iterable[Member]) -> Outcome:
        """Match the records of a system with those that are here; then they are here too."""
        found = Outcome(system, tuple(self.systems))
        todo: list[Member] = []
        for record in records:
            found.read += 1
            other = self._golden.get(record.golden_id) if record.golden_id is not None else None
            if other is None:
                todo.append(record)
            else:
                found.linked += 1
                other.keys[system] = record.keys[system]
        if self.members:
            self._match(system, todo, found)
        else:
            found.alone = todo
        self._add(system, found)
        return found

    def _add(self, system: str, found: Outcome) -> None:
        for proposal in found.proposals:
            if proposal.result in ("exact", "certain"):
                proposal.other.keys[system] = proposal.record.keys[system]
        if self.members:
            proposed = {id(proposal.other) for proposal in found.proposals}
            found.missing = sum(system not in one.keys and id(one) not in proposed for one in self.members)
        self.systems.append(system)
        self.members += found.alone
        self._golden |= {member.golden_id: member for member in found.alone if member.golden_id is not None}

    def _match(self, system: str, todo: list[Member], found: Outcome) -> None:
        step = _Step(self, system, found)
        for name in (step.by_worksheet, step.by_rules, step.by_likeness):
            todo = name(todo)
        found.alone += todo
        found.counts["none"] = len(todo)


class _Step:
    """The matching of one list with the pool."""

    def __init__(self, pool: Pool, system: str, found: Outcome) -> None:
        self.pool, self.system, self.found = pool, system, found
        self.numbers = {
            (other, key): number for number, member in enumerate(pool.members) for other, key in member.keys.items()
        }
        #: Members of the pool that have their counterpart here.
        self.taken = {number for number, member in enumerate(pool.members) if system in member.keys}
        self.kept = {
            self.numbers[other, key]
            for (other, key, here) in pool.said.same
            if here == system and (other, key) in self.numbers
        }

    def propose(self, record: Member, number: int, result: Result, rule: str, score: float | None = None) -> None:
        other = self.pool.members[number]
        rounded = None if score is None else int(score)
        self.found.proposals.append(Proposal(record, other, result, rule, rounded))

    def by_worksheet(self, todo: list[Member]) -> list[Member]:
        """What a person decided."""
        rest = []
        for record in todo:
            key = record.keys[self.system]
            targets = {
                self.numbers[other, there]
                for other in self.pool.systems
                if (there := self.pool.said.same.get((self.system, key, other))) and (other, there) in self.numbers
            }
            if not targets:
                rest.append(record)
                continue
            number = min(targets)
            self.taken.add(number)
            self.found.counts["exact"] += 1
            self.propose(record, number, "exact", WORKSHEET)
        return rest

    def by_rules(self, todo: list[Member]) -> list[Member]:
        """The first rule that finds somebody counts."""
        index = self.index(lambda member: member.exact)
        hits = [(record, self.first(record, index)) for record in todo]
        claims = Counter(numbers[0] for _, (_, numbers) in hits if len(numbers) == 1)
        rest, exact = [], set[int]()
        for record, (rule, numbers) in hits:
            if not numbers:
                rest.append(record)
                continue
            one = len(numbers) == 1 and claims[numbers[0]] == 1 and numbers[0] not in self.taken
            result: Result = "exact" if one else "many_to_one"
            self.found.counts[result] += 1
            for number in numbers[: 1 if one else SHOWN]:
                self.propose(record, number, result, rule)
            exact |= {numbers[0]} if one else set()
        self.taken |= exact
        return rest

    def first(self, record: Member, index: Mapping[Key, list[int]]) -> tuple[str, list[int]]:
        for rule, value in record.exact:
            numbers = [number for number in index.get((rule, value), ()) if self.allowed(record, number)]
            if numbers:
                return rule, numbers
        return "", []

    def allowed(self, record: Member, number: int) -> bool:
        """Did nobody say that they are not the same, or that another one is?"""
        if number in self.kept:
            return False
        if not self.pool.said.apart:
            return True
        other, key = self.pool.members[number], record.keys[self.system]
        return not any((self.system, key, *pair) in self.pool.said.apart for pair in other.keys.items())

    def by_likeness(self, todo: list[Member]) -> list[Member]:
        scorer = self.pool.scorer
        if scorer is None or not todo:
            return todo
        index = self.index(lambda member: member.alike)
        self.found.crowded = {key: len(numbers) for key, numbers in index.items() if len(numbers) > MOST}
        for key in self.found.crowded:
            del index[key]
        judged = [(record, *scorer.judge(self.scores(record, index, scorer))) for record in todo]
        claims = Counter(best[0].candidate for _, verdict, best in judged if verdict == "certain")
        rest = []
        for record, verdict, best in judged:
            if verdict == "none":
                rest.append(record)
                continue
            alone = verdict == "certain" and claims[best[0].candidate] == 1
            result: Result = "certain" if alone else "probable" if verdict == "possible" else "many_to_one"
            self.found.counts[result] += 1
            for one in best[: 1 if alone else SHOWN]:
                self.propose(record, one.candidate, result, "similar", one.score)
        return rest

    def scores(self, record: Member, index: Mapping[Key, list[int]], scorer: Scorer) -> Iterator[Scored]:
        if record.portrait is None:
            return
        numbers: set[int] = set()
        for key in record.alike:
            numbers.update(index.get(key, ()))
        for number in numbers:
            portrait = self.pool.members[number].portrait
            score = scorer.score(record.portrait, portrait) if portrait is not None else 0.0
            if score >= scorer.least and self.allowed(record, number):
                yield Scored(score, number, number in self.taken)

    def index(self, keys: Callable[[Member], Sequence[Key]]) -> dict[Key, list[int]]:
        """The members of the pool at each of their keys."""
        index: dict[Key, list[int]] = defaultdict(list)
        for number, member in enumerate(self.pool.members):
            for key in keys(member):
                index[key].append(number)
        return dict(index)
