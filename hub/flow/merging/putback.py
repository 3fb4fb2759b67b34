"""A system that was put back to an earlier state: what shows it in a page, and how it is met once a person has said
that what the hub knows is to be written there again."""

from collections.abc import Sequence

from hub.core.errors import PutBack
from hub.core.merge import Decide, Decision, Shadow, Verdict
from hub.core.model import Unit
from hub.core.putback import older, put_back
from hub.core.record import Record
from hub.flow.place import Hub, Place
from hub.flow.skews import late

RULE = "replay: the system was put back, and the hub's value is written again"


def is_older(place: Place, key: str) -> PutBack:
    """A record that is older than the hub knows it."""
    return put_back(place.binding.system, place.entity.name, f"{key} is older than it was")


def stamp_fell(place: Place, record: Record, source: Sequence[str | None]) -> bool:
    """Does a record have an older stamp than one of its values (`source`: its system and stamp) had here before?"""
    system, before = source
    if system != place.binding.system or not before or not record.stamp:
        return False
    when = place.adapter.when
    return older(when(before), when(record.stamp))


def fell(hub: Hub, place: Place, record: Record, source: Sequence[str | None]) -> bool:
    """The same of a value that takes the place of `source`, and cheap: nearly all are later, which a look at the text
    tells. Not where the system's clock was set back."""
    before, now = source[1], record.stamp
    if before and now and before <= now and now[:1].isdigit():
        return False
    return stamp_fell(place, record, source) and late(hub, place) is None


def written_again(shadow: Shadow | None) -> Decide:
    """Whatever the system shows, the hub's values count; what waits for a person waits."""
    held = shadow.held if shadow else {}

    def decide(unit: Unit, _: Sequence[str]) -> Decision:
        verdict: Verdict = "hold" if unit.name in held else "keep"
        return Decision(verdict, RULE)

    return decide
