"""Secrets leave the process towards their system only: random ones go in, and everything that comes out is searched."""

import base64
import contextlib
import json
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner
from support.servers import Crm, Erp, crm_server, erp_server

from hub.cli.main import main
from hub.config import load_project
from hub.config.init import init_project
from hub.config.sealed import set_secret
from hub.core.errors import HubError
from hub.core.secret import Secret

#: What each encoding makes something else of.
ODD = "&<\"'/+ %\\"
#: Letters and digits, which no encoding of texts changes: at either end of a canary.
PLAIN = 16


def canary() -> str:
    return secrets.token_hex(PLAIN // 2) + ODD + secrets.token_hex(PLAIN // 2)


def unbroken() -> str:
    """A canary without a blank."""
    return canary().replace(" ", "_")


def forms(value: str) -> set[str]:
    """A secret as it could stand in a text: as it is, encoded, either end of it, or a part of something in base64."""
    ends = {value[:PLAIN], value[-PLAIN:]}
    found = {value, *ends, quote(value), quote_plus(value), json.dumps(value)[1:-1], escape(value)}
    for end in ends:
        for shift in range(3):
            coded = base64.b64encode(b"x" * shift + end.encode() + b"x" * (-(shift + len(end)) % 3)).decode()
            inner = coded[4 if shift else 0 : -4]
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return found | {end.encode().hex() for end in ends}


class Outlet:
    """Everything that comes out."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def run(self, folder: Path, *words: str) -> str:
        """A command of the hub; all that it says, its log too."""
        before = len(self.said)
        result = CliRunner().invoke(main, ["--project", str(folder), *words])
        assert isinstance(result.exception, SystemExit | None), result.exception
        self.said.append(result.output)
        return "".join(self.said[before:])

    def failed(self, error: BaseException) -> None:
        self.said += [repr(error), *traceback.format_exception(error)]

    def files(self, folder: Path) -> None:
        self.said += [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]

    def hits(self, *values: str) -> list[str]:
        """Where a secret came out, with what stands around it."""
        return [
            text[max(0, text.index(form) - 80) : text.index(form)] + "<HERE>"
            for value in values
            for form in forms(value)
            for text in self.said
            if form in text
        ]


@pytest.fixture
def outlet(capfd: pytest.CaptureFixture[str]) -> Iterator[Outlet]:
    """With every log at its most talkative."""
    outlet, root = Outlet(), logging.getLogger()

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            outlet.said.append(f"{record.name} {record.getMessage()} {record.args!r}")
            if record.exc_info and record.exc_info[1]:
                outlet.failed(record.exc_info[1])

    handler, level = Heard(), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield outlet
    root.removeHandler(handler)
    root.setLevel(level)


CRM_PASSWORD, ERP_KEY, WRONG = canary(), canary(), canary()


@pytest.fixture(scope="module")
def systems() -> Iterator[tuple[Crm, Erp]]:
    with crm_server(companies=12, password=CRM_PASSWORD) as crm, erp_server(suppliers=12, api_key=ERP_KEY) as erp:
        yield crm, erp


@pytest.fixture
def folder(systems: tuple[Crm, Erp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ready project, its secrets sealed."""
    crm, erp = systems
    monkeypatch.setenv("CRM_PORT", str(crm.port))
    monkeypatch.setenv("ERP_PORT", str(erp.port))
    init_project(tmp_path)
    for name, value in {"CRM_PASSWORD": CRM_PASSWORD, "ERP_KEY": ERP_KEY}.items():
        set_secret(tmp_path, {}, name, Secret(value))
    hub = (tmp_path / "conf/hub.yaml").read_text()
    (tmp_path / "conf/hub.yaml").write_text(hub.replace("level: info", "level: debug"))
    return tmp_path


FAULTS: list[dict[str, Any]] = [
    {"drop": 1}, {"cut": 1}, {"hang_up": 1}, {"error": 1}, {"html": 1}, {"empty": 1}, {"throttle": 1, "retry_after": 0},
]  # fmt: skip


def test_a_sync_with_every_fault_tells_no_secret(
    systems: tuple[Crm, Erp], folder: Path, outlet: Outlet, capfd: pytest.CaptureFixture[str]
) -> None:
    crm, erp = systems
    for words in (["check"], ["preview"], ["sync"]):
        outlet.run(folder, *words)
    for number, fault in enumerate(FAULTS):
        (crm if number % 2 else erp).faults(**fault)
        (erp if number % 2 else crm).mutate(20)
        outlet.run(folder, "sync")
    crm.control("POST", "faults", {"expire": True})
    for system in systems:
        system.faults()
    outlet.run(folder, "run", "--times", "1")
    for words in (["sync", "--full", "--keys"], ["status"], ["conflicts", "--all"], ["reviews"], ["secret", "rotate"]):
        outlet.run(folder, "--json", *words)
    outlet.files(folder)
    outlet.said += [*capfd.readouterr()]
    assert len(erp.suppliers()) == len(crm.companies()) > 12  # it did work
    assert outlet.hits(CRM_PASSWORD, ERP_KEY) == []


@pytest.mark.parametrize("name", ["CRM_PASSWORD", "ERP_KEY"])
def test_a_wrong_secret_is_not_told_either(
    name: str, folder: Path, outlet: Outlet, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"HUB_SECRET_{name}", WRONG)
    for words in (["check"], ["sync"], ["run", "--times", "1"]):
        assert "denied" in outlet.run(folder, "--json", *words), words
    outlet.files(folder)
    outlet.said += [*capfd.readouterr()]
    assert outlet.hits(WRONG, CRM_PASSWORD, ERP_KEY) == []


# -- every way in which a REST system takes credentials, against a server that answers badly --------------

SCHEMES: dict[str, tuple[dict[str, Any], Callable[[str], dict[str, Any]]]] = {
    "header": ({"type": "apiKey", "in": "header", "name": "X-Key"}, lambda base: {"secret": "KEY"}),
    "query": ({"type": "apiKey", "in": "query", "name": "key"}, lambda base: {"secret": "KEY"}),
    "bearer": ({"type": "http", "scheme": "bearer"}, lambda base: {"secret": "KEY"}),
    "basic": ({"type": "http", "scheme": "basic"}, lambda base: {"user": "hub", "password": {"secret": "KEY"}}),
    "oauth": (
        {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "BASE/token", "scopes": {}}}},
        lambda base: {"client_id": "hub", "client_secret": {"secret": "KEY"}},
    ),
    "oauth in the body": (
        {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "BASE/token", "scopes": {}}}},
        lambda base: {"client_id": "hub", "client_secret": {"secret": "KEY"}, "in_body": True},
    ),
}
Answered = tuple[int, dict[str, str], bytes]
BAD: dict[str, Answered | None] = {
    "nothing": None,
    "cut": (200, {"Content-Length": "999"}, b"{"),
    "html": (200, {}, b"<html>log on</html>"),
    "text": (200, {}, b"nonsense"),
    "shape": (200, {}, b'{"items": 5}'),
    "denied": (401, {}, b"{}"),
    "refused": (400, {}, b"{}"),
    "broken": (500, {}, b"{}"),
    "busy": (429, {}, b"{}"),
    "away": (302, {"Location": "http://127.0.0.2/elsewhere"}, b""),
    "odd": (200, {"X-Odd": "\x01"}, b"{"),
}


class Server(BaseHTTPRequestHandler):
    """Answers as told; tokens are given out all the same, and are secrets too."""

    answer: Answered | None = None
    token = ""
    #: Give back what was asked, as systems that are kind to developers do.
    echo = False

    def log_message(self, *args: Any) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path.startswith("/token") and Server.token:
            self.give(200, {}, json.dumps({"access_token": Server.token}).encode())
        else:
            self.do_GET(body)

    def do_GET(self, body: str = "") -> None:
        if Server.echo:
            said = f"not allowed: {self.path} {self.headers.get('Authorization')} {self.headers.get('X-Key')} {body}"
            self.give(400, {}, json.dumps({"error": {"message": said, "code": said}}).encode())
        elif Server.answer is None:
            self.close_connection = True
        else:
            self.give(*Server.answer)

    def give(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def project(folder: Path, base: str, scheme: str) -> None:
    """One REST system that takes this kind of credential."""
    shape, given = SCHEMES[scheme]
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Test", "version": "1"},
        "paths": {"/things": {"get": {"responses": {}}}},
        "components": {
            "securitySchemes": {"login": json.loads(json.dumps(shape).replace("BASE", base))},
            "schemas": {
                "Thing": {"properties": {"id": {"type": "string"}, "name": {"type": "string", "x-hub": "name"}}}
            },
        },
        "x-hub": {
            "version": 1,
            "errors": {"at": "error", "message": "error.message", "code": "error.code"},
            "objects": {
                "thing": {
                    "entity": "thing",
                    "schema": "Thing",
                    "key": "id",
                    "list": {"call": "GET /things", "items": "items"},
                }
            },
        },
    }
    instance = {
        "organization": "demo",
        "systems": {
            "it": {"adapter": "rest", "document": "it.json", "url": base, "credentials": {"login": given(base)}}
        },
        "entities": {"thing": {"fields": {"name": "text"}, "bindings": {"it": {"object": "thing"}}}},
        "tasks": {"all": {"entities": ["thing"], "every": "1m"}},
    }
    for name, text in {
        "conf/hub.yaml": "log: {level: debug, format: json}\n",
        "conf/instances/main.yaml": json.dumps(instance),
        "mappings/it.json": json.dumps(document),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def asked(folder: Path, key: str, outlet: Outlet) -> None:
    """The adapter itself: the whole chain of causes of what it raises."""
    loaded = load_project(folder, {"KEY": key})
    adapter = loaded.connect(loaded.instance("main"), "it")
    with contextlib.closing(adapter):
        outlet.said.append(repr([loaded, adapter, vars(adapter)]))
        try:
            list(adapter.changes("thing", None))
        except HubError as error:
            outlet.failed(error)
        else:
            pytest.fail("a bad answer was taken for a good one")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_bad_answer_makes_the_hub_tell_a_credential(
    scheme: str, base: str, tmp_path: Path, outlet: Outlet, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    key, Server.token, Server.echo = unbroken(), secrets.token_hex(16), False
    project(tmp_path, base, scheme)
    monkeypatch.setenv("KEY", key)
    for Server.answer in BAD.values():
        asked(tmp_path, key, outlet)
    outlet.run(tmp_path, "sync")
    outlet.run(tmp_path, "run", "--times", "1")
    token, Server.token = Server.token, ""
    asked(tmp_path, key, outlet)
    outlet.files(tmp_path)
    outlet.said += [*capfd.readouterr()]
    assert outlet.hits(key, token) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_system_that_repeats_our_credential_in_its_error_does_not_make_the_hub_repeat_it(
    scheme: str, base: str, tmp_path: Path, outlet: Outlet, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    key, Server.token, Server.echo = unbroken(), secrets.token_hex(16), True
    project(tmp_path, base, scheme)
    monkeypatch.setenv("KEY", key)
    asked(tmp_path, key, outlet)
    outlet.run(tmp_path, "sync")
    outlet.files(tmp_path)
    outlet.said += [*capfd.readouterr()]
    assert outlet.hits(key, Server.token) == []


@pytest.mark.parametrize("make", [canary, unbroken])
def test_the_search_would_notice(make: Callable[[], str]) -> None:
    value, outlet = make(), Outlet()
    for text in (
        value, quote(value, safe=""), json.dumps(value), escape(value), f"x{value}y", value.encode().hex(), repr(value),
        base64.b64encode(f"hub:{value}".encode()).decode(), base64.urlsafe_b64encode(f"h:{value}".encode()).decode(),
        repr([repr(value)]), json.dumps(json.dumps(value)), f"{value[:20]}...", f"...{value[-20:]}",
    ):  # fmt: skip
        outlet.said = [text]
        assert outlet.hits(value), text
    outlet.said = ["nothing", make()]
    assert outlet.hits(value) == []
