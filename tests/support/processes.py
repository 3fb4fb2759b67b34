"""Processes that end with the test that started them, also when that is killed."""

import contextlib
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

#: The shell outlives a killed test run, notices the end of its input, and then ends the process it started.
#: Before that it lets go of the output, so that an early end of the process is seen by who reads it.
KEEPER = '"$@" & pid=$!; exec >&- 2>&-; read -r how; kill -"${how:-%s}" $pid; wait $pid'


class Attached(NamedTuple):
    """A running process: what it prints, and what it complains of."""

    shell: subprocess.Popen[bytes]
    complaints: Path

    def first_line(self, seconds: float) -> str:
        """The first line it prints. Raises AssertionError, with its complaints, when none comes."""
        out = self.shell.stdout
        assert out is not None
        ready, _, _ = select.select([out], [], [], seconds)
        line = out.readline().decode() if ready else ""
        assert line, f"nothing was printed within {seconds} s: {self.complaints.read_text()[-2000:]}"
        return line

    def stop(self, how: str = "") -> None:
        """End it by this signal (`KILL`), its own one by default, and wait until it has ended."""
        if self.shell.poll() is None:
            with contextlib.suppress(BrokenPipeError):
                self.shell.communicate(f"{how}\n".encode(), timeout=20)


@contextlib.contextmanager
def attached(command: Sequence[str | Path], end: str = "TERM", **kept: Any) -> Iterator[Attached]:
    """Run a command until the block is left, or this process is gone; `end` is the signal that ends it."""
    with tempfile.TemporaryDirectory(prefix="hub-test-") as folder:
        complaints = Path(folder, "stderr")
        with complaints.open("wb") as err:
            shell = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER % end, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=err,
                **kept,
            )
        process = Attached(shell, complaints)
        try:
            yield process
        finally:
            try:
                process.stop()
            except subprocess.TimeoutExpired:
                process.shell.kill()
                raise


def wait_for(happened: Any, seconds: float, what: str) -> None:
    """Until `happened()` is true. Raises AssertionError after so many seconds."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, f"{what}: not within {seconds} s"
        time.sleep(0.02)
