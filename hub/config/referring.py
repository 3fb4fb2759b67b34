"""References between entities: do they name what is there, in every system that has the field?"""

from collections.abc import Mapping

from hub.config.document import Document
from hub.config.files import InstanceFile
from hub.config.loading import known
from hub.config.problem import Loc
from hub.core.model import Binding
from hub.core.references import Edge, required_circle

Bindings = Mapping[str, Mapping[str, Binding]]


def check_references(document: Document, shape: InstanceFile, bindings: Bindings) -> None:
    """Note references to entities that nobody knows, that a system does not have, or that wait for one another."""
    sound: dict[str, dict[str, str]] = {name: {} for name in shape.entities}
    for name, file in shape.entities.items():
        for field, settings in file.fields.items():
            if settings.entity is not None:
                at = _at(name, field)
                if known(document, at, "entity", settings.entity, document.names("entities")):
                    sound[name][field] = settings.entity
                    _check_bound(document, at, shape, (name, field), settings.entity, bindings)
    for system in shape.systems:
        _check_circle(document, system, sound, bindings)


def _at(entity: str, field: str) -> Loc:
    return ("entities", entity, "fields", field, "entity")


def _check_bound(
    document: Document, at: Loc, shape: InstanceFile, here: tuple[str, str], parent: str, bindings: Bindings
) -> None:
    """A system that has the field must have the parents, or the hub knows none of its keys."""
    entity, field = here
    there = shape.entities[parent].bindings if parent in shape.entities else {}
    for system, binding in bindings[entity].items():
        if field in binding.mapping.specs and system not in there:
            said = (
                f"'{parent}' is not in '{system}', where the mapping of '{entity}' has this field; expected a binding "
                f"of '{parent}' in '{system}', got {', '.join(there) or 'none'}"
            )
            document.problem(at, said)


def _check_circle(
    document: Document, system: str, references: Mapping[str, Mapping[str, str]], bindings: Bindings
) -> None:
    """In a circle of required references no record could be the first."""
    edges = {
        name: [
            Edge(field, parent, binding.mapping.specs[field].required)
            for field, parent in fields.items()
            if (binding := bindings[name].get(system)) is not None and field in binding.mapping.specs
        ]
        for name, fields in references.items()
    }
    circle = required_circle(edges)
    if circle:
        way = " -> ".join(f"{name}.{edge.field}" for name, edge in circle)
        name, edge = circle[0]
        said = (
            f"in '{system}' required references lead in a circle, so that no record could be the first: {way} -> "
            f"{name}; expected at least one of them without 'required' in its mapping, got all required"
        )
        document.problem(_at(name, edge.field), said)
