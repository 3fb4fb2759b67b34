"""Who wins: the ladder from record pin to hub, and what the winner means for one system."""

from collections.abc import Callable, Mapping
from datetime import datetime

from hub.core.merge import Decide, Decision
from hub.core.model import Binding, Policy, Unit
from hub.core.record import Fields

#: When a side last changed. None: it does not say.
Instant = Callable[[], datetime | None]


def decider(
    binding: Binding,
    *,
    theirs_at: Instant,
    ours_at: Instant,
    ours_from: Callable[[str], str | None],
    pins: Mapping[str, Policy] = {},
) -> Decide:
    """The decision function for one record of one system.

    `ours_from(field)`: the system that the golden value came from. `pins`: policies of this one record, by
    unit name or "*" for all of it.
    """

    def decide(unit: Unit, base: Fields | None, ours: Fields, theirs: Fields) -> Decision:
        if one_way(binding, unit):
            return Decision("keep", f"{binding.system} is written one-way")
        if not any(value is not None for value in ours.values()) and base is None:
            return Decision("take", "blank gives way")
        if base is not None and ours == base:
            return Decision("take", "only change")
        policy, said = pinned(unit, pins)
        source = next((ours_from(name) for name in unit.fields if ours.get(name) != theirs.get(name)), None)
        return by_policy(policy, said, binding.system, source, theirs_at, ours_at)

    return decide


def one_way(binding: Binding, unit: Unit) -> bool:
    """May this unit not be taken from this system?"""
    return binding.direction == "out" or not binding.mapping.readable.issuperset(
        name for name in unit.fields if name in binding.mapping.specs
    )


def pinned(unit: Unit, pins: Mapping[str, Policy]) -> tuple[Policy, str]:
    """The policy that counts, and where it was said."""
    for name in (unit.name, "*"):
        if name in pins:
            return pins[name], "record pin"
    return unit.policy, unit.said


def by_policy(
    policy: Policy, said: str, system: str, source: str | None, theirs_at: Instant, ours_at: Instant
) -> Decision:
    """Apply one policy to a clash between `system` and the golden value, which came from `source`."""
    if policy.rule == "prefer":
        return preferred(policy.order, said, system, source)
    if policy.rule == "newest":
        return newest(said, theirs_at(), ours_at())
    return Decision("hold", f"{said}: a person decides")


def preferred(order: tuple[str, ...], said: str, system: str, source: str | None) -> Decision:
    rule = f"{said}: prefer {', '.join(order)}"
    for name in order:
        if name == system:
            return Decision("take", rule)
        if name == source:
            return Decision("keep", rule)
    return Decision("keep", rule + " (neither is a party: the hub's value stays)")


def newest(said: str, theirs_at: datetime | None, ours_at: datetime | None) -> Decision:
    """The later stamp wins; where a stamp is missing or they are equal, a person decides."""
    if theirs_at is None or ours_at is None or theirs_at == ours_at:
        return Decision("hold", f"{said}: newest, but the stamps do not tell")
    verdict = "take" if theirs_at > ours_at else "keep"
    return Decision("take" if verdict == "take" else "keep", f"{said}: newest")
