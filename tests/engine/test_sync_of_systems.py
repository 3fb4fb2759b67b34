"""One system's trouble stops no other, and rejected credentials are not tried again."""

from support.memory import World, memory

from hub.core.errors import Denied, TryLater
from hub.store import catalog, runs


def failing(error, calls):
    def fault(call, phase):
        calls.append(call)
        raise error

    return fault


def world():
    systems = {"crm": memory(), "erp": memory(), "shop": memory()}
    found = World(systems)
    systems["crm"].person_create("thing", {"name": "Acme", "phone": "1"})
    found.sync()
    return found


def test_the_others_go_on_when_one_system_is_away():
    found = world()
    found.systems["erp"].fault = failing(TryLater("system.unreachable", "erp is away"), [])
    found.systems["crm"].person_edit("thing", "1", {"phone": "2"})
    report = found.sync()
    assert [record["phone"] for record in found.held("shop")] == ["2"]
    assert [said for said in report.troubles if "erp" in said]
    assert not [said for said in report.troubles if "shop" in said]


def test_what_waited_for_a_system_is_written_when_it_is_back():
    found = world()
    found.systems["erp"].fault = failing(TryLater("system.unreachable", "erp is away"), [])
    for phone in ("2", "3", "4"):
        found.systems["crm"].person_edit("thing", "1", {"phone": phone})
        found.sync()
    found.systems["erp"].fault = lambda call, phase: None
    found.clock.pass_(3600)
    report = found.sync()
    assert found.held("erp")[0]["phone"] == "4"
    assert report.sent["account", "erp"].updated == 1, "three edits cost one write"


def test_a_system_that_rejects_our_credentials_is_not_asked_again_until_a_person_says_so():
    found, calls = world(), []
    found.systems["erp"].fault = failing(Denied("system.denied", "wrong password"), calls)
    found.sync()
    asked = len(calls)
    report = found.sync()
    assert len(calls) == asked, "accounts lock"
    assert any("hub resume erp" in said for said in report.troubles)
    found.systems["erp"].fault = lambda call, phase: None
    with found.store.transaction() as tx:
        catalog.pause(tx, found.hub.places["account"]["erp"].id, None)
    assert found.sync().troubles == []


def test_a_run_leaves_a_row_that_says_what_happened():
    found = world()
    with found.store.reading() as tx:
        [run] = runs.latest(tx, found.hub.catalog.instance_id)
    assert (run.task, run.state) == ("sync", "done")
    assert run.counts == {
        "account crm": {"read": 1, "created": 1},
        "account erp": {"sent created": 1},
        "account shop": {"sent created": 1},
    }
