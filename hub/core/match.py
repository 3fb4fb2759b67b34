"""Match keys: what makes two unlinked records the same."""

from collections.abc import Iterator

from hub.core.likeness import folded
from hub.core.model import Entity
from hub.core.record import Fields

#: Between the values of a rule of several fields.
GLUE = "\x1f"


def match_keys(entity: Entity, fields: Fields) -> Iterator[tuple[str, str]]:
    """(rule, value) for every match rule that the record can answer in full; values without case and punctuation."""
    for names in entity.match:
        values = [folded(fields.get(name)) for name in names]
        if all(values):
            yield ",".join(names), GLUE.join(values)
