"""Faults befall the calls that they name, as often as they say, and end."""

import http.client
import threading
import time
from typing import Any

import pytest

from hub.sandbox.faults import BadFaults, Faults, Faulty
from hub.sandbox.serve import Door


class Served:
    """A small server with faults; `done` counts the calls that were carried out."""

    def __init__(self) -> None:
        self.done = 0
        self.faults = Faults()
        self.door = Door(Faulty(self.app, self.faults, lambda environ: str(environ.get("QUERY_STRING"))), 0)
        self.faults.on_refuse = self.door.refuse

    def app(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.done += 1
        if environ["PATH_INFO"] == "/broken":
            raise FileNotFoundError("a bug of the application")
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "10")])
        return [b"01234", b"56789"]

    def get(self, path: str = "/x") -> tuple[int, bytes, str | None] | str:
        """Status, body and Retry-After, or the name of what came instead."""
        connection = http.client.HTTPConnection("127.0.0.1", self.door.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers.get("Retry-After")
        except (http.client.HTTPException, OSError) as e:
            return type(e).__name__
        finally:
            connection.close()


GOOD = (200, b"0123456789", None)


@pytest.fixture(scope="module")
def process() -> Served:
    served = Served()
    threading.Thread(target=served.door.run, daemon=True).start()
    return served


@pytest.fixture
def served(process: Served) -> Served:
    process.faults.set({})
    process.done = 0
    return process


@pytest.mark.parametrize(
    ("raw", "seen", "done"),
    [
        ({}, GOOD, 1),
        ({"drop": 1}, "RemoteDisconnected", 1),
        ({"cut": 1}, "IncompleteRead", 1),
        ({"hang_up": 1}, "RemoteDisconnected", 0),
        ({"throttle": 1, "retry_after": 9}, (429, b"Too many requests", "9"), 0),
        ({"error": 1, "status": 502}, (502, b"Something went wrong", None), 0),
        ({"empty": 1}, (200, b"", None), 0),
        ({"drop_chance": 1.0}, "RemoteDisconnected", 1),
    ],
)
def test_what_a_fault_does_to_the_call_and_to_the_answer(served: Served, raw: Any, seen: Any, done: int) -> None:
    served.faults.set(raw)
    assert (served.get(), served.done) == (seen, done)
    if "drop_chance" not in raw:
        assert served.get() == GOOD


def test_a_page_for_people_is_answered_instead(served: Served) -> None:
    served.faults.set({"html": 1})
    status, body, _ = served.get()
    assert (status, b"<html>" in body) == (200, True)  # type: ignore[operator]


def test_a_fault_befalls_only_the_calls_it_names(served: Served) -> None:
    served.faults.set({"error": -1, "only": "GET /x update"})
    assert served.get("/x?query") == GOOD
    assert served.get("/x?update")[0] == 500


def test_people_are_spared(served: Served) -> None:
    served.faults.set({"error": -1})
    assert [served.get(path) for path in ("/", "/control/x", "/page/1")] == [GOOD] * 3


def test_a_door_that_is_shut_refuses_and_opens_again(served: Served) -> None:
    served.faults.set({"refuse_s": 0.3})
    until = time.monotonic() + 5
    while served.get() != "ConnectionRefusedError":
        assert time.monotonic() < until
    while served.get() != GOOD:
        assert time.monotonic() < until


def test_a_bug_of_the_application_does_not_look_like_a_lost_connection(served: Served) -> None:
    assert served.get("/broken")[0] == 500


def test_chance_is_the_same_for_a_seed() -> None:
    def draws(seed: int) -> list[str]:
        faults = Faults({"drop_chance": 0.5, "seed": seed})
        return [faults.draw("GET /")[1] for _ in range(30)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert 5 < draws(1).count("drop") < 25


def test_counts_run_down_and_hits_are_kept() -> None:
    faults = Faults({"drop": 2, "error": 1})
    assert [faults.draw("GET /")[1] for _ in range(4)] == ["error", "drop", "drop", ""]
    assert (faults.show()["drop"], faults.show()["hits"]) == (0, {"error": 1, "drop": 2})


def test_sessions_end_once_and_at_once() -> None:
    faults, ended = Faults(), []
    faults.on_expire = lambda: ended.append(1)
    faults.set({"expire": True})
    faults.set({"expire": False})
    assert ended == [1]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"explode": 1}, "explode: unknown fault, expected one of"),
        ({"drop": "1"}, "drop: expected int, got '1'"),
        ({"drop": True}, "drop: expected int"),
        ({"latency_ms": None}, "latency_ms: expected float"),
        ({"only": "("}, "only: not a regular expression"),
        ({"expire": 1}, "expire: expected true or false"),
        ({"refuse_s": "2"}, "refuse_s: expected seconds"),
    ],
)
def test_rules_that_cannot_be_read_are_named_and_change_nothing(raw: Any, said: str) -> None:
    faults = Faults({"drop": 3})
    with pytest.raises(BadFaults, match=f"^{said.replace('(', '[(]')}"):
        faults.set(raw)
    assert faults.show()["drop"] == 3
