"""What the CRM says of its entities: fields, types, lengths, choices; and the one change of them, a wider column."""

from typing import Any

from adapters.sagecrm.answers import child, flag, values
from adapters.sagecrm.entities import Entity
from adapters.sagecrm.session import TYPES, Session, logon
from hub.adapter import FieldInfo, ObjectInfo
from hub.core.errors import ConfigError, Refused
from hub.transport.soap import Contract, answer, text
from hub.transport.xml import local, parse

#: The operations that the adapter calls.
OPERATIONS = frozenset(
    {"logon", "logoff", "query", "queryrecord", "queryid", "queryidnodate", "add", "update", "delete"}
    | {"getmetadata", "getdropdownvalues", "altercolumnwidth"}
)
_TYPES = {
    "int": "integer",
    "integer": "integer",
    "long": "integer",
    "decimal": "decimal",
    "double": "decimal",
    "float": "decimal",
    "boolean": "boolean",
    "date": "date",
    "datetime": "date-time",
}
_SERVERS_OWN = frozenset({"createdby", "createddate", "updatedby", "updateddate", "timestamp"})
_MOST_WIDTH = 8000


class Describer:
    """Live metadata; where the server does not give it, the contract of `wsdl/`."""

    def __init__(self, session: Session, contract: Contract | None) -> None:
        self._session, self._contract = session, contract
        self._known: dict[str, tuple[FieldInfo, ...]] = {}

    def names(self, entity: Entity) -> frozenset[str]:
        """The names of all fields, asked for once."""
        return frozenset(field.name for field in self.fields(entity))

    def fields(self, entity: Entity) -> tuple[FieldInfo, ...]:
        """All fields without their choices, asked for once."""
        if entity.name not in self._known:
            self._known[entity.name] = self._ask(entity)
        return self._known[entity.name]

    def describe(self, entity: Entity) -> ObjectInfo:
        """All fields as they are now, with the choices of selection fields."""
        self._known[entity.name] = self._ask(entity)
        choices = self._choices(entity)
        fields = tuple(_with_choices(f, choices.get(f.name, ())) for f in self._known[entity.name])
        return ObjectInfo(entity.name, fields)

    def check_contract(self) -> None:
        """Does the file in wsdl/ describe what we call, and `logon` as we call it? Raises ConfigError.

        Not done at each log-on: loading a contract costs as much as reading some thousand records.
        """
        if not self._contract:
            return
        self._contract.require(OPERATIONS)
        any_word = "x"
        theirs = self._contract.envelope("logon", username=any_word, password=any_word)
        if _tags(logon(any_word, any_word)) != _tags(theirs):
            said = f"wsdl/{self._contract.name}: its logon is not that of Sage CRM, {TYPES}"
            raise ConfigError([said], "wsdl.mismatch")

    def widen(self, entity: Entity, field: str, length: int) -> None:
        """Make a text column hold `length` characters; raises Refused when the CRM does not."""
        if not 1 <= length <= _MOST_WIDTH:
            raise Refused("sage.width", f"{entity.name}.{field}: expected a width of 1 to {_MOST_WIDTH}, got {length}")
        inner = f"<entityname>{text(entity.name)}</entityname><columnname>{text(entity.column(field))}</columnname>"
        body = f'<columnwidth xmlns="{TYPES}">{inner}<width>{length}</width></columnwidth>'
        response = self._session.call(body, f"altercolumnwidth {entity.name}")
        self._known.pop(entity.name, None)
        if not any(flag(value) for value in values(response, "success")):
            raise Refused("sage.width", f"{entity.name}.{field}: the CRM did not widen it to {length} characters")

    def _ask(self, entity: Entity) -> tuple[FieldInfo, ...]:
        try:
            found = self._metadata(entity)
        except Refused:
            found = self._from_contract(entity)
            if not found:
                raise
        return found

    def _metadata(self, entity: Entity) -> tuple[FieldInfo, ...]:
        body = f'<getmetadata xmlns="{TYPES}"><entityname>{text(entity.name)}</entityname></getmetadata>'
        response = self._session.call(body, f"getmetadata {entity.name}")
        result = child(response, "result")
        records = [] if result is None else [e for e in result if local(e.tag).lower() == "records"]
        fields = {f.name: f for record in records if (f := _field(entity, record))}
        if not fields:
            raise Refused("sage.metadata", f"{entity.name}: the CRM describes no fields; may the user see the entity?")
        return tuple(fields.values())

    def _from_contract(self, entity: Entity) -> tuple[FieldInfo, ...]:
        if not self._contract:
            return ()
        described = self._contract.fields(entity.name).items()
        return tuple(_info(entity, name.lower(), kind) for name, kind in described if kind.lower() != "ewarebaselist")

    def _choices(self, entity: Entity) -> dict[str, tuple[str, ...]]:
        body = f'<getdropdownvalues xmlns="{TYPES}"><entityname>{text(entity.name)}</entityname></getdropdownvalues>'
        response = self._session.call(body, f"getdropdownvalues {entity.name}")
        result = child(response, "result")
        lists = [] if result is None else [e for e in result if local(e.tag).lower() == "records"]
        return {
            _short(entity, name): tuple((e.text or "").strip() for e in one if local(e.tag).lower() == "records")
            for one in lists
            if (name := _text(one, "fieldname"))
        }


def _tags(request: bytes) -> list[str]:
    """What the body of a request is made of."""
    return [element.tag for element in answer(parse(request, where="logon"), "logon").iter()]


def _field(entity: Entity, record: Any) -> FieldInfo | None:
    name = _short(entity, _text(record, "name"))
    if not name:
        return None
    length = _text(record, "length")
    return _info(
        entity,
        name,
        _text(record, "type"),
        length=int(length) if length.isdecimal() and int(length) else None,
        required=flag(_text(record, "required")),
    )


def _info(entity: Entity, name: str, kind: str, *, length: int | None = None, required: bool = False) -> FieldInfo:
    """`kind` is seen with and without the prefix of a namespace."""
    hub_type = _TYPES.get(kind.rpartition(":")[2].lower(), "text")
    own = name == entity.key or name in _SERVERS_OWN
    return FieldInfo(name, hub_type, length if hub_type == "text" else None, required and not own, own)


def _with_choices(field: FieldInfo, choices: tuple[str, ...]) -> FieldInfo:
    if not choices:
        return field
    return FieldInfo(field.name, "choice", field.length, field.required, field.read_only, choices)


def _short(entity: Entity, name: str) -> str:
    """Names in metadata are short; some servers may prefix them."""
    return name.strip().lower().removeprefix(entity.prefix)


def _text(record: Any, name: str) -> str:
    found = child(record, name)
    return "" if found is None else (found.text or "").strip()
