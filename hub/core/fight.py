"""When two systems fight over a field: each undoes what the hub writes to it, and it would be written for ever.

A turn is one change of one field that a system shows. It is a fight, within a day, when

| what one system did                                           | fight? | because                             |
|---------------------------------------------------------------|--------|-------------------------------------|
| changed A to B three times, and B to A never                  | yes    | somebody else puts A back each time |
| changed A to B three times, and B to A in between             | no     | a person there changes his mind     |
| changed A to B once or twice                                  | no     | people correct each other           |
| answered every write with a new value, eight times            | yes    | a value that grows or counts        |
| changed its own last value, again and again, to new ones      | no     | a person types                      |
| any of this over more than a day                              | no     | the turns of yesterday do not count |
"""

from collections.abc import Sequence
from datetime import timedelta
from operator import ne
from typing import NamedTuple

WINDOW = timedelta(days=1)
#: The same change by the same system so often, undone by others in between.
BACK = 3
#: Changes by one system that each follow another one's.
ANSWERS = 8


class Turn(NamedTuple):
    """A system shows another value of a field than the one it was known to hold."""

    system: str
    #: They stand for the two values.
    before: str
    after: str
    #: Sorts as text.
    at: str


def fights(turns: Sequence[Turn], new: Turn) -> bool:
    """Is this turn one too many? `turns`: those at the same field before it, the oldest first, of the last day."""
    mine = [(turn.before, turn.after) for turn in [*turns, new] if turn.system == new.system]
    undone, again = mine.count((new.after, new.before)), mine.count((new.before, new.after))
    answers = 1 + sum(map(ne, [before for before, _ in mine[1:]], [after for _, after in mine[:-1]]))
    return (again >= BACK and not undone) or answers >= ANSWERS


def parties(turns: Sequence[Turn], new: Turn) -> list[str]:
    """Who changed the field lately."""
    return sorted({turn.system for turn in turns} | {new.system})
