"""A system that was put back from a backup: `hub status` says so, and `hub resume` asks what counts."""

import pytest
from support.command import Project


@pytest.fixture
def frozen(synced: Project) -> Project:
    """The ERP was put back to what it held before the first sync."""
    company, supplier = synced.link()
    synced.crm.edit(company, phone="+353 1 555 0999")
    synced.sync()
    assert synced.erp.records()[supplier]["phone"] == "+353 1 555 0999"
    synced.erp.reset()
    done = synced("sync")
    assert done.code == 1
    assert "[system.put-back]" in done.err
    synced.forget_calls()
    return synced


def test_status_and_check_say_that_it_is_frozen_and_what_to_say(frozen: Project) -> None:
    said = frozen("status").out
    assert "erp is frozen: " in said
    assert "'hub resume erp --baseline'" in said
    checked = frozen("check")
    assert "it is frozen and was not logged on to" in checked.out
    assert frozen.erp.stats()["calls"] == {}


def test_resume_wants_to_know_what_counts(frozen: Project) -> None:
    done = frozen("resume", "erp")
    assert done.code == 2
    assert "--replay" in done.err
    assert frozen("sync").code == 1
    assert frozen.written() == 0


@pytest.mark.parametrize("mode", ["baseline", "replay"])
def test_after_that_word_both_agree_again(frozen: Project, mode: str) -> None:
    before = {key: (row["phone"], row["supplierid"]) for key, row in frozen.crm.records().items()}
    assert frozen.ask("resume", "erp", f"--{mode}") == {"resumed": "erp", "mode": mode}
    assert "frozen" not in frozen("status").out
    frozen.sync()
    frozen.sync()
    after = {key: (row["phone"], row["supplierid"]) for key, row in frozen.crm.records().items()}
    changed = [key for key in before if after.get(key) != before[key]]
    assert bool(changed) == (mode == "baseline")
    linked = {str(number) for _, number in before.values() if number}
    assert all(row["external_ref"] for key, row in frozen.erp.records().items() if key in linked)
    frozen.forget_calls()
    frozen.sync()
    assert frozen.written() == 0


def test_a_person_may_say_so_of_a_system_in_which_the_hub_noticed_nothing(synced: Project) -> None:
    company, supplier = synced.link()
    assert synced.ask("resume", "crm", "--replay") == {"resumed": "crm", "mode": "replay"}
    synced.crm.edit(company, phone="+353 1 555 0777")
    synced.sync()
    assert synced.crm.records()[company]["phone"] == synced.erp.records()[supplier]["phone"] != "+353 1 555 0777"
