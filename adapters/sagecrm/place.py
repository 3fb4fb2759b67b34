"""Where a walk or a poll goes on: the cursor, which another process can take up."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from adapters.sagecrm.stamps import Mark
from hub.adapter import Cursor
from hub.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Place:
    """One place of three kinds.

    walk   everything, by windows of keys; `key` was the last done, `end` is the last there is
    since  what changed after `mark`
    dated  what changed from `stamp` on, in the order of change, because it is too much for one answer;
           `key` is the last one done within that second, None: the second is not split
    """

    phase: Literal["walk", "since", "dated"]
    #: Where the next `since` begins, and the next look for deletes.
    mark: Mark
    gone: Mark
    key: int | None = None
    end: int = 0
    width: int = 1
    stamp: str = ""

    def cursor(self) -> Cursor:
        return json.dumps(asdict(self), separators=(",", ":"))


def place(cursor: Cursor) -> Place:
    """Raises Refused for what is not a cursor of ours."""
    try:
        data = json.loads(cursor)
        found = Place(**data | {"mark": Mark(*data["mark"]), "gone": Mark(*data["gone"])})
        # All of it gets into conditions.
        for stamp in (found.mark.stamp, found.gone.stamp, found.stamp or found.mark.stamp):
            datetime.fromisoformat(stamp)
        if not all(isinstance(number, int) for number in (found.key or 0, found.end, found.width)):
            raise TypeError("not a number")
        return found
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        said = "the stored cursor is not one of Sage CRM; read everything anew to replace it"
        raise Refused("cursor.invalid", said) from error
