"""The contract as spyne models and a table of the 20 operations (names and order as in the real description)."""

from typing import Any, NamedTuple

import hub.sandbox.spyne_shim  # noqa: F401 - before spyne

from spyne import Boolean, ComplexModel, DateTime, Decimal, Integer32, Unicode  # isort: skip
from spyne.model.complex import ComplexModelMeta  # isort: skip

from hub.sandbox.crm.schema import ENTITIES, NS, Entity

_SIMPLE: dict[str, Any] = {
    "string": Unicode,
    "int": Integer32,
    "decimal": Decimal,
    "boolean": Boolean,
    "dateTime": DateTime,
}
#: Types whose children may come in any order (`xs:all`); the others are sequences.
UNORDERED = {"aisid", *ENTITIES}
ABSTRACT = {"ewarebase", "idbase"}


def model(name: str, base: Any = ComplexModel, /, **fields: Any) -> Any:
    """A complex type of the contract's namespace."""
    body = {"__namespace__": NS, "__type_name__": name, "_type_info": list(fields.items()), "__module__": __name__}
    return ComplexModelMeta(name, (base,), body)


def one(kind: Any) -> Any:
    """Cardinality 1."""
    return kind.customize(min_occurs=1, nillable=False)


def some(kind: Any, least: int = 0) -> Any:
    """Cardinality 0..* or 1..*."""
    return kind.customize(min_occurs=least, max_occurs="unbounded", nillable=False)


def maybe(kind: Any) -> Any:
    """Cardinality 0..1, not nillable."""
    return kind.customize(min_occurs=0, nillable=False)


S, I, B, D = one(Unicode), one(Integer32), one(Boolean), one(DateTime)  # noqa: E741
MS, MI, MB, MD = maybe(Unicode), maybe(Integer32), maybe(Boolean), maybe(DateTime)

SessionHeader = model("SessionHeader", sessionId=S)
EwareBase = model("ewarebase")
IdBase = model("idbase", EwareBase)
EwareList = model("ewarebaselist", entityname=S, records=some(EwareBase))
FieldType = Unicode(values=["string", "datetime", "integer", "decimal", "crmrecord", "multiselectfield"])
FieldType = FieldType.customize(type_name="crmrecordtype", min_occurs=0, nillable=False)
FieldType.__namespace__ = NS
RecordField = model("recordfield", EwareBase, name=MS, type=FieldType, value=MS, records=some(EwareBase))
CrmRecord = model("crmrecord", EwareBase, entityname=S, records=some(RecordField))
MultiSelect = model("multiselectfield", EwareBase, multiselectfieldname=MS, records=some(Unicode))
Aisid = model("aisid", EwareBase, createddate=MD, updateddate=MD, id=MI, deleted=MB, updated=MB, added=MB)
CrmId = model("crmid", IdBase, crmid=I)
Resource = model("aresource", EwareBase, firstname=MS, lastname=MS)
ResourceId = model("aresourceid", IdBase, resourceid=I, firstname=MS, lastname=MS, logon=S)
CrmField = model("crmfield", EwareBase, length=MI, required=MB, name=MS, type=MS)
TableInfo = model("tableinfo", tablename=MS, prefix=MS, records=some(CrmField), size=I)
Dropdown = model("dropdownvalues", records=some(Unicode), fieldname=MS, entityname=MS)


def _entity(entity: Entity) -> Any:
    lists = {name: EwareList.customize(min_occurs=0, nillable=True) for name, _ in entity.lists}
    plain = {c.name: maybe(_SIMPLE[c.type]) for c in entity.wire}
    return model(entity.name, EwareBase, **lists, **plain)


ENTITY_MODELS = [_entity(e) for e in ENTITIES.values()]
EXTRA = [*ENTITY_MODELS, CrmRecord, MultiSelect, Aisid, CrmId, Resource, ResourceId]


class Operation(NamedTuple):
    """One operation: what is called and answered. `result` is the answer's `result` element, field by field."""

    name: str
    element: str
    params: dict[str, Any]
    answer: str
    result: dict[str, Any]


_ENTITY = {"entityname": S}
_RECORDS = {"entityname": S, "records": some(EwareBase, 1)}
_PAGE = {"records": some(EwareBase), "size": I, "more": B}
_RECORD_PAGE = {"records": some(CrmRecord), "size": I, "more": B}
_IDS = {"records": some(Aisid), "size": I, "more": B}
_ADDED = {"records": some(IdBase, 1), "size": I}
_UPDATED = {"updatesuccess": B, "numberupdated": I}
_QUERYID = {"queryString": S, "entityname": S, "orderby": S, "journaltoken": MD, "showdeletedrecords": B}


def _operation(
    name: str, params: dict[str, Any], result: dict[str, Any], element: str = "", answer: str = ""
) -> Operation:
    return Operation(name, element or name, params, answer or f"{name}response", result)


OPERATIONS = (
    _operation("logon", {"username": S, "password": S}, {"sessionid": S}, answer="logonresponsetype"),
    _operation("logoff", {"sessionId": S}, {"success": B}, answer="logoffresponsetype"),
    _operation("query", {"queryString": S, "entityname": S}, _PAGE),
    _operation("next", {}, _PAGE),
    _operation("queryentity", {"id": I, "entityname": S}, {"records": maybe(EwareBase), "size": I}),
    _operation("queryid", _QUERYID, _IDS),
    _operation("queryidnodate", {"queryString": S, "entityname": S, "showdeletedrecords": B}, _IDS),
    _operation("queryrecord", {"fieldlist": S, "queryString": S, "entityname": S, "orderby": S}, _RECORD_PAGE),
    _operation("nextqueryrecord", {}, _RECORD_PAGE),
    _operation("add", _RECORDS, _ADDED),
    _operation("addrecord", _RECORDS, _ADDED),
    _operation("addresource", _RECORDS, _ADDED),
    _operation("update", _RECORDS, _UPDATED),
    _operation("updaterecord", _RECORDS, _UPDATED),
    _operation("delete", _RECORDS, {"deletesuccess": MB, "numberdeleted": I}),
    _operation("getmetadata", _ENTITY, {"records": some(CrmField), "size": I}),
    _operation("getallmetadata", {}, {"tables": some(TableInfo), "size": I}),
    _operation("getdropdownvalues", _ENTITY, {"records": some(Dropdown)}),
    _operation("getversionstring", {}, {"versionstring": S}),
    _operation(
        "altercolumnwidth",
        {"entityname": S, "columnname": S, "width": S},
        {"success": MB},
        element="columnwidth",
        answer="columnwidthresponse",
    ),
)
#: Lower-case name of a request element (or of its operation) -> operation.
BY_ELEMENT = {name: op for op in OPERATIONS for name in (op.name, op.element)}
