"""The one outbound HTTP client: limits, pooling, TLS, throttling and the meaning of failures, written once.

Every failure becomes one of `hub.core.errors`. Messages name the method and the path only: never a query
value, a header value or a body, and never the text of a `requests` exception, which carries the whole URL.
"""

import ipaddress
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple, NoReturn, Protocol, runtime_checkable
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3
from requests.auth import AuthBase

from hub.core.clocks import Told
from hub.core.errors import ConfigError, Denied, HubError, Refused, TryLater, Unknown
from hub.transport.connection import Call, DeadlineAdapter, current
from hub.transport.masking import Masks
from hub.transport.throttle import Throttle, retry_after

Params = Mapping[str, str] | Iterable[tuple[str, str]]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_PIECE = 1 << 18


class Answer(NamedTuple):
    """What came back. `headers` ignores case; `body` is decoded from gzip and the like."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@runtime_checkable
class Renewable(Protocol):
    """An `auth` that can get itself new credentials once the old ones were refused."""

    def renew(self, refused: str | None) -> bool:
        """`refused`: the Authorization header that was refused. True: it is worth sending the request again."""
        ...


class Http:
    """Calls one system. Thread-safe; at most `connections` calls are under way, others wait. Never retries.

    Times are in seconds. `base`: where targets are appended. `verify`: True, or the path of a CA bundle, or
    False. `throttle`: calls a second, or a `Throttle` that several clients of one system share. `masks`: the
    credentials that go to the system.
    """

    def __init__(
        self,
        base: str,
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 60.0,
        total_timeout: float = 300.0,
        max_bytes: int = 64 << 20,
        connections: int = 1,
        verify: bool | str = True,
        allow_plain_http: bool = False,
        auth: AuthBase | None = None,
        headers: Mapping[str, str] = {},
        throttle: float | Throttle | None = None,
        masks: Masks | None = None,
    ) -> None:
        self.base = base.rstrip("/")
        #: For every text of the system that gets into a message.
        self.masked = (masks or Masks()).masked
        self._origin = _origin(_checked(base, allow_plain_http))
        self._connect_timeout, self._read_timeout, self._total = connect_timeout, read_timeout, total_timeout
        if isinstance(verify, str) and not Path(verify).is_file():
            raise ConfigError(["ca_file: there is no such file of certificates"], "config.ca")
        self._max_bytes, self._verify, self._auth = max_bytes, verify, auth
        self._renewable = auth if isinstance(auth, Renewable) else None
        self._throttle = throttle if isinstance(throttle, Throttle) else Throttle(throttle)
        # No session: it would read redirects without a limit, keep cookies and ask the environment for proxies.
        self._adapter = DeadlineAdapter(connections)
        #: A `Date`, when its question went out and its answer came: of the quickest call since `told_time`.
        self._date: tuple[str, float, float] | None = None
        self._headers = {"User-Agent": "hub", "Accept": "*/*", "Accept-Encoding": "gzip, deflate", **headers}

    def send(
        self,
        method: str,
        target: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """One request and its answer, whatever its status but 401, 429, 503 and redirects.

        `target`: appended to the base; or an absolute URL of the same origin (a next link).
        `repeatable`: doing it twice does no harm; default: GET, HEAD and OPTIONS.
        Raises TryLater (unreachable, busy, or no whole answer to a repeatable request), Unknown (no whole
        answer to another one: it may have been carried out), Denied (401), Refused (redirect, illegal text).
        """
        url = self._url(target)
        where = f"{method} {urlsplit(url).path or '/'}"
        _legal(where, url, *(headers or {}).values())
        safe = method in ("GET", "HEAD", "OPTIONS") if repeatable is None else repeatable
        deadline = time.monotonic() + self._total
        sent = self._headers | dict(headers or {})
        request = requests.Request(method, url, params=params, headers=sent, data=body, auth=self._auth)
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._exchange(request, where, Call(deadline, self._read_timeout, safe))
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            request.url, request.params = self._redirect(request, where, answer.headers["location"]), []
        raise Refused("system.redirect", f"{where}: redirected more than {_MOST_REDIRECTS} times")

    def told_time(self) -> Told | None:
        """What the server's clock showed at the quickest call since this was last asked. None: it did not say."""
        noted, self._date = self._date, None
        if noted is None:
            return None
        date, asked, answered = noted
        try:
            at = parsedate_to_datetime(date)
        except ValueError:
            return None
        now = time.monotonic()
        return Told(at, 1.0, now - asked, now - answered) if at.tzinfo else None

    def _tick(self, headers: Mapping[str, str], asked: float) -> None:
        """Note what the server's clock shows. An answer with an Age comes from a cache: its date is an old one."""
        date, answered, noted = headers.get("Date"), time.monotonic(), self._date
        if date is not None and "Age" not in headers and (noted is None or answered - asked <= noted[2] - noted[1]):
            self._date = date, asked, answered

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def _url(self, target: str) -> str:
        if not target or target[0] in "/?":
            return self.base + target
        if not self._same_origin(target):
            raise Refused("system.other-host", f"a link leads away from {self._origin[1]}; it is not followed")
        return target

    def _same_origin(self, url: str) -> bool:
        try:
            return _origin(urlsplit(url)) == self._origin
        except ValueError:
            return False

    def _redirect(self, request: requests.Request, where: str, location: str) -> str:
        try:
            url = urljoin(str(request.url), location)
        except ValueError:
            url = ""
        if not self._same_origin(url):
            raise Refused("system.redirect", f"{where}: redirected to another host, port or scheme; not followed")
        if request.method not in ("GET", "HEAD"):
            raise Refused("system.redirect", f"{where}: a write was redirected; correct the address of the system")
        return url

    def _exchange(self, request: requests.Request, where: str, call: Call) -> Answer:
        prepared = request.prepare()
        answer = self._once(prepared, where, call)
        if answer.status == 401 and self._renewable is not None:
            refused = prepared.headers.get("Authorization")
            if self._renewable.renew(refused if isinstance(refused, str) else None):
                again = Call(call.deadline, call.read_timeout, call.repeatable)
                answer = self._once(request.prepare(), where, again)
        return self._meaning(answer, where)

    def _meaning(self, answer: Answer, where: str) -> Answer:
        if answer.status == 401:
            raise Denied("system.denied", f"{where}: the system refused the credentials (401)")
        if answer.status in (429, 503):
            after = retry_after(answer.headers.get("Retry-After"))
            if after:
                self._throttle.pause(after)
            raise TryLater("system.busy", f"{where}: the system is busy ({answer.status})", after=after)
        return answer

    def _once(self, prepared: requests.PreparedRequest, where: str, call: Call) -> Answer:
        left = call.deadline - time.monotonic()
        self._throttle.wait(left)
        current.call = call
        timeout = (min(self._connect_timeout, left), min(self._read_timeout, left))
        asked = time.monotonic()
        try:
            response = self._adapter.send(prepared, stream=True, timeout=timeout, verify=self._verify)
            self._tick(response.headers, asked)
            with response:
                return Answer(response.status_code, response.headers, self._body(response, where, call))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            _raise(error, where, call)
        finally:
            current.call = None

    def _body(self, response: requests.Response, where: str, call: Call) -> bytes:
        pieces, size = [], 0
        while piece := response.raw.read(_PIECE, decode_content=True):
            size += len(piece)
            if size > self._max_bytes:
                kind = TryLater if call.repeatable else Unknown
                raise kind("answer.too-large", f"{where}: the answer is larger than {self._max_bytes} bytes")
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _raise(error: Exception, where: str, call: Call) -> NoReturn:
    """The failure in our words. Its cause is the innermost error: the outer ones hold the URL."""
    root = _root(error)
    name = type(root).__name__
    said: HubError
    if call.sent and not call.repeatable:
        said = Unknown("system.no-answer", f"{where}: sent, but no whole answer came ({name}); it may have been done")
    elif call.sent:
        said = TryLater("system.timeout", f"{where}: no whole answer came ({name})")
    elif isinstance(error, requests.exceptions.SSLError):
        said = TryLater("system.tls", f"{where}: no trusted connection ({name}); check certificate and host name")
    else:
        said = TryLater("system.unreachable", f"{where}: cannot connect ({name}); check address, network and firewall")
    raise said from (root if isinstance(root, OSError) else None)


def _root(error: BaseException) -> BaseException:
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error


def _checked(base: str, allow_plain_http: bool) -> SplitResult:
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError(["url: not a valid address"], "config.url") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or not base.isprintable():
        problem = "url: expected http(s)://host/path without user name and password in it"
        raise ConfigError([problem], "config.url")
    if parts.scheme == "http" and not (allow_plain_http or _loopback(host)):
        raise ConfigError([f"url: {host} is called without TLS; use https, or allow plain http"], "config.plain-http")
    return parts


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host, port: what may not change behind our back. A user name in the address makes it another."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, host if parts.username is None and "\\" not in parts.netloc else "?" + host, port


def _legal(where: str, *texts: str) -> None:
    for text in texts:
        if not text.isprintable() and any(ord(c) < 32 or ord(c) == 127 for c in text):
            raise Refused("request.illegal", f"{where.split(' ')[0]}: a control character in the address or a header")
    for text in texts[1:]:
        if not text.isascii() and any(ord(c) > 255 for c in text):
            raise Refused("request.illegal", f"{where}: a header value that HTTP cannot carry")
