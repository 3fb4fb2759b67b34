"""Connections that keep to a deadline and know whether a request ever left.

A read time-out alone does not end an answer that drips byte by byte, in its head or its body; the deadline of
the call does. And whether a request was put on the wire decides between "try later" and "read back first".
"""

import http.client
import io
import logging
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

#: A server may close a connection that rests; a write does not go out on one that rested longer (seconds).
#: Shorter than the keep-alive time of the usual servers, so the race "they close while we send" is rare.
RESTED = 1.5

# urllib3 writes whole URLs to its log, query values included.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class Call:
    """One request under way in this thread."""

    deadline: float
    read_timeout: float
    repeatable: bool
    #: The head of the request was accepted by the connection: the server may have seen it.
    sent: bool = False

    def left(self) -> float:
        """Seconds until the next read must have brought something; raises TimeoutError when the call has none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole call took too long")
        return min(left, self.read_timeout)


class _Current(threading.local):
    call: Call | None = None


current = _Current()


class _TimedReader(io.RawIOBase):
    """The socket's bytes, each read limited by what is left of the call."""

    def __init__(self, sock: socket.socket, call: Call) -> None:
        self._sock, self._call = sock, call
        self._raw = sock.makefile("rb", buffering=0)
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._call.left())
        size = self._raw.readinto(buffer)
        self.ended = size == 0
        return size

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._reader: _TimedReader | None = None
        if current.call:
            self.fp.close()
            self._reader = _TimedReader(sock, current.call)
            self.fp = io.BufferedReader(self._reader, 1 << 16)

    def begin(self) -> None:
        super().begin()
        if self._reader and self._reader.ended:  # Else an answer cut in its head passes for one without a body.
            raise http.client.IncompleteRead(b"")


class _Watched(http.client.HTTPConnection):
    """Notes in the current call that its head went out."""

    response_class = _TimedResponse
    _last_used = 0.0

    def send(self, data: Any) -> None:
        call = current.call
        if call is None or call.sent:
            super().send(data)
            return
        if self.sock is not None and not call.repeatable and time.monotonic() - self._last_used > RESTED:
            self.sock.close()
            self.sock = None
        if self.sock is None:
            self.connect()
        super().send(data)  # Fails when the server has already closed: then nothing of this request went out.
        call.sent = True

    def getresponse(self) -> Any:
        if current.call and not current.call.sent:
            raise ConnectionResetError("the connection was closed before the request went out")
        self._last_used = time.monotonic()
        return super().getresponse()


class _Plain(_Watched, HTTPConnection):
    pass


class _Tls(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class DeadlineAdapter(HTTPAdapter):
    """Pools of such connections; TLS 1.2 at least; no retries."""

    def __init__(self, connections: int) -> None:
        super().__init__(pool_connections=2, pool_maxsize=connections, max_retries=0, pool_block=True)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_minimum_version=ssl.TLSVersion.TLSv1_2, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
