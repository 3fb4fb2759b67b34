"""SOAP as the CRM takes it: spyne's SOAP 1.1, hardened, and lenient about names, case and namespaces."""

from collections.abc import Callable, Iterable
from typing import Any

import hub.sandbox.spyne_shim  # noqa: F401 - before spyne

from spyne.error import Fault, ResourceNotFoundError  # isort: skip
from spyne.protocol.soap import Soap11  # isort: skip

from hub.sandbox.crm import render
from hub.sandbox.crm.models import BY_ELEMENT
from hub.sandbox.crm.schema import NS
from hub.sandbox.crm.writing import Sent

XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def local(element: Any) -> str:
    """The local name of an element in lower case; "" for a comment or processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def children(element: Any) -> Iterable[Any]:
    return (c for c in element if isinstance(c.tag, str))


def value(element: Any) -> str | None:
    """The text of an element. None: empty or nil."""
    if element.get(XSI_NIL, "").lower() in ("true", "1"):
        return None
    if len(element) == 0:
        return element.text or None
    return (element.text or "") + "".join(c.tail or "" for c in element) or None


class LenientSoap11(Soap11):  # type: ignore[misc] # spyne has no types
    """Requests become (session id, arguments, record elements); only whole documents without a DTD are read."""

    def __init__(self, fault_status: Callable[[], int]) -> None:
        super().__init__()
        self._fault_status = fault_status

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        kind = (ctx.transport.get_request_content_type() or "").split(";")[0].strip().lower()
        if kind.startswith("multipart/"):
            raise Fault("Client.UnsupportedMediaType", "multipart SOAP messages are not accepted")
        ctx.in_string = list(ctx.in_string)
        if not any(ctx.in_string):
            raise Fault("Client.SoapError", "the request is empty")
        try:
            super().create_in_document(ctx, charset)
        except (LookupError, UnicodeError) as e:
            raise Fault("Client.XMLSyntaxError", f"the request is not in its charset: {e}") from e
        root = ctx.in_document[0]
        if root.getroottree().docinfo.internalDTD is not None:
            raise Fault("Client.DtdForbidden", "a document type declaration is not accepted")
        ctx.in_document = (root, {})  # without ids there is no graph of references to follow

    def decompose_incoming_envelope(self, ctx: Any, message: str = Soap11.REQUEST) -> None:
        """The first child of the body names the operation, in any case and namespace."""
        ctx.in_document = ctx.in_document[0]
        parts = {local(c): c for c in children(ctx.in_document)}
        if local(ctx.in_document) != "envelope" or "body" not in parts:
            raise Fault("Client.SoapError", "no SOAP envelope with a body was found")
        request = next(iter(children(parts["body"])), None)
        if request is None:
            raise Fault("Client.SoapError", "the body is empty")
        ctx.in_header_doc, ctx.in_body_doc = parts.get("header"), request
        operation = BY_ELEMENT.get(local(request))
        if operation is None:
            raise ResourceNotFoundError(local(request))
        ctx.method_request_string = f"{{{NS}}}{operation.element}"

    def deserialize(self, ctx: Any, message: str) -> None:
        """No objects are made: arguments are texts by lower-case name, records stay elements."""
        ctx.in_header = session_id(ctx.in_header_doc)
        given = list(children(ctx.in_body_doc))
        names = [str(name) for name in ctx.descriptor.in_message._type_info]
        ctx.in_object = [_argument(name.lower(), names, given) for name in names]

    def serialize(self, ctx: Any, message: str) -> None:
        """Nothing to make a document of: operations answer with bytes, and faults are made below."""

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """Only faults come here."""
        ctx.out_string = [render.fault(ctx.out_error.faultcode, ctx.out_error.faultstring)]

    def fault_to_http_response_code(self, fault: Any) -> str:
        return "200 OK" if self._fault_status() == 200 else "500 Internal Server Error"


def session_id(header: Any) -> str:
    """`SessionHeader/sessionId` in any case; "" without one."""
    if header is None:
        return ""
    found = (c for h in children(header) if local(h) == "sessionheader" for c in children(h))
    return next((value(c) or "" for c in found if local(c) == "sessionid"), "")


def _argument(name: str, names: list[str], given: list[Any]) -> Any:
    if name == "records":
        return [e for e in given if local(e) == "records"]
    found = next((e for e in given if local(e) == name), None)
    if found is None and name == "entityname":
        # `<Entity>` and the like were seen to work: any child that is nobody else's argument.
        known = {n.lower() for n in names}
        found = next((e for e in given if local(e) not in known), None)
    return None if found is None else (value(found) or "")


def sent(element: Any) -> Sent:
    """A typed record: fields by short name; what has element children is a list, wrapped or bare."""
    fields: dict[str, str | None] = {}
    lists: dict[str, list[Sent]] = {}
    for child in children(element):
        name = local(child)
        if next(iter(children(child)), None) is None:
            fields[name] = value(child)
        elif name == "records":
            lists.setdefault(_type(child), []).append(sent(child))
        else:
            lists.setdefault(name, []).extend(sent(c) for c in children(child) if local(c) == "records")
    return Sent(fields, lists)


def sent_crmrecord(element: Any) -> Sent:
    """A crmrecord: `recordfield` elements with a name and a value, or with child records."""
    fields: dict[str, str | None] = {}
    lists: dict[str, list[Sent]] = {}
    for child in children(element):
        if local(child) != "records":
            continue
        parts = {local(c): c for c in children(child)}
        name = (value(parts["name"]) or "").lower() if "name" in parts else ""
        nested = [c for c in children(child) if local(c) == "records"]
        if nested:
            lists.setdefault(name, []).extend(sent_crmrecord(c) for c in nested)
        else:
            fields[name] = value(parts["value"]) if "value" in parts else None
    return Sent(fields, lists)


def _type(element: Any) -> str:
    """The local part of xsi:type in lower case."""
    kind = element.get("{http://www.w3.org/2001/XMLSchema-instance}type", "")
    return str(kind.rpartition(":")[2].lower())
