"""A CRM in this process, called with raw SOAP."""

import io
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lxml import etree

from hub.sandbox.crm import load
from hub.sandbox.crm.records import Records
from hub.sandbox.crm.schema import NS
from hub.sandbox.crm.server import SOAP, Soap
from hub.sandbox.crm.service import Crm
from hub.sandbox.crm.sessions import Sessions, User
from hub.sandbox.crm.settings import Settings

XML = "text/xml; charset=utf-8"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
START = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)


class Answer(NamedTuple):
    status: str
    body: bytes

    @property
    def fault(self) -> str | None:
        return next(iter(self.texts("faultstring")), None)

    def texts(self, name: str) -> list[str]:
        """The texts of all elements of this local name, in order."""
        found = etree.fromstring(self.body).iterfind(f".//{{*}}{name}")
        return [e.text or "" for e in found]

    def names(self, path: str) -> list[str]:
        """The local names of the children of the first element at this path."""
        found = etree.fromstring(self.body).find(path)
        return [] if found is None else [etree.QName(c).localname for c in found]


class Caller:
    """A CRM with a clock that tests turn: `at` for its wall clock, `idle` for the seconds that sessions see pass."""

    def __init__(self, companies: int = 0, seed: str = "demo", **settings: Any) -> None:
        self.at, self.idle = START, 0.0
        records = Records()
        load.load(records, companies, seed)
        users = [User(3, "hub", "hub"), User(4, "other", "other")]
        self.crm = Crm(Settings(**settings), records, Sessions(users, lambda: self.idle), lambda: self.at)
        self.soap = Soap(self.crm, "http://127.0.0.1/")
        self.sid = ""

    def logon(self, user: str = "hub", password: str | None = None) -> Answer:
        answer = self.call("logon", f"<username>{user}</username><password>{password or user}</password>")
        self.sid = next(iter(answer.texts("sessionid")), self.sid)
        return answer

    def call(self, operation: str, inner: str = "", **more: Any) -> Answer:
        return self.body(f'<{operation} xmlns="{NS}">{inner}</{operation}>', **more)

    def body(self, body: str, header: str | None = None) -> Answer:
        if header is None:
            header = f'<SessionHeader xmlns="{NS}"><sessionId>{self.sid}</sessionId></SessionHeader>'
        return self.raw(
            f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>{header}</s:Header>'
            f"<s:Body>{body}</s:Body></s:Envelope>".encode()
        )

    def raw(self, content: bytes, kind: str = XML, method: str = "POST", path: str = SOAP) -> Answer:
        began: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.input": io.BytesIO(content),
            "wsgi.url_scheme": "http",
        }
        body = b"".join(self.soap(environ, lambda status, headers, exc_info=None: began.append(status)))
        return Answer(began[0], body)

    def query(self, where: str = "1=1", entity: str = "company") -> Answer:
        return self.call("query", f"<queryString>{where}</queryString><entityname>{entity}</entityname>")

    def write(self, operation: str, *records: str, entity: str = "company") -> Answer:
        """Each of `records` is the inside of one, in XML."""
        inner = "".join(f'<records xmlns:xsi="{XSI}" xsi:type="{entity}">{r}</records>' for r in records)
        return self.call(operation, f"<entityname>{entity}</entityname>{inner}")

    def add(self, *records: str, entity: str = "company") -> list[int]:
        return [int(k) for k in self.write("add", *records, entity=entity).texts("crmid")]

    def field(self, name: str, key: int, entity: str = "company") -> str | None:
        """The text of a field of a record. None: the answer has no such field."""
        answer = self.call("queryentity", f"<id>{key}</id><entityname>{entity}</entityname>")
        return next(iter(answer.texts(name)), None)


def logged_on(companies: int = 0, seed: str = "demo", **settings: Any) -> Caller:
    caller = Caller(companies, seed, **settings)
    caller.logon()
    return caller


def normal(answer: Answer) -> str:
    """An answer without what differs from session to session."""
    return re.sub(r"\d{14,15}", "SID", answer.body.decode())
