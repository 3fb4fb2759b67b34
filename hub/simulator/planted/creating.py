"""Mistakes about creates whose answer never came."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hub.core.match import match_keys
from hub.engine.sync import Sync
from hub.flow.delivering import deliver, outcome, plan, settle
from hub.flow.merging.matching import Finder, Found
from hub.simulator.planted.bug import Swap
from hub.store import deliveries, intents
from hub.store.schema import DELETED


def fresh_token_for_each_try() -> Sequence[Swap]:
    return [
        Swap(deliver, "plan", lambda place, due, token, *keys: plan.plan(place, due._replace(token=None), token, *keys))
    ]


def no_intent_for_creates() -> Sequence[Swap]:
    return [Swap(intents, "announce", lambda *given: None)]


def creates_are_repeated_blindly() -> Sequence[Swap]:
    """What was not answered is sent again at once, as if every system knew tokens."""

    def again(place: Any, due: Any, token: str, *keys: Any) -> plan.Plan:
        made = plan.plan(place, due, token, *keys)
        return plan.create(place, due, due.token or token, *keys) if made.step == "settle" else made

    return [Swap(deliver, "plan", again)]


def unknown_child_is_new() -> Sequence[Swap]:
    return [Swap(Finder, "child", lambda self, fields: Found())]


def not_alike_is_not_there() -> Sequence[Swap]:
    """A poll has come to its end: what was not recognised is taken for lost, whatever stands aside."""
    return [Swap(settle, "children", lambda *given: False)]


def announced_is_forgotten() -> Sequence[Swap]:
    """What a process that died had announced is cleared away when the next one starts."""
    return [Swap(intents, "land", intents.done)]


def announced_updates_are_forgotten() -> Sequence[Swap]:
    return [Swap(deliveries, "updating", lambda *given: None)]


def doubt_dies_with_its_record() -> Sequence[Swap]:
    """The record was deleted meanwhile: its create is not looked for any more."""

    def drops(place: Any, due: Any, token: str, *keys: Any) -> plan.Plan:
        gone = due.state == deliveries.CREATING and due.known.state == DELETED
        return plan.Plan(due, "none") if gone else plan.plan(place, due, token, *keys)

    return [Swap(deliver, "plan", drops)]


def nobody_waits_for_what_is_on_its_way() -> Sequence[Swap]:
    """A create that was sent a moment ago is taken for lost if it is not there yet."""
    return [Swap(Sync, "wait_for_late", lambda *given: None), Swap(outcome, "LATE", timedelta(0))]


def own_key_is_not_recognised() -> Sequence[Swap]:
    """A record that carries our key is a stranger all the same."""

    def questions(self: Finder, key: str, fields: Any) -> Any:
        return match_keys(self.place.entity, fields)

    return [Swap(Finder, "questions", questions), Swap(Finder, "child", lambda self, fields: Found())]
