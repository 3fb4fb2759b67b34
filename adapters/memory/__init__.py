"""A system in memory: to try a mapping without a counterpart, and to test the hub against every kind of system.

Nothing here asks the machine for the time, for randomness or for identifiers: same calls, same answers.
What the system can do, and what it does to values on the way, is set:

    adapter: memory
    can: {conditional: true, tombstones: true, batch: 50}
    quirks: {name: [{truncate: 40}, trim], country: [upper], amount: [{round: 2}]}
    feed: stamp            # changes are found by a stamp of whole seconds instead of a sequence number
"""

from datetime import timedelta

from pydantic import BaseModel, Field

from adapters.memory.rows import Quirk
from adapters.memory.system import Fault, Feed, Memory, Phase
from hub.adapter import Can, FieldInfo, System

__all__ = ["Fault", "Feed", "Memory", "ObjectOptions", "Options", "Phase", "Quirk", "connect"]


class Switches(BaseModel, frozen=True, extra="forbid"):
    """`hub.adapter.Can`, as a file says it."""

    create: bool = True
    update: bool = True
    delete: bool = True
    conditional: bool = True
    tombstones: bool = True
    keys: bool = True
    find: bool = True
    tokens: bool = True
    answers: bool = True
    traces: bool = True
    counted: bool = True
    in_order: bool = True
    steady: bool = True
    #: Days.
    keeps: float | None = Field(default=None, gt=0)
    batch: int = Field(default=50, ge=1)
    read_batch: int = Field(default=100, ge=1)
    connections: int = Field(default=1, ge=1)


class Options(BaseModel, frozen=True, extra="forbid"):
    can: Switches = Switches()
    page: int = Field(default=100, ge=1)
    feed: Feed = "sequence"
    #: What happens to the values of a field when they are stored, in this order.
    quirks: dict[str, list[Quirk]] = Field(default_factory=dict)


class ObjectOptions(BaseModel, frozen=True, extra="forbid"):
    """A binding has no settings of its own."""


def connect(system: System[Options]) -> Memory:
    """A system that is empty at the start and forgotten at the end."""
    options = system.options
    objects = {name: [FieldInfo(field) for field in use.fields] for name, use in system.objects.items()}
    told = options.can.model_dump()
    can = Can(**{**told, "keeps": timedelta(days=told["keeps"]) if told["keeps"] else None})
    return Memory(objects, can=can, page=options.page, feed=options.feed, quirks=options.quirks)
