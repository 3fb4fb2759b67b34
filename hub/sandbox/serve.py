"""Serve a WSGI application on 127.0.0.1 with waitress until SIGTERM; tells its address as one line of JSON."""

import json
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from waitress.server import create_server

from hub.sandbox.faults import App, Environ, HangUp, StartResponse

HOST = "127.0.0.1"


class Door:
    """A listening server that can shut its door for a while: new connections are refused, open ones are closed."""

    def __init__(self, app: App, port: int, threads: int = 8) -> None:
        # With log_socket_errors off, an OSError of the application closes the connection without an answer: HangUp.
        self._server: Any = create_server(
            _loud(app),
            host=HOST,
            port=port,
            threads=threads,
            log_socket_errors=False,
            ident=None,
            outbuf_overflow=64 << 20,  # answers stay in memory
        )
        self.port = int(self._server.effective_port)

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        self._server.run()

    def refuse(self, seconds: float) -> None:
        """Refuse every connection for so long; safe to call from any thread."""
        self._server.trigger.pull_trigger(self._shut)
        threading.Timer(seconds, self._server.trigger.pull_trigger, [self._open]).start()

    def _shut(self) -> None:
        server = self._server
        if server.socket is not None:
            server.del_channel()
            server.socket.close()
            server.socket = None
        for channel in list(server.active_channels.values()):
            channel.handle_close()

    def _open(self) -> None:
        server = self._server
        if server.socket is not None:
            return
        server.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        server.set_reuse_addr()
        server.bind((HOST, self.port))
        server.accept_connections()


def serve(door: Door, ready: Callable[[int], dict[str, Any]]) -> None:
    """Print `ready(port)` as one line of JSON and serve until SIGTERM or Ctrl-C."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, _stop)
    print(json.dumps(ready(door.port)), flush=True)
    door.run()


def _loud(app: App) -> App:
    """Only a HangUp may close a connection in silence; any other OSError is a bug and becomes a 500."""

    def wrapped(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except HangUp:
            raise
        except OSError as e:
            raise RuntimeError(f"{type(e).__name__}: {e}") from e

    return wrapped


def _stop(signum: int, frame: object) -> None:
    raise SystemExit(0)
