"""Do fields that merge as one go the same ways? Where some of them are only read or only written, the others follow."""

from collections.abc import Iterator, Sequence

from hub.core.mapping import Mapping, Problem
from hub.core.model import ROW, Entity, Unit

#: Fields that a message names before it counts the others.
_NAMED = 3


def fit_units(entity: Entity) -> list[tuple[str, Problem]]:
    """Units of several fields (a group, or with `merge: row` the record) that one system can exchange only in part:
    (system, problem). A unit goes as a whole or not at all, so a part that goes one way takes the others along."""
    units = [unit for unit in entity.units if len(unit.fields) > 1]
    return [
        (name, problem)
        for name, binding in entity.bindings.items()
        for unit in units
        if binding.direction == "both"
        for problem in _one_way(name, binding.mapping, unit)
    ]


def _one_way(system: str, mapping: Mapping, unit: Unit) -> Iterator[Problem]:
    mapped = [name for name in unit.fields if name in mapping.specs]
    unread = [name for name in mapped if name not in mapping.readable]
    unwritten = [name for name in mapped if name not in mapping.writable]
    what = "the record is one unit (merge: row)" if unit.name == ROW else f"the group '{unit.name}' is one unit"
    if unread and len(unread) < len(mapped):
        said = (
            f"{what}, and {_are(unread)} only written to {system}: no edit of {_rest(mapped, unread)} made in {system} "
            "is taken either, it is logged and put back"
        )
        yield Problem(unread[0], "fit.one-way", f"{said}; {_way_out(unit)}")
    if unwritten and len(unwritten) < len(mapped):
        said = (
            f"{what}, and {_are(unwritten)} only read from {system}: what changes elsewhere reaches {system} in part "
            f"({_rest(mapped, unwritten)} is written, {_names(unwritten)} stays), and the next edit there is a conflict"
        )
        yield Problem(unwritten[0], "fit.one-way", f"{said}; {_way_out(unit)}")


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _are(names: Sequence[str]) -> str:
    return f"{_names(names)} {'is' if len(names) == 1 else 'are'}"


def _rest(mapped: Sequence[str], some: Sequence[str]) -> str:
    """The other fields of a unit, the first few by name."""
    others = [name for name in mapped if name not in some]
    return _names(others) if len(others) <= _NAMED else f"{_names(others[:_NAMED])} and {len(others) - _NAMED} more"


def _way_out(unit: Unit) -> str:
    if unit.name == ROW:
        return "say 'merge: field', with groups for what belongs together, or let the field go both ways"
    return "leave the field out of the group, or let it go both ways"
