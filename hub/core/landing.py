"""Did a write arrive whose answer never came? Judged from what the system shows now."""

from hub.core.likeness import like
from hub.core.merge import NEVER_MET, Held, Shadow, settle
from hub.core.record import Fields

#: In the shadow of a record that is gone: where what it was sent stands, if that was never answered.
_SENT = "~sent"


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


def gone(shadow: Shadow, sent: Fields | None) -> Shadow:
    """What is remembered of a record that is gone. `sent`: an update that may have arrived before."""
    return shadow._replace(held={} if sent is None else {_SENT: Held({}, sent)})


def back(shadow: Shadow, theirs: Fields) -> Shadow:
    """The shadow of a record that was gone, as `gone` made it, now that it shows again."""
    out = shadow.held.get(_SENT)
    shadow = shadow._replace(held={})
    return shadow if out is None else updated(shadow, out.ours, theirs)
