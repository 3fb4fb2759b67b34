"""Find the golden record of a record that has no link: by what a person decided, by foreign key, by our own unanswered
create, by match rules, by likeness.

One certain candidate links. Several, or one that is linked already, stand aside: never guess, never make a twin.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from hub.core.errors import Refused
from hub.core.likeness import alike
from hub.core.match import candidate_keys, match_keys, shown
from hub.core.merge import EXISTENCE
from hub.core.record import Fields
from hub.flow.batch import Batch, Draft
from hub.flow.merging.keys import ForeignKeys
from hub.flow.merging.paired import Paired
from hub.flow.place import Hub, Place
from hub.flow.seen import NOTHING
from hub.match.score import MOST, Scored, Scorer, Verdict
from hub.store import candidates, conflicts, matches, records
from hub.store.conflicts import OPEN
from hub.store.database import Tx
from hub.store.matches import Candidate
from hub.store.records import Known
from hub.store.schema import ABSORBED, LIVE


class Doubt(NamedTuple):
    """A create whose answer never came: its child may turn up as an unknown record."""

    golden_id: int
    #: What we sent, in the entity's terms.
    sent: Fields


class Found(NamedTuple):
    """What was found for one record: a golden record, a reason to stand aside, or nothing (all None)."""

    known: Known | None = None
    rule: str = ""
    problem: Refused | None = None
    kind: str = ""
    #: It is the record that an unanswered create of ours made.
    child: bool = False
    #: Of a record that stands aside: the golden records that it may be, with their scores (None: a rule says so).
    candidates: Sequence[tuple[int, int | None]] = ()


#: The rule of a link that the scores made.
LIKENESS = "similar"
Key = tuple[str, str]


class Finder:
    """Looks up the candidates of a whole page with one statement a rule."""

    def __init__(
        self,
        hub: Hub,
        place: Place,
        tx: Tx,
        batch: Batch,
        keys: ForeignKeys,
        doubts: Sequence[Doubt],
        decided: Mapping[str, int | None] = NOTHING,
        gone: Collection[str] = (),
    ) -> None:
        """`decided`: by key, what a person says that a record is; None: a new one. `gone`: keys that are not there any
        more: who names the counterpart of one of these takes its place."""
        self.hub, self.place, self.tx, self.batch, self.keys = hub, place, tx, batch, keys
        self.doubts, self.decided, self.gone = list(doubts), decided, gone
        self.candidates: dict[Key, dict[int, Candidate]] = defaultdict(dict)
        self.known: dict[int, Known] = {}
        #: Golden records of which a person is asked whether they are deleted.
        self.asked: set[int] = set()
        #: By key, which golden records a person saw who said that it is none of them.
        self.shown: dict[str, set[int]] = defaultdict(set)
        self.paired = Paired(place, tx)
        self.scorer = Scorer(place.entity.similar) if place.entity.similar else None

    def prepare(self, page: Sequence[tuple[str, Fields]]) -> None:
        asked: dict[str, set[str]] = defaultdict(set)
        for key, fields in page:
            for rule, value in self.questions(key, fields):
                asked[rule].add(value)
        for rule, values in asked.items():
            for candidate in self.ask(rule, sorted(values)):
                self.candidates[candidate.rule, candidate.value][candidate.golden_id] = candidate
        ids = {golden_id for found in self.candidates.values() for golden_id in found}
        ids |= {doubt.golden_id for doubt in self.doubts}
        ids |= {golden_id for golden_id in self.decided.values() if golden_id is not None}
        ids |= self.paired.prepare([key for key, _ in page])
        self.known = records.load(self.tx, self.place.id, sorted(ids))
        self.prepare_questions(self.known)
        self.paired.prepare_candidates(self.known)
        new = [key for key, golden_id in self.decided.items() if golden_id is None]
        for key, golden_id, _ in candidates.of(self.tx, self.place.id, new):
            self.shown[key].add(golden_id)
        if self.scorer is not None:
            self.prepare_alike([(key, fields) for key, fields in page if not self.certain(key, fields)])

    def prepare_alike(self, page: Sequence[tuple[str, Fields]]) -> None:
        """Records that no rule finds are compared with those that share something with them."""
        asked: dict[str, set[str]] = defaultdict(set)
        for _, fields in page:
            for rule, value in candidate_keys(self.place.entity, fields):
                asked[rule].add(value)
        found: set[int] = set()
        for rule, values in asked.items():
            entity_id = self.place.row.entity_id
            for candidate in matches.find_few(self.tx, entity_id, self.place.id, rule, sorted(values), MOST):
                self.candidates[rule, candidate.value][candidate.golden_id] = candidate
                found.add(candidate.golden_id)
        fresh = sorted(found - self.known.keys())
        loaded = records.load(self.tx, self.place.id, fresh)
        self.known |= loaded
        self.prepare_questions(loaded)
        self.paired.prepare_candidates(fresh)

    def prepare_questions(self, candidates: Mapping[int, Known]) -> None:
        """Of those that are deleted, or not made here: of which is a person asked whether they are?"""
        id_ = self.place.id
        gone = [number for number, known in candidates.items() if known.state != LIVE or id_ in known.apart]
        for place in (self.place, *self.place.others) if gone else ():
            self.asked.update(row.golden_id for row in conflicts.about(self.tx, place.id, gone, EXISTENCE, OPEN))

    def certain(self, key: str, fields: Fields) -> bool:
        """Need it not be compared, since a person or a rule finds it?"""
        if key in self.paired.same or self.decided.get(key) is not None:
            return True
        if key in self.decided:
            return False
        return any(self.usable(rule, value, key, fields) for rule, value in self.questions(key, fields))

    def usable(self, rule: str, value: str, key: str, fields: Fields) -> list[Candidate]:
        """The candidates of a rule that may be this record."""
        candidates = self.candidates.get((rule, value), {}).values()
        if rule in self.place.links:  # who is named is not deleted, whatever the hub was about to do
            return [c for c in candidates if self.state(c) != ABSORBED]
        alive = [c for c in candidates if self.alive(c)]
        return alive if rule == self.place.own else [c for c in alive if not self.named_otherwise(c, key, fields)]

    def questions(self, key: str, fields: Fields) -> Iterable[Key]:
        """In the order in which they count."""
        for name in self.place.links:
            if fields.get(name) is not None:
                yield name, str(fields[name])
        if self.place.named:
            yield self.place.own, key
        yield from match_keys(self.place.entity, fields)

    def ask(self, rule: str, values: list[str]) -> list[Candidate]:
        if rule in self.place.links:
            return self.keys.find(rule, values)
        return matches.find(self.tx, self.place.row.entity_id, self.place.id, rule, values)

    def find(self, key: str, fields: Fields) -> Found:
        if key in self.decided:
            golden_id = self.decided[key]
            return self.none_of_them(key, fields) if golden_id is None else self.by_person(golden_id, fields)
        if key in self.paired.same:
            return self.by_worksheet(key, fields)
        return self.by_rules(key, fields)

    def by_rules(self, key: str, fields: Fields) -> Found:
        for rule, value in self.questions(key, fields):
            candidates = self.usable(rule, value, key, fields)
            if candidates:
                return self.one(rule, value, candidates, fields)
        if self.doubts or self.scorer is None:
            return self.child(fields)
        return self.alike(key, fields, self.scorer)

    def by_worksheet(self, key: str, fields: Fields) -> Found:
        """What a person decided before it was linked. Its counterpart was not read yet: a new one, which that finds."""
        found = [self.known[golden_id] for golden_id in self.paired.same[key] if golden_id in self.known]
        free = [known for known in found if known.state == LIVE]
        if not free:
            return self.child(fields)
        candidates = [Candidate("worksheet", key, known.golden_id, known.key) for known in free]
        return self.one("worksheet", key, candidates, fields)

    def alike(self, key: str, fields: Fields, scorer: Scorer) -> Found:
        """Compare with every record that shares something with it."""
        found: dict[int, Candidate] = {}
        for question in candidate_keys(self.place.entity, fields):
            found |= self.candidates.get(question, {})
        portrait = scorer.portrait(fields)
        scored = []
        for candidate in found.values():
            if self.alive(candidate) and not self.named_otherwise(candidate, key, fields):
                score = scorer.score(portrait, scorer.portrait(self.fields_of(candidate.golden_id)))
                if score >= scorer.least:
                    scored.append(Scored(score, candidate.golden_id, self.key_here(candidate) is not None))
        return self.judged(*scorer.judge(scored), found, fields)

    def judged(self, verdict: Verdict, best: list[Scored], found: Mapping[int, Candidate], fields: Fields) -> Found:
        if verdict == "none":
            return Found()
        if verdict == "taken" or verdict == "certain":
            return self.one(LIKENESS, f"{int(best[0].score)} of 100", [found[best[0].candidate]], fields)
        which = ", ".join(f"hub:{one.candidate} {int(one.score)}" for one in best[:5])
        may = "is" if verdict == "several" else "may be"
        said = (
            f"{may} one of the hub's records, likeness of 100: {which}; decide with 'hub reviews link' which it is, or "
            "with 'hub reviews new' that it is none of them"
        )
        candidates = [(one.candidate, int(one.score)) for one in best]
        return Found(problem=Refused("match.possible", said), kind="ambiguous", candidates=candidates)

    def fields_of(self, golden_id: int) -> Fields:
        draft = self.batch.drafts.get(golden_id)
        return draft.fields if draft else self.known[golden_id].fields

    def key_here(self, candidate: Candidate) -> str | None:
        """The record of this system that a golden record is linked to."""
        draft = self.batch.drafts.get(candidate.golden_id)
        return candidate.key or (self.linked_here(draft) if draft else None)

    def none_of_them(self, key: str, fields: Fields) -> Found:
        """A person decided that it is none of the records it could be then. One that came since is asked about: two
        people may have said it of two records that are the same; so is one that it was not compared with, while it
        could be the child of an unanswered create."""
        doubts, self.doubts = self.doubts, []
        found = self.by_rules(key, fields)
        self.doubts = doubts
        may_be = list(found.candidates)
        if found.known is not None and not found.child:
            may_be.append((found.known.golden_id, None))
        since = [golden_id for golden_id, _ in may_be if golden_id not in self.shown[key]]
        if not since:
            return Found()
        which = ", ".join(f"hub:{golden_id}" for golden_id in since[:5])
        said = f"a person decided that it is a new one, without seeing {which}, which it may be: decide again"
        return Found(problem=Refused("match.came-since", said), kind="ambiguous", candidates=may_be)

    def by_person(self, golden_id: int, fields: Fields) -> Found:
        """What a person decided, if it is still possible."""
        found, draft = self.known.get(golden_id), self.batch.drafts.get(golden_id)
        outdated = found is None or (found.state != LIVE and found.sent is None) or found.key is not None
        if found is None or outdated or (draft is not None and self.linked_here(draft) is not None):
            said = f"a person decided that it is hub:{golden_id}, which is deleted or linked by now: decide again"
            return Found(problem=Refused("match.outdated", said), kind="taken")
        return Found(found, "a person", child=found.sent is not None)

    def alive(self, candidate: Candidate) -> bool:
        """It may be, while a person is asked."""
        return self.state(candidate) == LIVE or candidate.golden_id in self.asked

    def state(self, candidate: Candidate) -> int:
        draft = self.batch.drafts.get(candidate.golden_id)
        return draft.state if draft else self.known[candidate.golden_id].state

    def named_otherwise(self, candidate: Candidate, key: str, fields: Fields) -> bool:
        """Does the record name another counterpart than the candidate's, or did a person part the two?"""
        if self.paired.bars(candidate.golden_id, key):
            return True
        draft = self.batch.drafts.get(candidate.golden_id)
        theirs = draft.fields if draft else self.known[candidate.golden_id].fields
        apart = draft.apart if draft else self.known[candidate.golden_id].apart
        named = any(
            fields.get(name) is not None and theirs.get(name) is not None and fields[name] != theirs[name]
            for name in self.place.links
        )
        return named or (self.place.id in apart and candidate.golden_id not in self.asked)

    def one(self, rule: str, value: str, candidates: list[Candidate], fields: Fields) -> Found:
        what = shown(value)
        if len(candidates) > 1:
            which = ", ".join(f"hub:{candidate.golden_id}" for candidate in candidates[:5])
            said = (
                f"{len(candidates)} records of the hub match by {rule} = {what} ({which}): expected one; decide with "
                "'hub reviews link' which it is, or with 'hub reviews new' that it is none of them"
            )
            several = [(candidate.golden_id, None) for candidate in candidates]
            return Found(problem=Refused("match.ambiguous", said), kind="ambiguous", candidates=several)
        [candidate] = candidates
        other = self.key_here(candidate)
        if other is not None and not (rule in self.place.links and other in self.gone):
            said = (
                f"matches by {rule} = {what} a record that {self.place.binding.system} {other} is linked to already: "
                "a link is 1:1; correct one of the two, or decide with 'hub reviews new' that it is another one"
            )
            return Found(problem=Refused("match.taken", said), kind="taken")
        if candidate.golden_id in self.asked and rule not in self.place.links:
            said = (
                f"matches by {rule} = {what} hub:{candidate.golden_id}, of which a person is asked whether it is "
                "deleted: it waits for the answer; see 'hub conflicts'"
            )
            waits = [(candidate.golden_id, None)]
            return Found(problem=Refused("match.in-question", said), kind="taken", candidates=waits)
        known = self.known.get(candidate.golden_id) or self.of_draft(candidate.golden_id)
        return Found(known, rule, child=self.ours(known, rule, fields))

    def ours(self, known: Known, rule: str, fields: Fields) -> bool:
        """Is what was found by a rule the child of an unanswered create? Surely, if it carries our key."""
        if known.sent is None or known.key is not None:
            return False
        if rule not in self.place.links and not alike(known.sent, fields):
            return False
        self.doubts = [doubt for doubt in self.doubts if doubt.golden_id != known.golden_id]
        return True

    def linked_here(self, draft: Draft) -> str | None:
        """The key that this page linked a golden record to."""
        for (binding_id, key), row in self.batch.links.items():
            if binding_id == self.place.id and row[2:4] == (draft.golden_id, LIVE):
                return key
        return None

    def of_draft(self, golden_id: int) -> Known:
        draft = self.batch.drafts[golden_id]
        return Known(golden_id, draft.state, draft.fields, draft.encoded_origin(), draft.apart, None, None, None, None)

    def remember(self, draft: Draft, key: str) -> None:
        """A golden record made of a record of this page may be the match of a later one."""
        entity = self.place.entity
        for rule, value in (*match_keys(entity, draft.fields), *candidate_keys(entity, draft.fields)):
            self.candidates[rule, value][draft.golden_id] = Candidate(rule, value, draft.golden_id, key)

    def child(self, fields: Fields) -> Found:
        """Is it the child of a create whose answer was lost? Then it is not a new record of theirs."""
        if not self.doubts:
            return Found()
        mine = [doubt for doubt in self.doubts if alike(doubt.sent, fields)]
        if len(mine) == 1:
            self.doubts.remove(mine[0])
            return Found(self.known[mine[0].golden_id], "unanswered create", child=True)
        said = (
            f"{len(self.doubts)} creates in {self.place.binding.system} were never answered, and this record may be "
            "the child of one: it waits until they are settled"
        )
        return Found(problem=Refused("create.in-doubt", said), kind="in-doubt")
