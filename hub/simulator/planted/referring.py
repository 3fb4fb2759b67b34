"""References that do not wait for their parents."""

from collections.abc import Sequence
from typing import Any

from hub.core.record import Fields
from hub.flow import references, renewing
from hub.flow.references import Keys
from hub.simulator.planted.bug import Swap


def child_before_parent() -> Sequence[Swap]:
    """What has no key yet is sent as none, and taken for sent."""
    return [Swap(Keys, "parted", lambda self, golden_id, sent: (sent, []))]


def blank_over_a_waiting_reference() -> Sequence[Swap]:
    """A key that nobody knows is taken for none."""
    right = references.resolve

    def blanks(tx: Any, place: Any, page: Sequence[tuple[str, Fields]]) -> references.Resolved:
        found = right(tx, place, page)
        for key, fields in page:
            fields.update(dict.fromkeys((wait.field for wait in found.waits.get(key, ())), None))
        return found._replace(waits={})

    return [Swap(references, "resolve", blanks)]


def waits_for_ever() -> Sequence[Swap]:
    """Nobody looks whether the parent came."""
    return [Swap(references, "resume", lambda hub, place: None)]


def keeps_a_key_that_is_gone() -> Sequence[Swap]:
    """Nobody looks for the children of a parent that was made anew."""
    return [Swap(renewing, "mark", lambda tx, place, linked, now: None)]


def waiting_is_written_over() -> Sequence[Swap]:
    """What a system shows and nobody knows yet is no reason not to write there."""
    return [Swap(Keys, "here", lambda self, golden_id, name: False)]
