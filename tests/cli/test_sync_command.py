"""`hub preview`, `hub sync`, `hub run`: what they say is what they do."""

import os
import signal
import subprocess
import sys
import time

import pytest
from support.command import Project


def test_a_preview_writes_nothing_and_a_run_then_writes_exactly_that(project: Project) -> None:
    project.forget_calls()
    before = project.crm.records(), project.erp.records()
    found = project.ask("preview")
    assert project.written() == 0
    assert (project.crm.records(), project.erp.records()) == before
    assert project.ask("status")["systems"] == []
    report = project.sync()
    for row in report["systems"]:
        for kind in ("create", "update", "delete"):
            intended = [write for write in found["writes"] if (write["system"], write["kind"]) == (row["system"], kind)]
            assert len(intended) == row["sent"][f"{kind}d"]
    assert len(found["conflicts"]) == report["conflicts"]


def test_a_preview_tells_what_would_be_written_before_and_after(synced: Project) -> None:
    company, supplier = synced.link()
    synced.crm.edit(company, phone="+353 1 555 0100")
    [write] = synced.ask("preview")["writes"]
    assert (write["system"], write["object"], write["kind"], write["key"]) == ("erp", "supplier", "update", supplier)
    assert write["before"]["phone"] != "+353 1 555 0100"
    assert write["fields"] == {"phone": "+353 1 555 0100"}
    assert '-> "+353 1 555 0100"' in synced("preview").out


def test_a_preview_names_the_record_and_the_winner_of_a_conflict(synced: Project) -> None:
    company, supplier = synced.link()
    synced.crm.edit(company, emailaddress="a@crm.example")
    synced.erp.edit(supplier, email="b@erp.example")
    [conflict] = synced.ask("preview")["conflicts"]
    assert (conflict["entity"], conflict["system"], conflict["key"]) == ("account", "erp", supplier)
    assert (conflict["verdict"], conflict["rule"]) == ("keep", "hub: prefer crm")
    assert f"account erp:{supplier}: " in synced("preview").out


def test_a_second_sync_writes_nothing(synced: Project) -> None:
    synced.forget_calls()
    report = synced.sync()
    assert report["written"] == 0
    assert synced.written() == 0
    assert "all as before" in synced("sync").out


def test_a_sync_counts_what_it_did(project: Project) -> None:
    companies, suppliers = len(project.crm.records()), len(project.erp.records())
    crm, erp = project.sync()["systems"]
    assert (crm["polled"]["read"], erp["polled"]["read"]) == (companies, suppliers)
    assert erp["polled"]["linked"] + erp["polled"]["created"] + erp["polled"]["aside"] == suppliers
    assert len(project.crm.records()) == companies + crm["sent"]["created"]
    assert len(project.erp.records()) == suppliers + erp["sent"]["created"]


def test_a_sync_says_in_words_what_it_did_and_where_to_look(project: Project) -> None:
    said = project("sync").out
    assert "30 new" in said
    assert "20 linked" in said
    assert "'hub conflicts'" in said


def test_a_record_that_stands_aside_makes_the_exit_code_one(synced: Project) -> None:
    company, _ = synced.link()
    synced.crm.edit(company, phone="+353 1 555 0100 ext. 1234567890 then ask")
    done = synced("sync")
    assert done.code == 1
    assert "stands aside: 'hub reviews' says why" in done.out


def test_only_one_process_works_on_a_database(synced: Project) -> None:
    from hub.store.database import Store
    from hub.store.exclusive import exclusive

    store = Store(f"sqlite:///{synced.path('var/hub.db')}")
    with exclusive(store):
        done = synced("sync", "--json")
        assert (done.code, done.error["code"]) == (1, "store.in-use")
        assert synced("status").code == 0
    store.close()
    assert synced("sync").code == 0


def test_an_instance_that_is_not_active_does_not_run(project: Project) -> None:
    project.replace("conf/instances/main.yaml", "^active: true", "active: false")
    done = project("sync", "--json")
    assert (done.code, done.error["code"]) == (2, "config.inactive")


def test_deletions_that_no_system_told_of_are_found_by_comparing_keys(synced: Project) -> None:
    company, supplier = synced.link()
    synced.crm.delete(company)
    synced.sync("--keys")
    synced.sync("--keys")
    assert supplier not in synced.erp.records()


@pytest.mark.parametrize("style", ["text", "json"])
def test_run_says_what_it_did_and_is_silent_when_there_was_nothing_to_do(project: Project, style: str) -> None:
    words = ("--json",) if style == "json" else ()
    first = project("run", "--times", "1", *words)
    assert first.code == 0
    assert "20 linked" in first.out
    again = project("run", "--times", "1", *words)
    assert len(again.out.strip().splitlines()) == 1


def test_run_without_a_task_says_so(project: Project) -> None:
    project.replace("conf/instances/main.yaml", r"^tasks:\n.*\n", "")
    done = project("run", "--json")
    assert (done.code, done.error["code"]) == (2, "command.no-tasks")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_run_stops_in_order(project: Project, how: signal.Signals) -> None:
    env = {name: value for name, value in {**os.environ, **project.env}.items() if value is not None}
    command = [sys.executable, "-m", "hub.cli", "-p", str(project.folder), "run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    try:
        assert process.stdout is not None
        assert "at work: accounts every 0:01:00" in process.stdout.readline()
        assert "20 linked" in process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(how)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    assert project.ask("status")["runs"][0]["state"] == "done"
