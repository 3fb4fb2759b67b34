"""The service description: made by spyne from the models, then brought into the form that Sage publishes.

`python -m hub.sandbox.crm.wsdl > wsdl/sagecrm.wsdl` writes the one that the project ships.
"""

import sys
from typing import Any

import hub.sandbox.spyne_shim  # noqa: F401 - before spyne

from lxml import etree  # isort: skip
from spyne import Application, Service, rpc  # isort: skip
from spyne.server.wsgi import WsgiApplication  # isort: skip

from hub.sandbox.crm.models import ABSTRACT, EXTRA, OPERATIONS, UNORDERED, Operation, SessionHeader, model, one
from hub.sandbox.crm.protocol import LenientSoap11
from hub.sandbox.crm.schema import NS

ADDRESS = "http://server/crm/eware.dll/WebServices/SOAP"
PORT, BINDING = "WebServiceSoapPort", "WebServiceSoapBinding"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"


def application(crm: Any, address: str) -> WsgiApplication:
    """The spyne application of all operations, its description pinned to `address`.

    `crm` has `call(operation, session id, arguments) -> bytes` and `settings`.
    """
    body: dict[str, Any] = {"__port_types__": (PORT,), "__module__": __name__}
    body |= {op.name: _method(op, crm) for op in OPERATIONS}
    service = type(Service)("WebService", (Service,), body)
    incoming, outgoing = (LenientSoap11(lambda: crm.settings.fault_status) for _ in range(2))
    app = Application(
        [service], tns=NS, name="WebService", in_protocol=incoming, out_protocol=outgoing, classes=tuple(EXTRA)
    )
    wsgi = WsgiApplication(app, chunked=True, max_content_length=crm.settings.max_request)
    wsgi.doc.wsdl11.build_interface_document(address)
    wsgi._wsdl = as_published(wsgi.doc.wsdl11.get_interface_document())
    return wsgi


def _method(op: Operation, crm: Any) -> Any:
    """The operation as spyne knows it: it sets the bytes of the answer, spyne makes no objects of them."""

    def method(ctx: Any, *args: Any) -> None:
        ctx.out_string = [crm.call(op.name, ctx.in_header, args)]

    method.__name__ = op.name  # spyne tells operations apart by it
    names = {} if op.element == op.name else {"_in_message_name": op.element}
    header = {} if op.name == "logon" else {"_in_header": (SessionHeader,)}
    return rpc(
        *op.params.values(),
        _args=list(op.params),
        _returns=one(model(f"{op.name}result", **op.result)),
        _out_variable_name="result",
        _out_message_name=op.answer,
        _port_type=PORT,
        **names,
        **header,
    )(method)


def as_published(document: bytes) -> bytes:
    """spyne's description with what Sage's has and spyne cannot say: abstract types, any order, no SOAPAction."""
    root = etree.fromstring(document)
    for kind in root.iter(f"{_XS}complexType"):
        name = kind.get("name")
        if name in ABSTRACT:
            kind.set("abstract", "true")
        if name in UNORDERED:
            for sequence in kind.iter(f"{_XS}sequence"):
                sequence.tag = f"{_XS}all"
    for operation in root.iter(f"{_SOAP}operation"):
        operation.set("soapAction", "")
    for binding in root.iter(f"{_WSDL}binding"):
        binding.set("name", BINDING)
    for port in root.iter(f"{_WSDL}port"):
        port.set("binding", f"{port.get('binding').partition(':')[0]}:{BINDING}")
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def description(address: str = ADDRESS) -> bytes:
    """The description by itself, without a CRM behind it."""
    from hub.sandbox.crm.settings import Settings

    class Nobody:
        settings = Settings()

    return bytes(application(Nobody(), address)._wsdl)


if __name__ == "__main__":
    sys.stdout.buffer.write(description())
