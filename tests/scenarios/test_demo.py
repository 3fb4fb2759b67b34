"""The demo does what it says, notices when it does not, and leaves nothing running."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from support.processes import wait_for

DEMO = [sys.executable, "-m", "hub.sandbox.demo"]


@contextmanager
def demo(*words: str) -> Iterator["subprocess.Popen[str]"]:
    """A running demo; killed when the block is left, if it still runs."""
    process = subprocess.Popen(
        [*DEMO, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def pages(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "demo.json").read_text())
    return found


def up(page: str) -> bool:
    try:
        return requests.get(page, timeout=2).ok
    except requests.RequestException:
        return False


def until(process: "subprocess.Popen[str]", what: str) -> str:
    """Everything it printed up to a line that holds `what`."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if what in line:
            return said
    raise AssertionError(f"{what!r} was never printed:\n{said}")


@pytest.mark.slow
def test_all_that_the_demo_tells_agrees_with_what_both_systems_hold(tmp_path: Path) -> None:
    with demo("--once", "--folder", str(tmp_path / "demo")) as process:
        said, _ = process.communicate(timeout=240)
    assert process.returncode == 0, said
    assert re.search(r"Everything agrees: \d\d numbers told, \d{4} values", said)
    for won in ("the CRM won (hub: prefer crm)", "the ERP won (field phone: newest)", "the ERP won (group terms"):
        assert won in said
    assert not any(up(page) for page in pages(tmp_path / "demo").values())


@pytest.mark.slow
def test_the_demo_fails_when_a_record_was_changed_behind_its_back(tmp_path: Path) -> None:
    with demo("--once", "--step", "--folder", str(tmp_path / "demo")) as process:
        assert process.stdin is not None
        process.stdin.write("\n" * 8)
        process.stdin.flush()
        until(process, "was created anew")
        erp = pages(tmp_path / "demo")["erp"]
        requests.patch(f"{erp}control/suppliers/1", json={"city": "Elsewhere"}, timeout=10).raise_for_status()
        said, _ = process.communicate("\n" * 9, timeout=120)
    assert process.returncode == 1, said
    assert "city of company 1 is 'Cork', of supplier 1 'Elsewhere'" in said


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_the_demo_started_outlives_it(tmp_path: Path, how: signal.Signals) -> None:
    with demo("--once", "--folder", str(tmp_path / "demo")) as process:
        until(process, "check")
        started = pages(tmp_path / "demo").values()
        assert all(up(page) for page in started)
        process.send_signal(how)
        process.wait(30)
        wait_for(lambda: not any(up(page) for page in started), 20, "both systems ended")


def test_a_folder_that_is_not_the_demos_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    done = subprocess.run([*DEMO, "--once", "--folder", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is not empty and not a demo's" in done.stderr
    assert (tmp_path / "letter.txt").read_text() == "dear"
