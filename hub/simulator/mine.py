"""A project's own mappings under the simulator: its entities, fields, groups, policies and match rules, between
systems in memory that can do this and that. Directions and rights are left out: every system is read and written."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from hub.core.model import LINK, Allowed, Entity, Instance
from hub.core.record import Fields, Raw, Value
from hub.simulator.moves import ALL, Move
from hub.simulator.profiles import Profile, any_kind
from hub.simulator.staging import Setup, Stage
from hub.simulator.tags import Tag, tag

#: What people type, by the type of the field: the first that every system gives back with its number.
SHAPES = {
    "text": ("p{} Long-Name ", "p{} Long-Name", "p{}", "{}", "p{}@example.com", "https://p{}.example.com"),
    "decimal": ("{}.126", "{}.12", "{}"),
    "integer": ("{}",),
}
#: Fields in which people type in one history.
FEW = 3
#: Every shape is tried with these.
TRIED = (100, 98_765)
#: What stands in the fields that cannot carry a number: nobody edits them.
STILL: dict[str, Sequence[Value]] = {
    "text": ("Same", "same@example.com", "1"),
    "decimal": ("1",),
    "integer": (1,),
    "boolean": (True,),
    "reference": ("1",),
    "date": ("2026-01-02",),
    "date-time": ("2026-01-02T03:04:05Z",),
}


@dataclass(frozen=True)
class Mapped:
    """What people type in an entity of a project. See `hub.simulator.terms.Terms`."""

    entity: Entity
    #: Field -> what a value looks like.
    shapes: dict[str, str]
    spoils: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.shapes)

    @property
    def first(self) -> tuple[str, ...]:
        """All that is required anywhere; one field at least, so that the record can be told."""
        specs = [spec for binding in self.entity.bindings.values() for spec in binding.mapping.specs.values()]
        required = tuple(dict.fromkeys(spec.name for spec in specs if spec.required and spec.name in self.shapes))
        return required or self.fields[:1]

    def fresh(self, system: str, names: Sequence[str], number: int) -> Raw:
        typed: Raw = {}
        for name in names:
            value = shaped(self.shapes[name], self.entity, name, number * 100 + self.fields.index(name))
            typed |= self.typed(system, name, value)
        return typed

    def plain(self, system: str, raw: Raw) -> Fields:
        fields, _ = self.entity.bindings[system].mapping.to_hub(raw)
        return {name: fields[name] for name in self.shapes if name in fields}

    def typed(self, system: str, name: str, value: object) -> Raw:
        raw, _ = self.entity.bindings[system].mapping.to_system({name: value})  # type: ignore[dict-item]
        return raw

    def still(self, system: str, entity: int) -> Raw:
        """The fields of a new record that nobody ever edits."""
        mapping, raw = self.entity.bindings[system].mapping, Raw()
        for name, spec in mapping.specs.items():
            if name in self.shapes or name.startswith(LINK) or name not in mapping.writable:
                continue
            for value in (*spec.choices, *STILL.get(spec.type, ())):
                found, problems = mapping.to_system({name: value})
                if not problems:
                    raw |= found
                    break
        return raw


def type_of(entity: Entity, name: str) -> str:
    """The type of an entity's field. Empty: the mappings do not agree on one that can carry a number."""
    specs = [binding.mapping.specs[name] for binding in entity.bindings.values() if name in binding.mapping.specs]
    types = {spec.type for spec in specs if not spec.choices}
    return types.pop() if len(types) == 1 and len(specs) == len(entity.bindings) else ""


def shaped(shape: str, entity: Entity, name: str, number: Tag) -> Value:
    text = shape.format(number)
    return int(text) if type_of(entity, name) == "integer" else text


def shapes_of(entity: Entity) -> dict[str, str]:
    """The fields in which people type, and what: whatever comes through all systems with its number."""
    names = dict.fromkeys(name for unit in entity.units for name in unit.fields)
    plain = [name for name in names if not name.startswith(LINK) and name not in entity.references]
    found = {name: next(fitting(entity, name), "") for name in plain}
    return {name: shape for name, shape in found.items() if shape}


def fitting(entity: Entity, name: str) -> Iterator[str]:
    for shape in SHAPES.get(type_of(entity, name), ()):
        if all(comes_through(entity, name, shaped(shape, entity, name, number), number) for number in TRIED):
            yield shape


def comes_through(entity: Entity, name: str, value: Value, number: Tag) -> bool:
    """From every system into every other one, and it can still be told."""
    for one in entity.bindings.values():
        taken = there_and_back(one.mapping, name, value)
        for other in entity.bindings.values():
            if tag(there_and_back(other.mapping, name, taken)) != number:
                return False
    return True


def there_and_back(mapping: Any, name: str, value: Value) -> Value:
    """None: it does not fit, or is not taken both ways."""
    if name not in mapping.readable or name not in mapping.writable or value is None:
        return None
    raw, problems = mapping.to_system({name: value})
    fields, more = mapping.to_hub(raw)
    found: Value = None if problems or any(problem.field == name for problem in more) else fields.get(name)
    return found


def stage(instance: Instance, name: str) -> Stage:
    """An entity of a project, alone."""
    entity = instance.entities[name]
    bindings = {system: replace(binding, direction="both", allowed=Allowed(), filter=None)
                for system, binding in entity.bindings.items()}  # fmt: skip
    alone = replace(entity, bindings=bindings)
    terms = Mapped(alone, shapes_of(alone))
    groups = [tuple(field for field in unit.fields if field in terms.shapes) for unit in alone.units]
    group = max(groups, key=len) if groups else ()
    # Whom its records name is not there: a reference is a text like any other, and nobody edits it.
    one = replace(instance, entities={name: replace(alone, references={})}, tasks=())
    return Stage(one, name, terms, group if len(group) > 1 else ())


def profiles(instance: Instance) -> list[Profile]:
    """For each entity that has two systems: some for each few of the fields in which people can type."""
    stages = [stage(instance, name) for name, entity in instance.entities.items() if len(entity.bindings) > 1]
    return [
        Profile(f"{each.entity}: {', '.join(fields)}", setup_of(each), moves_of(fields))
        for each in stages
        for fields in batched(each.terms.fields)
    ]


def batched(fields: tuple[str, ...]) -> list[tuple[str, ...]]:
    """In many fields at once people would hardly ever meet."""
    return [fields[first : first + FEW] for first in range(0, len(fields), FEW)]


def setup_of(each: Stage) -> Callable[[random.Random], Setup]:
    systems = len(each.instance.entities[each.entity].bindings)

    def setup(chance: random.Random) -> Setup:
        kinds = tuple(replace(any_kind(chance), quirks={}) for _ in range(systems))
        return Setup(kinds, stage=each)

    return setup


def moves_of(fields: tuple[str, ...]) -> tuple[Move, ...]:
    """The same moves, in these fields."""
    names = (*((name,) for name in fields), *pairwise(fields))
    given = {"names": names, "name": fields}
    moves = [move._replace(given={**move.given, **{n: given[n] for n in given if n in move.given}}) for move in ALL]
    return tuple(move for move in moves if move.name != "spoil")
