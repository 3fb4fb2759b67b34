"""What people decide about conflicts: a held one, the reversal of a decision. (What stands aside: `deciding.aside`.)

Nothing is written to a system here. A decision changes golden records and shadows in one transaction; the
deliveries that follow are checked like any other.
"""

from collections.abc import Iterable
from typing import Literal

from hub.core.errors import Refused
from hub.core.merge import EXISTENCE, NEVER_MET, Shadow
from hub.core.model import LINK
from hub.core.record import Fields, Value
from hub.core.unfit import Unfit
from hub.flow.batch import Batch, Draft
from hub.flow.deciding.enter import entered
from hub.flow.merging.fights import forget
from hub.flow.merging.reviving import LOOK_AGAIN, forget_key, revive
from hub.flow.place import Hub, Place
from hub.store import conflicts, records, reviews
from hub.store.conflicts import Conflict
from hub.store.database import Tx
from hub.store.schema import DELETED, LIVE

#: theirs: what the system named in the conflict shows; ours: what the hub holds (the other side's value).
Side = Literal["ours", "theirs"]


def conflict_of(hub: Hub, tx: Tx, number: int) -> Conflict:
    """A row of this instance's conflict log. Refused: there is none."""
    known = 0 < number <= conflicts.LAST
    found = conflicts.find(tx, [place.id for place in hub.all()], ids=[number]) if known else []
    if not found:
        raise Refused("conflict.unknown", f"there is no conflict {number}; 'hub conflicts' lists them")
    return found[0]


def resolve(hub: Hub, number: int, side: Side, who: str, values: Fields | None = None) -> Conflict:
    """Decide a held conflict for one side, or for values of the person's own (`values`, all of the unit's fields)."""
    with hub.store.transaction() as tx:
        conflict = conflict_of(hub, tx, number)
        if conflict.state != conflicts.OPEN:
            said = f"conflict {number} is not open ({conflict.state}); 'hub conflicts reverse' changes a decision"
            raise Refused("conflict.not-open", said)
        decision = Decided(hub, tx, conflict, who)
        decision.asked()
        moved = decision.moved()
        if moved:
            said = decision.show(moved)
        elif conflict.unit == EXISTENCE:
            decision.existence(side)
        else:
            decision.unit(side, values)
        if not moved:
            verdict = "value" if values else "take" if side == "theirs" else "keep"
            decision.close(conflicts.DECIDED, verdict, {name: list(pair) for name, pair in decision.changed().items()})
        found = conflict_of(hub, tx, number)
    if moved:
        raise Refused("conflict.moved", f"conflict {number}: {', '.join(moved)} was edited since it was logged; {said}")
    return found


def reverse(hub: Hub, number: int, who: str) -> Conflict:
    """Put the losing value back, as an edit of today. Refused: the field has been edited again since."""
    with hub.store.transaction() as tx:
        conflict = conflict_of(hub, tx, number)
        if conflict.state != conflicts.DECIDED or conflict.verdict not in ("take", "keep"):
            raise Refused(
                "conflict.not-decided", f"conflict {number} is {conflict.state}: there is no winner to reverse"
            )
        decision = Decided(hub, tx, conflict, who)
        decision.asked()
        if conflict.unit == EXISTENCE:
            decision.reverse_existence()
        else:
            decision.reverse_unit()
        decision.close(conflicts.REVERSED, conflict.verdict, decision.changed())
        return conflict_of(hub, tx, number)


class Decided:
    """One decision of one person, in one transaction."""

    def __init__(self, hub: Hub, tx: Tx, conflict: Conflict, who: str) -> None:
        self.hub, self.tx, self.conflict, self.who = hub, tx, conflict, who
        self.place: Place = hub.place_of(conflict.binding_id)
        self.batch = Batch(hub, self.place, tx, who)
        [self.known] = records.load(tx, self.place.id, [conflict.golden_id]).values()
        self.draft: Draft = self.batch.draft(self.known)

    def changed(self) -> dict[str, list[object]]:
        return {name: [before, self.draft.fields.get(name)] for name, before in self.draft.before.items()}

    def close(self, state: str, verdict: str, detail: dict[str, list[object]]) -> None:
        self.batch.audit(self.draft.golden_id, self.place, state, detail)
        self.batch.save()
        for place in (self.place, *self.place.others) if self.conflict.unit == EXISTENCE else ():
            reviews.wake(self.tx, place.id, "taken", self.batch.now)
        conflicts.decide(self.tx, self.conflict.id, state, verdict, self.who, self.batch.now)

    # -- deleted or edited since it was logged ---------------------------------------------------------------

    def asked(self) -> None:
        """Refused, if the record was deleted meanwhile, or lives again: that is weighed or merged where it is held, and
        a decision would pass over what nobody was shown."""
        said = None
        if self.conflict.unit != EXISTENCE:
            said = None if self.draft.state == LIVE else "was deleted since; the next run weighs the edit against that"
        elif self.conflict.theirs and self.conflict.state == conflicts.OPEN and self.draft.state == LIVE:
            said = "lives again since; the next run merges the edit"
        if said is not None:
            raise Refused("conflict.outdated", f"conflict {self.conflict.id}: the record {said}")

    def moved(self) -> Fields:
        """What the hub holds by now of the fields in question, where that is not what the log shows."""
        logged = self.conflict.ours
        if not logged:
            return {}
        now = self.place.binding.mapping.project(self.draft.fields)
        return {name: now.get(name) for name in logged if not name.startswith(LINK) and now.get(name) != logged[name]}

    def show(self, moved: Fields) -> str:
        """Log what the hub holds now, and say what to do: nobody decides against a value that he was not shown."""
        ours = {**self.conflict.ours, **moved}
        shadow = self.known.shadow
        if ours == self.conflict.theirs:
            self.keep_shadow(shadow or NEVER_MET, self.conflict.theirs)
            self.batch.end(self.place, self.draft.golden_id, self.conflict.unit, conflicts.WITHDRAWN)
            self.batch.save()
            return "both sides are the same now, and nothing is left to decide"
        conflicts.refresh(self.tx, self.conflict.id, ours)
        if shadow is not None and self.known.key is not None and self.conflict.unit in shadow.held:
            held = {**shadow.held, self.conflict.unit: shadow.held[self.conflict.unit]._replace(ours=ours)}
            self.batch.decide(self.place, self.known.key, shadow._replace(held=held))
        self.batch.save()
        return "look at it again, then decide"

    # -- a field or a group -----------------------------------------------------------------------

    def unit(self, side: Side, values: Fields | None) -> None:
        """The shadow moves to what the system shows; the golden record to what was decided."""
        shadow = self.known.shadow or NEVER_MET
        held = shadow.held.get(self.conflict.unit)
        theirs = held.theirs if held else self.conflict.theirs
        self.keep_shadow(shadow, theirs)
        wanted = self.own(values, theirs) if values else self.meant(shadow, theirs) if side == "theirs" else {}
        self.set(wanted, self.place.binding.system if side == "theirs" and not values else None)
        forget(self.draft, theirs)
        self.owe_all(theirs)

    def meant(self, shadow: Shadow, theirs: Fields) -> Fields:
        """Their values, but for what the system only made of ours (cut, rounded): there our value stands."""
        ours = self.place.binding.mapping.project(self.draft.fields)
        edited = {name: value for name, value in theirs.items() if shadow.fields.get(name) != value}
        kept = {name: shadow.agreed(name) for name in theirs if name not in edited and shadow.changed(name, ours)}
        return {**edited, **kept}

    def own(self, values: Fields, theirs: Fields) -> Fields:
        if unknown := sorted(set(values) - set(theirs)):
            said = f"{', '.join(unknown)}: not part of this conflict; expected {', '.join(theirs)}"
            raise Refused("conflict.field", said)
        return {name: self.entered(name, value) for name, value in values.items()}

    def entered(self, name: str, value: Value) -> Value:
        """A value that a person typed. Refused: one of the systems would not take it."""
        try:
            return entered(self.tx, self.hub, self.place, name, value)
        except Unfit as error:
            raise Refused("conflict.value", f"{name}: {error.said}") from error

    def keep_shadow(self, shadow: Shadow, theirs: Fields) -> None:
        if self.known.key is None:
            return
        held = {unit: pair for unit, pair in shadow.held.items() if unit != self.conflict.unit}
        fields = {**shadow.fields, **theirs}
        asked = {name: value for name, value in shadow.asked.items() if fields[name] == shadow.fields.get(name)}
        self.batch.decide(self.place, self.known.key, shadow._replace(fields=fields, asked=asked, held=held))

    def set(self, values: Fields, system: str | None) -> None:
        for name, value in values.items():
            if self.draft.fields.get(name) != value:
                self.draft.set(name, value)
                self.draft.origin[name] = [system, None]
        self.batch.touch(self.draft)

    def owe_all(self, names: Iterable[str]) -> None:
        self.batch.owe(self.place, self.draft.golden_id)
        self.batch.owe_others(self.place, self.draft, names)

    def reverse_unit(self) -> None:
        conflict = self.conflict
        winner, loser = (
            (conflict.theirs, conflict.ours) if conflict.verdict == "take" else (conflict.ours, conflict.theirs)
        )
        mapping = self.place.binding.mapping
        now, then = mapping.project(self.draft.fields), mapping.project(winner)
        edited = [name for name in winner if now.get(name) != then.get(name)]
        if edited:
            said = f"{', '.join(edited)}: edited again since; decide with 'hub records' what it should be"
            raise Refused("conflict.edited-since", said)
        self.set(loser, self.place.binding.system if conflict.verdict == "keep" else conflict.ours_from)
        self.owe_all(loser)

    # -- deleted on one side, edited on the other -------------------------------------------------

    def existence(self, side: Side) -> None:
        deleted_there = not self.conflict.theirs
        if deleted_there == (side == "theirs"):
            self.delete()
        else:
            self.edit_stands()

    def delete(self) -> None:
        """The deletion stands: everyone who still has the record is owed it. What it shows has lost, and is no edit any
        more; the log has what it was before."""
        shadow = self.known.shadow
        if shadow is not None and self.known.key is not None:
            self.batch.decide(
                self.place, self.known.key, Shadow({**shadow.fields, **self.conflict.theirs}, shadow.asked)
            )
        self.draft.state = DELETED
        self.batch.withdraw(self.place, self.draft)
        self.draft.apart -= {self.place.id}
        self.batch.touch(self.draft)
        self.owe_everyone()

    def live(self, before: Shadow, shown: Shadow) -> None:
        """The edit stands: the record is created anew where it was deleted. `before`: of the edit; `shown`: with it."""
        theirs = self.conflict.theirs
        self.draft.apart -= {self.place.id}
        # What only looks different over there (cut, rounded) is nobody's edit: our value stands.
        edited = {name for name, value in theirs.items() if name not in before.fields or before.fields[name] != value}
        whole = {name for unit in self.place.entity.units if not edited.isdisjoint(unit.fields) for name in unit.fields}
        moved = {name: value for name, value in self.meant(before, theirs).items() if name in edited | whole}
        if moved:
            self.set(moved, self.place.binding.system)
        if self.known.key is not None:
            asked = {name: value for name, value in shown.asked.items() if moved.get(name, value) == value}
            self.batch.decide(self.place, self.known.key, shown._replace(asked=asked))
        else:
            forget_key(self.draft, self.place)
        self.batch.owe(self.place, self.draft.golden_id)
        revive(self.batch, [self.draft], self.place.others)

    def edit_stands(self) -> None:
        before = self.known.shadow or NEVER_MET
        self.live(before, Shadow({**before.fields, **self.conflict.theirs}, before.asked))

    def reverse_existence(self) -> None:
        """An edit that lost to the deletion counts again: the log has what it was made upon. Should another one wait
        for a decision, it is merged instead."""
        if self.draft.state == LIVE:
            self.delete()
            return
        theirs, shown = self.conflict.theirs, self.known.shadow or Shadow(self.conflict.theirs)
        base = {n: v for n, v in (self.conflict.base or {}).items() if shown.fields.get(n) == theirs.get(n)}
        held = {EXISTENCE: LOOK_AGAIN} if EXISTENCE in shown.held else {}
        self.live(shown._replace(fields={**shown.fields, **base}), shown._replace(held=held))

    def owe_everyone(self) -> None:
        for place in (self.place, *self.place.others):
            self.batch.owe(place, self.draft.golden_id)
