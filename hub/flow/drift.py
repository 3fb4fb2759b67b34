"""Fields that vanish from a system: renamed there, or hidden from us. They are left alone until they are back.

| in the rows of one poll                                   | then                                               |
|-----------------------------------------------------------|----------------------------------------------------|
| some do not show the field, another one does              | nothing: perhaps an empty field is not shown       |
| none shows it; fewer than 20 had a value when last seen   | nothing: perhaps people emptied them               |
| none shows it; 20 or more had a value when last seen      | it is left alone: nothing is written to it         |
| none shows it, and it is left alone                       | it stays so                                        |
| one shows a field that is left alone                      | it is back: all records are read and compared anew |

A field that a row does not show is never taken for empty, whatever the table says.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from hub.core.errors import TooMuchChanged
from hub.core.record import Fields, Record
from hub.flow.place import Hub, Place
from hub.store import catalog, links

#: So many records that had a value and do not show the field any more are enough.
MANY = 20


class Watch:
    """The fields that one poll shows."""

    def __init__(self, place: Place) -> None:
        self.place = place
        #: Fields of the system that no row has shown yet.
        self.left = set(place.binding.mapping.raw_names)
        #: By field of the entity, records that had a value and do not show it.
        self.missed: Counter[str] = Counter()

    def see(self, records: Sequence[Record]) -> None:
        """Costs nothing once every field was shown, which is mostly after the first record."""
        for record in records:
            if not self.left:
                break
            self.left.difference_update(record.fields)

    def compare(self, shown: Fields, before: Fields) -> None:
        """One record's fields now and when we last looked: those that had a value and are not shown."""
        if len(shown) < len(before):
            self.missed.update(name for name, value in before.items() if value is not None and name not in shown)

    def shown(self, name: str) -> bool:
        spec = self.place.binding.mapping.specs.get(name)
        return spec is None or not self.left.issuperset(spec.sources)

    def close(self, hub: Hub) -> int:
        """The poll came to its end: how many fields are newly left alone."""
        before = self.place.vanished.names
        gone = {name for name, number in self.missed.items() if number >= MANY and not self.shown(name)} - before
        back = {name for name in before if self.shown(name)}
        if gone or back:
            leave_alone(self.place, (before | gone) - back)
            with hub.store.transaction() as tx:
                catalog.stop_fields(tx, self.place.id, self.place.vanished.names)
                if back:
                    links.revisit_all(tx, self.place.id)
                    catalog.move(tx, self.place.id, None)
        return len(gone)


def leave_alone(place: Place, names: Iterable[str]) -> None:
    """From now on nothing is written to these fields."""
    place.vanished.names = frozenset(names)


def trouble(place: Place) -> str:
    """That fields are left alone, in words."""
    names = ", ".join(sorted(place.vanished.names))
    said = (
        f"{place.binding.system} {place.entity.name}: no record shows {names} any more: nothing is written there "
        f"until it is back, or 'hub resume {place.binding.system}' says that it is to be written all the same"
    )
    return str(TooMuchChanged("fields.absent", said))
