"""Names that people type: entities, systems, records."""

import difflib
from collections.abc import Iterable

from hub.core.errors import ConfigError
from hub.flow.place import Hub, Place


def known_entities(hub: Hub, names: Iterable[str]) -> None:
    for name in names:
        known("entity", name, hub.places)


def known(what: str, name: str, names: Iterable[str]) -> None:
    """ConfigError with the nearest name, if it is not one of them."""
    choices = list(names)
    if name not in choices:
        near = difflib.get_close_matches(name, choices, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(choices)}"
        raise ConfigError([f"there is no {what} '{name}': {hint}"], "command.unknown-name")


def place_named(hub: Hub, entity: str, system: str) -> Place:
    known("entity", entity, hub.places)
    known("system", system, hub.places[entity])
    return hub.places[entity][system]
