"""The hub's command line, as a thing that can be killed at any moment."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from stores import Lite
from support.servers import Crm, Erp

#: Seconds a sync of some hundred records may take, on a busy machine.
PATIENCE = 120
#: What a hub says that is started a moment too early.
LATE = ("store.in-use", "store.unavailable")


class Moment(NamedTuple):
    """When to kill: so long after the start, or so long after so many calls to both systems were made."""

    seconds: float
    calls: int = 0

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s" if not self.calls else f"call {self.calls} + {self.seconds * 1000:.0f} ms"


class Victim:
    """A project folder and the commands that run on it."""

    def __init__(self, folder: Path, crm: Crm, erp: Erp, store: Lite) -> None:
        self.folder, self.crm, self.erp, self.store = folder, crm, erp, store
        own = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        ports = {"CRM_PORT": str(crm.port), "ERP_PORT": str(erp.port)}
        secrets = {"HUB_SECRET_CRM_PASSWORD": crm.password, "HUB_SECRET_ERP_KEY": erp.api_key}
        self.env = {**own, **ports, **secrets, **({"HUB_STORE": store.address} if store.address else {})}
        self.finish(self.start("init", str(self.folder)))
        self.empty()

    def empty(self) -> None:
        """The project knows nothing yet."""
        self.store.empty(self.folder)

    def start(self, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "hub.cli", "-p", str(self.folder), "--json", *words]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, process: "subprocess.Popen[str]") -> Any:
        """Its JSON. Exit code 1 says that something stands aside, which is no failure here."""
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode in (0, 1), err
        assert out, err
        return json.loads(out)

    def ask(self, *words: str) -> Any:
        return self.finish(self.start(*words))

    def sync(self) -> Any:
        """PostgreSQL notices a moment late that a hub is dead, and then lets go of its lock."""
        began = time.monotonic()
        while True:
            found = self.ask("sync")
            if "error" not in found:
                return found
            assert found["error"]["code"] in LATE, found
            assert time.monotonic() - began < PATIENCE, found
            time.sleep(0.2)

    def see(self) -> tuple[Any, Any, Any]:
        """Status, the whole conflict log, what stands aside."""
        started = [self.start("status"), self.start("conflicts", "--all"), self.start("reviews")]
        with ThreadPoolExecutor(len(started)) as pool:
            status, conflicts, reviews = pool.map(self.finish, started)
        return status, conflicts, reviews

    def killed(self, moment: Moment) -> bool:
        """Start a sync and kill it at this moment. False: it had ended before."""
        with self.reached(moment) as process:
            process.kill()
            process.communicate(timeout=30)
        return process.returncode not in (0, 1)

    def robbed(self, moment: Moment, kill: Callable[[], str]) -> tuple[str, bool]:
        """Start a sync and kill its database at this moment: what was killed, and whether the sync was at work then. It
        ends by itself, and says why in the way that it says everything."""
        with self.reached(moment) as process:
            running = process.poll() is None
            what = kill()
            said = self.finish(process)
        assert "error" not in said or said["error"]["code"].startswith("store."), said
        return what, running

    @contextlib.contextmanager
    def reached(self, moment: Moment) -> "Iterator[subprocess.Popen[str]]":
        """A sync that has come to this moment, or ended before; dead in the end."""
        began, base = time.monotonic(), self.calls()
        process = self.start("sync")
        try:
            if moment.calls:
                self.wait(process, began, lambda: self.calls() - base >= moment.calls)
                time.sleep(moment.seconds)
            else:
                self.wait(process, began, lambda: time.monotonic() - began >= moment.seconds)
            yield process
        finally:
            process.kill()
            process.wait(timeout=30)

    def wait(self, process: "subprocess.Popen[str]", began: float, reached: Callable[[], bool]) -> None:
        while process.poll() is None and not reached():
            assert time.monotonic() - began < PATIENCE, "the sync does not end"
            time.sleep(0.001)

    def calls(self) -> int:
        """Calls to both systems so far."""
        return sum(sum(system.stats()["calls"].values()) for system in (self.crm, self.erp))


def moment(rng: random.Random, seconds: float, calls: int) -> Moment:
    """Some moment of a sync that takes so long and makes so many calls: half of them aim at a call under way."""
    if rng.random() < 0.5:
        return Moment(rng.uniform(0.2, 1.0) * seconds)
    return Moment(rng.choice((0.0, rng.uniform(0, 0.03))), rng.randint(1, calls))
