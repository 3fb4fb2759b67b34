"""Where the hub that is killed keeps its records, and how that is killed itself."""

import contextlib
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from support import postgres


class Lite:
    """SQLite, in the project folder."""

    address = ""

    def empty(self, project: Path) -> None:
        """Nothing is known any more."""
        shutil.rmtree(project / "var", ignore_errors=True)


class Grown(Lite):
    """A database on a PostgreSQL of our own."""

    name = "hub"

    def __init__(self, server: postgres.Server) -> None:
        self.server = server
        self.address = f"{server.url.rpartition('/')[0]}/{self.name}"

    def empty(self, project: Path) -> None:
        name = sql.Identifier(self.name)
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))

    def kill(self, rng: random.Random) -> str:
        """kill -9 of the server, or of one of the processes that serve the hub; what it was."""
        if rng.random() < 0.5 and self.server.kill_one(self.name):
            return "one session"
        self.server.kill()
        return "the server"

    def start(self, killed: str) -> None:
        if killed == "the server":
            self.server.start()
        else:
            self.server.wait()


@contextlib.contextmanager
def store(on: str) -> Iterator[Lite]:
    """`on`: sqlite or postgresql."""
    if on == "sqlite":
        yield Lite()
        return
    with postgres.killable() as server:
        yield Grown(server)
