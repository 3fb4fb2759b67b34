"""`hub status` says since when a system is away, why, and until when it is left alone; `hub resume` ends the pause."""

import pytest
from support.command import Project

from hub.core.retry import PATIENCE


@pytest.fixture
def away(synced: Project) -> Project:
    """The ERP was away for as many runs as the hub is patient."""
    there = synced.env["ERP_PORT"]
    synced.env["ERP_PORT"] = "1"
    for _ in range(PATIENCE):
        assert synced("sync").code == 1
    synced.env["ERP_PORT"] = there
    return synced


def test_status_says_since_when_why_and_until_when(away: Project) -> None:
    [row] = away.ask("status")["outages"]
    assert (row["system"], row["failures"], row["code"]) == ("erp", PATIENCE, "system.unreachable")
    assert row["since"] < row["until"]
    said = away("status").out
    assert f"erp has not worked since {row['since'][:19].replace('T', ' ')} (5 runs in a row)" in said
    assert f"left alone until {row['until'][:19].replace('T', ' ')}, 'hub resume erp' tries at once" in said
    assert "[system.unreachable]" in said


def test_it_is_not_asked_in_its_pause_and_a_person_can_end_the_pause(away: Project) -> None:
    away.forget_calls()
    done = away("sync")
    assert done.code == 1
    assert "erp: left alone until" in done.err
    assert away.erp.stats()["calls"] == {}
    assert away.ask("resume", "erp") == {"resumed": "erp"}
    assert away.ask("status")["outages"] == []
    away.sync()
