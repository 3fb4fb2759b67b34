"""The processes of the demo: both systems, and the hub at work. None outlives the demo, however that ends."""

import json
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import click

#: Seconds a system may take to start, and to stop.
START, STOP = 60.0, 15.0


class Kept(NamedTuple):
    """A process that ends when we do. What it complains of is in `log`."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def out(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def first_line(self) -> str:
        """Raises ClickException: it ended, or said nothing in time."""
        late = threading.Timer(START, self.process.kill)
        late.start()
        said = self.out.readline().decode()
        late.cancel()
        if not said:
            raise click.ClickException(f"a process of the demo did not start; see {self.log}")
        return said

    def lines(self) -> Iterator[str]:
        """What it prints, until it ends."""
        for said in self.out:
            yield said.decode(errors="replace").rstrip("\n")


@contextmanager
def kept(module: str, words: Sequence[str], log: Path, env: dict[str, str] | None = None) -> Generator[Kept]:
    """A module as a process of its own until the block is left. Ctrl-C is for us alone: it is stopped in order."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.sandbox.demo.kept", module, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=env,
            start_new_session=True,
        )
    try:
        yield Kept(process, log)
    finally:
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """The end of its input tells it to stop."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Running(NamedTuple):
    """A system that is up."""

    #: Of its API.
    url: str
    #: For people.
    page: str
    port: int


@contextmanager
def system(name: str, words: Sequence[str], log: Path) -> Generator[Running]:
    """A sandbox counterpart (`crm`, `erp`) on a free port."""
    with kept(f"hub.sandbox.{name}", ["--port", "0", *words], log) as process:
        said: dict[str, Any] = json.loads(process.first_line())
        yield Running(said["url"], said["page"], said["port"])
