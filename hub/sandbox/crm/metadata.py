"""What the CRM says of its own tables."""

from collections.abc import Iterable

from hub.sandbox.crm import render
from hub.sandbox.crm.records import Records
from hub.sandbox.crm.schema import Entity


def fields(records: Records, entity: Entity) -> list[bytes]:
    """The content of a `crmfield` for each column: short names, types as `xs:...` (the real prefix is not known)."""
    return [
        b"".join(
            (
                render.element("length", records.width(entity, c) if c.type == "string" else 0),
                render.element("required", c.required),
                render.element("name", c.name),
                render.element("type", f"xs:{c.type}"),
            )
        )
        for c in entity.wire
    ]


def tables(records: Records, entities: Iterable[Entity]) -> list[bytes]:
    """A `tables` element for each entity; the prefix is without its underscore."""
    return [_table(entity, fields(records, entity)) for entity in entities]


def _table(entity: Entity, found: list[bytes]) -> bytes:
    head = (render.element("tablename", entity.name), render.element("prefix", entity.prefix))
    rows = (b"<records>" + f + b"</records>" for f in found)
    return b"<tables>" + b"".join((*head, *rows, render.element("size", len(found)))) + b"</tables>"


def dropdowns(entity: Entity) -> list[bytes]:
    """The captions of each selection field."""
    return [
        b"<records>"
        + b"".join(render.element("records", choice) for choice in column.choices)
        + render.element("fieldname", column.name)
        + render.element("entityname", entity.name)
        + b"</records>"
        for column in entity.columns
        if column.choices
    ]
