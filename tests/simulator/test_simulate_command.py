"""`hub simulate`: figures, a replay, and an exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli.main import main
from hub.cli.simulate import Meanwhile
from hub.simulator.campaign import Failure, Sum, Wanted
from hub.simulator.planted import BUGS, planted


def simulate(*words: str) -> Result:
    return CliRunner().invoke(main, ["simulate", "--processes", "1", *words])


def test_it_ends_with_one_line_of_figures() -> None:
    done = simulate("--histories", "10", "--seed", "40")
    assert done.exit_code == 0
    last = done.stdout.splitlines()[-1]
    assert last.startswith("10 histories, 0 crash runs, ")
    assert last.endswith("0 lost, 0 duplicated, 0 unlogged, 0 invented deletes, 0 echoes; 0 of 0 planted bugs caught")


def test_in_json_it_says_all_that_it_met() -> None:
    done = simulate("--histories", "60", "--json")
    said: dict[str, Any] = json.loads(done.stdout)
    assert (said["passed"], said["histories"], said["failures"]) == (True, 60, [])
    assert "the process died" in said["met"]


def test_a_violation_is_told_and_the_exit_code_says_so() -> None:
    [bug] = [bug for bug in BUGS if bug.name == "sends whole records"]
    with planted(bug):
        done = simulate("--histories", "20", "--profile", "plain")
    assert done.exit_code == 1
    assert "again with: hub simulate --replay" in done.stdout


def test_a_violation_is_said_when_it_is_found_and_how_far_the_campaign_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cli.simulate.EVERY", 100)
    time = iter([0, 99, 100, 100, 150])
    meanwhile = Meanwhile(Wanted(1, 500), lambda: next(time))
    total = Sum(histories=50)
    meanwhile(total, None)
    assert capsys.readouterr().err == ""
    total.failures.append(Failure(7, "plain", 3, "lost", "an edit is gone"))
    meanwhile(total, None)
    again = "! hub simulate --replay 7 --profile 'plain' --crash 3: lost: an edit is gone\n"
    assert capsys.readouterr().err == again + "50 of 500 histories, 0 crash runs\n"
    meanwhile(total, None)
    assert capsys.readouterr().err == ""


def test_on_a_terminal_what_is_said_begins_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cli.simulate.is_terminal", lambda: True)
    meanwhile = Meanwhile(Wanted(1, 500))
    total = Sum(histories=50)
    meanwhile(total, None)
    total.failures.append(Failure(7, "plain", 3, "lost", "an edit is gone"))
    meanwhile(total, None)
    meanwhile.new_line()
    meanwhile.new_line()
    far, again = "\r50 of 500 histories, 0 crash runs", "! hub simulate --replay 7 --profile 'plain' --crash 3"
    assert capsys.readouterr().err == f"{far}\n{again}: lost: an edit is gone\n{far}\n"


def test_one_history_can_be_read_line_by_line() -> None:
    done = simulate("--replay", "41")
    assert done.exit_code == 0
    assert "-- one record, linked everywhere" in done.stdout.splitlines()
    assert done.stdout.endswith("nothing is broken\n")


def test_a_history_can_be_killed_where_it_was_killed() -> None:
    assert "the process dies" in simulate("--replay", "41", "--crash", "5").stdout


def test_each_campaign_goes_on_after_the_last_one(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.csv"
    for _ in range(2):
        simulate("--histories", "3", "--ledger", str(ledger))
    assert [line.split(",")[2:4] for line in ledger.read_text().splitlines()[1:]] == [["1", "3"], ["4", "6"]]


def test_the_kinds_of_worlds_are_listed_and_others_refused() -> None:
    assert "three systems" in simulate("--profile", "list").stdout.splitlines()
    assert simulate("--profile", "nonsense").exit_code == 2
