"""The match keys of golden records: made with each change, and anew when the rules change."""

from collections.abc import Collection
from itertools import chain

from hub.core.match import candidate_keys, match_keys, matched_fields, rules_text
from hub.core.record import Fields
from hub.flow.place import Hub, Place
from hub.store import firsts, matches
from hub.store.bulk import Row
from hub.store.firsts import First

PAGE = 500


def claims(place: Place) -> frozenset[str]:
    """The foreign keys that any system of the entity holds: the same from wherever one looks."""
    places = (place, *place.others)
    held = frozenset(chain.from_iterable(each.binding.mapping.specs for each in places))
    return held.intersection(each.own for each in places)


def looked_at(place: Place) -> frozenset[str]:
    """The fields whose change changes match keys."""
    return claims(place) | matched_fields(place.entity)


def key_rows(place: Place, golden_id: int, fields: Fields, claimed: Collection[str]) -> list[Row]:
    """`claimed`: as `claims` gives them."""
    entity, entity_id = place.entity, place.row.entity_id
    keys = [*match_keys(entity, fields), *candidate_keys(entity, fields)]
    keys += [(name, str(fields[name])) for name in claimed if fields.get(name) is not None]
    return [(entity_id, rule, value, golden_id) for rule, value in keys]


def rules_of(place: Place) -> str:
    """What the match keys of an entity depend on, as text."""
    return " ".join([rules_text(place.entity), *sorted(claims(place))])


def renew(hub: Hub, place: Place, first: First | None) -> None:
    """Make the keys of all golden records anew, if the rules changed since they were made."""
    rules = rules_of(place)
    if first is not None and first.rules == rules:
        return
    claimed, after = claims(place), -1
    while True:
        with hub.store.transaction() as tx:
            found = matches.live(tx, place.row.entity_id, after, PAGE)
            matches.forget(tx, [golden_id for golden_id, _ in found])
            rows = [key_rows(place, golden_id, fields, claimed) for golden_id, fields in found]
            matches.save(tx, list(chain.from_iterable(rows)))
            if len(found) < PAGE:
                firsts.keyed(tx, place.row.entity_id, rules)
                return
            after = found[-1][0]
