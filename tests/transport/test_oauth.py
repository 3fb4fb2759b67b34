"""Client credentials: one token for all threads, renewed in time, and a refusal that is not repeated."""

import base64
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.core.errors import Denied, TryLater
from hub.core.secret import Secret
from hub.transport.http import Http
from hub.transport.oauth import ClientCredentials


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        self.server.asked.append((self.rfile.read(int(self.headers["Content-Length"])).decode(), dict(self.headers)))
        time.sleep(0.05)
        token = {"access_token": f"t{len(self.server.asked)}", "expires_in": 100}
        self.answer(*self.server.override or (200, json.dumps(token).encode()))

    def do_GET(self) -> None:
        good = self.headers["Authorization"] == f"Bearer t{len(self.server.asked)}" and not self.server.locked
        self.answer(200 if good else 401, b"{}")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.override, server.locked = [], None, False
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def client(server, clock=time.monotonic, **more) -> Http:
    auth = ClientCredentials(Http(server.url + "/token"), "me:x", Secret("p&ss"), clock=clock, **more)
    return Http(server.url, auth=auth, connections=8)


def test_many_threads_fetch_one_token(server) -> None:
    http = client(server, scope="read write")
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: http.send("GET", "/").status, range(24)))
    assert statuses == [200] * 24
    [(form, headers)] = server.asked
    assert form == "grant_type=client_credentials&scope=read+write"
    assert base64.b64decode(headers["Authorization"].split()[1]) == b"me%3Ax:p%26ss"


def test_credentials_go_in_the_body_where_the_server_wants_them_there(server) -> None:
    client(server, in_body=True).send("GET", "/")
    [(form, headers)] = server.asked
    assert form.endswith("client_id=me%3Ax&client_secret=p%26ss")
    assert "Authorization" not in headers


def test_a_token_is_renewed_before_it_expires(server) -> None:
    clock = Clock()
    http = client(server, clock)
    for now, asked in [(0, 1), (79, 1), (80, 2), (81, 2)]:
        clock.now = 1000 + now
        http.send("GET", "/")
        assert len(server.asked) == asked


def test_a_refused_token_is_renewed_once(server) -> None:
    http = client(server)
    http.send("GET", "/")
    server.asked.append(("revoked", {}))
    assert http.send("GET", "/").status == 200
    assert len(server.asked) == 3
    server.locked = True
    with pytest.raises(Denied):
        http.send("GET", "/")
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_are_not_tried_again_at_once(server, status: int) -> None:
    clock = Clock()
    server.override = (status, b'{"error": "invalid_client"}')
    http = client(server, clock)
    for later, asked in [(0, 1), (59, 1), (60, 2)]:
        clock.now = 1000 + later
        with pytest.raises(Denied) as caught:
            http.send("GET", "/")
        assert len(server.asked) == asked
        assert "p&ss" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>"), (200, b"{}"), (200, b"[]"), (500, b""), (200, b'{"access_token":1,"expires_in":"x"}')],
)
def test_a_strange_token_answer_is_try_later(server, status: int, body: bytes) -> None:
    server.override = (status, body)
    with pytest.raises(TryLater) as caught:
        client(server).send("GET", "/")
    assert caught.value.code == "answer.token"
