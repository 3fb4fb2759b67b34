"""`hub reviews`: nothing that stands aside is out of sight, and a person's word is what the next run does."""

from typing import Any

import pytest
from support.command import Project

LONG = "+353 1 555 0100 ext. 1234567890 then ask"


@pytest.fixture
def refused(synced: Project) -> tuple[Project, str, str]:
    """A write to the ERP was refused: project, company, golden record."""
    company, _ = synced.link()
    synced.crm.edit(company, phone=LONG)
    assert synced.sync()["systems"][1]["sent"]["refused"] == 1
    return synced, company, synced.ask("reviews")[0]["record"]


def twin(project: Project) -> tuple[str, str]:
    """A supplier that matches a company which another supplier is linked to: (company, new supplier)."""
    company, supplier = project.link()
    vat = project.erp.show(supplier)["vat"]
    new = project.erp.add(name="Somebody Else Ltd", vat=vat, country="IE")
    project.sync()
    return company, new


def ambiguous(project: Project) -> tuple[list[str], str]:
    """A supplier that matches two companies which no supplier is linked to: (companies, supplier)."""
    project.replace("conf/instances/main.yaml", r"(object: supplier.*)", r"\1\n        insert: false")
    companies = [project.crm.add(name="Twice Ltd", vatnumber="IE777") for _ in range(2)]
    project.sync()
    assert project("reviews", "new", "account", "crm", companies[1]).code == 0
    project.sync()
    supplier = project.erp.add(name="Twice Limited", vat="IE777", phone="1")
    project.sync()
    return companies, supplier


def kinds(project: Project) -> list[tuple[str, str]]:
    return [(row["record"], row["kind"]) for row in project.ask("reviews")]


def test_nothing_aside_is_said(synced: Project) -> None:
    for row in synced.ask("reviews"):
        synced("reviews", "discard", row["entity"], row["system"], row["record"])
    assert synced("reviews").out == "nothing stands aside\n"


def test_a_refused_write_is_listed_with_its_reason_and_shown_whole(refused: tuple[Project, str, str]) -> None:
    project, _, record = refused
    [row] = project.ask("reviews")
    assert (row["system"], row["kind"], row["code"]) == ("erp", "refused write", "record.too-long")
    assert "phone" in row["said"]
    assert record in project("reviews").out
    assert row["said"] in project("reviews", "show", "account", "erp", record).out
    assert project("reviews", "show", "account", "erp", record, "--json").json == row


def test_a_refused_write_is_not_tried_again_at_every_run_but_when_a_person_says_so(
    refused: tuple[Project, str, str],
) -> None:
    project, _, record = refused
    assert project.sync()["systems"][1]["sent"]["refused"] == 0
    assert project("reviews", "retry", "account", "erp", record).code == 0
    assert project.sync()["systems"][1]["sent"]["refused"] == 1


def test_a_refused_write_goes_through_once_the_record_was_put_right(refused: tuple[Project, str, str]) -> None:
    project, company, _ = refused
    project.crm.edit(company, phone="+353 1 555 0100")
    project.sync()
    assert project.erp.show(str(project.crm.show(company)["supplierid"]))["phone"] == "+353 1 555 0100"
    assert project.ask("reviews") == []


def test_a_discarded_write_is_owed_no_more_until_the_record_changes(refused: tuple[Project, str, str]) -> None:
    project, company, record = refused
    assert project("reviews", "discard", "account", "erp", record).code == 0
    assert project.ask("reviews") == []
    project.sync()
    assert project.ask("reviews") == []
    history = project.ask("records", "account", f"crm:{company}")["history"]
    assert history[0]["action"] == "discarded"


def test_a_record_whose_match_is_taken_says_by_whom(synced: Project) -> None:
    company, new = twin(synced)
    assert (f"erp:{new}", "taken") in kinds(synced)
    said = synced("reviews", "show", "account", "erp", new).out
    assert f"erp {synced.crm.show(company)['supplierid']} is linked to already" in said
    done = synced("records", "account", f"erp:{new}")
    assert done.code == 1
    assert "stands aside: matches by vat" in done.err


def test_a_person_may_say_that_it_is_a_new_one(synced: Project) -> None:
    _, new = twin(synced)
    before = len(synced.crm.records())
    assert synced("reviews", "new", "account", "erp", new).code == 0
    synced.sync()
    assert (f"erp:{new}", "taken") not in kinds(synced)
    assert len(synced.crm.records()) == before + 1
    assert synced.crm.show(synced.erp.show(new)["external_ref"])["name"] == "Somebody Else Ltd"


def test_a_person_may_say_which_of_several_it_is(synced: Project) -> None:
    companies, supplier = ambiguous(synced)
    assert (f"erp:{supplier}", "ambiguous") in kinds(synced)
    done = synced("reviews", "link", "account", "erp", supplier, f"crm:{companies[1]}")
    assert done.code == 0
    synced.sync()
    assert str(synced.crm.show(companies[1])["supplierid"]) == supplier
    assert synced.erp.show(supplier)["external_ref"] == companies[1]
    assert synced.crm.show(companies[1])["phone"] == "1"
    assert not synced.crm.show(companies[0])["supplierid"]
    assert (f"erp:{supplier}", "ambiguous") not in kinds(synced)


def test_the_reason_names_the_golden_records_that_match(synced: Project) -> None:
    companies, supplier = ambiguous(synced)
    [row] = [row for row in synced.ask("reviews") if row["key"] == supplier]
    for company in companies:
        assert f"hub:{synced.ask('records', 'account', f'crm:{company}')['golden_id']}" in row["said"]


def test_what_a_person_decided_is_not_forgotten_when_the_record_is_edited_meanwhile(synced: Project) -> None:
    companies, supplier = ambiguous(synced)
    synced("reviews", "link", "account", "erp", supplier, f"crm:{companies[0]}")
    synced.erp.edit(supplier, city="Galway")
    synced.sync("--full")
    assert str(synced.crm.show(companies[0])["supplierid"]) == supplier
    assert synced.crm.show(companies[0])["city"] == "Galway"


def test_of_two_decisions_for_one_record_the_second_is_asked_for_again(synced: Project) -> None:
    companies, first = ambiguous(synced)
    second = synced.erp.add(name="Twice again", vat="IE777")
    synced.sync()
    for supplier in (first, second):
        assert synced("reviews", "link", "account", "erp", supplier, f"crm:{companies[0]}").code == 0
    synced.sync()
    assert synced.erp.show(first)["external_ref"] == companies[0]
    assert not synced.erp.show(second)["external_ref"]
    [row] = [row for row in synced.ask("reviews") if row["key"] == second]
    assert row["code"] == "match.outdated"
    assert synced("reviews", "link", "account", "erp", second, f"crm:{companies[1]}").code == 0
    synced.sync()
    assert synced.erp.show(second)["external_ref"] == companies[1]


def test_a_link_that_would_not_be_one_to_one_is_refused(synced: Project) -> None:
    company, new = twin(synced)
    done = synced("reviews", "link", "account", "erp", new, f"crm:{company}", "--json")
    assert (done.code, done.error["code"]) == (1, "match.taken")
    assert "a link is 1:1" in done.error["problems"][0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("retry", "account", "erp", "9999"), "review.unknown"),
        (("retry", "account", "erp", "hub:9999"), "review.unknown"),
        (("retry", "account", "erp", "hub:nine"), "record.unknown"),
        (("discard", "account", "erp", "9999"), "review.unknown"),
        (("discard", "account", "erp", "hub:9999"), "review.unknown"),
        (("show", "account", "erp", "9999"), "review.unknown"),
        (("new", "account", "erp", "1"), "review.unknown"),
        (("link", "account", "erp", "1", "crm:1"), "review.unknown"),
        (("link", "account", "erp", "1", "crm"), "command.unknown-name"),
        (("show", "account", "erp", "hub:99999999999999999999"), "review.unknown"),
        (("new", "account", "erp", "hub:1"), "review.unknown"),
        (("link", "account", "erp", "hub:1", "crm:1"), "review.unknown"),
        (("retry", "account", "epr", "1"), "command.unknown-name"),
        (("--limit", "99999999999999999999"), "command.usage"),
    ],
)
def test_what_does_not_stand_aside_cannot_be_decided(synced: Project, words: tuple[str, ...], code: str) -> None:
    done = synced("reviews", *words, "--json")
    assert done.code == (2 if code.startswith("command.") else 1)
    assert done.error["code"] == code


def test_every_decision_answers_machines_too(refused: tuple[Project, str, str]) -> None:
    project, _, record = refused
    for words in (("show", "account", "erp", record), ("retry", "account", "erp", record)):
        assert project("reviews", *words, "--json").json["record"] == record
    project.sync()
    done = project("reviews", "discard", "account", "erp", record, "--json")
    assert done.json == {"record": record, "decision": "discarded"}


def test_a_record_that_does_not_fit_is_no_question_of_matching(synced: Project) -> None:
    key = synced.crm.add(name="No Such Type Ltd", type="Rival")
    synced.sync()
    assert (f"crm:{key}", "parked") in kinds(synced)
    done: Any = synced("reviews", "new", "account", "crm", key, "--json")
    assert (done.code, done.error["code"]) == (1, "review.no-match")


def test_a_discarded_record_is_left_alone_until_it_changes(synced: Project) -> None:
    key = synced.crm.add(name="No Such Type Ltd", type="Rival")
    synced.sync()
    assert synced("reviews", "discard", "account", "crm", f"crm:{key}").code == 0
    synced.sync("--full")
    assert (f"crm:{key}", "parked") not in kinds(synced)
    assert synced.ask("status")["systems"][0]["aside"] == 0
    synced.crm.edit(key, type="Enemy")
    synced.sync()
    assert (f"crm:{key}", "parked") in kinds(synced)
    synced.crm.edit(key, type="Supplier")
    synced.sync()
    assert synced.ask("records", "account", f"crm:{key}")["systems"]["erp"] is not None
