"""References: fields whose value is another golden record. The hub holds `hub:ID`, each system its own key of it.

| the parent's key in a system          | a create there                  | an update there                        |
|---------------------------------------|---------------------------------|----------------------------------------|
| is known                              | goes with it                    | goes with it                           |
| is not, the reference is required     | waits                           | goes without it, the reference waits   |
| is not, it is to come, on no circle   | waits                           | the same                               |
| is not, it is to come, on a circle    | goes without it, then a patch   | the same                               |
| is not, and it is not to come         | goes without it, it waits       | the same                               |
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from hub.core.record import Value

_PREFIX = "hub:"
#: Golden records are numbered in 63 bits.
_LAST = 2**63 - 1
#: Of a golden record that turned out to be another one: the field that names that one.
INTO = ""


class Edge(NamedTuple):
    """One entity's field refers to another entity, or to itself."""

    field: str
    parent: str
    #: No record of the child is without it.
    required: bool = False


#: By entity.
Edges = Mapping[str, Collection[Edge]]


def named(golden_id: int) -> str:
    """A golden record as the value of a field."""
    return f"{_PREFIX}{golden_id}"


def is_named(value: Value) -> bool:
    """Does a value name a golden record?"""
    return isinstance(value, str) and value.startswith(_PREFIX)


def number(value: Value) -> int | None:
    """The golden record that a value names. None: it names none, whoever typed it."""
    digits = value.removeprefix(_PREFIX) if isinstance(value, str) and value.startswith(_PREFIX) else ""
    fits = digits.isascii() and digits.isdigit() and len(digits) <= len(str(_LAST))
    return int(digits) if fits and int(digits) <= _LAST else None


def ordered(edges: Edges) -> list[str]:
    """Entities with parents before children; what goes in a circle stays as it is, but for required references."""
    left, found = list(edges), list[str]()
    while left:
        fit = [name for name in left if not _before(edges[name], name, left, every=True)]
        fit = fit or [name for name in left if not _before(edges[name], name, left, every=False)] or left
        found.append(fit[0])
        left.remove(fit[0])
    return found


def _before(edges: Collection[Edge], name: str, left: Collection[str], *, every: bool) -> bool:
    """Is a parent still to come? `every`: not only one that is required."""
    return any(edge.parent in left and edge.parent != name and (every or edge.required) for edge in edges)


def circular(edges: Edges, name: str, edge: Edge) -> bool:
    """Does a way lead from the parent back to the child?"""
    return name in _reached(edges, edge.parent)


def _reached(edges: Edges, start: str) -> set[str]:
    found, todo = set[str](), [start]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += [edge.parent for edge in edges.get(one, ())]
    return found


def required_circle(edges: Edges) -> list[tuple[str, Edge]]:
    """Required references that lead back to where they began: no record of these could ever be the first."""
    needed = {name: [edge for edge in all_ if edge.required] for name, all_ in edges.items()}
    for name in needed:
        way = _way(needed, name, name, frozenset())
        if way:
            return way
    return []


def _way(edges: Edges, start: str, end: str, seen: frozenset[str]) -> list[tuple[str, Edge]]:
    for edge in edges.get(start, ()):
        if edge.parent == end:
            return [(start, edge)]
        if edge.parent not in seen:
            rest = _way(edges, edge.parent, end, seen | {edge.parent})
            if rest:
                return [(start, edge), *rest]
    return []
