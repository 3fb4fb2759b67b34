"""Did a write arrive whose answer never came? Judged from what the system shows now."""

from hub.core.likeness import like
from hub.core.merge import NEVER_MET, Shadow, settle
from hub.core.record import Fields


def updated(shadow: Shadow, sent: Fields, theirs: Fields) -> Shadow:
    """The shadow after an update that may have arrived: what looks like it is what the system made of it.

    Anything else that differs from the shadow is somebody's edit; also what is blank now and was not.
    """
    moved = {name: value for name, value in sent.items() if name in theirs and theirs[name] != shadow.fields.get(name)}
    arrived = {
        name: value
        for name, value in moved.items()
        if like(value, theirs[name]) and (theirs[name] is not None or value is None)
    }
    return settle(shadow, arrived, theirs) if arrived else shadow


def created(sent: Fields, theirs: Fields) -> Shadow:
    """The shadow of a record that a create made: what is not like what was sent, somebody edited since."""
    holds = {name: theirs[name] for name, value in sent.items() if name in theirs and like(value, theirs[name])}
    return settle(NEVER_MET, sent, holds)
