"""What people decided on a worksheet: checked against the links and the systems, then kept for the next sync."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hub.core.errors import ConfigError
from hub.flow.place import Hub, Place
from hub.match.worksheet import Row
from hub.store import links, pairings, reviews
from hub.store.database import chunks
from hub.store.pairings import Pairing
from hub.store.schema import LIVE


def keep(hub: Hub, entity: str, rows: Sequence[Row], file: str) -> None:
    """These decisions replace those of the worksheet before. ConfigError: some cannot be, with file and line."""
    places = hub.places[entity]
    problems = [*linked_otherwise(hub, places, rows), *not_there(places, rows)]
    if problems:
        raise ConfigError([f"{file}:{said}" for said in problems[:100]], "match.worksheet")
    pairs = [
        Pairing(places[row.system].id, row.key, places[row.other_system].id, row.other_key, row.same)
        for row in {tuple(sorted(((r.system, r.key), (r.other_system, r.other_key)))): r for r in rows}.values()
    ]
    with hub.store.transaction() as tx:
        pairings.replace(tx, [place.id for place in places.values()], pairs)
        for place in places.values():  # what stands aside is looked at again in the light of this
            for kind in ("ambiguous", "taken"):
                reviews.wake(tx, place.id, kind, hub.now())


def linked_otherwise(hub: Hub, places: Mapping[str, Place], rows: Sequence[Row]) -> list[str]:
    """Records that the hub has linked already, to somebody else (`same`) or to one another (`different`)."""
    keys = by_system(rows)
    with hub.store.reading() as tx:
        golden = {
            (system, key): link.golden_id
            for system, wanted in keys.items()
            for key, link in links.lookup(tx, places[system].id, sorted(wanted)).items()
            if link.state == LIVE
        }
        held = {
            (place.id, golden_id): key
            for place in places.values()
            for golden_id, key in links.held(tx, place.id, sorted(set(golden.values()))).items()
        }
    found = []
    for row in rows:
        sides = (row.system, row.key, row.other_system, row.other_key)
        for system, key, other, other_key in (sides, (*sides[2:], *sides[:2])):
            number = golden.get((system, key))
            linked = held.get((places[other].id, number)) if number is not None else None
            if linked is not None and (linked == other_key) != row.same:
                said = f"{system} {key} is linked to {other} {linked} already; unlink it first, or correct this row"
                found.append(f"{row.line}: decision: {said}")
    return found


def not_there(places: Mapping[str, Place], rows: Sequence[Row]) -> list[str]:
    """Records that are to be linked and are not in their system: a key was typed wrong, or it was deleted."""
    same = [row for row in rows if row.same]
    there: dict[str, set[str]] = {}
    for system, wanted in by_system(same).items():
        place = places[system]
        parts = chunks(sorted(wanted), place.adapter.can.read_batch)
        there[system] = {record.key for part in parts for record in place.adapter.read(place.binding.object, part)}
    found = []
    for row in same:
        for column, system, key in (("key", row.system, row.key), ("other_key", row.other_system, row.other_key)):
            if key not in there[system]:
                found.append(f"{row.line}: {column}: expected the key of a record of {system}, got '{key}'")
    return found


def by_system(rows: Sequence[Row]) -> dict[str, set[str]]:
    keys: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        keys[row.system].add(row.key)
        keys[row.other_system].add(row.other_key)
    return keys
