"""One session per user, one call at a time; logs on when needed, and again once when the session was lost."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from adapters.sagecrm.faults import SessionLost, error_of, logon_error
from hub.core.errors import Denied, HubError, TryLater, Unknown
from hub.transport.http import Answer, Http
from hub.transport.soap import Fault, answer, envelope, text
from hub.transport.xml import NotXml, local, parse

TYPES = "http://tempuri.org/type"
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
_MAX_BYTES = 64 << 20
_MAX_TAGS = 8_000_000


class Session:
    """The only way to the server. Thread-safe: a user has one web service session, so calls wait for one another."""

    def __init__(self, system: str, http: Http, logon: Callable[[], bytes]) -> None:
        self._system, self._http, self._logon = system, http, logon
        self._lock = threading.Lock()
        self._id: str | None = None
        self._denied: Denied | None = None
        #: The server's clock at its last answer. None: it does not say.
        self.time: datetime | None = None

    def call(self, body: str, what: str, *, repeatable: bool = True) -> Any:
        """The response element to an operation. `body`: XML text. `what`: for messages, such as `query company`.

        Raises TryLater, Unknown (only if not repeatable), Refused, Denied.
        """
        where = self.where(what)
        with self._lock:
            for _ in range(2):
                self._id = self._id or self._log_on()
                try:
                    return self._post(envelope(body, _header(self._id)), where, repeatable)
                except Fault as fault:
                    with suppress(SessionLost):
                        raise error_of(fault, where, repeatable=repeatable) from fault
                    self._id = None
        said = "the session was lost twice in a row; is another program logged on as the same user?"
        raise TryLater("session.lost", f"{where}: {said}")

    def where(self, what: str) -> str:
        """The place that messages name."""
        return f"{self._system}: {what}"

    def close(self) -> None:
        """Log off, so that the next log-on finds no session in its way."""
        with self._lock:
            number, self._id = self._id, None
            if number:
                body = f'<logoff xmlns="{TYPES}"><sessionId>{number}</sessionId></logoff>'
                # A log-off that fails leaves a session that the server ends by itself.
                with suppress(HubError, Fault):
                    self._post(envelope(body, _header(number)), self.where("logoff"), True)
            self._http.close()

    def _log_on(self) -> str:
        where = self.where("logon")
        if self._denied:
            raise Denied(self._denied.code, f"{self._denied.said}; not tried again until the hub is told to")
        try:
            response = self._post(self._logon(), where, True)
            return _session_id(response, where)
        except Fault as fault:
            error = logon_error(fault, where)
            self._denied = error if isinstance(error, Denied) else None
            raise error from fault
        except Denied as denied:
            self._denied = denied
            raise

    def _post(self, request: bytes, where: str, repeatable: bool) -> Any:
        reply = self._http.send("POST", "", headers=_HEADERS, body=request, repeatable=repeatable)
        self.time = _date(reply)
        try:
            root = parse(reply.body, where=where, max_bytes=_MAX_BYTES, max_tags=_MAX_TAGS, max_depth=None)
            return answer(root, where, self._http.masked)
        except NotXml as bad:
            raise _unreadable(bad, reply, where, repeatable) from bad


def logon(user: str, password: str) -> bytes:
    """The request for a session."""
    inner = f"<username>{text(user)}</username><password>{text(password)}</password>"
    return envelope(f'<logon xmlns="{TYPES}">{inner}</logon>')


def _unreadable(bad: NotXml, reply: Answer, where: str, repeatable: bool) -> HubError:
    if reply.status == 403:
        return Denied("system.denied", f"{where}: forbidden (403); is this machine's address allowed in the CRM?")
    kind = TryLater if repeatable or 400 <= reply.status < 500 else Unknown
    if reply.status >= 400:
        return kind("system.status", f"{where}: HTTP {reply.status}; check the address, and that the server is well")
    return kind(bad.code, bad.said)


def _session_id(response: Any, where: str) -> str:
    for element in response.iter():
        if local(element.tag).lower() == "sessionid" and (element.text or "").strip().isalnum():
            return str(element.text).strip()
    raise Denied("system.denied", f"{where}: answered without a session; check user and password")


def _header(number: str) -> str:
    return f'<SessionHeader xmlns="{TYPES}"><sessionId>{number}</sessionId></SessionHeader>'


def _date(reply: Answer) -> datetime | None:
    try:
        date = parsedate_to_datetime(reply.headers.get("Date", ""))
    except ValueError:
        return None
    return date if date.tzinfo else None
