"""`hub check` finds before a run what would go wrong in one, and a system that fails hides nothing of the others."""

import importlib.metadata
from pathlib import Path
from typing import Any

import pytest
from support.command import Project

import adapters


def found(project: Project) -> dict[tuple[str, str, str], str]:
    """(level, place, code) -> what it says."""
    place = "{system} {where}"
    return {(f["level"], place.format(**f).strip(), f["code"]): f["said"] for f in project.ask("check")["findings"]}


def errors(project: Project) -> set[tuple[str, str]]:
    return {(place, code) for level, place, code in found(project) if level == "error"}


def test_the_ready_project_is_in_order_and_its_narrow_fields_are_warned_of(project: Project) -> None:
    done = project("check")
    assert done.code == 0
    assert "0 errors, 3 warnings" in done.out
    assert "erp supplier.phone holds 30 characters, crm company.phone holds 40" in done.out
    told = project.ask("check")
    assert told["ok"]
    assert {(f["level"], f["code"]) for f in told["findings"]} == {("warning", "fit.length")}


def test_it_tells_what_each_system_is_and_can_do(project: Project) -> None:
    crm, erp = project.ask("check")["systems"]
    assert (crm["name"], crm["adapter"], crm["reached"], crm["objects"]) == ("crm", "sagecrm", True, ["company"])
    assert (erp["name"], erp["adapter"], erp["reached"], erp["objects"]) == ("erp", "rest", True, ["supplier"])
    assert erp["can"]["conditional"]
    assert "refuses stale writes" in erp["abilities"]
    assert "is read before a write" in crm["abilities"]
    assert "create, update, delete; tells of deletions" in project("check").out


def test_it_writes_nothing(project: Project) -> None:
    project.forget_calls()
    project("check")
    assert project.written() == 0
    assert project.ask("status")["runs"] == []


@pytest.mark.parametrize(
    ("pattern", "new", "code", "said"),
    [
        ("field: phone, length: 40", "field: fone", "fit.missing", "did you mean 'phone'?"),
        ("field: phone, length: 40", "field: phone, length: 50", "fit.length", "holds 40 characters"),
        ("Partner: partner, Comp", "Partnr: partner, Comp", "fit.choice", "does not know the choice 'Partnr'"),
        (
            "^  credit_limit: creditlimit",
            "  credit_limit: primaryuserid",
            "fit.type",
            "company.primaryuserid is integer",
        ),
        ("^  note: .*", "  note: createddate", "fit.read-only", "cannot be written"),
    ],
)
def test_a_mapping_that_does_not_fit_the_live_metadata_is_an_error(
    project: Project, pattern: str, new: str, code: str, said: str
) -> None:
    project.replace("mappings/account.crm.yaml", pattern, new)
    told = {key: text for key, text in found(project).items() if key[2] == code and key[0] == "error"}
    assert any(said in text for text in told.values()), found(project)
    assert project("check").code == 1


def test_a_field_that_a_system_requires_and_nothing_fills_is_an_error(project: Project) -> None:
    project.replace("mappings/account.crm.yaml", "^  name: .*", "  name: {field: name, required: true, direction: in}")
    assert ("crm account.name", "fit.required") in errors(project)


def test_a_row_that_merges_as_one_and_has_a_field_that_goes_one_way_is_warned_of(project: Project) -> None:
    project.replace("conf/instances/main.yaml", r"    groups:\n(?: {6}.*\n)+", "    merge: row\n")
    project.replace("conf/instances/main.yaml", r"    policies:\n(?: {6}.*\n)+", "")
    project.replace("mappings/account.crm.yaml", "field: phone, length: 40", "field: phone, length: 40, direction: out")
    said = found(project)["warning", "crm account.phone", "fit.one-way"]
    assert "'phone' is only written to crm: no edit of" in said
    assert project("check").code == 0


def test_an_object_that_is_not_there_is_an_error(project: Project) -> None:
    project.replace("mappings/account.crm.yaml", "^object: company", "object: compny")
    assert [place for place, _ in errors(project)] == ["crm"]
    assert "compny" in str(found(project))


def test_a_system_that_is_away_stops_no_other_from_being_checked(project: Project) -> None:
    project.env["ERP_PORT"] = "1"
    project.replace("mappings/account.crm.yaml", "field: phone, length: 40", "field: fone")
    assert errors(project) == {("erp", "system.unreachable"), ("crm account.phone", "fit.missing")}
    said = project("check").out
    assert "erp        not reached" in said
    assert "crm        ok" in said


def test_wrong_credentials_are_tried_once_and_said(project: Project) -> None:
    project.env["HUB_SECRET_CRM_PASSWORD"] = "wrong"
    project.forget_calls()
    assert errors(project) == {("crm", "system.denied")}
    assert project.crm.stats()["calls"] == {"logon": 1}
    assert "wrong" not in project("check").out.replace("went wrong", "")


def test_a_paused_system_is_not_logged_on_to(project: Project) -> None:
    project.env["HUB_SECRET_CRM_PASSWORD"] = "wrong"
    assert project("sync").code == 1
    project.forget_calls()
    assert errors(project) == {("crm", "system.paused")}
    assert not project.crm.stats()["calls"]
    project.env["HUB_SECRET_CRM_PASSWORD"] = "hub"
    assert project("resume", "crm").code == 0
    assert errors(project) == set()


def widening(project: Project, field: str, length: int) -> None:
    project.replace("mappings/account.crm.yaml", field, f"{field.partition(',')[0]}, length: {length}, too_long: widen")


def test_a_field_is_made_wider_when_a_person_says_so_and_not_before(project: Project) -> None:
    widening(project, "field: phone, length: 40", 55)
    said = found(project)["error", "crm account.phone", "fit.length"]
    assert said == "company.phone holds 40 characters, the mapping says 55: 'hub check --widen' makes it wider"
    assert "altercolumnwidth" not in project.crm.stats()["calls"]
    done = project("check", "--widen")
    assert done.code == 0
    assert "made wider: company.phone, from 40 to 55 characters" in done.out
    assert project.crm.stats()["calls"]["altercolumnwidth"] == 1
    key = next(iter(project.crm.records()))
    project.crm.edit(key, phone="1" * 55)
    again = project.ask("check", "--widen")
    assert (again["ok"], again["systems"][0]["widened"]) == (True, [])
    assert project.crm.stats()["calls"]["altercolumnwidth"] == 1


def test_a_field_that_the_system_does_not_widen_is_an_error_and_stops_no_other(project: Project) -> None:
    widening(project, "field: phone, length: 40", 9000)
    widening(project, "field: sector, length: 40", 50)
    told = project.ask("check", "--widen")
    fields = {one["field"]: one["error"] for one in told["systems"][0]["widened"]}
    assert fields["sector"] is None
    assert fields["phone"]["code"] == "sage.width"
    assert {(f["where"], f["code"]) for f in told["findings"] if f["level"] == "error"} == {
        ("", "sage.width"),
        ("account.phone", "fit.length"),
    }


BROKEN_WSDL: list[tuple[str, str]] = [
    ("<definitions", "wsdl.broken"),
    ("<html><body>Log on</body></html>", "wsdl.broken"),
    ("", "wsdl.broken"),
    ('<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" name="empty"/>', "wsdl.no-operations"),
]


@pytest.mark.parametrize("text", [text for text, _ in BROKEN_WSDL], ids=["cut", "html", "empty", "no operations"])
def test_a_service_description_that_is_none_is_an_error_of_its_system_only(project: Project, text: str) -> None:
    project.path("wsdl/sagecrm.wsdl").write_text(text)
    told = found(project)
    [(level, system, code)] = [key for key in told if key[0] == "error"]
    assert (level, system, code.partition(".")[0]) == ("error", "crm", "wsdl")
    assert "sagecrm.wsdl" in told[level, system, code]
    assert "erp        ok" in project("check").out


def test_another_package_of_our_name_in_the_way_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "adapters").mkdir()
    monkeypatch.setattr(adapters, "__path__", [str(tmp_path / "adapters")])
    done = project("check", "--json")
    assert (done.code, done.error["code"]) == (2, "adapter.hidden")
    assert str(tmp_path / "adapters") in done.error["problems"][0]
    assert "an environment of its own" in done.error["problems"][0]


def test_another_project_that_brings_a_package_of_our_name_is_warned_of(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def brought() -> dict[str, list[str]]:
        return {"hub": ["integration-hub", "deeplake-hub"], "adapters": ["integration-hub"]}

    monkeypatch.setattr(importlib.metadata, "packages_distributions", brought)
    told: dict[Any, str] = found(project)
    assert "deeplake-hub and integration-hub each bring a package 'hub'" in told["warning", "", "package.clash"]
    assert project("check").code == 0


def test_the_grade_of_each_system_is_shown_with_what_is_missing_in_words(project: Project) -> None:
    said = project("check").out
    assert "account: grade D, without\n" in said
    assert "C/V: an edit made there between the hub's look and its write is overwritten, and nobody sees it" in said
    crm, erp = project.ask("check")["systems"]
    assert (crm["grades"]["account"]["grade"], erp["grades"]["account"]) == ("D", {"grade": "A", "without": []})


def test_grade_d_both_ways_is_an_error_unless_the_binding_accepts_it(project: Project) -> None:
    project.replace("conf/instances/main.yaml", "^ *grade_d: two-way.*$", "")
    [finding] = [found for found in project.ask("check")["findings"] if found["code"] == "config.grade"]
    assert (finding["level"], finding["system"], finding["where"]) == ("error", "crm", "account")
    for command in ("sync", "preview"):
        done = project("--json", command)
        assert (done.code, done.error["code"]) == (2, "config.grade")
    project.replace("conf/instances/main.yaml", "direction: both", "direction: in")
    assert project.ask("check")["ok"]
    project.sync()


def test_what_a_system_declares_is_tried_and_shown(project: Project) -> None:
    project.sync()
    project.forget_calls()
    crm, erp = project.ask("check")["systems"]
    tried = {one["ability"]: one["result"] for one in erp["probed"]["account"]}
    assert {tried[name] for name in ("keys", "find", "conditional", "counted", "since")} == {"confirmed"}
    assert {one["ability"]: one["result"] for one in crm["probed"]["account"]}["keys"] == "confirmed"
    assert "confirmed: keys, find, conditional, counted, since" in project("check").out
    assert project.written() == 0


def test_an_ability_that_the_system_does_not_have_is_an_error(project: Project) -> None:
    project.replace("mappings/erp.overlay.yaml", r"^            version: version\n", "")
    said = found(project)["error", "erp account", "probe.disproved"]
    assert "'conditional'" in said
    assert "disproved: conditional" in project("check").out
