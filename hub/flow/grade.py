"""How far the hub's promises go in one system: a grade from A to D, and the abilities that it lacks.

| Letter | The ability                                            | Declared as                              |
|--------|--------------------------------------------------------|------------------------------------------|
| K      | the same create twice makes one record                 | `tokens`                                 |
| M      | a field there holds a key of ours, and can be searched | `find`, and a foreign key in the mapping |
| N      | a match rule of one field, which can be searched       | `find`, and `match`                      |
| C      | a write to a record that has changed is refused        | `conditional`                            |
| V      | a record has a version, or tells who changed it last   | `traces`                                 |
| T      | deletions are told                                     | `tombstones`                             |
| L      | all keys can be listed                                 | `keys`                                   |
| W      | a change is never told late                            | `in_order`                               |
| P      | paging does not skip rows that move                    | `steady`                                 |

| Grade | Means                                                                         |
|-------|-------------------------------------------------------------------------------|
| A     | K or M, and C, W and P, and T or L                                            |
| B     | one of these is made up for by looking again                                  |
| C     | neither K, M nor N: a create whose answer was lost may wait for a person      |
| D     | neither C nor V: synced one way only, unless the binding accepts more         |
"""

from typing import Literal, NamedTuple

from hub.adapter import Can
from hub.core.model import LINK, Binding, Entity

Letter = Literal["A", "B", "C", "D"]
#: What the promise shrinks to without an ability.
WITHOUT = {
    "KMN": "a create whose answer was lost cannot be looked for; it may wait for a person",
    "KM": "a create whose answer was lost is looked for by a match rule only, in which people edit",
    "CV": "an edit made there between the hub's look and its write is overwritten, and nobody sees it",
    "C": "an edit made there between the hub's look and its write is overwritten, and leaves a trace there",
    "TL": "deletions there are not seen",
    "T": "deletions there are found by comparing all keys, once a day",
    "W": "a change may be told late: the hub reads some time back again; 'hub sync --full' now and then finds the rest",
    "P": "rows that move while they are paged may be missed until 'hub sync --full'",
}


class Grade(NamedTuple):
    """Of one entity in one system."""

    letter: Letter
    #: Keys of `WITHOUT`.
    missing: tuple[str, ...]
    #: It is used both ways, and neither its abilities nor the binding allow it.
    refused: bool

    @property
    def said(self) -> list[str]:
        """What is missing, in words, with its letters."""
        return [f"{'/'.join(key)}: {WITHOUT[key]}" for key in self.missing]


def grade(entity: Entity, binding: Binding, can: Can) -> Grade:
    """What the hub only reads needs no ability to be written to."""
    writes = binding.direction != "in"
    edits = writes and binding.allowed.update and can.update
    found = _creates(entity, binding, can) if writes and binding.allowed.insert and can.create else ""
    lost = "" if not edits or can.conditional else "C" if can.traces else "CV"
    gone = "" if can.tombstones else "T" if can.keys else "TL"
    missing = [key for key in (found, lost, gone) if key]
    missing += [key for key, there in (("W", can.in_order), ("P", can.steady)) if not there]
    letter: Letter = "A" if set(missing) <= {"T"} else "B"
    if found == "KMN":
        letter = "C"
    if lost == "CV":
        letter = "D"
    both = binding.direction == "both" and len(entity.bindings) > 1
    return Grade(letter, tuple(missing), letter == "D" and both and not binding.accepts_grade_d)


def _creates(entity: Entity, binding: Binding, can: Can) -> str:
    """What is missing to find a create again."""
    specs = binding.mapping.specs
    if can.tokens or (can.find and any(name.startswith(LINK) for name in specs.keys() & binding.mapping.writable)):
        return ""
    natural = can.find and any(len(rule) == 1 and rule[0].field in specs for rule in entity.match)
    return "KM" if natural else "KMN"


def refusal(binding: Binding) -> str:
    """Why it may not be used both ways, and what to say instead."""
    return (
        f"{binding.system} is of grade D: {WITHOUT['CV']}; expected 'direction: in' or 'direction: out', or 'grade_d: "
        "two-way' to accept that, got 'direction: both'"
    )
