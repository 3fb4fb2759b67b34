"""What the first writes of an entity wait for. The rule is a table in docs/matching.md; here it is as code.

| `first_sync` | Until the report is accepted |
|---|---|
| `ask` | the entity is neither read nor linked nor written |
| `sure` | read, linked and updated; nothing new is created while a system is unread or a record is doubtful |
| `go` | nothing waits |
"""

from collections.abc import Collection, Mapping, Sequence

from hub.core.model import Entity
from hub.flow.matchkeys import renew
from hub.flow.place import Hub, Place
from hub.store import catalog, firsts
from hub.store.database import Tx
from hub.store.firsts import HELD, OPEN, First


def begin(hub: Hub, places: Sequence[Place]) -> dict[str, str]:
    """Before anything is read: match keys are brought up to the rules. The entities that wait as a whole, and why."""
    held: dict[str, str] = {}
    entities = {place.entity.name: place for place in places if place.entity.matches or waits(place.entity)}
    if not entities:
        return held
    known = standing(hub, entities.values())
    for name, place in entities.items():
        first = known.get(place.row.entity_id)
        if place.entity.matches:
            renew(hub, place, first)
        if place.entity.first_sync == "ask" and not opened(first):
            held[name] = f"{name}: waits for its match report: {how(name)}"
            _keep(hub, place, first, held[name])
        elif not waits(place.entity) and first is not None and first.state == HELD:  # it asked before
            _open(hub, place)
    return held


def before_writes(hub: Hub, places: Sequence[Place], polled: Collection[int]) -> dict[str, str]:
    """After everything was read: the entities of which nothing new is created yet, and why. `polled`: bindings that
    this run read to their end."""
    held: dict[str, str] = {}
    entities = {place.entity.name: place for place in places if place.entity.matches and waits(place.entity)}
    known = standing(hub, entities.values()) if entities else {}
    for name, place in entities.items():
        first = known.get(place.row.entity_id)
        if opened(first):
            continue
        with hub.store.reading() as tx:
            why = doubt(tx, place, polled)
        if why:
            held[name] = f"{name}: nothing new is created yet: {why}: {how(name)}"
            _keep(hub, place, first, held[name])
        else:
            _open(hub, place)
    return held


def accept(hub: Hub, entity: str, who: str, counts: Mapping[str, int]) -> None:
    """A person accepted the match report: the first writes may go out."""
    place = next(iter(hub.places[entity].values()))
    with hub.store.transaction() as tx:
        firsts.open_(tx, place.row.entity_id, who, hub.now(), counts)


def how(name: str) -> str:
    """What a person does then."""
    return f"'hub match {name}' shows what would be linked and created, 'hub match {name} --accept' lets it go"


def waits(entity: Entity) -> bool:
    return entity.first_sync != "go"


def standing(hub: Hub, places: Collection[Place]) -> dict[int, First]:
    """By the entity's number."""
    with hub.store.reading() as tx:
        return firsts.find(tx, [place.row.entity_id for place in places])


def opened(first: First | None) -> bool:
    return first is not None and first.state == OPEN


def doubt(tx: Tx, place: Place, polled: Collection[int]) -> str:
    """Why it is not sure what is new. Empty: it is."""
    for one in (place, *place.others):
        if one.id not in polled and catalog.position(tx, one.id).polled_at is None:
            return f"{one.binding.system} was not read to its end"
    number = firsts.doubtful(tx, place.row.entity_id)
    return f"{number} stand aside since it is not sure which record they are" if number else ""


def _open(hub: Hub, place: Place) -> None:
    """Nobody has to accept anything."""
    with hub.store.transaction() as tx:
        firsts.open_(tx, place.row.entity_id, "hub", hub.now())


def _keep(hub: Hub, place: Place, first: First | None, said: str) -> None:
    """For `hub status`."""
    if first is None or first.said != said:
        with hub.store.transaction() as tx:
            firsts.hold(tx, place.row.entity_id, said)
