"""Deliveries that wait for a person: deletions beyond the guard, and writes to records that are missed."""

from collections.abc import Sequence
from typing import Any

from hub.core.errors import TryLater
from hub.flow.delivering.outcome import failed
from hub.flow.delivering.plan import DELETIONS, Plan
from hub.flow.place import Hub, Place
from hub.store import deliveries
from hub.store.absences import ACCEPTED, HELD, OUTSIDE
from hub.store.database import Tx
from hub.store.deliveries import OWED, Due


def restrained(hub: Hub, tx: Tx, place: Place, plans: Sequence[Plan]) -> list[Plan]:
    """The plans of a page, but for deletions beyond the guard and records that are missed: those wait."""
    missed = hub.guard.absent(tx, place.id) if plans else {}
    plans = [missing(item, missed[item.due.known.key].state) if item.due.known.key in missed else item
             for item in plans]  # fmt: skip
    counted = [item for item in plans if item.step in DELETIONS and not item.due.approved]
    rule = place.binding.deletes
    if not counted or hub.guard.sends(tx, place.id, rule, len(counted), hub.now()):
        return plans
    held = {item.due.golden_id for item in counted}
    deliveries.hold(tx, place.id, sorted(held), hub.now(), "deletes.too-many", "held with others: 'hub deletes'")
    hub.guard.note_held(place.id, len(held))
    return [item._replace(step="hold", write=None) if item.due.golden_id in held else item for item in plans]


def missing(item: Plan, state: str) -> Plan:
    """What becomes of a delivery to a record that is missed."""
    if state == OUTSIDE:
        return item._replace(step="none", write=None)
    if state in (HELD, ACCEPTED):
        return item._replace(step="wait", write=None)
    return item


def waits(hub: Hub, place: Place, due: Due) -> dict[str, Any]:
    """A delivery to a record of which nobody knows whether it is deleted."""
    said = f"{place.binding.system} {due.known.key} is missing, and a person is asked about it: 'hub deletes'"
    return failed(hub, place, due, TryLater("deletes.held", said), OWED)
