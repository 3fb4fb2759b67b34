"""`hub deletes`: what the guard holds is listed, accepted or refused."""

import pytest
from support.command import Project


@pytest.fixture
def holding(synced: Project) -> Project:
    """Three suppliers are gone, and only two would be believed."""
    deletes = r"\1\n        deletes: {guard: {most: 2, share: 0%}}"
    synced.replace("conf/instances/main.yaml", r"^( +object: supplier).*$", deletes)
    for key in suppliers(synced)[:3]:
        synced.erp.delete(key)
    report = synced("sync", "--json")
    assert report.code == 1
    assert [said for said in report.json["troubles"] if "[deletes.too-many]" in said]
    return synced


def suppliers(project: Project) -> list[str]:
    """Those that are linked, and whose companies nobody has a question about."""
    waiting = {row["key"] for row in project.ask("conflicts")}
    linked = sorted(set(project.erp.records()) - waiting)
    return [key for key in linked if project("--json", "records", "account", f"erp:{key}").code == 0]


def number(project: Project) -> int:
    return len(project.crm.records())


def test_what_is_held_is_listed_with_number_system_time_and_some_keys(holding: Project) -> None:
    [found] = holding.ask("deletes", "--sample", "2")
    assert {name: found[name] for name in ("entity", "system", "way", "number")} == {
        "entity": "account",
        "system": "erp",
        "way": "from",
        "number": 3,
    }
    assert len(found["sample"]) == 2
    assert found["since"].endswith("Z")
    said = holding("deletes").out
    assert "gone there" in said
    assert "hub deletes accept" in said


def test_status_says_how_many(holding: Project) -> None:
    assert "3 deletions are held, too many at once: 'hub deletes'" in holding("status").out
    assert [row["deletes"] for row in holding.ask("status")["systems"]] == [0, 3]


def test_accepted_they_are_carried_out_by_the_next_run(holding: Project) -> None:
    before = number(holding)
    done = holding("deletes", "accept", "account", "erp", typed="y\n")
    assert (done.code, "accepted 3 deletions" in done.out) == (0, True)
    holding.sync()
    assert (number(holding), holding.ask("deletes")) == (before - 3, [])


def test_so_many_at_the_most(holding: Project) -> None:
    before = number(holding)
    [done] = holding.ask("deletes", "accept", "--most", "1", "--yes")
    assert done["accept"] == 1
    holding.sync()
    assert (number(holding), holding.ask("deletes")[0]["number"]) == (before - 1, 2)


def test_refused_they_are_put_back(holding: Project) -> None:
    before = number(holding), len(holding.erp.records())
    [done] = holding.ask("deletes", "refuse", "--yes")
    assert done["refuse"] == 3
    holding.sync()
    assert (number(holding), len(holding.erp.records())) == (before[0], before[1] + 3)
    assert holding.ask("deletes") == []


def test_nothing_is_decided_without_a_yes(holding: Project) -> None:
    assert holding("deletes", "accept", typed="n\n").code == 130
    assert holding("deletes", "accept", "--json").error["code"] == "command.usage"
    assert holding.ask("deletes")[0]["number"] == 3


def test_a_name_that_nobody_knows_is_said(holding: Project) -> None:
    assert holding("deletes", "accept", "acount", "--yes", "--json").error["code"] == "command.unknown-name"
    assert holding("deletes", "accept", "account", "erb", "--yes", "--json").error["code"] == "command.unknown-name"


def test_there_may_be_nothing_to_decide(synced: Project) -> None:
    assert "no deletion is held" in synced("deletes").out
    assert "no deletion is held" in synced("deletes", "accept", "--yes").out
