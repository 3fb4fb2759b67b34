"""Names that people type: entities, systems, records."""

from collections.abc import Iterable

from hub.core.errors import ConfigError, Refused
from hub.core.references import number
from hub.core.unfit import nearest
from hub.flow.place import Hub, Place
from hub.store import links, reviews


def known_entities(names: Iterable[str], entities: Iterable[str]) -> None:
    choices = list(entities)
    for name in names:
        known("entity", name, choices)


def known(what: str, name: str, names: Iterable[str]) -> None:
    """ConfigError with the nearest name, if it is not one of them."""
    choices = list(names)
    if name not in choices:
        hint = nearest(name, choices).removeprefix(", ") or f"expected one of {', '.join(choices)}"
        raise ConfigError([f"there is no {what} '{name}': {hint}"], "command.unknown-name")


def place_named(hub: Hub, entity: str, system: str) -> Place:
    known("entity", entity, hub.places)
    known("system", system, hub.places[entity])
    return hub.places[entity][system]


def places_named(hub: Hub, entity: str | None, system: str | None) -> list[Place]:
    """The places of an entity, or of all, in a system, or in all."""
    if entity is None:
        return hub.all()
    known("entity", entity, hub.places)
    return [place_named(hub, entity, system)] if system else list(hub.places[entity].values())


def golden_number(record: str) -> int:
    """The number in `hub:ID`. Refused: it is none."""
    digits = record.removeprefix("hub:")
    found = number(f"hub:{digits}")
    if found is None:
        raise Refused("record.unknown", f"there is no golden record {digits}: expected hub: and a number")
    return found


def golden_of(hub: Hub, entity: str, record: str) -> int:
    """The number of the golden record of `SYSTEM:KEY`, or of `hub:ID`."""
    known("entity", entity, hub.places)
    if record.startswith("hub:"):
        return golden_number(record)
    system, colon, key = record.partition(":")
    if not colon:
        raise ConfigError([f"'{record}': expected SYSTEM:KEY, such as crm:42, or hub:ID"], "command.unknown-name")
    place = place_named(hub, entity, system)
    with hub.store.reading() as tx:
        link = links.lookup(tx, place.id, [key]).get(key)
        aside = reviews.of(tx, place.id, key) if link is None else None
    if aside is not None:
        raise Refused("record.unknown", f"{system} {key} is not linked, it stands aside: {aside.said} [{aside.code}]")
    if link is None:
        raise Refused("record.unknown", f"the hub does not know {system} {key}: it is not there, or was not read yet")
    return link.golden_id
