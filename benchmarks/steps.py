"""One side of a comparison as a process: it takes the names of phases on stdin and answers what each one cost.

    -> initial
    <- {"phase": "initial", "cpu": 0.71, "wall": 1.2, "peak_mb": 55.1, "read": 10000, ...}

`cpu` is that of the work: imports, settings and the opening of the database are in the first line, as `start_cpu`.
A process that is given one phase and ends is a fresh one; one that is kept is a service.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PHASES = ("initial", "settle", "idle", "reread", "incremental")
#: What a phase returns: counts of what it did.
Counts = dict[str, int]


def serve(run: Callable[[str], Counts]) -> None:
    """Answer until stdin ends. The process is ready now: everything before this was its start."""
    say({"start_cpu": time.process_time()})
    for line in sys.stdin:
        say(timed(line.strip(), run))


def timed(phase: str, run: Callable[[str], Counts]) -> dict[str, Any]:
    if phase not in PHASES:
        raise SystemExit(f"unknown phase {phase!r}: expected one of {', '.join(PHASES)}")
    wall, cpu = time.perf_counter(), time.process_time()
    counts = run(phase)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"phase": phase, "cpu": cpu, "wall": wall, "peak_mb": peak_mb(), **counts}


def peak_mb() -> float:
    """The most memory this process ever held. Not `ru_maxrss`: that begins with its parent's size."""
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    return round(int(found[1]) / 1024, 1) if found else 0.0


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)
