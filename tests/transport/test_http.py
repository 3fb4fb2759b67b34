"""The outbound client against a server on loopback that misbehaves in every way we have met."""

import gzip
import socket
import struct
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from hub.core.errors import ConfigError, Denied, HubError, Refused, TryLater, Unknown
from hub.transport.http import Http

Script = Callable[[socket.socket, str, bytes], bool]


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    head = {"Content-Length": str(len(body))} | {k.replace("_", "-"): v for k, v in headers.items()}
    return (
        f"HTTP/1.1 {status}\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in head.items()) + b"\r\n" + body
    )


class Server:
    """Answers each request by a script `(connection, "METHOD /target", request bytes) -> keep the connection`."""

    def __init__(self, script: Script) -> None:
        self.script, self.seen, self.connections = script, list[bytes](), 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        with connection:
            data = b""
            while True:
                while b"\r\n\r\n" not in data:
                    if not (more := connection.recv(65536)):
                        return
                    data += more
                head, _, body = data.partition(b"\r\n\r\n")
                fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
                while len(body) < int(fields.get(b"content-length", 0)):
                    body += connection.recv(65536)
                self.seen.append(head + b"\r\n\r\n" + body)
                data = b""
                try:
                    if not self.script(connection, head.split(b" HTTP")[0].decode(), self.seen[-1]):
                        return
                except OSError:
                    return


@contextmanager
def serving(script: Script | bytes) -> Iterator[Server]:
    def plain(connection: socket.socket, line: str, request: bytes) -> bool:
        connection.sendall(script)  # type: ignore[arg-type]
        return True

    server = Server(plain if isinstance(script, bytes) else script)
    try:
        yield server
    finally:
        server.listener.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip_body(connection: socket.socket, line: str, request: bytes) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)
    return False


def drip_head(connection: socket.socket, line: str, request: bytes) -> bool:
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)
    return False


def late(connection: socket.socket, line: str, request: bytes) -> bool:
    time.sleep(1)
    return False


def cut_in_body(connection: socket.socket, line: str, request: bytes) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    return False


def cut_in_chunk(connection: socket.socket, line: str, request: bytes) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf")
    return False


def cut_in_head(connection: socket.socket, line: str, request: bytes) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
    return False


def close_without_answer(connection: socket.socket, line: str, request: bytes) -> bool:
    return False


def reset_without_answer(connection: socket.socket, line: str, request: bytes) -> bool:
    reset(connection)
    return False


def garbage(connection: socket.socket, line: str, request: bytes) -> bool:
    connection.sendall(b"\x00\x01 not http at all\r\n\r\n")
    return False


BROKEN = [drip_body, drip_head, late, cut_in_body, cut_in_chunk, cut_in_head, close_without_answer]
BROKEN += [reset_without_answer, garbage]


@pytest.mark.parametrize("script", BROKEN)
@pytest.mark.parametrize(
    ("method", "repeatable", "error", "code"),
    [
        ("GET", None, TryLater, "system.timeout"),
        ("POST", True, TryLater, "system.timeout"),
        ("POST", None, Unknown, "system.no-answer"),
        ("GET", False, Unknown, "system.no-answer"),
    ],
)
def test_no_whole_answer_is_try_later_for_a_repeatable_call_and_unknown_for_another(
    script: Script, method: str, repeatable: bool | None, error: type[HubError], code: str
) -> None:
    with serving(script) as server:
        http = Http(server.url, read_timeout=0.3, total_timeout=0.6)
        began = time.monotonic()
        with pytest.raises(error) as caught:
            http.send(method, "/x", body=b"b", repeatable=repeatable)
        assert caught.value.code == code
        assert time.monotonic() - began < 1.5


def test_an_answer_comes_back_whole_and_its_headers_ignore_case() -> None:
    with serving(answer(b"hello", "418 Teapot", X_Thing="1")) as server:
        got = Http(server.url + "/api/").send("GET", "/x", params={"a": "1 2&3"}, headers={"X-Mine": "y"})
        assert (got.status, got.body, got.headers["x-thing"]) == (418, b"hello", "1")
        assert server.seen[0].startswith(b"GET /api/x?a=1+2%263 HTTP/1.1")
        assert b"X-Mine: y" in server.seen[0]


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "304 X", "404 X", "409 X", "412 X", "422 X", "500 X"])
def test_other_statuses_are_the_callers_business(status: str) -> None:
    with serving(answer(b"", status)) as server:
        assert Http(server.url).send("POST", "").status == int(status[:3])


def test_gzip_is_unpacked() -> None:
    packed = gzip.compress(b"a" * 100_000)
    with serving(answer(packed, Content_Encoding="gzip")) as server:
        assert Http(server.url).send("GET", "/").body == b"a" * 100_000


def test_broken_gzip_is_no_whole_answer() -> None:
    with serving(answer(b"not gzip", Content_Encoding="gzip")) as server, pytest.raises(TryLater):
        Http(server.url).send("GET", "/")


@pytest.mark.parametrize("body", [answer(b"a" * 5000), answer(gzip.compress(b"a" * 5000), Content_Encoding="gzip")])
@pytest.mark.parametrize(("method", "error"), [("GET", TryLater), ("POST", Unknown)])
def test_a_huge_body_is_given_up(body: bytes, method: str, error: type[HubError]) -> None:
    with serving(body) as server:
        with pytest.raises(error) as caught:
            Http(server.url, max_bytes=4000).send(method, "/")
        assert caught.value.code == "answer.too-large"


def test_a_refused_connection_is_try_later_even_for_a_write() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(TryLater) as caught:
        Http(f"http://127.0.0.1:{port}").send("POST", "/", body=b"x")
    assert caught.value.code == "system.unreachable"


def test_plain_text_on_a_tls_port_is_try_later_for_a_write() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            with listener.accept()[0] as connection:
                connection.sendall(b"220 ready to serve you, in plain text\r\n")
                connection.recv(10_000)

        threading.Thread(target=greet, daemon=True).start()
        with pytest.raises(TryLater) as caught:
            Http(f"https://127.0.0.1:{listener.getsockname()[1]}").send("POST", "/", body=b"x")
    assert caught.value.code == "system.tls"


def test_connections_are_kept() -> None:
    with serving(answer(b"x")) as server:
        http = Http(server.url)
        for _ in range(5):
            http.send("POST", "/", body=b"y")
        assert server.connections == 1


def test_no_more_connections_than_allowed() -> None:
    with serving(answer(b"x")) as server:
        http = Http(server.url, connections=2)
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: http.send("GET", "/"), range(40)))
        assert server.connections <= 2


def test_a_connection_the_server_closed_while_idle_loses_no_write() -> None:
    def once(connection: socket.socket, line: str, request: bytes) -> bool:
        connection.sendall(answer(b"x"))
        return False

    with serving(once) as server:
        http = Http(server.url)
        for n in range(5):
            assert http.send("POST", "/", body=b"%d" % n).status == 200
            time.sleep(0.02)
        assert [seen[-1:] for seen in server.seen] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_write_does_not_go_out_on_a_connection_that_rested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.transport.connection.RESTED", 0.0)
    with serving(answer(b"x")) as server:
        http = Http(server.url)
        http.send("GET", "/")
        http.send("GET", "/")
        assert server.connections == 1
        http.send("POST", "/", body=b"x")
        assert server.connections == 2


def test_wrong_credentials_are_denied() -> None:
    with serving(answer(b"", "401 X")) as server, pytest.raises(Denied) as caught:
        Http(server.url).send("GET", "/")
    assert caught.value.code == "system.denied"


@pytest.mark.parametrize("status", ["429 X", "503 X"])
def test_no_call_goes_out_inside_the_pause_that_the_system_asked_for(status: str) -> None:
    with serving(answer(b"", status, Retry_After="120")) as server:
        http = Http(server.url)
        for _ in range(3):
            with pytest.raises(TryLater) as caught:
                http.send("POST", "/")
            assert caught.value.after == pytest.approx(120, abs=2)
            assert caught.value.code == "system.busy"
        assert len(server.seen) == 1


def test_a_busy_system_without_a_word_is_try_later_and_may_be_asked_again() -> None:
    with serving(answer(b"", "503 X", Retry_After="soon")) as server:
        http = Http(server.url)
        for _ in range(2):
            with pytest.raises(TryLater) as caught:
                http.send("GET", "/")
            assert caught.value.after is None
        assert len(server.seen) == 2


def redirecting(status: str, location: str) -> Script:
    def script(connection: socket.socket, line: str, request: bytes) -> bool:
        connection.sendall(answer(b"there") if "/there" in line else answer(b"", status, Location=location))
        return True

    return script


@pytest.mark.parametrize("status", ["301 X", "302 X", "303 X", "307 X", "308 X"])
def test_a_read_follows_a_redirect_on_the_same_host(status: str) -> None:
    with serving(redirecting(status, "/there?x=1")) as server:
        assert Http(server.url).send("GET", "/here", params={"q": "1"}).body == b"there"
        assert server.seen[1].startswith(b"GET /there?x=1 HTTP")


@pytest.mark.parametrize(
    ("method", "location"),
    [
        ("GET", "http://localhost:1/there"),
        ("GET", "https://127.0.0.1/there"),
        ("GET", "//evil.example/there"),
        ("GET", "file:///etc/passwd"),
        ("GET", "http://127.0.0.1@evil.example/"),
        ("GET", "http://[::1/"),
        ("GET", "/here"),
        ("POST", "/there"),
        ("DELETE", "/there"),
    ],
)
def test_other_redirects_are_refused(method: str, location: str) -> None:
    with serving(redirecting("302 X", location)) as server:
        with pytest.raises(Refused) as caught:
            Http(server.url, headers={"X-Api-Key": "k"}).send(method, "/here")
        assert caught.value.code == "system.redirect"
        assert not any(b"/there" in seen for seen in server.seen)


def test_an_absolute_link_is_followed_on_the_same_origin_only() -> None:
    with serving(answer(b"x")) as server:
        http = Http(server.url + "/api")
        assert http.send("GET", server.url + "/next?c=1").body == b"x"
        assert server.seen[0].startswith(b"GET /next?c=1 ")
        for link in ["http://evil.example/next", server.url + "0/next", "@evil/", "http://[/"]:
            with pytest.raises(Refused):
                http.send("GET", link)


def test_what_only_looks_like_another_origin_is_a_path_of_ours() -> None:
    with serving(answer(b"x")) as server:
        Http(server.url + "/api").send("GET", "//evil/x:y://")
        assert server.seen[0].startswith(b"GET /api//evil/x:y:// ")


@pytest.mark.parametrize("secret", ["s3cret"])
def test_no_message_and_no_traceback_shows_a_secret(secret: str) -> None:
    def errors() -> Iterator[HubError]:
        for script in BROKEN:
            with serving(script) as server:
                http = Http(server.url, read_timeout=0.1, total_timeout=0.2, headers={"X-Api-Key": secret})
                for method in ("GET", "POST"):
                    with pytest.raises(HubError) as caught:
                        http.send(method, "/x", params={"apikey": secret}, body=secret.encode())
                    yield caught.value
        with pytest.raises(HubError) as caught:
            Http("http://127.0.0.1:1").send("GET", f"/x?key={secret}", headers={"A": secret})
        yield caught.value
        with pytest.raises(HubError) as caught:
            Http("http://127.0.0.1:1").send("GET", "/x", headers={"A": secret + "\r\nB: c"})
        yield caught.value

    for error in errors():
        shown = "".join(line for line in traceback.format_exception(error) if not line.lstrip().startswith("File"))
        assert secret not in shown, shown


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("http://erp.example", "config.plain-http"),
        ("ftp://erp.example", "config.url"),
        ("erp.example", "config.url"),
        ("https://", "config.url"),
        ("https://user:s3cret@erp.example", "config.url"),
        ("https://erp.example:port", "config.url"),
        ("https://erp\n.example", "config.url"),
    ],
)
def test_a_wrong_base_is_a_config_error(base: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Http(base)
    assert caught.value.code == code
    assert "s3cret" not in str(caught.value)


def test_plain_http_is_allowed_when_the_system_says_so() -> None:
    assert Http("http://erp.example", allow_plain_http=True).base == "http://erp.example"


@pytest.mark.parametrize("target", ["/a\r\nX: y", "/a\x00"])
def test_control_characters_are_refused_before_anything_is_sent(target: str) -> None:
    with serving(answer(b"")) as server:
        with pytest.raises(Refused):
            Http(server.url).send("GET", target)
        assert server.seen == []


def test_cookies_are_not_kept() -> None:
    with serving(answer(b"", Set_Cookie="sid=1; Path=/")) as server:
        http = Http(server.url)
        http.send("GET", "/")
        http.send("GET", "/")
        assert b"cookie" not in server.seen[1].lower()
