"""Sage CRM's answers in every shape met in the wild, and answers that are none."""

import pytest
from sage_answers import NS, Reply, company, crmrecord, fault, metadata, page, recorded_crm, result, shelf, soap

from hub.core.errors import Denied, HubError, Refused, TryLater
from hub.core.record import Record

PERSON = f'<records xsi:type="typens:person" xmlns:typens="{NS}"><typens:personid>7</typens:personid>{{}}</records>'
PEOPLE = PERSON.format("<typens:name>Not the company</typens:name>")
KNOWN = {"companyid": "24", "name": "Panoply", "updateddate": "2026-07-30T16:50:58", "city": "", "supplierid": ""}
PLAIN = "<companyid>24</companyid><name>Panoply</name><updateddate>2026-07-30T16:50:58</updateddate>"


@pytest.mark.parametrize(
    "answer",
    [
        page("query", company(24, name="Panoply")),
        page("query", company(24, name="Panoply", city="")),
        result("query", company(24, name="Panoply") + "<more>false</more>"),
        result("query", "<more>false</more>" + company(24, name="Panoply")),
        result("query", "<size>1</size><more>0</more>" + company(24, name="Panoply")),
        page("query", company(24, name="Panoply", people=f"<entityname>person</entityname>{PEOPLE}")),
        page("query", company(24, name="Panoply").replace("</records>", f"{PEOPLE}{PEOPLE}</records>")),
        page("query", f"<records>{PLAIN}</records>"),
        page("query", f'<records xmlns="urn:other">{PLAIN}</records>'),
        page("query", f"<Records>{PLAIN.replace('companyid', 'CompanyId')}</Records>"),
        page("query", f"<records>\n  {PLAIN}\n</records>"),
        page("query", f"<records><!-- x -->{PLAIN.replace('Panoply', 'Pan<!-- y -->oply')}</records>"),
        (500, page("query", company(24, name="Panoply"))),
    ],
)
def test_a_record_reads_the_same_in_every_shape(answer: Reply) -> None:
    with recorded_crm({"query": answer}) as (crm, _):
        assert crm.read("company", ["24"]) == [Record("24", KNOWN, None, "2026-07-30T16:50:58")]


def test_child_records_are_never_taken_for_records() -> None:
    bare = company(24).replace("</records>", f"{PEOPLE}</records>")
    wrapped = company(25, people=f"<entityname>person</entityname>{PEOPLE}{PEOPLE}")
    with recorded_crm({"query": page("query", bare, wrapped)}) as (crm, _):
        assert [(r.key, r.fields["name"]) for r in crm.read("company", ["24", "25"])] == [
            ("24", "Company 24"),
            ("25", "Company 25"),
        ]


@pytest.mark.parametrize("name", ["supplierid", "comp_supplierid", "Comp_SupplierId"])
def test_listed_fields_are_known_by_short_and_by_prefixed_names(name: str) -> None:
    record = crmrecord(companyid="24", **{name: "S1"}, updateddate="2026-07-30T16:50:58")
    with recorded_crm({"queryrecord": page("queryrecord", record)}, read="records") as (crm, crm_log):
        [found] = crm.read("company", ["24"])
        assert (found.key, found.fields["supplierid"]) == ("24", "S1")
        assert (
            crm_log.calls[-2][1]["fieldlist"] == "comp_companyid,comp_updateddate,comp_name,comp_city,comp_supplierid"
        )


def test_a_field_that_is_left_out_is_empty_if_the_crm_has_it_and_else_not_said() -> None:
    answers = {"query": page("query", company(24)), "getmetadata": metadata("companyid", "name", "comp_city")}
    with recorded_crm(answers) as (crm, _):
        [record] = crm.read("company", ["24"])
        assert record.fields["city"] == ""
        assert "supplierid" not in record.fields


def test_metadata_is_asked_for_once_and_only_when_a_field_is_missing() -> None:
    full = company(24, city="Cork", supplierid="S1")
    with recorded_crm({"query": [page("query", full), page("query", company(24)), page("query", company(24))]}) as (
        crm,
        log,
    ):
        for _ in range(3):
            crm.read("company", ["24"])
        assert log.operations == ["logon", "query", "query", "getmetadata", "query"]


BROKEN: list[tuple[Reply, str]] = [
    (b"", "answer.empty"),
    (b"<html><body>Please log on</body></html>", "answer.html"),
    (page("query", company(24))[:400], "answer.cut"),
    (b"Server too busy", "answer.xml"),
    (b"<!DOCTYPE x><a/>", "answer.unsafe"),
    (b"<a/>", "answer.no-soap"),
    (soap(f'<queryresponse xmlns="{NS}"/>'), "answer.cut"),
    (result("query", f"{company(24)}<size>2</size><more>false</more>"), "answer.cut"),
    (result("query", f"{company(24)}<size>1</size>"), "answer.cut"),
    ((500, b"<html>Internal error</html>"), "system.status"),
    ((404, b""), "system.status"),
    ((503, b""), "system.busy"),
    (fault("Access violation at address 0 in module 'eware.dll'."), "soap.fault"),
]


@pytest.mark.parametrize(("answer", "code"), BROKEN)
def test_an_answer_that_is_not_whole_is_asked_for_later(answer: Reply, code: str) -> None:
    with recorded_crm({"query": answer}) as (crm, _), pytest.raises(TryLater) as caught:
        crm.read("company", ["24"])
    assert caught.value.code == code


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("Query failed to run successfully. ", Refused, "sage.query"),
        ("Entity 'company' does not exist", Refused, "sage.entity"),
        ("Entity 'company' is not Web Service enabled", Refused, "sage.entity"),
        ("List index out of bounds (75)", TryLater, "soap.fault"),
        ("Something new", Refused, "soap.fault"),
        ("", Refused, "soap.fault"),
    ],
)
def test_a_fault_means_the_same_with_either_status(status: int, said: str, kind: type[HubError], code: str) -> None:
    with recorded_crm({"query": (status, fault(said))}) as (crm, _), pytest.raises(kind) as caught:
        crm.read("company", ["24"])
    assert caught.value.code == code
    assert "crm: query company" in caught.value.said


def test_an_address_that_is_forbidden_pauses_the_system() -> None:
    with recorded_crm({"query": (403, b"<html>")}) as (crm, _), pytest.raises(Denied):
        crm.read("company", ["24"])


def test_a_record_without_its_key_steps_aside() -> None:
    nameless = company(0).replace("companyid", "other")
    with recorded_crm(shelf([1], 10) | {"query": page("query", company(24), nameless)}) as (crm, _):
        [found] = crm.changes("company", None)
        assert [record.key for record in found.records] == ["24"]
        assert [(broken.key, broken.error.code) for broken in found.broken] == [(None, "record.no-key")]


@pytest.mark.parametrize("keys", [["1 or 1=1"], ["x"], [""], ["٣"], ["1.5"], ["1" * 25], ["--1"]])
def test_only_numbers_get_into_a_condition_as_keys(keys: list[str]) -> None:
    with recorded_crm({}) as (crm, log):
        assert crm.read("company", keys) == []
        assert log.calls == []


def test_values_get_into_a_condition_as_text_only() -> None:
    with recorded_crm({"query": page("query")}) as (crm, log):
        assert crm.find("company", "name", ["O'Brien", "x') or ('1'='1", "a<b&c", "nul\x00"]) == []
        [where] = log.asked("query")
        assert where == "comp_name in ('O''Brien','a<b&c','x'') or (''1''=''1') and comp_deleted is null"
        with pytest.raises(Refused):
            crm.find("company", "name) or (1=1", ["x"])


def test_what_is_found_is_the_very_text() -> None:
    answers = {"query": page("query", company(1, name="acme"), company(2, name="ACME"), company(3, name="Acme "))}
    with recorded_crm(answers) as (crm, _):
        assert [record.key for record in crm.find("company", "name", ["ACME"])] == ["2"]
