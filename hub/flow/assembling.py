"""An instance, its rows in the store and its adapters, put together: places that know one another, parents first."""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import orjson

from hub.adapter import Adapter
from hub.core.model import LINK, Binding, Instance
from hub.core.record import Raw
from hub.core.references import Edge, circular, ordered
from hub.flow.place import Hub, Machine, Parent, Place, Waits
from hub.store.catalog import Catalog
from hub.store.database import Store


def assemble(
    store: Store, instance: Instance, catalog: Catalog, adapters: Mapping[str, Adapter], machine: Machine
) -> Hub:
    """Put an instance together with its adapters (by system name). Parents come before children."""
    places: dict[str, dict[str, Place]] = {}
    related = edges(instance)
    for name in ordered(related):
        entity, waits = instance.entities[name], Waits()
        bare = {
            system: Place(entity, binding, catalog.bindings[name][system], adapters[system], waits=waits)
            for system, binding in entity.bindings.items()
        }
        places[name] = {system: _placed(place, bare) for system, place in bare.items()}
    for place in [place for some in places.values() for place in some.values() if place.entity.references]:
        _relate(place, places, {edge.field: circular(related, place.entity.name, edge) for edge in
                                related[place.entity.name]})  # fmt: skip
    return Hub(store, instance, catalog, places, machine)


def edges(instance: Instance) -> dict[str, list[Edge]]:
    """The references of all entities; one is required where any system says so."""
    return {
        name: [
            Edge(field, parent, any(required(binding, field) for binding in entity.bindings.values()))
            for field, parent in entity.references.items()
        ]
        for name, entity in instance.entities.items()
    }


def required(binding: Binding, field: str) -> bool:
    """Is no record of a system written without this field?"""
    spec = binding.mapping.specs.get(field)
    return spec is not None and spec.required


def _relate(place: Place, places: Mapping[str, Mapping[str, Place]], circles: Mapping[str, bool]) -> None:
    for name, entity in place.entity.references.items():
        there = places.get(entity, {}).get(place.binding.system)
        if there is not None and name in place.binding.mapping.specs:
            place.parents[name] = Parent(there, required(place.binding, name), circles[name])
            there.children.append(place)


def _placed(place: Place, all_: Mapping[str, Place]) -> Place:
    mapping = place.binding.mapping
    others = tuple(other for other in all_.values() if other.id != place.id)
    links = {name: all_[name[1:]] for name in mapping.specs if name.startswith(LINK) and name[1:] in all_}
    named = any(place.own in other.binding.mapping.specs for other in others)
    values, digest = picker(mapping.raw_names), digester(mapping.fingerprint)
    known = (place.entity, place.binding, place.row, place.adapter)
    return Place(*known, others, links, named, values, digest, waits=place.waits)


def picker(names: tuple[str, ...]) -> Callable[[Raw], tuple[Any, ...]]:
    """The values of these fields of a raw record, in order; one that is absent is told from one that is empty."""

    def each(raw: Raw) -> tuple[Any, ...]:
        return tuple([raw.get(name, _ABSENT) for name in names])

    if len(names) < 2:  # itemgetter of one name gives the bare value
        return each
    pick = itemgetter(*names)

    def values(raw: Raw) -> tuple[Any, ...]:
        try:
            return pick(raw)  # type: ignore[no-any-return]
        except KeyError:
            return each(raw)

    return values


def digester(mapping: str) -> Callable[[Any], bytes]:
    """Values -> 16 bytes. Salted with the mapping: when that changes, every record is merged anew."""
    salt = blake2b(mapping.encode(), digest_size=16).digest()
    dumps = orjson.dumps
    return lambda values: blake2b(dumps(values, str), digest_size=16, key=salt).digest()


#: Stands for a field that is not there: absent is not empty.
_ABSENT = ["absent"]
