"""An operation of the document, ready to be called with the values of one call."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin

import orjson

from adapters.rest.document import Document
from adapters.rest.paths import MISSING
from adapters.rest.settings import Call
from adapters.rest.templates import Env, as_text, compile_template, compile_texts
from hub.core.errors import ConfigError, Refused
from hub.transport.http import Answer, Http

_FORM = "application/x-www-form-urlencoded"


class Operation:
    """Fills in the templates and sends. ConfigError: the document has no such operation, or a template is wrong."""

    def __init__(self, document: Document, http: Http, call: Call, *, reads: bool, subset: str = "") -> None:
        """`subset`: a query string that is added to each call."""
        self.method, self.path, _ = document.operation(call.call)
        self.where = f"{self.method} {self.path}"
        self._http, self._reads, self._type = http, reads, call.type
        self._subset = dict(parse_qsl(subset, keep_blank_values=True))
        self._escape = {ord(char): text for char, text in call.escape.items() if len(char) == 1}
        try:
            self._parts = {name: compile_template(call.path.get(name, "{key}")) for name in _names(self.path)}
            self._query, self._headers = compile_texts(call.query), compile_texts(call.headers)
            self._body = None if call.body is None or self.method in ("GET", "HEAD") else compile_template(call.body)
        except ValueError as error:
            raise ConfigError([f"{document.name}: x-hub: {call.call}: {error}"], "document.template") from error

    def send(self, env: Env) -> Answer:
        """Raises what `Http.send` raises."""
        if self._escape:
            env = {name: self._escaped(value) if name in _ESCAPED else value for name, value in env.items()}
        headers, body = {"Accept": "application/json", **self._headers(env)}, None
        if self._body and (value := self._body(env)) is not MISSING:
            headers["Content-Type"] = self._type
            body = _encoded(value) if self._type == _FORM else orjson.dumps(value)
        repeatable = True if self._reads else None
        return self._http.send(
            self.method,
            self._target(env),
            params=self._subset | self._query(env),
            headers=headers,
            body=body,
            repeatable=repeatable,
        )

    def follow(self, link: str) -> Answer:
        """The page that a link of an answer leads to; relative links start at this operation."""
        url = urljoin(self._http.base + self.path, link)
        return self._http.send("GET", url, headers={"Accept": "application/json"})

    def _target(self, env: Env) -> str:
        return re.sub(r"\{([^}]+)\}", lambda found: self._part(self._parts[found[1]](env)), self.path)

    def _part(self, value: Any) -> str:
        text = quote(as_text(value), safe="") if value is not MISSING else ""
        if text in ("", ".", ".."):
            raise Refused("request.illegal", f"{self.where}: a key that cannot stand in an address")
        return text

    def _escaped(self, value: Any) -> Any:
        return value.translate(self._escape) if isinstance(value, str) else value


_ESCAPED = frozenset({"value", "values", "since"})


def _names(path: str) -> list[str]:
    return re.findall(r"\{([^}]+)\}", path)


def _encoded(form: Mapping[str, Any]) -> bytes:
    return urlencode({name: "" if value is None else as_text(value) for name, value in form.items()}).encode()
