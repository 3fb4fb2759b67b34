"""Who wins: the ladder from record pin to hub, and what that means for one system."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from hub.core.merge import Decide, Decision
from hub.core.model import Binding, Policy, Unit

NO_PINS: Mapping[str, Policy] = {}
ONLY_CHANGE = Decision("take", "only change")


class Parties(Protocol):
    """Who stands behind the two values of a clash."""

    def theirs_at(self) -> datetime | None:
        """When the system last changed its record. None: it does not say."""
        ...

    def ours_at(self, field: str) -> datetime | None:
        """When the golden value was changed in the system it came from."""
        ...

    def ours_from(self, field: str) -> str | None:
        """The system that the golden value came from."""
        ...

    def doubt(self, field: str) -> timedelta | None:
        """How far apart both stamps may be and tell nothing, since no two clocks agree. None: they never tell."""
        ...


def decider(system: str, one_way: Collection[str], parties: Parties, pins: Mapping[str, Policy] = NO_PINS) -> Decide:
    """The decision function for one record of one system. `one_way`: names of the units that are not taken from there
    (see `never_taken`). `pins`: policies of this one record, by unit name or "*"."""

    def decide(unit: Unit, mine: Sequence[str]) -> Decision:
        if unit.name in one_way:
            return Decision("keep", f"{system} is written one-way")
        if not mine:
            return ONLY_CHANGE
        policy, said = pinned(unit, pins)
        return by_policy(policy, said, system, mine, parties)

    return decide


def never_taken(binding: Binding, units: Iterable[Unit]) -> frozenset[str]:
    """The names of the units that may not be taken from this system: it is written only, or one of their fields is."""
    mapping = binding.mapping
    unread = mapping.specs.keys() - mapping.readable
    return frozenset(unit.name for unit in units if binding.direction == "out" or not unread.isdisjoint(unit.fields))


def pinned(unit: Unit, pins: Mapping[str, Policy]) -> tuple[Policy, str]:
    """The policy that counts, and where it was said."""
    for name in (unit.name, "*"):
        if name in pins:
            return pins[name], "record pin"
    return unit.policy, unit.said


def by_policy(policy: Policy, said: str, system: str, mine: Sequence[str], parties: Parties) -> Decision:
    """Apply one policy to a clash between `system` and the golden values of the fields `mine`."""
    if policy.rule == "prefer":
        return preferred(policy.order, said, system, {parties.ours_from(name) for name in mine})
    if policy.rule == "newest":
        return newest(said, parties.theirs_at(), [(parties.ours_at(name), parties.doubt(name)) for name in mine])
    return Decision("hold", f"{said}: a person decides")


def preferred(order: tuple[str, ...], said: str, system: str, sources: Collection[str | None]) -> Decision:
    rule = f"{said}: prefer {', '.join(order)}"
    for name in order:
        if name == system:
            return Decision("take", rule)
        if name in sources:
            return Decision("keep", rule)
    return Decision("keep", rule + " (neither is a party: the hub's value stays)")


def newest(said: str, theirs: datetime | None, ours: Sequence[tuple[datetime | None, timedelta | None]]) -> Decision:
    """The later stamp wins, in a group that of the latest field. A person decides where one is missing, and where they
    are no further apart than the clocks may be."""
    known = [(at, doubt) for at, doubt in ours if at is not None and doubt is not None]
    if theirs is None or any(at is None for at, _ in ours):
        return Decision("hold", f"{said}: newest, but the stamps do not tell")
    if len(known) < len(ours):
        return Decision("hold", f"{said}: newest, but how the clocks stand to each other is not known")
    if any(at - theirs > doubt for at, doubt in known):
        return Decision("keep", f"{said}: newest")
    if all(theirs - at > doubt for at, doubt in known):
        return Decision("take", f"{said}: newest")
    near = max(doubt for _, doubt in known)
    return Decision("hold", f"{said}: newest, but the stamps are not {near.total_seconds():g} s apart")


def existence(policy: Policy) -> Decision:
    """One side deleted the record, the other edited it. take: the deletion; keep: the edit."""
    if policy.rule == "delete":
        return Decision("take", "deletes: delete wins")
    if policy.rule == "edit":
        return Decision("keep", "deletes: edit wins")
    return Decision("hold", "deletes: a person decides")
