"""`hub failed`: what failed as a file; corrected and loaded back it is an edit of that person."""

import csv
from pathlib import Path
from typing import Any

import pytest
from support.command import Project, Ran

LONG = "+353 1 555 0100 ext. 1234567890 then ask"
GOOD = "+353 1 555 0100"


@pytest.fixture
def refused(synced: Project) -> tuple[Project, str]:
    """A write to the ERP was refused: project, company."""
    company, _ = synced.link()
    synced.crm.edit(company, phone=LONG)
    assert synced.sync()["systems"][1]["sent"]["refused"] == 1
    return synced, company


def sheet(project: Project, name: str = "failed.csv") -> Path:
    path = project.path(name)
    assert project("failed", "--csv", str(path)).code == 0
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def put(path: Path, found: list[dict[str, str]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(found[0]), delimiter=delimiter)
        out.writeheader()
        out.writerows(found)
    return path


def changed(path: Path, **values: str) -> Path:
    return put(path, [{**row, **{name.replace("_", " "): v for name, v in values.items()}} for row in rows(path)])


def load(project: Project, path: Path, *words: str) -> Ran:
    return project("--json", "failed", "--load", str(path), *words)


def history(project: Project, company: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project.ask("records", "account", f"crm:{company}")["history"]
    return found


def test_nothing_failed_is_said(synced: Project) -> None:
    assert synced("failed").out == "no write failed\n"
    assert rows(sheet(synced)) == []


def test_the_list_says_what_failed_why_and_with_which_values(refused: tuple[Project, str]) -> None:
    project, _ = refused
    [row] = project.ask("failed")
    assert (row["entity"], row["system"], row["state"], row["code"]) == (
        "account",
        "erp",
        "refused",
        "record.too-long",
    )
    assert row["fields"]["phone"] == LONG
    assert project.ask("failed", "account", "erp") == [row]
    assert project.ask("failed", "account", "crm") == []
    assert row["record"] in project("failed").out
    assert project("failed", "account", "epr").code == 2


def test_the_file_has_a_row_a_write_and_a_column_a_field(refused: tuple[Project, str]) -> None:
    project, _ = refused
    [row], [told] = rows(sheet(project)), project.ask("failed")
    assert row["hub record"] == told["record"]
    assert (row["hub code"], row["hub message"], row["hub tries"]) == ("record.too-long", told["said"], "1")
    assert row["hub next try"] > "2026"
    assert row["name"] == told["fields"]["name"]


def test_what_a_spreadsheet_would_run_as_a_formula_is_text_and_comes_back_as_it_was(
    refused: tuple[Project, str],
) -> None:
    project, company = refused
    path = sheet(project)
    assert rows(path)[0]["phone"] == f"'{LONG}"
    assert load(project, path).json == {"edited": 0, "retried": 1, "discarded": 0, "done": 0}
    assert project.ask("records", "account", f"crm:{company}")["fields"]["phone"] == LONG


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_corrected_value_is_an_edit_of_that_person_and_goes_everywhere(
    refused: tuple[Project, str], delimiter: str
) -> None:
    project, company = refused
    path = sheet(project)
    put(path, [{**row, "phone": GOOD} for row in rows(path)], delimiter)
    assert load(project, path).json == {"edited": 1, "retried": 0, "discarded": 0, "done": 0}
    entry = history(project, company)[0]
    assert (entry["action"], entry["detail"]) == ("edited", {"phone": [LONG, GOOD]})
    assert entry["who"] not in ("hub", "policy", "")
    project.sync()
    assert project.crm.show(company)["phone"] == GOOD
    assert project.erp.show(str(project.crm.show(company)["supplierid"]))["phone"] == GOOD
    assert project.ask("failed") == []
    assert project.sync()["written"] == 0


def test_a_row_that_is_as_it_was_is_tried_again(refused: tuple[Project, str]) -> None:
    project, _ = refused
    assert project.sync()["systems"][1]["sent"]["refused"] == 0
    assert load(project, sheet(project)).json["retried"] == 1
    assert project.sync()["systems"][1]["sent"]["refused"] == 1


@pytest.mark.parametrize("by_column", [True, False])
def test_rows_are_discarded_by_an_x_or_all_of_them_by_an_option(refused: tuple[Project, str], by_column: bool) -> None:
    project, company = refused
    path = sheet(project)
    done = load(project, changed(path, hub_discard="x")) if by_column else load(project, path, "--discard")
    assert done.json["discarded"] == 1
    assert project.ask("failed") == project.ask("reviews") == []
    assert history(project, company)[0]["action"] == "discarded"


def test_what_failed_no_more_is_left_alone(refused: tuple[Project, str]) -> None:
    project, _ = refused
    path = sheet(project)
    assert load(project, path, "--discard").code == 0
    assert load(project, path).json == {"edited": 0, "retried": 0, "discarded": 0, "done": 1}


def test_a_value_is_not_put_over_one_that_the_person_did_not_see(refused: tuple[Project, str]) -> None:
    project, company = refused
    path = sheet(project)
    project.crm.edit(company, phone="+353 1 555 0199")
    project.sync()
    done = load(project, changed(path, phone=GOOD))
    assert (done.code, done.error["code"]) == (2, "failed.file")
    assert "was edited since the file was written" in done.error["problems"][0]
    assert project.crm.show(company)["phone"] == "+353 1 555 0199"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"phone": LONG + "!"}, "failed.csv:2:{phone}: phone: account.phone: does not fit erp: "),
        ({"credit_limit": "a lot"}, "failed.csv:2:{credit_limit}: credit_limit: account.credit_limit: expected "),
        ({"hub entity": "acount"}, "failed.csv:2:2: hub entity: expected one of account, got 'acount'"),
        ({"hub system": "epr"}, "failed.csv:2:3: hub system: expected one of crm, erp, got 'epr'"),
        ({"hub record": "twelve"}, "failed.csv:2:1: hub record: expected hub: and a number, got 'twelve'"),
        ({"hub record": "hub:12"}, "failed.csv:2: there is no golden record 12"),
        ({"hub discard": "maybe"}, "failed.csv:2:10: hub discard: expected x or nothing, got 'maybe'"),
        ({"hub discard": "x", "phone": GOOD}, "failed.csv:2: it has other values and is to be discarded"),
    ],
)
def test_a_mistake_is_said_with_its_line_and_column_and_nothing_is_done(
    refused: tuple[Project, str], values: dict[str, str], said: str
) -> None:
    project, company = refused
    path = sheet(project)
    before = rows(path)
    names = list(before[0])
    put(path, [{**row, **values} for row in before])
    done = load(project, path)
    assert (done.code, done.error["code"]) == (2, "failed.file")
    [problem] = done.error["problems"]
    assert problem.startswith(said.format(**{name: names.index(name) + 1 for name in names if " " not in name}))
    assert history(project, company)[0]["action"] not in ("edited", "discarded")
    assert project.ask("failed")[0]["fields"]["phone"] == LONG


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"hub record,hub entity\r\n", "bad.csv:1: the column 'hub as of' is missing"),
        (b"hub record,hub entity,hub system,hub as of,phon\r\n", "1:5: unknown column 'phon', did you mean 'phone'?"),
        (b"hub record,hub entity,hub system,hub as of,name,name\r\n", "1:6: the column 'name' is there twice"),
        (b"hub record,hub entity,hub system,hub as of\r\nhub:1,account\r\n", "bad.csv:2: expected 4 cells, got 2"),
        (b"\xff\xfe\0", "expected UTF-8 text"),
        (b"x" * 200_000, "bad.csv:1: not a row of a CSV file"),
        (b"hub record,hub entity,hub system,hub as of\r\n\"hub:1,account", "bad.csv:2: not a row of a CSV file"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_of_ours_is_refused(synced: Project, body: bytes, said: str) -> None:
    path = synced.path("bad.csv")
    path.write_bytes(body)
    done = load(synced, path)
    assert (done.code, done.error["code"]) == (2, "failed.file")
    assert any(said in problem for problem in done.error["problems"]), done.error["problems"]


def test_options_that_do_not_go_together_are_refused(synced: Project) -> None:
    assert synced("failed", "--discard").code == 2
    assert synced("failed", "--csv", "a.csv", "--load", str(synced.path("conf/hub.yaml"))).code == 2


def test_a_write_that_was_put_off_is_in_it_too_and_can_be_discarded(synced: Project) -> None:
    company, _ = synced.link()
    synced.crm.edit(company, city="Sligo")
    synced.erp.faults(error=9, status=503, only="^(PATCH|PUT|POST)")
    synced("sync")
    found = synced.ask("failed")
    assert [row["state"] for row in found] == ["put off"]
    assert synced("reviews", "discard", "account", "erp", found[0]["record"]).code == 0
    assert synced.ask("failed") == []
