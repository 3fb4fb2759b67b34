"""`hub status` tells how things stand, and is cheap enough to be asked every minute."""

import os
import sqlite3
import subprocess
import sys

import pytest
from support.command import Project

#: CPU seconds, imports included.
MOST = 0.5
#: What it must not load.
HEAVY = (
    "pydantic",
    "sqlalchemy.dialects.postgresql",
    "zeep",
    "spyne",
    "lxml",
    "requests",
    "cryptography",
    "jsonata",
    "rich",
    "structlog",
    "alembic",
    "hub.core.mapping",
)


def cpu(*command: str, env: dict[str, str]) -> float:
    """CPU seconds of a process, the least of some tries: what else the machine does counts, too."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)"
    code += "\nused = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime)"
    tries = [
        subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, env=env, check=True)
        for _ in range(4)
    ]
    return min(float(done.stdout) for done in tries)


@pytest.fixture
def env(synced: Project) -> dict[str, str]:
    return {name: value for name, value in {**os.environ, **synced.env}.items() if value is not None}


def test_it_takes_half_a_second_of_cpu_at_most(synced: Project, env: dict[str, str]) -> None:
    floor = cpu(sys.executable, "-c", "import click, sqlalchemy, sqlalchemy.dialects.sqlite, yaml", env=env)
    took = cpu(sys.executable, "-m", "hub.cli", "-p", str(synced.folder), "status", env=env)
    assert took <= max(MOST, 2 * floor), f"{took:.2f} s, its libraries alone {floor:.2f} s"


def test_it_loads_nothing_heavy(synced: Project, env: dict[str, str]) -> None:
    code = "import sys\nfrom hub.cli.main import main\ntry: main()\nexcept SystemExit: pass\n"
    code += f"print([name for name in {HEAVY!r} if name in sys.modules])"
    command = [sys.executable, "-c", code, "-p", str(synced.folder), "status"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_new_project_says_what_comes_first(project: Project) -> None:
    done = project("status")
    assert done.code == 0
    assert "nothing was synced yet" in done.out
    assert project.ask("status") == {"systems": [], "outages": [], "held": [], "runs": []}


def test_it_counts_links_conflicts_and_what_stands_aside(synced: Project) -> None:
    found = synced.ask("status")
    crm, erp = found["systems"]
    assert (crm["system"], erp["system"]) == ("crm", "erp")
    assert crm["linked"] == erp["linked"] == len(synced.crm.records())
    assert erp["conflicts"] == len(synced.ask("conflicts"))
    assert [run["state"] for run in found["runs"]] == ["done"]
    assert "for a person: 'hub conflicts'" in synced("status").out


def test_it_asks_no_system(synced: Project) -> None:
    synced.forget_calls()
    synced("status")
    assert not synced.crm.stats()["calls"]
    assert not synced.erp.stats()["calls"]


def test_a_paused_system_and_a_failed_run_are_said_with_their_reason(synced: Project) -> None:
    synced.env["HUB_SECRET_ERP_KEY"] = "wrong"
    assert synced("sync").code == 1
    said = synced("status").out
    assert "erp is paused, 'hub resume erp' goes on: " in said
    assert "[system.denied]" in said
    assert "failed" in said


def test_a_field_that_vanished_is_said_until_a_person_resumes_the_system(synced: Project) -> None:
    with sqlite3.connect(synced.path("var/hub.db")) as database:
        database.execute("UPDATE binding SET stopped = ? WHERE system = 'erp'", (b'["phone"]',))
    assert "erp shows no phone any more" in synced("status").out
    assert [row["stopped"] for row in synced.ask("status")["systems"]] == [[], ["phone"]]
    assert synced("resume", "erp").code == 0
    assert "phone" not in synced("status").out
    synced.sync()
