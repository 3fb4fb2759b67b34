"""Rare things that a campaign must have met to be worth anything, told from what everybody can see."""

from collections import Counter
from collections.abc import Mapping

from hub.core.merge import EXISTENCE
from hub.simulator.scene import Scene
from hub.store import audit, conflicts

#: Records the hub made: (system, key) -> golden id.
Children = Mapping[tuple[str, str], int]
#: A long campaign in which one of these never happened proves less than it seems to, and fails.
RARE = (
    "answer lost",
    "answer lost for one",
    "arrives late",
    "an update came late over another one",
    "away",
    "throttled",
    "denied",
    "refused",
    "disk full",
    "edited meanwhile",
    "deleted meanwhile",
    "decided meanwhile",
    "the process died",
    "died with writes out",
    "second page",
    "stale",
    "changed over there before the write",
    "in doubt",
    "token again",
    "sent again under a new token",
    "a search found",
    "a child was recognised",
    "a record stood aside",
    "a person decided",
    "a decision came too late",
    "a person said what a record is",
    "a write was refused",
    "clash held",
    "clash decided by policy",
    "clash superseded",
    "clash withdrawn",
    "clash of a group",
    "delete against edit held",
    "delete against edit decided by policy",
    "left there: soft",
    "left there: unlink",
    "left there: ignore",
    "a record was closed",
    "not followed",
    "deletions held",
    "deletions accepted",
    "deletions refused",
    "linked by likeness",
    "a system seemed to be put back",
    "a system was put back",
    "a record came back",
    "a person recognised a record",
    "a new record named its counterpart",
    "a key was mistaken: clear",
    "a key was mistaken: taken",
    "a key was mistaken: nobody",
    "a key that named nobody was cleared",
)


def told(scene: Scene, children: Children) -> Counter[str]:
    """What the systems and the log of a world tell."""
    met = Counter[str]()
    for system in scene.systems.values():
        met.update(system.told)
    for row in scene.oracle.log():
        met.update(of_row(row))
    if scene.met["in doubt"] or scene.met["the process died"]:
        met["a child was recognised"] += recognised(scene, children)
    return met


def of_row(row: conflicts.Conflict) -> list[str]:
    """What one row of the conflict log tells."""
    kind = "delete against edit" if row.unit == EXISTENCE else "clash"
    found = [
        f"{kind} {'held' if row.verdict == 'hold' or row.decided_by not in (None, 'policy') else 'decided by policy'}"
    ]
    if row.state in (conflicts.SUPERSEDED, conflicts.WITHDRAWN) and row.unit != EXISTENCE:
        found.append(f"clash {row.state}")
    if row.unit == "group":
        found.append("clash of a group")
    return found


def recognised(scene: Scene, children: Children) -> int:
    """Records that were found to be the children of unanswered creates."""
    with scene.world.store.reading() as tx:
        rows = [row for number in set(children.values()) for row in audit.of_golden(tx, number)]
    return sum(row.action == "linked" for row in rows)


def missing(met: Counter[str]) -> list[str]:
    return [name for name in RARE if not met[name]]
