"""Processes of a benchmark: the sandbox counterparts, and the sides that are compared. All serve or call 127.0.0.1."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[1]
#: More records than this are kept in files.
IN_MEMORY = 200_000
GRACE_S = 20.0


class Process:
    """A child that answers lines of JSON; it is gone when the block ends, however that ends."""

    def __init__(self, words: list[str], environ: Mapping[str, str] | None = None) -> None:
        self._child = subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **(environ or {})},
        )

    def answer(self) -> dict[str, Any]:
        """The next line it says. RuntimeError: it ended instead."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(map(str, self._child.args))} ended with {self._child.wait()}")  # type: ignore[arg-type]
        found: dict[str, Any] = json.loads(line)
        return found

    def ask(self, line: str) -> dict[str, Any]:
        assert self._child.stdin is not None
        self._child.stdin.write(f"{line}\n")
        self._child.stdin.flush()
        return self.answer()

    def end(self) -> None:
        """Let it end by itself where it reads, else tell it to; kill it when it does not."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        try:
            self._child.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def stop(self) -> None:
        self._child.terminate()
        self.end()


class Counterpart:
    """A running sandbox. `url`: of its API."""

    def __init__(self, process: Process) -> None:
        said = process.answer()
        self.url: str = said["url"]
        self._control = f"http://127.0.0.1:{said['port']}/control/"
        self._http = requests.Session()
        self._http.trust_env = False

    def control(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = self._http.request(method, self._control + path, json=body, params=params, timeout=600)
        answer.raise_for_status()
        return answer.json()

    def calls(self) -> int:
        """Calls of its API since the start."""
        return sum(self.control("GET", "stats")["calls"].values())

    def reset(self) -> None:
        """The first records again."""
        self.control("POST", "reset")

    def mutate(self, percent: float) -> int:
        """How many records were changed."""
        return int(self.control("POST", "mutate", percent=percent)["changed"])


@contextmanager
def crm(companies: int, folder: Path) -> Iterator[Counterpart]:
    words = ["-m", "benchmarks.crm", "--companies", str(companies)]
    with running(words + kept(folder / "crm.db", companies)) as process:
        yield Counterpart(process)


@contextmanager
def erp(suppliers: int, folder: Path, name: str = "erp", *options: str) -> Iterator[Counterpart]:
    """An empty ERP that will hold so many."""
    words = ["-m", "hub.sandbox.erp", "--port", "0", "--suppliers", "0", *options]
    with running(words + kept(folder / f"{name}.db", suppliers)) as process:
        yield Counterpart(process)


def kept(file: Path, records: int) -> list[str]:
    return ["--db", str(file)] if records > IN_MEMORY else []


@contextmanager
def running(words: list[str], environ: Mapping[str, str] | None = None) -> Iterator[Process]:
    """A server: told to stop at the end."""
    process = Process(words, environ)
    try:
        yield process
    finally:
        process.stop()


@contextmanager
def side(words: list[str], environ: Mapping[str, str] | None = None) -> Iterator[Process]:
    """A side of a comparison: its stdin is closed at the end, so that it logs off."""
    process = Process(words, environ)
    try:
        process.start_cpu = process.answer()["start_cpu"]  # type: ignore[attr-defined]
        yield process
    finally:
        process.end()


def project(folder: Path, *, connections: int = 1, batch: bool = True) -> Path:
    """The project folder of the benchmarks, put together at `folder`."""
    shutil.copytree(ROOT / "benchmarks" / "project", folder)
    for name in ("erp.openapi.yaml", "erp.overlay.yaml"):
        shutil.copy(ROOT / "mappings" / name, folder / "mappings" / name)
    file = folder / "conf" / "instances" / "bench.yaml"
    text = file.read_text().replace("connections: 1", f"connections: {connections}")
    file.write_text(text.replace("batch: true", f"batch: {str(batch).lower()}"))
    return folder


def environ(crm_url: str, erp_url: str, store: str) -> dict[str, str]:
    """What the project's settings are filled in with."""
    secrets = {"HUB_SECRET_CRM_PASSWORD": "hub", "HUB_SECRET_ERP_KEY": "sandbox"}
    return {"BENCH_CRM": crm_url, "BENCH_ERP": erp_url, "BENCH_STORE": store, **secrets}
