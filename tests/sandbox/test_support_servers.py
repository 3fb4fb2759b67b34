"""The servers of the tests start on free ports and are gone when the test is."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from support.processes import attached, wait_for
from support.servers import Crm, Erp, erp_server

TESTS = Path(__file__).parents[1]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_two_servers_run_side_by_side_and_are_gone_afterwards() -> None:
    with erp_server(suppliers=1) as one, erp_server(suppliers=2) as two:
        assert (len(one.suppliers()), len(two.suppliers())) == (1, 2)
    assert not listens(one.port)
    assert not listens(two.port)


def test_a_server_is_gone_when_its_test_run_is_killed() -> None:
    start = "import time; from support.servers import erp_server"
    script = f"{start}\nwith erp_server() as erp: print(erp.port, flush=True); time.sleep(60)"
    run = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(TESTS)}
    )
    assert run.stdout is not None
    with run.stdout as out:
        port = int(out.readline())
    assert listens(port)
    run.send_signal(signal.SIGKILL)
    run.wait(10)
    wait_for(lambda: not listens(port), 10, "the end of the server")


def test_a_command_that_ends_at_once_is_reported_with_its_complaints() -> None:
    with (
        attached([sys.executable, "-c", "import sys; sys.exit('no luck')"]) as process,
        pytest.raises(AssertionError, match="no luck"),
    ):
        process.first_line(20)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_both_counterparts_as_new(crm: Crm, erp: Erp, turn: int) -> None:
    companies, suppliers = crm.companies(), erp.suppliers()
    assert (len(companies), len(suppliers)) == (30, 30)
    assert len({c["vatnumber"] for c in companies.values()} & {s["vat"] for s in suppliers.values()}) == 20
    assert crm.edit("1", phone="1")["phone"] == "1"
    assert crm.show(crm.add(name="New"))["name"] == "New"
    crm.delete("2")
    erp.delete("2")
    assert crm.settings(page=7)["page"] == 7
    assert crm.settings()["page"] == 7
    crm.faults(latency_ms=1)
    assert crm.mutate(100) == 30


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_database(store_url: str, turn: int) -> None:
    assert store_url.startswith(("sqlite:///", "postgresql://"))
    if store_url.startswith("postgresql"):
        with psycopg.connect(store_url) as connection:
            found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
            assert found == (0,)
            connection.execute("CREATE TABLE t (i int)")
