"""Campaigns: what many runs add up to, the line that says it, and when they prove nothing."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from hub.simulator import report
from hub.simulator.campaign import Failure, Sum, Wanted, Work, campaign, do
from hub.simulator.ledger import append, next_seed
from hub.simulator.planted import BUGS, planted
from hub.simulator.rare import RARE

CREATES = "lost creates, weak"
[BLIND] = [bug for bug in BUGS if bug.name == "creates are repeated blindly"]


def test_a_campaign_adds_up_what_its_pieces_found() -> None:
    found = campaign(Wanted(7, 60, sweeps=1), 1)
    assert (found.histories, found.broken.total(), found.failures) == (60, 0, [])
    assert found.crash_runs >= 15
    assert found.faults >= found.crash_runs
    assert found.met["the process died"] >= found.crash_runs


def test_the_last_line_says_it_all() -> None:
    found = Sum(5000, 2700, 9000, bugs={"one": [1, 2, 3], "two": [1, None, 3]})
    assert report.last_line(found) == (
        "5000 histories, 2700 crash runs, 9000 faults: 0 lost, 0 duplicated, 0 unlogged, 0 invented deletes, 0 echoes; "
        "1 of 2 planted bugs caught"
    )


def test_a_planted_bug_is_a_failure_with_its_seed() -> None:
    with planted(BLIND):
        found = do(Work("histories", 1000, 40, CREATES))
    assert found.broken["duplicated"] > 0
    assert found.failures[0].kind == "duplicated"
    assert not report.passed(Wanted(1000, 40, profile=CREATES), found)


def test_a_failure_is_told_in_few_moves() -> None:
    with planted(BLIND):
        found = do(Work("histories", 1000, 40, CREATES))
        said = report.told(found.failures[0])
    moves = said[said.index("shrunk to:") : said.index("what happens:")].splitlines()[1:]
    assert len([line for line in moves if "(" in line and "system" not in line]) <= 4
    assert f"hub simulate --replay {found.failures[0].seed}" in said
    assert "broken: twin: " in said


def test_of_many_failures_of_a_kind_one_is_told() -> None:
    failures = [Failure(n, "plain", 0, "lost", f"record {n}: {{{n}}} is nowhere") for n in range(5)]
    other = Failure(9, "plain", 0, "lost", "record 1 differs in name")
    assert report.unlike([*failures, other]) == [failures[0], other]


def test_a_hunt_says_how_many_runs_it_took_and_when_it_was_in_vain() -> None:
    assert do(Work("bug", 1000, 40, BLIND.name)).bugs[BLIND.name][0] in range(1, 41)
    found = do(Work("bug", 1000, 0, BLIND.name))
    assert found.bugs == {BLIND.name: [None]}
    assert report.problems(Wanted(1, 0, bugs=True), found) == [f"planted and not caught: {BLIND.name}"]


def test_a_long_campaign_that_never_met_something_rare_fails() -> None:
    wanted, found = Wanted(1, report.LONG), Sum(met=Counter(dict.fromkeys(RARE, 1)))
    assert report.passed(wanted, found)
    found.met["a search found"] = 0
    assert report.problems(wanted, found) == ["never happened: a search found"]
    assert not report.passed(wanted, found)
    assert report.passed(Wanted(1, 100), found)


def test_whatever_else_was_broken_is_a_failure_too() -> None:
    found = Sum(broken=Counter({"other": 1}))
    assert not report.passed(Wanted(1, 1), found)


def test_the_ledger_has_a_row_for_each_campaign_and_knows_the_next_seed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    assert next_seed(path) == next_seed(None) == 1
    for seed in (1, 501):
        append(path, datetime(2026, 11, 22, tzinfo=UTC), Wanted(seed, 500, 40), Sum(500, 2700, 40))
    rows = list(csv.DictReader(path.open()))
    assert [(row["first_seed"], row["last_seed"], row["crash_runs"]) for row in rows] == [
        ("1", "500", "2700"),
        ("501", "1000", "2700"),
    ]
    assert next_seed(path) == 1001
