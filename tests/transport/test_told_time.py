"""What the client notes of a server's clock, from the Date of its answers."""

import socket
import time
from datetime import UTC, datetime

import pytest
from test_http import answer, serving

from hub.transport.http import Http

DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_it_is_the_date_of_an_answer_with_the_moments_between_which_it_was_read() -> None:
    with serving(answer(Date=DATE)) as server:
        http, began = Http(server.url), time.monotonic()
        http.send("GET", "/")
        told = http.told_time()
        assert told is not None
        assert (told.at, told.grain) == (NOON, 1.0)
        assert 0 <= told.answered <= told.asked <= time.monotonic() - began


def test_it_is_told_once() -> None:
    with serving(answer(Date=DATE)) as server:
        http = Http(server.url)
        http.send("GET", "/")
        assert (http.told_time() is None, http.told_time()) == (False, None)


@pytest.mark.parametrize(
    "headers", [{}, {"Date": "soon"}, {"Date": "Sun, 22 Nov 2026 12:00:00 -0000"}, {"Date": DATE, "Age": "30"}]
)
def test_nothing_is_made_of_no_date_of_an_odd_one_and_of_one_from_a_cache(headers: dict[str, str]) -> None:
    with serving(answer(**headers)) as server:
        http = Http(server.url)
        http.send("GET", "/")
        assert http.told_time() is None


def test_the_quickest_call_tells_best() -> None:
    dates = iter([("Sun, 22 Nov 2026 12:00:09 GMT", 0.2), (DATE, 0.0), ("Sun, 22 Nov 2026 12:00:08 GMT", 0.2)])

    def script(connection: socket.socket, line: str, request: bytes) -> bool:
        date, pause = next(dates)
        time.sleep(pause)
        connection.sendall(answer(Date=date))
        return True

    with serving(script) as server:
        http = Http(server.url)
        for _ in range(3):
            http.send("GET", "/")
        told = http.told_time()
        assert told is not None
        assert told.at == NOON
