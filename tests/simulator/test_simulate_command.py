"""`hub simulate`: figures, a replay, and an exit code."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from hub.cli.main import main
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
    done = simulate("--histories", "20", "--json")
    said: dict[str, Any] = json.loads(done.stdout)
    assert (said["passed"], said["histories"], said["failures"]) == (True, 20, [])
    assert "the process died" in said["met"]


def test_a_violation_is_told_and_the_exit_code_says_so() -> None:
    [bug] = [bug for bug in BUGS if bug.name == "sends whole records"]
    with planted(bug):
        done = simulate("--histories", "20", "--profile", "plain")
    assert done.exit_code == 1
    assert "again with: hub simulate --replay" in done.stdout


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
