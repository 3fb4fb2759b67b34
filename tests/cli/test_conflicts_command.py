"""`hub conflicts`: every clash can be seen, decided and reversed, and both systems then hold what was decided."""

from typing import Any

import pytest
from support.command import Project


def clash(project: Project, company: dict[str, Any], supplier: dict[str, Any]) -> tuple[str, str]:
    """Edit both records of a pair, and sync."""
    keys = project.link()
    project.crm.edit(keys[0], **company)
    project.erp.edit(keys[1], **supplier)
    project.sync()
    return keys


def held(project: Project) -> tuple[str, str]:
    """A pair whose e-mail waits for a person."""
    project.replace("conf/instances/main.yaml", "      blocked: ask", "      blocked: ask\n      email: ask")
    return clash(project, {"emailaddress": "a@crm.example"}, {"email": "b@erp.example"})


def number(project: Project, supplier: str) -> int:
    [found] = [
        row["id"] for row in project.ask("conflicts", "--all") if row["key"] == supplier and row["unit"] == "email"
    ]
    return int(found)


def emails(project: Project, keys: tuple[str, str]) -> tuple[str, str]:
    return project.crm.show(keys[0])["emailaddress"], project.erp.show(keys[1])["email"]


def test_a_conflict_tells_before_both_sides_winner_and_rule(synced: Project) -> None:
    before = synced.erp.show(synced.link()[1])["email"]
    keys = clash(synced, {"emailaddress": "a@crm.example"}, {"email": "b@erp.example"})
    found = synced.ask("conflicts", "show", str(number(synced, keys[1])))
    assert found["base"] == {"email": before}
    assert (found["ours"], found["ours_from"]) == ({"email": "a@crm.example"}, "crm")
    assert (found["theirs"], found["system"]) == ({"email": "b@erp.example"}, "erp")
    assert (found["winner"], found["rule"], found["state"]) == ("crm", "hub: prefer crm", "decided")
    said = synced("conflicts", "show", str(found["id"])).out
    for word in (before, "a@crm.example", "b@erp.example", "winner      crm", "rule        hub: prefer crm"):
        assert word in said


def test_the_list_has_those_that_wait_and_with_all_every_one(synced: Project) -> None:
    keys = held(synced)
    waiting, every = synced.ask("conflicts"), synced.ask("conflicts", "--all")
    assert {row["state"] for row in waiting} == {"open"}
    assert number(synced, keys[1]) in [row["id"] for row in waiting]
    assert len(every) > len(waiting)
    assert "waits for a person" in synced("conflicts").out
    assert len(synced.ask("conflicts", "--all", "--limit", "2")) == 2


def test_nothing_is_written_to_a_field_that_waits(synced: Project) -> None:
    keys = held(synced)
    synced.crm.edit(keys[0], city="Galway")
    synced.sync()
    assert emails(synced, keys) == ("a@crm.example", "b@erp.example")
    assert synced.erp.show(keys[1])["city"] == "Galway"


@pytest.mark.parametrize(("side", "wins"), [("crm", "a@crm.example"), ("erp", "b@erp.example")])
def test_the_side_that_a_person_takes_is_what_both_then_hold(synced: Project, side: str, wins: str) -> None:
    keys = held(synced)
    found = synced.ask("conflicts", "resolve", str(number(synced, keys[1])), "--take", side)
    assert (found["state"], found["winner"]) == ("decided", side)
    synced.sync()
    assert emails(synced, keys) == (wins, wins)


def test_a_person_may_give_a_value_of_his_own(synced: Project) -> None:
    keys = held(synced)
    done = synced("conflicts", "resolve", str(number(synced, keys[1])), "--value", "email=c@person.example")
    assert "a value of its own wins; the next run writes it" in done.out
    synced.sync()
    assert emails(synced, keys) == ("c@person.example", "c@person.example")


def test_the_loser_comes_back_when_a_decision_is_reversed(synced: Project) -> None:
    keys = clash(synced, {"emailaddress": "a@crm.example"}, {"email": "b@erp.example"})
    found = synced.ask("conflicts", "reverse", str(number(synced, keys[1])))
    assert (found["state"], found["winner"]) == ("reversed", "erp")
    synced.sync()
    assert emails(synced, keys) == ("b@erp.example", "b@erp.example")


def test_a_value_of_ones_own_is_read_as_the_field_has_it(synced: Project) -> None:
    synced.replace("conf/instances/main.yaml", "policy: {prefer: erp}", "policy: ask")
    keys = clash(synced, {"creditlimit": 100}, {"credit_limit": 200})
    [found] = [row for row in synced.ask("conflicts") if row["key"] == keys[1] and row["unit"] == "terms"]
    synced("conflicts", "resolve", str(found["id"]), "--value", "credit_limit=1500", "--value", "discount=2.5")
    synced.sync()
    assert synced.crm.show(keys[0])["creditlimit"] == 1500
    assert synced.erp.show(keys[1])["discount"] == 2.5


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("credit_limit=a lot", "conflict.value"),
        ("credit_limit=12 000", "conflict.value"),
        ("city=Galway", "conflict.field"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_the_conflict_waits_on(synced: Project, value: str, code: str) -> None:
    synced.replace("conf/instances/main.yaml", "policy: {prefer: erp}", "policy: ask")
    keys = clash(synced, {"creditlimit": 100}, {"credit_limit": 200})
    [found] = [row for row in synced.ask("conflicts") if row["key"] == keys[1] and row["unit"] == "terms"]
    done = synced("conflicts", "resolve", str(found["id"]), "--value", value, "--json")
    assert (done.code, done.error["code"]) == (1, code)
    assert synced.ask("conflicts", "show", str(found["id"]))["state"] == "open"


def test_a_value_that_is_too_long_for_a_system_is_refused(synced: Project) -> None:
    synced.replace("conf/instances/main.yaml", "phone: newest", "phone: ask")
    keys = clash(synced, {"phone": "1"}, {"phone": "2"})
    [found] = [row for row in synced.ask("conflicts") if row["key"] == keys[1] and row["unit"] == "phone"]
    done = synced("conflicts", "resolve", str(found["id"]), "--value", f"phone={'1' * 35}", "--json")
    assert (done.code, done.error["code"]) == (1, "conflict.value")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "9999"), "conflict.unknown"),
        (("resolve", "9999", "--take", "crm"), "conflict.unknown"),
        (("reverse", "9999"), "conflict.unknown"),
        (("show", "99999999999999999999"), "conflict.unknown"),
        (("resolve", "99999999999999999999", "--take", "crm"), "conflict.unknown"),
        (("reverse", "99999999999999999999"), "conflict.unknown"),
        (("--limit", "99999999999999999999"), "command.usage"),
        (("resolve", "1"), "command.usage"),
        (("resolve", "1", "--take", "crm", "--value", "name=x"), "command.usage"),
        (("resolve", "1", "--value", "name"), "command.usage"),
    ],
)
def test_what_cannot_be_decided_is_said(synced: Project, words: tuple[str, ...], code: str) -> None:
    done = synced("conflicts", *words, "--json")
    assert done.code == (2 if code == "command.usage" else 1)
    assert done.error["code"] == code


def test_a_system_that_is_no_party_is_refused_with_those_that_are(synced: Project) -> None:
    done = synced("conflicts", "resolve", str(number(synced, held(synced)[1])), "--take", "ldap")
    assert done.code == 2
    assert "'ldap' is no party: expected erp, crm or hub" in done.err


def test_a_decision_is_taken_once(synced: Project) -> None:
    found = str(number(synced, held(synced)[1]))
    assert synced("conflicts", "resolve", found, "--take", "crm").code == 0
    done = synced("conflicts", "resolve", found, "--take", "erp", "--json")
    assert (done.code, done.error["code"]) == (1, "conflict.not-open")


def test_deleted_here_and_edited_there_waits_and_the_edit_can_be_taken(synced: Project) -> None:
    company, supplier = synced.link()
    synced.crm.edit(company, notes="still needed")
    synced.erp.delete(supplier)
    synced.sync()
    [found] = [row for row in synced.ask("conflicts") if row["unit"] == "*"]
    said = synced("conflicts", "show", str(found["id"])).out
    assert "deleted on one side, edited on the other" in said
    assert '"still needed"' in said
    synced("conflicts", "resolve", str(found["id"]), "--take", "crm")
    synced.sync()
    again = str(synced.crm.show(company)["supplierid"])
    assert again != supplier
    assert synced.erp.show(again)["note"] == "still needed"


def test_deleted_here_and_edited_there_waits_and_the_deletion_can_be_taken(synced: Project) -> None:
    company, supplier = synced.link()
    synced.crm.edit(company, notes="still needed")
    synced.erp.delete(supplier)
    synced.sync()
    [found] = [row for row in synced.ask("conflicts") if row["unit"] == "*"]
    synced("conflicts", "resolve", str(found["id"]), "--take", "erp")
    synced.sync()
    assert company not in synced.crm.records()
