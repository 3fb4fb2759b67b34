"""Feeds forget: a system that tells of deletions or changes keeps them for so long, and a hub that was off for longer
has missed some without a word. Then everything is read, and all keys are compared."""

from datetime import datetime, timedelta

from hub.core.errors import TooMuchChanged
from hub.flow.place import Hub, Place
from hub.store.agenda import Agenda

#: Of the time that a feed is kept: later than this, it may have begun to forget.
SURE = 0.9


def forgotten(hub: Hub, place: Place, known: Agenda) -> str | None:
    """In words, where the feed of a system may lack something that changed since the last poll came to its end."""
    keeps = place.adapter.can.keeps
    if keeps is None or known.cursor is None or known.polled_at is None:
        return None
    age = hub.machine.now() - datetime.fromisoformat(known.polled_at)
    if age < SURE * keeps:
        return None
    found = "all keys are compared for deletions" if place.adapter.can.keys else "deletions since then are not seen"
    said = (
        f"{place.binding.system} {place.entity.name}: not polled for {told(age)}, and its feed of changes goes back "
        f"{told(keeps)} only: everything is read, and {found}"
    )
    return str(TooMuchChanged("feed.forgotten", said))


def told(time: timedelta) -> str:
    """In days, or hours where it is less than two."""
    hours = time.total_seconds() / 3600
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours"
