"""How records and answers look on the wire. Records are rendered by SQLite itself, so none becomes a Python object."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from hub.sandbox.crm.schema import NS, Column, Entity
from hub.sandbox.crm.settings import Settings

ENV = "http://schemas.xmlsoap.org/soap/envelope/"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<SOAP-ENV:Envelope SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
    f' xmlns:SOAP-ENV="{ENV}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Body>'
)
_FOOT = "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
CLOSE = b"</records>"
#: Kinds of `recordfield/type`; the real enumeration has no boolean.
_FIELD_TYPES = {"string": "string", "int": "integer", "decimal": "decimal", "boolean": "string", "dateTime": "datetime"}


def answer(element: str, *parts: bytes) -> bytes:
    """A whole response: `parts` are what `result` holds, ready made."""
    head = f'{_HEAD}<{element} xmlns="{NS}"><result>'.encode()
    return b"".join((head, *parts, f"</result></{element}>{_FOOT}".encode()))


def fault(code: str, text: str) -> bytes:
    """A whole fault."""
    body = f"<faultcode>SOAP-ENV:{escape(code)}</faultcode><faultstring>{escape(text)}</faultstring>"
    return f"{_HEAD}<SOAP-ENV:Fault>{body}</SOAP-ENV:Fault>{_FOOT}".encode()


def element(name: str, value: object) -> bytes:
    """One simple element of a result."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{_escape(text)}</{name}>".encode()


def page(settings: Settings, records: Sequence[bytes], more: bool) -> bytes:
    """The records of a page with `size` and `more`, in the order that the settings say."""
    size = b"" if settings.omit_size else element("size", len(records))
    if settings.order == "observed":
        return b"".join((element("more", more), *records, size))
    return b"".join((*records, size, element("more", more)))


def written(settings: Settings, count: tuple[str, int], success: tuple[str, bool]) -> bytes:
    """The two elements of an update or delete result; live servers put the count first."""
    parts = [element(*success), element(*count)]
    return b"".join(reversed(parts) if settings.order == "observed" else parts)


def record_sql(entity: Entity) -> str:
    """The SQL expression of a record as `query` answers it, without the nested lists."""
    head = f'<records xsi:type="typens:{entity.name}" xmlns:typens="{NS}">'
    fields = (f"coalesce('<typens:{c.name}>'||{_value(entity, c)}||'</typens:{c.name}>','')" for c in entity.wire)
    return _blob([f"'{head}'", *fields, "'</records>'"])


def crmrecord_sql(entity: Entity, columns: Iterable[Column]) -> str:
    """The SQL expression of a record as `queryrecord` answers it; an empty field has no `value`."""
    head = f'<records xsi:type="typens:crmrecord" xmlns:typens="{NS}">'
    head += f"<typens:entityname>{entity.name}</typens:entityname>"
    return _blob([f"'{head}'", *(_field(entity, c) for c in columns), "'</records>'"])


def aisid_sql(entity: Entity, token: bool) -> str:
    """The SQL expression of a row as `queryid` answers it; with `token`, flags are since `:token`."""
    created, updated = entity.db("createddate"), entity.db("updateddate")
    added = f"{created} > :token" if token else "0"
    changed = f"{updated} > :token AND NOT {added}" if token else "0"
    flags = {"deleted": f"{entity.db('deleted')} IS NOT NULL", "updated": changed, "added": added}
    return _blob(
        [
            '\'<records xsi:type="typens:aisid" xmlns:typens="' + NS + "\">'",
            *(f"coalesce('<{n}>'||{entity.db(n)}||'</{n}>','')" for n in ("createddate", "updateddate")),
            f"'<id>'||{entity.db(entity.key)}||'</id>'",
            *(f"'<{n}>'||iif({e},'true','false')||'</{n}>'" for n, e in flags.items()),
            "'</records>'",
        ]
    )


def nested(settings: Settings, lists: Iterable[tuple[str, str, Sequence[bytes]]]) -> bytes:
    """Child records as lists of their parent: (element, entity, records); a list without rows is absent or nil."""
    parts = []
    for name, entity, records in lists:
        inner = b"".join(_child(r) for r in records)
        if records and settings.bare:
            parts.append(inner)
        elif records:
            head = f"<typens:{name}><typens:entityname>{entity}</typens:entityname>"
            parts.append(head.encode() + inner + f"</typens:{name}>".encode())
        elif settings.nil_lists:
            parts.append(f'<typens:{name} xsi:nil="true"/>'.encode())
    return b"".join(parts)


def child_of_field(name: str, records: Sequence[bytes]) -> bytes:
    """Child records as one `recordfield` of type crmrecord."""
    inner = b"".join(_child(r) for r in records)
    head = f'<typens:records xsi:type="typens:recordfield"><typens:name>{name}</typens:name>'
    return (head + "<typens:type>crmrecord</typens:type>").encode() + inner + b"</typens:records>"


def _child(record: bytes) -> bytes:
    return b"<typens:records" + record[len(b"<records") : -len(CLOSE)] + b"</typens:records>"


def _field(entity: Entity, column: Column) -> str:
    head = (
        f'<typens:records xsi:type="typens:recordfield"><typens:name>{column.name}</typens:name>'
        f"<typens:type>{_FIELD_TYPES[column.type]}</typens:type>"
    )
    value = f"coalesce('<typens:value>'||{_value(entity, column)}||'</typens:value>','')"
    return f"'{head}'||{value}||'</typens:records>'"


def _value(entity: Entity, column: Column) -> str:
    """The SQL expression of a value as text, escaped; NULL stays NULL."""
    name = entity.db(column.name)
    if column.type == "boolean":
        return f"iif({name} IS NULL,NULL,iif({name},'true','false'))"
    if column.type == "decimal":
        return f"iif({name} IS NULL,NULL,format('%.2f',{name}))"
    if column.type != "string":
        return name
    steps = name
    for char, entity_ref in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        steps = f"replace({steps},'{char}','{entity_ref}')"
    return f"iif({name} GLOB '*[&<>'||char(13)||']*',replace({steps},char(13),'&#13;'),{name})"


def _blob(parts: Sequence[str]) -> str:
    """The parts as one blob, joined as a balanced tree: a long chain would copy its beginning again and again."""

    def tree(some: Sequence[str]) -> str:
        half = len(some) // 2
        return some[0] if len(some) == 1 else f"({tree(some[:half])}||{tree(some[half:])})"

    return f"CAST({tree(parts)} AS BLOB)"


def _escape(text: str) -> str:
    return escape(text).replace("\r", "&#13;")
