"""How people's values look in a system: what they type, and what of a record is theirs to judge."""

from collections.abc import Sequence
from typing import Protocol

from hub.core.record import Fields, Raw
from hub.simulator.likeness import LABEL, label

FIELDS = ("name", "phone", "amount")
#: The field that names another record, in worlds that have it: see hub.simulator.kin.
PARENT = "parent"
#: What a value looks like: every quirk makes something else of it, and the number survives them all.
SHAPES = {"name": "p{} Long-Name ", "phone": "p{} Long-Name ", "amount": "{}.126"}
#: What is no amount: the record stands aside until somebody mends it.
SPOILT = "about {}"


class Terms(Protocol):
    """Every system may have words of its own; the oracle judges in the entity's."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in which people type."""
        ...

    @property
    def first(self) -> tuple[str, ...]:
        """Those that a new record must have."""
        ...

    @property
    def spoils(self) -> str:
        """The field in which somebody may type what it cannot hold. Empty: there is none."""
        ...

    def fresh(self, system: str, names: Sequence[str], number: int) -> Raw:
        """Values that nobody typed before, as they are typed in a system."""
        ...

    def plain(self, system: str, raw: Raw) -> Fields:
        """What people typed of a record, by field."""
        ...

    def typed(self, system: str, name: str, value: object) -> Raw:
        """A value of a field, as it is typed in a system."""
        ...

    def still(self, system: str, entity: int) -> Raw:
        """What else a new record has: fields that nobody ever edits. `entity`: the people's record that it is."""
        ...


class Own:
    """The simulator's own integration: the same words everywhere."""

    fields = FIELDS
    first = ("name",)
    spoils = "amount"

    def fresh(self, system: str, names: Sequence[str], number: int) -> Raw:
        return {name: SHAPES[name].format(number * 10 + FIELDS.index(name)) for name in names}

    def plain(self, system: str, raw: Raw) -> Fields:
        return {name: raw[name] for name in FIELDS if name in raw}

    def typed(self, system: str, name: str, value: object) -> Raw:
        return {name: value}

    def still(self, system: str, entity: int) -> Raw:
        return {}


class Named(Own):
    """Every record has a name as well, by which the others know it."""

    def still(self, system: str, entity: int) -> Raw:
        return {LABEL: label(entity)}


def spoilt(terms: Terms, row: Fields) -> bool:
    return bool(terms.spoils) and str(row.get(terms.spoils) or "").startswith(SPOILT[:5])
