"""A REST server whose every answer a test decides, and documents made for it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from adapters.rest import Options, connect
from adapters.rest.system import Rest
from hub.adapter import ObjectUse, System
from hub.core.secret import Secret


class Asked(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class Reply(NamedTuple):
    status: int = 200
    #: JSON, or bytes as they are.
    body: Any = b""
    headers: dict[str, str] = {}


Handler = Callable[[Asked], Any]

#: The usual document: one object `thing` with all operations, as plain as can be.
THING = {
    "key": "id",
    "list": {"call": "GET /things", "query": {"limit": "{limit}"}, "items": "items"},
    "read": {"one": "GET /things/{id}"},
    "create": {"call": "POST /things", "answer": {"record": ""}},
    "update": {"call": "PATCH /things/{id}", "answer": {"record": ""}},
    "delete": {"call": "DELETE /things/{id}", "body": None},
}


class Zoo:
    """The server and its folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.asked: list[Asked] = []
        self.handler: Handler = lambda asked: Reply(404)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def document(self, thing: dict[str, Any], *, root: Any = None, more: Any = None, name: str = "zoo.json") -> None:
        paths: dict[str, Any] = {}
        for call in ["GET /things", "POST /things", "GET /things/{id}", "PATCH /things/{id}", "PUT /things/{id}"]:
            method, path = call.split()
            paths.setdefault(path, {})[method.lower()] = {"responses": {}}
        for path, method in [("/things/{id}", "delete"), ("/batch", "post"), ("/log", "get"), ("/me", "get")]:
            paths.setdefault(path, {})[method] = {"responses": {}}
        merged = {key: value for key, value in (THING | thing).items() if value is not ...}
        hub = {"version": 1, "objects": {"thing": merged}, **(root or {})}
        data = {"openapi": "3.0.3", "info": {}, "paths": paths, "x-hub": hub, **(more or {})}
        (self.folder / "mappings").mkdir(exist_ok=True)
        (self.folder / "mappings" / name).write_text(json.dumps(data))

    def rest(self, fields: tuple[str, ...] = ("name",), filter: str | None = None, **options: Any) -> Rest:
        given = Options.model_validate({"document": "zoo.json", "url": self.url, "page": 10, **options})
        uses = {"thing": ObjectUse("thing", fields, filter)}
        return connect(System("zoo", given, uses, self.folder, lambda name: Secret(f"s-{name}")))

    def with_thing(self, thing: dict[str, Any], handler: Handler, **options: Any) -> Rest:
        """The adapter for this description of `thing`, and what the server answers."""
        root = options.pop("root", None)
        more = options.pop("more", None)
        self.document(thing, root=root, more=more)
        self.handler = handler
        return self.rest(**options)


@contextmanager
def serving(tmp_path: Path) -> Iterator[Zoo]:
    class Serve(BaseHTTPRequestHandler):
        protocol_version, disable_nagle_algorithm = "HTTP/1.1", True

        def log_message(self, *args: Any) -> None:
            pass

        def answer(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_json = "json" in self.headers.get("Content-Type", "")
            body = json.loads(data) if is_json else data.decode()
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            asked = Asked(self.command, parts.path.removeprefix("/api"), query, dict(self.headers), body)
            shown.asked.append(asked)
            reply = shown.handler(asked)
            reply = reply if isinstance(reply, Reply) else Reply(200, reply)
            sent = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(sent)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serve)
    server.daemon_threads = True
    shown = Zoo(tmp_path, server.server_port)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield shown
    server.shutdown()
    server.server_close()
