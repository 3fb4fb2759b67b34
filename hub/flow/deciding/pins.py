"""Pins: what a person says of one record, whatever the files say: who wins a conflict of a field, a group, or any."""

from hub.core.errors import Refused
from hub.core.model import Policy
from hub.core.unfit import nearest
from hub.flow.batch import Batch
from hub.flow.place import Hub
from hub.store import records

#: Stands for every field and group.
ANY = "*"


def pin(hub: Hub, entity: str, golden_id: int, unit: str, policy: Policy | None, who: str) -> dict[str, Policy]:
    """Pin a unit of a record; None: the files count again. All pins of the record as they are now.

    Refused: no such record, field, group or system. Conflicts that wait already are not decided by it.
    """
    place = next(iter(hub.places[entity].values()))
    check(hub, entity, unit, policy)
    with hub.store.transaction() as tx:
        known = records.load(tx, place.id, [golden_id]).get(golden_id)
        if known is None:
            raise Refused("record.unknown", f"there is no golden record {golden_id}")
        pins = {name: said for name, said in known.pins.items() if name != unit}
        if policy is not None:
            pins[unit] = policy
        records.pin(tx, golden_id, pins)
        batch = Batch(hub, place, tx, who)
        before = known.pins.get(unit)
        detail = {unit: [before and spelled(before), policy and spelled(policy)]}
        batch.audit(golden_id, place, "pinned", detail)
        batch.save()
    return pins


def check(hub: Hub, entity: str, unit: str, policy: Policy | None) -> None:
    places = hub.places[entity]
    names = [one.name for one in next(iter(places.values())).entity.units]
    if unit not in (ANY, *names):
        hint = nearest(unit, names) or f", expected * for all, or one of {', '.join(names)}"
        raise Refused("pin.unknown", f"{entity} has no field or group '{unit}' that is decided by itself{hint}")
    for system in policy.order if policy else ():
        if system not in places:
            raise Refused("pin.unknown", f"{entity} is not in a system '{system}'{nearest(system, places)}")


def spelled(policy: Policy) -> str:
    """A policy as people say it."""
    return f"prefer {', '.join(policy.order)}" if policy.order else policy.rule
