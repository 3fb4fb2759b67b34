"""What a world is like, and the integration that is played in it."""

from dataclasses import dataclass

from hub.core.model import Deletes, Instance, Policy
from hub.simulator.likeness import LABEL, SIMILAR
from hub.simulator.systems import Kind, mapped
from hub.simulator.terms import FIELDS, PARENT, Named, Own, Terms
from hub.simulator.world import ASK, integration


@dataclass(frozen=True, eq=False)
class Stage:
    """An integration of one entity, and how people's values look in it."""

    instance: Instance
    entity: str
    terms: Terms
    #: Fields that belong together: a record never shows a mixture of them that nobody made.
    group: tuple[str, ...] = ()
    #: Do records name other ones?
    kin: bool = False


#: What the mapping says of the field that names another record.
NAMES_ANOTHER = {PARENT: {"type": "reference", "refers": "account"}}


@dataclass(frozen=True)
class Setup:
    """What a world is like."""

    kinds: tuple[Kind, ...] = (Kind(), Kind())
    #: Systems that hold the keys of others: (holder, other).
    links: tuple[tuple[str, str], ...] = ()
    #: Fields that merge together. All of them: merge by row.
    group: tuple[str, ...] = ()
    #: In the order of FIELDS; the first that a group has counts for it.
    policies: tuple[Policy, ...] = (ASK,) * 3
    deletes: Policy = ASK
    match: tuple[tuple[str, ...], ...] = ()
    #: Does the hub work in pages of so many deliveries and keys? 0: as in service.
    page: int = 0
    #: Do records name other ones?
    kin: bool = False
    #: What deletions mean in each system. Fewer than systems: as they mean by themselves in the others.
    means: tuple[Deletes, ...] = ()
    #: Are records told by how alike their names are?
    likeness: bool = False
    #: Somebody's own integration, which says all of the above but the kinds.
    stage: Stage | None = None


def staged(setup: Setup) -> Stage:
    """The integration of a world."""
    if setup.stage is not None:
        return setup.stage
    names = "abc"[: len(setup.kinds)]
    first = next((f for f in FIELDS if f in setup.group), "")
    policies = {"group" if f == first else f: p for f, p in zip(FIELDS, setup.policies, strict=True)}
    still = still_fields(setup)
    instance = integration(
        names,
        (*FIELDS, *still, *([PARENT] if setup.kin else ())),
        groups={"group": setup.group} if setup.group else {},
        policies={**policies, **dict.fromkeys(still, Policy("prefer", tuple(names)))},
        means=dict(zip(names, setup.means, strict=False)),
        similar=SIMILAR if setup.likeness else None,
        links={name: {f"@{other}": f"{other}_key" for holder, other in setup.links if holder == name}
               for name in names},
        deletes=setup.deletes,
        match=setup.match,
        specs={name: {**mapped(kind), **NAMES_ANOTHER} for name, kind in zip(names, setup.kinds, strict=True)},
        references={PARENT: "account"} if setup.kin else {},
    )  # fmt: skip
    return Stage(instance, "account", Named() if setup.likeness else Own(), setup.group, setup.kin)


def still_fields(setup: Setup) -> tuple[str, ...]:
    """What records have besides that which people type: a name, and the mark of a closed record."""
    marks = dict.fromkeys(name for means in setup.means for name in means.marks)
    return ((LABEL,) if setup.likeness else ()) + tuple(marks)
