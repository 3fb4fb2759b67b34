"""`hub pin` and `hub conflicts resolve --every`: a word on one record, and one word on many conflicts."""

import pytest
from support.command import Project


def clash(project: Project, company: str, supplier: str, mark: str) -> None:
    """Edit the e-mail on both sides."""
    project.crm.edit(company, emailaddress=f"{mark}@crm.example")
    project.erp.edit(supplier, email=f"{mark}@erp.example")
    project.sync()


def emails(project: Project, company: str, supplier: str) -> tuple[str, str]:
    return project.crm.show(company)["emailaddress"], project.erp.show(supplier)["email"]


def test_what_is_pinned_counts_for_this_record_whatever_the_files_say(synced: Project) -> None:
    company, supplier = synced.link()
    pinned = synced.ask("pin", "account", f"crm:{company}", "email", "--prefer", "erp")
    assert pinned["pins"] == {"email": "prefer erp"}
    clash(synced, company, supplier, "one")
    assert emails(synced, company, supplier) == ("one@erp.example", "one@erp.example")
    [row] = [row for row in synced.ask("conflicts", "--all") if row["key"] == supplier and row["unit"] == "email"]
    assert (row["winner"], row["rule"]) == ("erp", "record pin: prefer erp")


def test_a_pin_is_shown_with_its_record_and_taken_off_again(synced: Project) -> None:
    company, supplier = synced.link()
    assert "all: ask" in synced("pin", "account", f"crm:{company}", "*", "--ask").out
    found = synced.ask("records", "account", f"crm:{company}")
    assert found["pins"] == {"*": "ask"}
    assert found["history"][0]["action"] == "pinned"
    assert found["history"][0]["detail"] == {"*": [None, "ask"]}
    assert "nothing is pinned" in synced("pin", "account", f"crm:{company}", "*", "--none").out
    clash(synced, company, supplier, "two")
    assert emails(synced, company, supplier) == ("two@crm.example", "two@crm.example")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("emial", "--ask"), 1, "did you mean 'email'?"),
        (("email", "--prefer", "epr"), 1, "did you mean 'erp'?"),
        (("email", "--prefer", ","), 2, "the name of a system"),
        (("email",), 2, "say one of"),
        (("email", "--ask", "--newest"), 2, "say one of"),
    ],
)
def test_a_pin_that_names_nothing_is_refused(synced: Project, words: tuple[str, ...], code: int, said: str) -> None:
    company, _ = synced.link()
    done = synced("pin", "account", f"crm:{company}", *words)
    assert done.code == code
    assert said in done.err


def test_one_word_decides_all_that_waits_of_a_field(synced: Project) -> None:
    synced.replace("conf/instances/main.yaml", "      blocked: ask", "      blocked: ask\n      email: ask")
    company, supplier = synced.link()
    clash(synced, company, supplier, "three")
    others = [row["id"] for row in synced.ask("conflicts") if row["unit"] != "email"]
    done = synced.ask("conflicts", "resolve", "--every", "--what", "email", "--entity", "account", "--take", "erp")
    assert done["decided"]
    assert done["left"] == {}
    assert sorted(row["id"] for row in synced.ask("conflicts")) == sorted(others)
    synced.sync()
    assert emails(synced, company, supplier) == ("three@erp.example", "three@erp.example")
    assert "no conflict waits" in synced("conflicts", "resolve", "--every", "--what", "email", "--take", "erp").out


@pytest.mark.parametrize(
    "words",
    [
        ("--take", "crm"),
        ("1", "--every", "--take", "crm"),
        ("1", "2", "--value", "email=x"),
        ("--every", "--value", "email=x"),
        ("1", "--entity", "account", "--take", "crm"),
    ],
)
def test_many_conflicts_are_named_in_one_way_only(synced: Project, words: tuple[str, ...]) -> None:
    assert synced("conflicts", "resolve", *words).code == 2


def test_a_conflict_that_cannot_be_decided_stops_none_of_the_others(synced: Project) -> None:
    synced.replace("conf/instances/main.yaml", "      blocked: ask", "      blocked: ask\n      email: ask")
    company, supplier = synced.link()
    clash(synced, company, supplier, "four")
    [number] = [str(row["id"]) for row in synced.ask("conflicts") if row["key"] == supplier and row["unit"] == "email"]
    done = synced("conflicts", "resolve", "999999", number, "--take", "erp", "--json")
    assert done.code == 1
    assert done.json["decided"] == [int(number)]
    assert list(done.json["left"]) == ["999999"]
