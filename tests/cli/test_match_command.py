"""`hub match`: the report before the first write, its worksheet, and its acceptance."""

import csv
from pathlib import Path

import pytest
from support.command import Project

SIMILAR = """\
    similar:
      fields:
        name: {as: company, weight: 3}
        city: 1
        phone: {as: phone, weight: 2}
      candidates:
        - [{field: name, as: start}]
      certain: 90
      possible: 70
"""


@pytest.fixture
def scored(project: Project) -> Project:
    """A project with a scored rule; its first writes wait if anything is doubtful."""
    project.replace("conf/instances/main.yaml", r"    first_sync: go\n", SIMILAR + "    first_sync: sure\n")
    return project


def near(project: Project) -> tuple[str, str]:
    """A company, and a supplier that may be the same."""
    company = project.crm.add(name="Zebra Engineering Limited", city="Sligo")
    return company, project.erp.add(name="Zebra Engines Ltd", city="Sligo")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_report_counts_what_would_be_linked_and_writes_nothing(project: Project) -> None:
    project.forget_calls()
    report = project.ask("match", "account")
    crm, erp = report["systems"]
    assert (crm["read"], erp["read"]) == (len(project.crm.records()), len(project.erp.records()))
    assert erp["exact"] > 0
    assert erp["exact"] + erp["many_to_one"] + erp["only_here"] + report["unfit"].get("erp", 0) == erp["read"]
    assert report["counts"]["none"] == erp["only_here"] + erp["only_there"]
    assert project.written() == 0
    assert project.ask("status")["runs"] == []


def test_the_sync_then_links_what_the_report_said(project: Project) -> None:
    report = project.ask("match", "account")
    done = project.sync()
    linked = sum(row["polled"]["linked"] for row in done["systems"])
    assert linked >= report["counts"]["exact"]
    after = project.ask("match", "account")
    assert after["systems"][1]["linked"] >= linked
    assert after["counts"]["exact"] == 0


def test_people_see_a_table_samples_of_both_sides_and_what_to_do_next(scored: Project) -> None:
    company, supplier = near(scored)
    done = scored("match", "account")
    assert done.code == 1
    assert "many to one" in done.out.splitlines()[0]
    assert "probable, by similar" in done.out
    assert f"crm:{company}" in done.out
    assert f"erp:{supplier}" in done.out
    assert "--accept --at-most" in done.out


def test_the_worksheet_has_every_proposal_with_both_sides_and_what_is_sure_filled_in(scored: Project) -> None:
    company, supplier = near(scored)
    path = scored.path("sheet.csv")
    report = scored.ask("match", "account", "--worksheet", str(path))
    found = rows(path)
    assert report["worksheet"] == len(found)
    [row] = [row for row in found if row["key"] == supplier]
    assert (row["system"], row["other_system"], row["other_key"]) == ("erp", "crm", company)
    assert (row["result"], row["rule"], row["decision"]) == ("probable", "similar", "")
    assert (row["its_name"], row["other_name"]) == ("Zebra Engines Ltd", "Zebra Engineering Limited")
    assert {row["decision"] for row in found if row["result"] == "exact"} == {"same"}


def decided(project: Project, key: str, decision: str) -> Path:
    """The worksheet, corrected in one row."""
    path = project.path("sheet.csv")
    project.ask("match", "account", "--worksheet", str(path))
    found = rows(path)
    for row in found:
        row["decision"] = decision if row["key"] == key else row["decision"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(found)
    return path


def test_what_a_person_says_is_the_same_is_linked_by_the_first_sync(scored: Project) -> None:
    company, supplier = near(scored)
    loaded = scored.ask("match", "account", "--load", str(decided(scored, supplier, "same")), "--accept")
    assert loaded["loaded"] > 0
    scored.sync()
    assert str(scored.crm.show(company)["supplierid"]) == supplier
    assert scored.erp.show(supplier)["external_ref"] == company


def test_what_a_person_says_is_not_the_same_is_never_linked(scored: Project) -> None:
    company, supplier = near(scored)
    scored.ask("match", "account", "--load", str(decided(scored, supplier, "different")), "--accept")
    scored.sync()
    assert str(scored.crm.show(company)["supplierid"]) not in ("", "None", supplier)
    assert scored.erp.show(supplier)["external_ref"] not in ("", None, company)
    assert scored.ask("match", "account")["counts"]["probable"] == 0


def test_nothing_new_is_created_before_a_doubtful_report_is_accepted(scored: Project) -> None:
    near(scored)
    before = len(scored.crm.records()), len(scored.erp.records())
    report = scored.sync()
    assert "hub match account --accept" in report["held"]["account"]
    assert (len(scored.crm.records()), len(scored.erp.records())) == before
    assert sum(row["polled"]["linked"] for row in report["systems"]) > 0
    assert report["held"]["account"] in scored("status").out
    assert scored("sync").code == 1
    scored("match", "account", "--accept")
    assert scored.sync()["held"] == {}
    assert len(scored.erp.records()) > before[1]
    assert scored.ask("status")["held"] == []


def test_a_record_that_may_be_another_stands_aside_with_its_candidates_and_scores(scored: Project) -> None:
    company, supplier = near(scored)
    scored.sync()
    [row] = [row for row in scored.ask("reviews") if row["key"] == supplier]
    assert (row["kind"], row["code"]) == ("ambiguous", "match.possible")
    [candidate] = row["candidates"]
    assert candidate["golden_id"] == scored.ask("records", "account", f"crm:{company}")["golden_id"]
    assert 70 <= candidate["score"] < 90
    assert f"hub:{candidate['golden_id']} {candidate['score']}" in row["said"]


def test_an_acceptance_is_for_what_was_seen_and_for_no_more(scored: Project) -> None:
    near(scored)
    counts = scored.ask("match", "account")["counts"]
    seen = f"{counts['probable']}/{counts['many_to_one']}/{counts['none']}"
    scored.erp.add(name="Walrus Bakery")
    done = scored("match", "account", "--at-most", seen, "--json")
    assert (done.code, done.error["code"]) == (1, "match.grown")
    assert scored.sync()["held"] != {}


def test_an_entity_that_asks_is_left_alone_until_then(project: Project) -> None:
    project.replace("conf/instances/main.yaml", "first_sync: go", "first_sync: ask")
    report = project.sync()
    assert (report["systems"], list(report["held"])) == ([], ["account"])
    assert project.ask("preview")["writes"] == []
    assert project("match", "account", "--accept").code == 0
    assert project.sync()["held"] == {}
    assert project.link()


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("", "1: system: expected a worksheet, got an empty file"),
        ("a,b\n1,2\n", "1: system: expected the columns system, key, other_system, other_key, decision, got a, b"),
        ("erp,1,crm,1,maybe", "2: decision: expected 'same', 'different' or nothing, got 'maybe'"),
        ("epr,1,crm,1,same", "2: system: expected one of crm, erp, got 'epr'"),
        ("erp,,crm,1,same", "2: key: expected the key of a record, got nothing"),
        ("crm,1,crm,2,same", "2: other_system: expected another system than 'crm'"),
        ("erp,99999,crm,1,same", "2: key: expected the key of a record of erp, got '99999'"),
        (
            "erp,1,crm,1,same\nerp,2,crm,1,same",
            "3: other_key: expected each record once, since a link is 1:1",
        ),
        ("erp,1,crm,1,same\ncrm,1,erp,1,different", "3: decision: these two are said to be otherwise in line 2"),
    ],
)
def test_a_mistake_on_a_worksheet_is_said_with_line_column_expected_and_got(
    project: Project, sheet: str, said: str
) -> None:
    head = "system,key,other_system,other_key,decision\n"
    path = project.path("sheet.csv")
    path.write_text(sheet if sheet.startswith("a") or not sheet else head + sheet, encoding="utf-8")
    done = project("match", "account", "--load", str(path), "--json")
    assert (done.code, done.error["code"]) == (2, "match.worksheet")
    assert any(f"sheet.csv:{said}" in problem for problem in done.error["problems"]), done.error


def test_records_that_are_linked_otherwise_are_not_decided_again(synced: Project) -> None:
    company, supplier = synced.link()
    path = synced.path("sheet.csv")
    path.write_text(f"system,key,other_system,other_key,decision\nerp,{supplier},crm,{company},different\n")
    done = synced("match", "account", "--load", str(path), "--json")
    assert done.error["code"] == "match.worksheet"
    assert f"2: decision: erp {supplier} is linked to crm {company} already" in done.error["problems"][0]


def test_an_unknown_entity_and_a_bad_ceiling_are_told(project: Project) -> None:
    assert project("match", "acount", "--json").error["code"] == "command.unknown-name"
    assert project("match", "account", "--at-most", "many", "--json").error["code"] == "command.usage"
