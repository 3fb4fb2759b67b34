"""Deletions of one page: taken, put back, or decided between a deletion and an edit."""

from collections.abc import Mapping, Sequence

from hub.core.merge import EXISTENCE, NEVER_MET, Clash, Held, Shadow, untouched
from hub.core.model import LINK
from hub.core.policy import existence
from hub.core.record import Fields
from hub.flow.batch import Batch, Draft
from hub.flow.merging.reviving import forget_key
from hub.flow.place import Hub, Place
from hub.flow.seen import Look, Seen, Tally
from hub.store import conflicts, links, records, reviews
from hub.store.absences import OUTSIDE
from hub.store.database import Tx
from hub.store.records import Known
from hub.store.schema import DELETED, LIVE


class Deletions:
    """The deletions of one page."""

    def __init__(self, hub: Hub, place: Place, tx: Tx, batch: Batch, tally: Tally) -> None:
        self.hub, self.place, self.tx, self.batch, self.tally = hub, place, tx, batch, tally
        self.means = place.binding.deletes

    def vanished(self, seen: Seen) -> None:
        """Records that the system does not hold any more."""
        if not seen.gone:
            return
        known_links = links.lookup(self.tx, self.place.id, seen.gone)
        live = {
            key: link.golden_id
            for key, link in known_links.items()
            if link.state == LIVE and (self.place.id, key) not in self.batch.links  # another one stands for it by now
        }
        known = records.load(self.tx, self.place.id, list(live.values()))
        held = self.guarded(seen, {key: known[golden_id] for key, golden_id in live.items()})
        self.forget([key for key in seen.gone if key not in held])
        for key, golden_id in live.items():
            if key not in held:
                self.gone(key, known[golden_id])
        if live:  # one of them may have been in the way of what stands aside
            reviews.wake(self.tx, self.place.id, "taken", self.batch.now)
        if seen.passed == "person":
            self.batch.approved += live.values()

    def guarded(self, seen: Seen, live: Mapping[str, Known]) -> frozenset[str]:
        """Those that are not taken. The guard counts what would go on to the other systems."""
        follows = [key for key, known in live.items() if known.state == LIVE and self.place.followed]
        guard, id_ = self.hub.guard, self.place.id
        if seen.passed != "nothing" or not follows or guard.takes(self.tx, id_, self.means, len(follows)):
            return frozenset()
        guard.hold(self.tx, id_, follows, seen.way, self.batch.now)
        self.tally.held += len(follows)
        return frozenset(follows)

    def forget(self, keys: Sequence[str]) -> None:
        """These are not missed any more."""
        missed = self.hub.guard.absent(self.tx, self.place.id)
        self.hub.guard.found(self.tx, self.place.id, [key for key in keys if key in missed])

    def back(self, seen: Seen) -> frozenset[str]:
        """Records of the page that were missed: they are there. (One outside the filter is back when a poll shows it:
        everything else finds it all along.)"""
        missed = self.hub.guard.absent(self.tx, self.place.id)
        if not missed:
            return frozenset()
        polled = seen.cursor is not None
        shown = [record.key for record in seen.records if record.key in missed]
        back = [key for key in shown if polled or missed[key].state != OUTSIDE]
        self.hub.guard.found(self.tx, self.place.id, back)
        return frozenset(back)

    def gone(self, key: str, known: Known) -> None:
        """Unchanged on our side: the deletion is taken. Changed: a conflict of delete against edit."""
        place, batch = self.place, self.batch
        draft = batch.draft(known)
        self.tally.deleted += 1
        batch.unlink(place, key, known)
        if draft.state != LIVE:
            batch.end(place, draft.golden_id, EXISTENCE, conflicts.WITHDRAWN)
            batch.owe(place, draft.golden_id)  # a deletion that is held or refused is settled by this
        else:
            self.deleted_there(key, draft, known.shadow)

    def deleted_there(self, key: str, draft: Draft, shadow: Shadow | None) -> None:
        ours = self.place.binding.mapping.project(draft.fields)
        if self.means.take == "unlink":
            self.part(key, draft)
        elif self.means.take == "restore":
            self.put_back(key, draft, shadow, ours, "deletes: what is deleted here is restored")
        elif not self.place.reads:
            self.put_back(key, draft, shadow, ours, f"{self.place.binding.system} is written one-way")
        elif shadow is not None and untouched(shadow, ours):
            self.delete(draft)
        else:  # two that a foreign key made one and that never met: who deleted the one had not seen the other
            self.delete_against_edit(key, draft, shadow or NEVER_MET, ours)

    def refused(self, keys: Sequence[str], who: str) -> None:
        """A person says that these records are not to be deleted: what is gone is made anew."""
        known_links = links.lookup(self.tx, self.place.id, keys)
        live = {key: link.golden_id for key, link in known_links.items() if link.state == LIVE}
        known = records.load(self.tx, self.place.id, list(live.values()))
        self.forget(keys)
        for key, golden_id in live.items():
            found = known[golden_id]
            draft = self.batch.draft(found)
            self.batch.unlink(self.place, key, found)
            if draft.state != LIVE:  # it was deleted elsewhere since: all agree, and nothing is owed here
                self.batch.owe(self.place, golden_id)
            else:
                ours = self.place.binding.mapping.project(draft.fields)
                self.put_back(key, draft, found.shadow, ours, f"deletes: {who} refused the deletion")

    def part(self, key: str, draft: Draft) -> None:
        """The record lives on everywhere else, and is not made here again."""
        draft.apart |= {self.place.id}
        self.batch.touch(draft)
        self.batch.name_key(self.place, draft, None)
        self.batch.audit(draft.golden_id, self.place, "unlinked", {"key": [key, None]})

    def delete(self, draft: Draft) -> None:
        """The golden record goes; every other system is owed the deletion."""
        draft.state = DELETED
        self.batch.touch(draft)
        self.batch.withdraw(self.place, draft)
        self.batch.audit(draft.golden_id, self.place, "deleted", None)
        for other in self.place.others:
            self.batch.owe(other, draft.golden_id)

    def put_back(self, key: str, draft: Draft, shadow: Shadow | None, ours: Fields, rule: str) -> None:
        """The deletion is not taken: the record is created there anew."""
        base = shadow.fields if shadow else None
        self.tally.conflicts += 1
        self.batch.clash(self.place, key, draft, Clash(EXISTENCE, base, ours, {}, "keep", rule))
        self.batch.name_key(self.place, draft, None)
        self.batch.owe(self.place, draft.golden_id)

    def delete_against_edit(self, key: str, draft: Draft, shadow: Shadow, ours: Fields) -> None:
        if self.nobody_has(draft):
            self.delete(draft)
            return
        decision = existence(self.place.entity.deletes)
        if decision.verdict == "keep":
            self.put_back(key, draft, shadow, ours, decision.rule)
            return
        self.tally.conflicts += 1
        clash = Clash(EXISTENCE, shadow.fields, ours, {}, decision.verdict, decision.rule)
        self.batch.clash(self.place, key, draft, clash)
        if decision.verdict == "take":
            self.delete(draft)
            return
        draft.apart |= {self.place.id}  # held: not created there again until a person decides
        self.batch.touch(draft)

    def nobody_has(self, draft: Draft) -> bool:
        """Has every system deleted it by now? Then all agree, whatever was edited before."""
        return not links.of_golden(self.tx, draft.golden_id, [other.id for other in self.place.others])

    def edited_after_delete(self, look: Look, draft: Draft, shadow: Shadow | None) -> Shadow | None:
        """The golden record was deleted, and here someone edited its record before our deletion arrived. The base to
        merge with, where the edit brings it back; else None."""
        base = (shadow or NEVER_MET).fields
        marks = self.means.marks  # our own mark on it is nobody's edit
        moved = {
            name
            for name, value in look.fields.items()
            if not name.startswith(LINK) and base.get(name) != value and (name not in marks or marks[name] != value)
        }
        shadow = shadow or NEVER_MET
        if not moved:
            kept = shadow
            for unit in kept.held:  # the edit that waited for a person was taken back
                self.batch.end(self.place, draft.golden_id, unit, conflicts.WITHDRAWN)
            self.batch.keep(self.place, look, draft, kept._replace(held={}))
            self.batch.owe(self.place, draft.golden_id)
            return None
        if shadow.held.get(EXISTENCE) == Held(look.fields, {}):
            self.batch.keep(self.place, look, draft, shadow)
            return None
        return self.edit_against_delete(look, draft, shadow)

    def edit_against_delete(self, look: Look, draft: Draft, shadow: Shadow) -> Shadow | None:
        decision = existence(self.place.entity.deletes)
        self.tally.conflicts += 1
        # Seen from this system, theirs is the edit: the conflict log's "take" takes it.
        verdict = {"keep": "take", "take": "keep", "hold": "hold"}[decision.verdict]
        clash = Clash(EXISTENCE, shadow.fields, {}, look.fields, verdict, decision.rule)  # type: ignore[arg-type]
        for unit in shadow.held if verdict != "take" else ():
            self.batch.end(self.place, draft.golden_id, unit, conflicts.SUPERSEDED)
        self.batch.clash(self.place, look.record.key, draft, clash)
        if verdict == "take":
            return self.revive(look, draft, shadow)
        if verdict == "hold":
            held = {EXISTENCE: Held(look.fields, {})}
            self.batch.keep(self.place, look, draft, shadow._replace(held=held))
        else:  # what was asked for goes with what it showed before, should that be the base again
            self.batch.keep(self.place, look, draft, Shadow(look.fields, shadow.asked))
            self.batch.owe(self.place, draft.golden_id)
        return None

    def revive(self, look: Look, draft: Draft, shadow: Shadow) -> Shadow:
        """The edit wins: the golden record lives again. Who still has the record keeps it, and its key; where it was
        deleted it is created anew."""
        draft.state = LIVE
        self.batch.touch(draft)
        linked = links.of_golden(self.tx, draft.golden_id, [other.id for other in self.place.others])
        for other in self.place.others:
            if other.id not in linked:
                forget_key(draft, other)
            self.batch.owe(other, draft.golden_id)
        return shadow
