"""How things stand, in a few statements: for `hub status` and screens."""

from typing import NamedTuple

import sqlalchemy as sa

from hub.store import outages, runs
from hub.store.database import Store, decode
from hub.store.lookup import Lookup
from hub.store.outages import Outage
from hub.store.runs import Run


class PlaceStanding(NamedTuple):
    """An entity in one system."""

    instance: str
    entity: str
    system: str
    linked: int
    owed: int
    refused: int
    in_doubt: int
    #: Open ones.
    conflicts: int
    aside: int
    polled_at: str | None
    paused: str | None
    #: Deletions that wait for a person, taken from or sent to this system.
    deletes: int
    #: Records with a reference that waits for its parent, and what one of them says.
    waiting: int
    waits: str | None
    #: Fields that vanished from the system: nothing is written to them.
    stopped: list[str]


class Standing(NamedTuple):
    places: list[PlaceStanding]
    runs: list[Run]
    outages: list[Outage]
    #: Why the first writes of entities wait for a person.
    held: list[str]


_HELD = sa.text("SELECT said FROM matching WHERE state = 'held' ORDER BY entity_id")
_PLACES = Lookup(
    """SELECT i.name, e.name, b.system,
         (SELECT count(*) FROM link l {by uq_link_golden} WHERE l.binding_id = b.id AND l.state = 1),
         (SELECT count(*) FROM delivery d WHERE d.binding_id = b.id AND d.state = 'owed'),
         (SELECT count(*) FROM delivery d WHERE d.binding_id = b.id AND d.state = 'refused'),
         (SELECT count(*) FROM delivery d WHERE d.binding_id = b.id AND d.state = 'creating'),
         (SELECT count(*) FROM conflict c WHERE c.binding_id = b.id AND c.state = 'open'),
         (SELECT count(*) FROM review r WHERE r.binding_id = b.id AND r.state = 'open' AND r.kind <> 'discarded'),
         b.polled_at, b.paused,
         (SELECT count(*) FROM absence a WHERE a.binding_id = b.id AND a.state = 'held')
           + (SELECT count(*) FROM delivery d WHERE d.binding_id = b.id AND d.state = 'held'),
         (SELECT count(DISTINCT w.golden_id) FROM waiting w WHERE w.binding_id = b.id),
         (SELECT min(w.said) FROM waiting w WHERE w.binding_id = b.id),
         b.stopped
       FROM binding b JOIN entity e ON e.id = b.entity_id JOIN instance i ON i.id = e.instance_id
       ORDER BY i.name, e.id, b.id"""
)
_INSTANCES = sa.text("SELECT id FROM instance ORDER BY id")


def standing(store: Store, last: int = 5) -> Standing:
    """All instances, and the last runs of each."""
    with store.reading() as tx:
        places = [PlaceStanding._make([*row[:-1], decode(row[-1]) or []]) for row in tx.look(_PLACES)]
        ids = [row[0] for row in tx.rows(_INSTANCES)]
        found = [run for instance_id in ids for run in runs.latest(tx, instance_id, last)]
        return Standing(places, found, outages.find(tx), [row[0] for row in tx.rows(_HELD)])
