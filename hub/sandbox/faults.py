"""Faults that a sandbox can be told to have: at the start as JSON, while it runs by `POST /control/faults`.

`Faulty(app, faults)` is a plain WSGI wrapper; what is under `/control/` and the pages for people are never faulted.
A count is how many of the next matching calls it befalls; -1: every one, until the rules change.
"""

import random
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

#: Counted faults of calls that are not carried out, in the order in which they are tried.
BEFORE = ("hang_up", "throttle", "error", "html", "empty")
#: Counted faults of calls that are carried out, and whose answer is lost.
AFTER = ("drop", "cut")

LOGON_PAGE = b"<!DOCTYPE html><html><head><title>Log On</title></head><body><form>Please log on</form></body></html>"


class HangUp(ConnectionAbortedError):
    """The connection is closed without an answer (waitress does so for an OSError of the application)."""


class BadFaults(ValueError):
    """The rules cannot be read; the message names the key."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which faults befall the calls to come."""

    #: A regular expression that must be found in `METHOD /path operation`; empty: every call.
    only: str = ""
    #: Every answer comes this much later.
    latency_ms: float = 0.0
    #: Carried out, then the connection is closed without an answer.
    drop: int = 0
    #: The share of calls that are dropped so, drawn by `seed`.
    drop_chance: float = 0.0
    seed: int = 0
    #: Carried out, but only half of the answer arrives.
    cut: int = 0
    #: Closed without an answer, not carried out.
    hang_up: int = 0
    #: Answered 429 with Retry-After (whole seconds), not carried out.
    throttle: int = 0
    retry_after: int = 1
    #: Answered with this status and a few words, not carried out.
    error: int = 0
    status: int = 500
    #: Answered 200 with a page for people, not carried out.
    html: int = 0
    #: Answered 200 without a body, not carried out.
    empty: int = 0


def rules(raw: Mapping[str, Any]) -> Rules:
    """Rules from JSON. Raises BadFaults for an unknown key, a value of another type or a bad expression."""
    kinds = {f.name: type(f.default) for f in fields(Rules)}
    for name, value in raw.items():
        kind = kinds.get(name)
        if kind is None:
            raise BadFaults(f"{name}: unknown fault, expected one of {', '.join(sorted(kinds))}, expire, refuse_s")
        allowed = (int, float) if kind is float else (kind,)
        if isinstance(value, bool) or not isinstance(value, allowed):
            raise BadFaults(f"{name}: expected {kind.__name__}, got {value!r}")
    found = Rules(**raw)
    try:
        re.compile(found.only)
    except re.error as e:
        raise BadFaults(f"only: not a regular expression: {e}") from e
    return found


class Faults:
    """The rules in force, shared by all threads of a server, and what they did so far.

    `on_expire` ends all sessions (or tokens) of the server, `on_refuse(seconds)` closes its door for a while;
    both are called by `set` and are not rules that stay.
    """

    def __init__(self, raw: Mapping[str, Any] | None = None) -> None:
        self.on_expire: Callable[[], None] = lambda: None
        self.on_refuse: Callable[[float], None] = lambda seconds: None
        self._lock = threading.Lock()
        self._hits: dict[str, int] = {}
        self.set(raw or {})

    def set(self, raw: Mapping[str, Any]) -> None:
        """Replace all rules; `{}` ends every fault. `expire: true` and `refuse_s: SECONDS` act once, at once."""
        rest = dict(raw)
        expire, refuse_s = rest.pop("expire", False), rest.pop("refuse_s", 0)
        if not isinstance(expire, bool):
            raise BadFaults(f"expire: expected true or false, got {expire!r}")
        if isinstance(refuse_s, bool) or not isinstance(refuse_s, int | float):
            raise BadFaults(f"refuse_s: expected seconds, got {refuse_s!r}")
        found = rules(rest)
        with self._lock:
            self._rules, self._random = found, random.Random(found.seed)  # noqa: S311 - repeatable, not secret
        if expire:
            self.on_expire()
        if refuse_s > 0:
            self.on_refuse(float(refuse_s))

    def show(self) -> dict[str, Any]:
        """The rules with the counts that are left, and `hits`: how often each fault befell a call."""
        with self._lock:
            return {**asdict(self._rules), "hits": dict(self._hits)}

    def draw(self, call: str) -> tuple[Rules, str]:
        """The rules for this call (`METHOD /path operation`) and the one fault that befalls it, or ""."""
        with self._lock:
            current = self._rules
            if current.only and not re.search(current.only, call):
                return Rules(), ""
            name = next((n for n in (*BEFORE, *AFTER) if getattr(current, n)), "")
            if name and getattr(current, name) > 0:
                self._rules = replace(current, **{name: getattr(current, name) - 1})
            if not name and current.drop_chance and self._random.random() < current.drop_chance:
                name = "drop"
            if name:
                self._hits[name] = self._hits.get(name, 0) + 1
            return current, name


class Faulty:
    """A WSGI application that sometimes misbehaves. `operation(environ)` names the call beyond method and path."""

    def __init__(self, app: App, faults: Faults, operation: Callable[[Environ], str] = lambda environ: "") -> None:
        self.app, self.faults, self.operation = app, faults, operation

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "/"))
        if path == "/" or path.startswith(("/control/", "/page/")):
            return self.app(environ, start_response)
        call = f"{environ['REQUEST_METHOD']} {path} {self.operation(environ)}"
        rule, name = self.faults.draw(call)
        if rule.latency_ms:
            time.sleep(rule.latency_ms / 1000)
        if name in BEFORE:
            return _instead(name, rule, start_response)
        if name in AFTER:
            return self._lost(name, environ, start_response)
        return self.app(environ, start_response)

    def _lost(self, name: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Carry the call out, then lose its answer, whole or half."""
        began: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self.app(environ, lambda status, headers, exc_info=None: began.append((status, headers))))
        if name == "drop":
            raise HangUp("the answer is dropped")
        status, headers = began[0]
        kept = [(k, v) for k, v in headers if k.lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(body)))])
        return [body[: len(body) // 2]]


def _instead(name: str, rule: Rules, start_response: StartResponse) -> Iterable[bytes]:
    """The answer to a call that is not carried out."""
    if name == "hang_up":
        raise HangUp("hung up before the call was carried out")
    status, kind, body, more = "200 OK", "text/html; charset=utf-8", LOGON_PAGE, []
    if name == "throttle":
        status, kind, body = "429 Too Many Requests", "text/plain", b"Too many requests"
        more = [("Retry-After", str(rule.retry_after))]
    elif name == "error":
        status, kind, body = f"{rule.status} Error", "text/plain", b"Something went wrong"
    elif name == "empty":
        kind, body = "text/plain", b""
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))), *more])
    return [body]
