"""What there is to do in each system, in one statement: a hub at rest asks no more of its database than this."""

from typing import Any, NamedTuple

from hub.core.clocks import Skew
from hub.store.database import Tx, decode
from hub.store.lookup import Lookup


class Agenda(NamedTuple):
    """One binding's standing."""

    #: Where polling goes on. None: from the start.
    cursor: str | None
    paused: str | None
    #: Are there creates whose answer we do not have?
    doubts: bool
    #: Is there an intent without an outcome, left by a process that died?
    intents: bool
    #: Is a record that stands aside to be tried again, or a delivery to be sent?
    reviews: bool
    deliveries: bool
    #: Did a person accept deletions that are not taken yet?
    accepted: bool = False
    #: Does a reference wait for its parent?
    waiting: bool = False
    #: Does a record stand aside that may be one of ours?
    contested: bool = False
    #: Fields that vanished from the system.
    stopped: tuple[str, ...] = ()
    #: How its clock stood at the last poll. None: it does not say.
    clock: Skew | None = None
    #: After it was put back to an earlier state: baseline, replay (see hub.store.schema).
    mode: str | None = None
    #: When a poll last came to its end.
    polled_at: str | None = None
    #: Of the system: runs in a row in which nothing of it worked (None: it is in order), until when it is left alone,
    #: and why.
    failures: int | None = None
    until: str | None = None
    why: str | None = None


_AGENDA = Lookup(
    """SELECT b.id, b.cursor, b.paused,
         EXISTS (SELECT 1 FROM delivery d WHERE d.binding_id = b.id AND d.state = 'creating'),
         EXISTS (SELECT 1 FROM intent i WHERE i.binding_id = b.id),
         EXISTS (SELECT 1 FROM review r WHERE r.binding_id = b.id AND r.state = 'open' AND r.due_at <= :now
                 AND r.kind <> 'broken'),
         EXISTS (SELECT 1 FROM delivery d WHERE d.binding_id = b.id AND d.due_at <= :now),
         EXISTS (SELECT 1 FROM absence a WHERE a.binding_id = b.id AND a.state = 'accepted'),
         EXISTS (SELECT 1 FROM waiting w WHERE w.binding_id = b.id),
         EXISTS (SELECT 1 FROM candidate c WHERE c.binding_id = b.id) OR
         EXISTS (SELECT 1 FROM review r WHERE r.binding_id = b.id AND r.state = 'open' AND r.kind = 'in-doubt'),
         b.stopped, b.clock, b.mode, b.polled_at, o.failures, o.until, o.said
       FROM binding b JOIN entity e ON e.id = b.entity_id
         LEFT JOIN outage o ON o.instance_id = e.instance_id AND o.system = b.system
       WHERE e.instance_id = :instance"""
)


def agenda(tx: Tx, instance_id: int, now: str) -> dict[int, Agenda]:
    """By binding."""
    return {row[0]: _agenda(row[1:]) for row in tx.look(_AGENDA, instance=instance_id, now=now)}


def _agenda(row: tuple[Any, ...]) -> Agenda:
    cursor, paused, doubts, intents, due, owed, accepted, waiting, contested, *rest = row
    stopped, clock, mode, polled_at, *outage = rest
    flags = (bool(doubts), bool(intents), bool(due), bool(owed), bool(accepted), bool(waiting), bool(contested))
    skew = Skew(*decode(clock)) if clock else None
    return Agenda(cursor, paused, *flags, tuple(decode(stopped) or ()), skew, mode, polled_at, *outage)
