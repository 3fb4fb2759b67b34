"""A Sage CRM of recorded bytes, for shapes and failures that a well-behaved server does not show."""

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lxml import etree

from adapters.sagecrm import Options, connect
from adapters.sagecrm.adapter import SageCrm
from hub.adapter import ObjectUse, SecretName, System
from hub.core.secret import Secret

NS = "http://tempuri.org/type"
Reply = bytes | tuple[int, bytes]
#: What answers an operation: bytes, a list used up one by one, or a function of the arguments.
Answer = Reply | list[Reply] | Callable[[dict[str, str]], Reply]
FIELDS = ("name", "city", "supplierid")


def soap(inner: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?><SOAP-ENV:Envelope '
        'xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f"><SOAP-ENV:Body>{inner}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def fault(said: str) -> bytes:
    return soap(
        f"<SOAP-ENV:Fault><faultcode>SOAP-ENV:Server</faultcode><faultstring>{said}</faultstring></SOAP-ENV:Fault>"
    )


def result(operation: str, inner: str) -> bytes:
    return soap(f'<{operation}response xmlns="{NS}"><result>{inner}</result></{operation}response>')


def company(number: int, **fields: str) -> str:
    shown = {"companyid": str(number), "name": f"Company {number}", "updateddate": "2026-07-30T16:50:58"} | fields
    inner = "".join(f"<typens:{name}>{value}</typens:{name}>" for name, value in shown.items())
    return f'<records xsi:type="typens:company" xmlns:typens="{NS}">{inner}</records>'


def crmrecord(**fields: str) -> str:
    inner = "".join(
        f'<records xsi:type="typens:recordfield"><name>{name}</name><type>string</type><value>{value}</value></records>'
        for name, value in fields.items()
    )
    return f'<records xsi:type="typens:crmrecord" xmlns:typens="{NS}"><entityname>company</entityname>{inner}</records>'


def page(operation: str, *records: str, more: bool = False) -> bytes:
    size = f"<size>{len(records)}</size>"
    return result(operation, f"{''.join(records)}{size}<more>{'true' if more else 'false'}</more>")


def metadata(*names: str) -> bytes:
    fields = "".join(f"<records><length>40</length><name>{n}</name><type>xs:string</type></records>" for n in names)
    return result("getmetadata", fields)


def between(where: str) -> Callable[[int], bool]:
    """The keys that the conditions on a key of a where text let through."""
    above = [int(n) for n in re.findall(r"comp_companyid > (-?\d+)", where)]
    up_to = [int(n) for n in re.findall(r"comp_companyid <= (-?\d+)", where)]
    among = [set(map(int, keys.split(","))) for keys in re.findall(r"comp_companyid in \(([\d,-]+)\)", where)]
    return lambda n: all(n > a for a in above) and all(n <= u for u in up_to) and all(n in s for s in among)


def shelf(keys: list[int], limit: int) -> dict[str, Answer]:
    """A CRM that holds these keys and answers at most `limit` records at once."""

    def found(arguments: dict[str, str]) -> list[int]:
        ordered = sorted(filter(between(arguments["querystring"]), keys))
        return ordered[::-1] if "desc" in arguments.get("orderby", "") else ordered

    def query(arguments: dict[str, str]) -> Reply:
        some = found(arguments)
        return page("query", *map(company, some[:limit]), more=len(some) > limit)

    def queryrecord(arguments: dict[str, str]) -> Reply:
        some = found(arguments)
        rows = [crmrecord(companyid=str(n), updateddate="2026-07-30T16:50:58") for n in some[:limit]]
        return page("queryrecord", *rows, more=len(some) > limit)

    def queryidnodate(arguments: dict[str, str]) -> Reply:
        some = found(arguments)
        return page(
            "queryidnodate", *(f"<records><id>{n}</id></records>" for n in some[:limit]), more=len(some) > limit
        )

    return {"query": query, "queryrecord": queryrecord, "queryidnodate": queryidnodate, "queryid": page("queryid")}


class Recorded:
    """Answers each operation as told, and notes what was asked: (operation, arguments by lower-case name)."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        defaults: dict[str, Answer] = {
            "logon": self._logon,
            "logoff": soap(
                f'<logoffresponsetype xmlns="{NS}"><result><success>true</success></result></logoffresponsetype>'
            ),
            "getmetadata": metadata("companyid", "updateddate", *FIELDS),
            "queryid": page("queryid"),
        }
        self.answers = defaults | answers
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.requests: list[bytes] = []
        self.sessions = 0
        #: The server's clock, seconds since 1970. None: it sends no date.
        self.clock: float | None = None

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]

    def asked(self, operation: str) -> list[str]:
        """The where texts of an operation."""
        return [arguments["querystring"] for name, arguments in self.calls if name == operation]

    def reply(self, body: bytes) -> Reply:
        self.requests.append(body)
        call = etree.fromstring(body).find("{*}Body")[0]
        operation = etree.QName(call).localname
        arguments = {etree.QName(e).localname.lower(): e.text or "" for e in call}
        self.calls.append((operation, arguments))
        answer = self.answers[operation]
        if isinstance(answer, list):
            return answer.pop(0)
        return answer(arguments) if callable(answer) else answer

    def _logon(self, _: dict[str, str]) -> Reply:
        self.sessions += 1
        inner = f"<result><sessionid>{1000 + self.sessions}</sessionid></result>"
        return soap(f'<logonresponsetype xmlns="{NS}">{inner}</logonresponsetype>')


class _Server(ThreadingHTTPServer):
    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # Without the look-up of the machine's name, which takes a while.


def _handler(recorded: Recorded) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # One packet an answer: a second one would wait for the first to be acknowledged.

        def do_POST(self) -> None:
            reply = recorded.reply(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = reply if isinstance(reply, tuple) else (200, reply)
            self.send_response_only(status)
            if recorded.clock is not None:
                self.send_header("Date", formatdate(recorded.clock, usegmt=True))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def recorded_crm(
    answers: dict[str, Answer], *, use: dict[str, Any] | None = None, **options: Any
) -> Iterator[tuple[SageCrm, Recorded]]:
    """An adapter, connected to a CRM that answers so."""
    recorded = Recorded(answers)
    server = _Server(("127.0.0.1", 0), _handler(recorded))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        crm = connected(f"http://127.0.0.1:{server.server_address[1]}/crm", use=use, **options)
        yield crm, recorded
        crm.close()
    finally:
        server.shutdown()
        server.server_close()


def connected(
    url: str, *, use: dict[str, Any] | None = None, folder: Path = Path(), password: str = "let-me-in", **options: Any
) -> SageCrm:
    """An adapter of one object, `company`."""
    settings = Options(url=url, user="hub", password=SecretName(secret="CRM"), **{"page": 500, **options})
    objects = {"company": ObjectUse("company", **{"fields": FIELDS, **(use or {})})}
    return connect(System("crm", settings, objects, folder, lambda name: Secret(password)))
