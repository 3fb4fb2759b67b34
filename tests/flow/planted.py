"""Bugs planted in the engine on purpose: each a mistake that somebody could make, and that the machine must catch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from hub.adapter import Failure, Written
from hub.core.errors import Unknown
from hub.core.merge import Held, Merged, Shadow
from hub.core.model import Unit
from hub.flow import deletes, deliver, merge, outcome, plan, settle
from hub.flow.batch import Batch
from hub.flow.deletes import Deletions
from hub.flow.deliver import DeliveryPage
from hub.flow.matching import Finder, Found
from hub.flow.merge import PageMerge
from hub.flow.reconcile import Comparison
from hub.flow.seen import Seen
from hub.store import catalog, deliveries, intents

Patch = AbstractContextManager[Any]


class Bug(NamedTuple):
    """What is wrong, and how to make it so."""

    name: str
    patches: Callable[[], Sequence[Patch]]
    #: The kind of world in which it shows soon.
    world: str = "plain"


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    patches = bug.patches()
    for one in patches:
        one.__enter__()
    try:
        yield
    finally:
        for one in reversed(patches):
            one.__exit__(None, None, None)


# -- what is believed of a system ---------------------------------------------------------------------


def shadow_is_what_was_sent() -> Sequence[Patch]:
    right = outcome.settled
    return [patch.object(outcome, "settled", lambda shadow, sent, holds: right(shadow, sent, sent))]


def asked_is_forgotten() -> Sequence[Patch]:
    right = outcome.settled

    def forgets(shadow: Shadow, sent: Any, holds: Any) -> Shadow:
        return right(shadow, sent, holds)._replace(asked={})

    return [patch.object(outcome, "settled", forgets)]


def lost_update_is_not_recognised() -> Sequence[Patch]:
    return [patch.object(merge.landing, "updated", lambda shadow, sent, theirs: shadow)]


def child_meets_as_a_stranger() -> Sequence[Patch]:
    """The record that a lost create made is merged without a base: golden and system meet for the first time."""
    right = PageMerge.join
    return [patch.object(PageMerge, "join", lambda self, look, found: right(self, look, found._replace(child=False)))]


# -- writing ------------------------------------------------------------------------------------------


def writes_without_version_and_without_a_look() -> Sequence[Patch]:
    return [*no_version(), patch.object(DeliveryPage, "look", lambda self, plans: plans)]


def no_version() -> Sequence[Patch]:
    right = deliver.plan

    def blind(*given: Any) -> plan.Plan:
        made = right(*given)
        return made._replace(write=made.write._replace(version=None)) if made.write else made

    return [patch.object(deliver, "plan", blind)]


def deletes_without_a_check() -> Sequence[Patch]:
    def look(self: DeliveryPage, plans: list[plan.Plan]) -> list[plan.Plan]:
        checked = right(self, [item for item in plans if item.step != "delete"])
        return checked + [item for item in plans if item.step == "delete"]

    right = DeliveryPage.look
    right_plan = deliver.plan

    def unversioned(*given: Any) -> plan.Plan:
        made = right_plan(*given)
        return made._replace(write=made.write._replace(version=None)) if made.write and made.step == "delete" else made

    return [patch.object(DeliveryPage, "look", look), patch.object(deliver, "plan", unversioned)]


def sends_whole_records() -> Sequence[Patch]:
    """The plan forgets to compare with the shadow."""

    def everything(shadow: Shadow, ours: Mapping[str, Any], writable: frozenset[str], held: frozenset[str]) -> Any:
        return {name: value for name, value in ours.items() if name in writable}

    return [patch.object(plan, "owed", everything), patch.object(merge, "owed", everything)]


def never_done() -> Sequence[Patch]:
    """A delivery that was carried out stays owed, and is not compared with the shadow."""
    return [*sends_whole_records(), patch.object(deliveries, "finish", lambda *given: None)]


def unknown_is_success() -> Sequence[Patch]:
    right = DeliveryPage.call

    def trusting(self: DeliveryPage, writes: Any) -> list[Any]:
        return [
            Written(write.key) if isinstance(o, Failure) and isinstance(o.error, Unknown) and write.key else o
            for write, o in zip(writes, right(self, writes), strict=True)
        ]

    return [patch.object(DeliveryPage, "call", trusting)]


# -- clashes ------------------------------------------------------------------------------------------


def merged_otherwise(change: Callable[[Merged, Any], Merged]) -> Sequence[Patch]:
    right = merge.merge

    def wrong(units: Any, shadow: Any, ours: Any, theirs: Any, decide: Any) -> Merged:
        return change(right(units, shadow, ours, theirs, decide), theirs)

    return [patch.object(merge, "merge", wrong)]


def shadow_of_a_held_field_moves() -> Sequence[Patch]:
    def moves(merged: Merged, theirs: Any) -> Merged:
        held = merged.shadow.held
        moved = {name: value for pair in held.values() for name, value in pair.theirs.items()}
        return merged._replace(shadow=Shadow({**merged.shadow.fields, **moved}, merged.shadow.asked, {}))

    return merged_otherwise(moves)


def held_fields_are_written() -> Sequence[Patch]:
    return [patch.object(module, "held_fields", lambda units, shadow: frozenset()) for module in (plan, merge)]


def clashes_are_not_logged() -> Sequence[Patch]:
    return [patch.object(Batch, "clash", lambda self, *given: None)]


def held_clash_is_logged_again() -> Sequence[Patch]:
    """What is held is forgotten, and so merged and logged whenever it is seen."""
    right = merge.merge

    def forgets(units: Any, shadow: Shadow | None, ours: Any, theirs: Any, decide: Any) -> Merged:
        known = shadow._replace(held={unit: Held({}, {}) for unit in shadow.held}) if shadow else None
        return right(units, known, ours, theirs, decide)

    right_keep = PageMerge.keep

    def keep(self: PageMerge, look: Any, draft: Any, shadow: Shadow, *more: Any) -> None:
        right_keep(self, look._replace(hash=None) if shadow.held else look, draft, shadow, *more)

    return [patch.object(merge, "merge", forgets), patch.object(PageMerge, "keep", keep), *reads_all()]


def reads_all() -> Sequence[Patch]:
    return [patch.object(catalog, "move", lambda *given: None)]


def groups_merge_by_field() -> Sequence[Patch]:
    right = merge.merge

    def apart(units: Sequence[Unit], *more: Any) -> Merged:
        return right([Unit(n, (n,), unit.policy, unit.said) for unit in units for n in unit.fields], *more)

    return [patch.object(merge, "merge", apart)]


def deletion_always_wins() -> Sequence[Patch]:
    return [patch.object(deletes, "untouched", lambda shadow, ours: True)]


def revived_from_what_one_system_shows() -> Sequence[Patch]:
    """An edit wins over a deletion, and the whole record is taken as that system shows it, cut and rounded."""

    def revive(self: Deletions, look: Any, draft: Any, shadow: Shadow) -> None:
        draft.take(dict(look.fields), self.place.binding.system, look.record.stamp)
        right(self, look, draft, Shadow(look.fields))

    right = Deletions.revive
    return [patch.object(Deletions, "revive", revive)]


# -- creating -----------------------------------------------------------------------------------------


def fresh_token_for_each_try() -> Sequence[Patch]:
    right = deliver.plan
    return [patch.object(deliver, "plan", lambda place, due, token: right(place, due._replace(token=None), token))]


def no_intent_for_creates() -> Sequence[Patch]:
    return [patch.object(intents, "announce", lambda *given: None)]


def creates_are_repeated_blindly() -> Sequence[Patch]:
    """What was not answered is sent again at once, as if every system knew tokens."""
    right = deliver.plan

    def again(place: Any, due: Any, token: str) -> plan.Plan:
        made = right(place, due, token)
        return plan.create(place, due, due.token or token) if made.step == "settle" else made

    return [patch.object(deliver, "plan", again)]


def unknown_child_is_new() -> Sequence[Patch]:
    return [patch.object(Finder, "child", lambda self, fields: Found())]


def not_alike_is_not_there() -> Sequence[Patch]:
    """A poll has come to its end: what was not recognised is taken for lost, whatever stands aside."""
    return [patch.object(settle, "children", lambda *given: False)]


# -- deletions ----------------------------------------------------------------------------------------


def one_list_is_believed() -> Sequence[Patch]:
    return [patch.object(Comparison, "long_enough", lambda self, key: True)]


def an_empty_list_is_believed() -> Sequence[Patch]:
    right = Comparison.delete
    return [patch.object(Comparison, "delete", lambda self, keys, *, sentinel: right(self, keys, sentinel=True))]


def what_shows_again_is_still_missed() -> Sequence[Patch]:
    """Two lists that do not show a record, with one between them that does."""
    return [
        patch.object(Comparison, "returned", lambda self, keys: None),
        patch.object(Deletions, "back", lambda self, seen: frozenset()),
    ]


# -- reading ------------------------------------------------------------------------------------------


def cursor_moves_before_the_records() -> Sequence[Patch]:
    right = merge.merge_page

    def first(hub: Any, place: Any, seen: Seen, doubts: Any = ()) -> Any:
        if seen.cursor is not None:
            with hub.store.transaction() as tx:
                catalog.move(tx, place.id, seen.cursor)
        return right(hub, place, seen, doubts)

    return [patch("hub.flow.poll.merge_page", first)]


def last_record_of_a_page_is_skipped() -> Sequence[Patch]:
    right = merge.merge_page

    def short(hub: Any, place: Any, seen: Seen, doubts: Any = ()) -> Any:
        records = seen.records[:-1] if len(seen.records) > 1 else seen.records
        return right(hub, place, seen._replace(records=records), doubts)

    return [patch("hub.flow.poll.merge_page", short)]


def one_bad_record_stops_the_page() -> Sequence[Patch]:
    def stops(self: PageMerge, key: str, kind: str, error: Exception, *more: Any) -> None:
        raise error

    return [patch.object(PageMerge, "aside", stops)]


BUGS = (
    Bug("the shadow is what was sent", shadow_is_what_was_sent, "lossy"),
    Bug("what was asked for is forgotten", asked_is_forgotten, "lossy"),
    Bug("an update whose answer was lost is not recognised", lost_update_is_not_recognised, "lost updates"),
    Bug("a child found again meets as a stranger", child_meets_as_a_stranger, "edited children"),
    Bug("writes without version and without a look", writes_without_version_and_without_a_look, "plain"),
    Bug("deletes without a check", deletes_without_a_check, "deletes"),
    Bug("sends whole records", sends_whole_records),
    Bug("a delivery is never done", never_done),
    Bug("no answer is taken for success", unknown_is_success, "lost updates"),
    Bug("the shadow of a held field moves", shadow_of_a_held_field_moves),
    Bug("held fields are written", held_fields_are_written),
    Bug("clashes are not logged", clashes_are_not_logged),
    Bug("a held clash is logged again and again", held_clash_is_logged_again),
    Bug("groups merge field by field", groups_merge_by_field, "groups"),
    Bug("a deletion always wins", deletion_always_wins, "deletes"),
    Bug("revived from what one system shows", revived_from_what_one_system_shows, "deletes"),
    Bug("a fresh token for each try", fresh_token_for_each_try, "lost creates"),
    Bug("no intent is stored before a create", no_intent_for_creates, "lost creates, weak"),
    Bug("creates are repeated blindly", creates_are_repeated_blindly, "lost creates, weak"),
    Bug("an unknown child is taken for new", unknown_child_is_new, "lost creates, weak"),
    Bug("what is not alike is not there", not_alike_is_not_there, "edited children"),
    Bug("one list of keys is believed", one_list_is_believed, "short lists"),
    Bug("an empty list of keys is believed", an_empty_list_is_believed, "short lists"),
    Bug("what shows again is still missed", what_shows_again_is_still_missed, "short lists"),
    Bug("the cursor moves before the records", cursor_moves_before_the_records, "deaths"),
    Bug("the last record of a page is skipped", last_record_of_a_page_is_skipped),
    Bug("one bad record stops the page", one_bad_record_stops_the_page),
)
