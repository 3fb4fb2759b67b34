"""Records that were deleted and show again under their keys: out of a bin, or since their system was put back.

| The golden record         | put back, replay          | put back, baseline | else                    |
|---------------------------|---------------------------|--------------------|-------------------------|
| lives, has no record here | this is its record again  | the same           | the same (1)            |
| lives, has another one    | this is, and that is gone | the same           | a person says which     |
| is deleted                | deleted again, and logged | it lives again     | it lives again (1, 2)   |
| is another one by now     | a new one                 | a new one          | a new one               |

(1) Not while a create is unanswered: until that is settled it stands aside.
(2) Unless somebody entered it anew elsewhere, so that another golden record that lives is found to be it.
"""

from collections.abc import Mapping, Sequence

from hub.core import landing
from hub.core.errors import Refused
from hub.core.merge import EXISTENCE, Clash, Shadow
from hub.flow.batch import Batch, Draft
from hub.flow.merging.aside import Aside
from hub.flow.merging.matching import Doubt, Finder
from hub.flow.merging.meet import Meetings
from hub.flow.merging.putback import RULE
from hub.flow.merging.reviving import edits_again, revive
from hub.flow.seen import Look, Seen, Tally
from hub.store import conflicts, links, records
from hub.store.records import Known
from hub.store.schema import ABSORBED, DELETED


class Returning:
    """Those of one page."""

    def __init__(self, batch: Batch, tally: Tally, aside: Aside, meetings: Meetings, seen: Seen) -> None:
        self.place, self.tx, self.mode = batch.place, batch.tx, meetings.mode
        self.batch, self.tally, self.aside, self.meetings = batch, tally, aside, meetings
        #: Keys of which a person said who they are; and those that are not there, as this page tells.
        self.decided, self.gone = seen.decided, {None, *seen.gone}
        #: The records that are theirs again.
        self.found: list[tuple[Look, Known]] = []

    def sort(self, shown: Mapping[str, tuple[Look, int]]) -> dict[str, Look]:
        """`shown`: by key, with the golden record that it was. Those that are met as new ones."""
        known = records.load(self.tx, self.place.id, [golden_id for _, golden_id in shown.values()])
        new: dict[str, Look] = {}
        first: dict[int, str] = {}
        for key, (look, golden_id) in shown.items():
            golden = known[golden_id]
            if key in self.decided or golden.state == ABSORBED:
                new[key] = look
            elif golden.state == DELETED and self.mode == "replay":
                self.bury(look, golden)
            elif self.mode is None and (golden.sent is not None or golden.key not in self.gone):
                self.ask(key, golden, golden.key)
            elif first.setdefault(golden_id, key) != key:
                self.ask(key, golden, first[golden_id])
            else:
                self.found.append((look, golden))
        return new

    def anew(self, doubts: Sequence[Doubt]) -> list[Look]:
        """Those that are not theirs again: each is found to be a golden record that came since, or may be."""
        dead = [look for look, golden in self.found if golden.state == DELETED] if self.mode is None else []
        if not dead:
            return []
        batch = self.batch
        finder = Finder(batch.hub, self.place, self.tx, batch, self.meetings.keys, doubts)
        finder.prepare([(look.record.key, look.fields) for look in dead])
        was = {look.record.key: golden.golden_id for look, golden in self.found}
        found = [(look.record.key, finder.by_rules(look.record.key, look.fields)) for look in dead]
        # Its own foreign key names its own counterpart.
        other = {key for key, who in found if who.known is not None and who.known.golden_id != was[key]}
        new = other | {key for key, who in found if who.kind == "ambiguous"}
        self.found = [(look, golden) for look, golden in self.found if look.record.key not in new]
        return [look for look in dead if look.record.key in new]

    def bury(self, look: Look, golden: Known) -> None:
        """What it shows is in the log: somebody may have edited it since."""
        draft = self.batch.draft(golden)
        self.tally.conflicts += 1
        if golden.key is not None:
            self.batch.unlink(self.place, golden.key, golden)
        self.batch.clash(self.place, look.record.key, draft, Clash(EXISTENCE, None, {}, look.fields, "keep", RULE))
        self.batch.keep(self.place, look, draft, Shadow(look.fields))
        self.batch.owe(self.place, golden.golden_id)

    def ask(self, key: str, golden: Known, other: str | None) -> None:
        """`other`: its record by now; None: it is being made. Should that go, nothing is made beside this one."""
        self.batch.may_be(self.place, key, golden.golden_id, None)
        was = f"was deleted, and is there again: it was hub:{golden.golden_id}"
        if other is None:
            said = f"{key} {was}, which is being made anew there: it waits until that is settled"
            self.aside.put(key, "in-doubt", Refused("create.in-doubt", said), golden.golden_id)
        else:
            said = f"{key} {was}, which is {other} there by now: delete one of the two, or decide with "
            said += "'hub reviews new' that it is another one"
            self.aside.put(key, "taken", Refused("match.made-anew", said), golden.golden_id)

    def meet(self) -> None:
        """Where nobody put the system back, from what it showed when it was deleted."""
        bases = self.bases()
        dead = [draft for draft in (self.batch.draft(golden) for _, golden in self.found) if draft.state == DELETED]
        revive(self.batch, dead, self.place.others)
        for look, golden in self.found:
            draft, key = self.batch.draft(golden), look.record.key
            if golden.key is not None:
                self.batch.unlink(self.place, golden.key, golden)
            if self.place.id in draft.apart:
                draft.apart -= {self.place.id}
                self.batch.touch(draft)
            self.batch.end(self.place, golden.golden_id, EXISTENCE, conflicts.WITHDRAWN)
            self.batch.name_key(self.place, draft, key)
            self.batch.audit(
                golden.golden_id, self.place, "linked", {"key": [golden.key, key], "rule": [None, "its key"]}
            )
            self.tally.linked += 1
            self.meetings.meet(look, draft, self.base(draft, bases.get(golden.golden_id)))

    def bases(self) -> dict[int, Shadow]:
        """What to merge with, by golden id, where nobody put the system back: what was shown before the deletion, or
        before an edit that lost to it."""
        if self.mode is not None:
            return {}
        shown = links.remembered(self.tx, self.place.id, [look.record.key for look, _ in self.found])
        looks = {golden.golden_id: look for look, golden in self.found if look.record.key in shown}
        before = {golden_id: shown[look.record.key] for golden_id, look in looks.items()}
        before |= edits_again(self.batch, self.place, before)
        return {golden_id: landing.back(shadow, looks[golden_id].fields) for golden_id, shadow in before.items()}

    def base(self, draft: Draft, before: Shadow | None) -> Shadow | None:
        """Where the system was put back, all that it shows anew is an edit there."""
        return before if self.mode is None else Shadow(self.place.binding.mapping.project(draft.fields))
