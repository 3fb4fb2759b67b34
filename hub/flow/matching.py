"""Find the golden record of a record that has no link: by foreign key, by our own unanswered create, by match rules.

One certain candidate links. Several, or one that is linked already, stand aside: never guess, never make a twin.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hub.core.errors import Refused
from hub.core.likeness import alike
from hub.core.match import match_keys
from hub.core.record import Fields
from hub.flow.batch import Batch, Draft
from hub.flow.place import Hub, Place
from hub.store import matches, records
from hub.store.database import Tx
from hub.store.matches import Candidate
from hub.store.records import Known
from hub.store.schema import LIVE


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


Key = tuple[str, str]
NOTHING: Mapping[str, int | None] = {}


class Finder:
    """Looks up the candidates of a whole page with one statement a rule."""

    def __init__(
        self,
        hub: Hub,
        place: Place,
        tx: Tx,
        batch: Batch,
        doubts: Sequence[Doubt],
        decided: Mapping[str, int | None] = NOTHING,
    ) -> None:
        """`decided`: by key, what a person says that a record is. None: a new one."""
        self.hub, self.place, self.tx, self.batch = hub, place, tx, batch
        self.doubts, self.decided = list(doubts), decided
        self.candidates: dict[Key, dict[int, Candidate]] = defaultdict(dict)
        self.known: dict[int, Known] = {}

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
        self.known = records.load(self.tx, self.place.id, sorted(ids))

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
            return matches.find_linked(self.tx, self.place.id, self.place.links[rule].id, rule, values)
        return matches.find(self.tx, self.place.row.entity_id, self.place.id, rule, values)

    def find(self, key: str, fields: Fields) -> Found:
        if key in self.decided:
            return self.by_person(self.decided[key], fields)
        for rule, value in self.questions(key, fields):
            candidates = [c for c in self.candidates[rule, value].values() if self.alive(c)]
            if rule not in self.place.links and rule != self.place.own:
                candidates = [c for c in candidates if not self.named_otherwise(c, fields)]
            if candidates:
                return self.one(rule, value, candidates, fields)
        return self.child(fields)

    def by_person(self, golden_id: int | None, fields: Fields) -> Found:
        """What a person decided, if it is still possible."""
        if golden_id is None:
            return Found()
        found, draft = self.known.get(golden_id), self.batch.drafts.get(golden_id)
        outdated = found is None or (found.state != LIVE and found.sent is None) or found.key is not None
        if found is None or outdated or (draft is not None and self.linked_here(draft) is not None):
            said = f"a person decided that it is hub:{golden_id}, which is deleted or linked by now: decide again"
            return Found(problem=Refused("match.outdated", said), kind="taken")
        return Found(found, "a person", child=found.sent is not None)

    def alive(self, candidate: Candidate) -> bool:
        draft = self.batch.drafts.get(candidate.golden_id)
        return (draft.state if draft else self.known[candidate.golden_id].state) == LIVE

    def named_otherwise(self, candidate: Candidate, fields: Fields) -> bool:
        """Does the record name another counterpart than the candidate's, or did a person part the two?"""
        draft = self.batch.drafts.get(candidate.golden_id)
        theirs = draft.fields if draft else self.known[candidate.golden_id].fields
        apart = draft.apart if draft else self.known[candidate.golden_id].apart
        named = any(
            fields.get(name) is not None and theirs.get(name) is not None and fields[name] != theirs[name]
            for name in self.place.links
        )
        return named or self.place.id in apart

    def one(self, rule: str, value: str, candidates: list[Candidate], fields: Fields) -> Found:
        shown = value.replace("\x1f", ", ")
        if len(candidates) > 1:
            which = ", ".join(f"hub:{candidate.golden_id}" for candidate in candidates[:5])
            said = (
                f"{len(candidates)} records of the hub match by {rule} = {shown} ({which}): expected one; decide with "
                "'hub reviews link' which it is, or with 'hub reviews new' that it is none of them"
            )
            return Found(problem=Refused("match.ambiguous", said), kind="ambiguous")
        [candidate] = candidates
        draft = self.batch.drafts.get(candidate.golden_id)
        if candidate.key is not None or (draft and self.linked_here(draft)):
            other = candidate.key or self.linked_here(draft) if draft else candidate.key
            said = (
                f"matches by {rule} = {shown} a record that {self.place.binding.system} {other} is linked to already: "
                "a link is 1:1; correct one of the two, or decide with 'hub reviews new' that it is another one"
            )
            return Found(problem=Refused("match.taken", said), kind="taken")
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
        for rule, value in match_keys(self.place.entity, draft.fields):
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
