"""What a record costs this server, and what it would cost if spyne made XML of objects.

`python -m hub.sandbox.crm.speed` prints both, in microseconds of CPU a record, and their ratio; `measure` is the same
for benchmarks.
"""

import datetime as dt
import io
import json
import re
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import hub.sandbox.spyne_shim  # noqa: F401 - before spyne

from spyne import Application, Service, rpc  # isort: skip
from spyne.protocol.soap import Soap11  # isort: skip
from spyne.server.wsgi import WsgiApplication  # isort: skip

from hub.sandbox.crm import load
from hub.sandbox.crm.models import ENTITY_MODELS, EwareBase, one, some
from hub.sandbox.crm.records import Records
from hub.sandbox.crm.schema import COMPANY, NS
from hub.sandbox.crm.server import SOAP, Soap
from hub.sandbox.crm.service import Crm
from hub.sandbox.crm.sessions import Sessions, User
from hub.sandbox.crm.settings import Settings
from hub.sandbox.faults import App, Environ

PAGE = 500
_ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><SessionHeader xmlns="{ns}">'
    "<sessionId>{sid}</sessionId></SessionHeader></s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
_READERS: dict[str, Callable[[Any], Any]] = {
    "string": str,
    "int": int,
    "decimal": lambda v: Decimal(str(v)),
    "boolean": bool,
    "dateTime": dt.datetime.fromisoformat,
}


def measure(pages: int = 20, rounds: int = 3) -> dict[str, float]:
    """CPU microseconds a record of a page of 500 companies: `rendered`, `objects`, and `ratio`, medians of `rounds`."""
    crm = _crm(pages * PAGE)
    soap = Soap(crm, SOAP)
    sid = _found(rb"<sessionid>(\d+)", post(soap, "<logon><username>u</username><password>p</password></logon>"))
    _walk(soap, sid)  # the first read renders
    spyne = objects_app(crm.records)
    rendered = [_timed(lambda: _walk(soap, sid), pages * PAGE) for _ in range(rounds)]
    objects = [_timed(lambda: post(spyne, f'<query xmlns="{NS}"/>'), PAGE) for _ in range(rounds)]
    ours, theirs = statistics.median(rendered), statistics.median(objects)
    return {"rendered": round(ours, 2), "objects": round(theirs, 1), "ratio": round(theirs / ours, 1)}


def objects_app(records: Records) -> App:
    """A service that answers `query` with the first 500 companies as spyne objects."""
    company = next(m for m in ENTITY_MODELS if m.get_type_name() == COMPANY.name)
    made = [company(**_values(row)) for row in records.rows(COMPANY, f"1=1 LIMIT {PAGE}")]

    def query(ctx: Any) -> Any:
        return made

    method = rpc(_returns=one(some(EwareBase)), _out_variable_name="records")(query)
    service = type(Service)("Objects", (Service,), {"query": method, "__module__": __name__})
    app = Application([service], tns=NS, in_protocol=Soap11(), out_protocol=Soap11(polymorphic=True), classes=[company])
    found: App = WsgiApplication(app)
    return found


def post(app: App, body: str, sid: str = "") -> bytes:
    """The answer to one SOAP request, without a network."""
    content = _ENVELOPE.format(ns=NS, sid=sid, body=body).encode()
    environ: Environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": SOAP,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        "wsgi.url_scheme": "http",
    }
    return b"".join(app(environ, lambda *_: None))


def _crm(companies: int) -> Crm:
    records = Records()
    load.load(records, companies, load.PLAIN)
    return Crm(Settings(page=PAGE), records, Sessions([User(1, "u", "p")]))


def _walk(app: App, sid: str) -> None:
    answer = post(app, "<query><queryString>1=1</queryString><entityname>company</entityname></query>", sid)
    while b"<more>true" in answer[-300:]:
        answer = post(app, "<next/>", sid)


def _values(row: dict[str, Any]) -> dict[str, Any]:
    kinds = {c.name: _READERS[c.type] for c in COMPANY.wire}
    return {n: kinds[n](v) for n, v in row.items() if n in kinds and v is not None}


def _timed(run: Callable[[], Any], records: int) -> float:
    start = time.process_time()
    run()
    return (time.process_time() - start) / records * 1e6


def _found(pattern: bytes, answer: bytes) -> str:
    found = re.search(pattern, answer)
    if found is None:
        raise AssertionError(f"no session: {answer!r}")
    return found[1].decode()


if __name__ == "__main__":
    print(json.dumps(measure()))
