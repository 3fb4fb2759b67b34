"""Figures beside the sync itself: what the sandbox costs, and what a command costs that only looks."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Row, median
from hub.sandbox.crm.speed import measure

STATUS = "import sys; from hub.cli.main import main; sys.argv = ['hub', *sys.argv[1:]]; main()"


def sandbox(rounds: int) -> Row:
    """The CRM's pre-rendered pages against spyne's own making of XML from objects: how much cheaper."""
    found = measure(rounds=rounds)
    return {
        "name": "sandbox_crm",
        "mode": "service",
        "store": "none",
        "records": 500,
        "rounds": rounds,
        "ratio": found["ratio"],
        "rows_per_s": round(1e6 / found["rendered"]),
        "cpu_s_per_1000": round(found["rendered"] / 1000, 5),
        "peak_mb": None,
        "rendered_us": found["rendered"],
        "objects_us": found["objects"],
    }


def status(project: Path, environ: dict[str, str], records: int, rounds: int) -> Row:
    """`hub status` as a process: all of its CPU, imports included. No ratio: seconds count."""
    taken = [_cpu([sys.executable, "-c", STATUS, "--project", str(project), "status"], environ) for _ in range(rounds)]
    cpu = median(taken)
    return {
        "name": "status",
        "mode": "fresh",
        "store": "sqlite",
        "records": records,
        "rounds": rounds,
        "ratio": None,
        "rows_per_s": None,
        "cpu_s_per_1000": None,
        "peak_mb": None,
        "cpu_ms": round(cpu * 1000),
    }


def _cpu(words: list[str], environ: dict[str, str]) -> float:
    """CPU seconds of a command that succeeds, or says that something stands aside (1)."""
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, env={**os.environ, **environ})
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"hub status ended with {child.returncode}")
    return used.ru_utime + used.ru_stime
