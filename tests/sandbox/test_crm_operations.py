"""Each operation over HTTP with zeep in strict mode, by the description that the project ships."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import zeep
from support.servers import Crm, crm_server

from hub.sandbox.crm.models import OPERATIONS
from hub.sandbox.crm.schema import NS
from hub.sandbox.crm.wsdl import description

WSDL = Path(__file__).parents[2] / "wsdl" / "sagecrm.wsdl"


class Client:
    """A zeep client that is logged on: `call("query", ...)`."""

    def __init__(self, crm: Crm) -> None:
        self._zeep = zeep.Client(str(WSDL), settings=zeep.Settings(strict=True))
        self._service = self._zeep.create_service(next(iter(self._zeep.wsdl.bindings)), crm.url)
        header = self._zeep.get_element(f"{{{NS}}}SessionHeader")
        self.headers = [header(sessionId=self._service.logon(username="hub", password="hub"))]

    def call(self, operation: str, *args: Any) -> Any:
        return self._service[operation](*args, _soapheaders=self.headers)

    def new(self, kind: str, **values: Any) -> Any:
        return self._zeep.get_type(f"{{{NS}}}{kind}")(**values)

    def crmrecord(self, entity: str, **values: Any) -> Any:
        fields = [self.new("recordfield", name=n, type="string", value=v) for n, v in values.items()]
        return self.new("crmrecord", entityname=entity, records=fields)


@pytest.fixture(scope="module")
def process() -> Iterator[Crm]:
    with crm_server(companies=12, page=5, zone="Europe/Dublin") as crm:
        yield crm


@pytest.fixture
def client(process: Crm) -> Client:
    process.reset()
    return Client(process)


def test_the_shipped_description_is_the_one_that_the_server_makes() -> None:
    assert WSDL.read_bytes() == description()


def test_the_description_has_the_twenty_operations() -> None:
    binding = next(iter(zeep.Client(str(WSDL)).wsdl.bindings.values()))
    names = {
        "logon", "logoff", "query", "next", "queryentity", "queryid", "queryidnodate", "queryrecord",
        "nextqueryrecord", "add", "addrecord", "addresource", "update", "updaterecord", "delete", "getmetadata",
        "getallmetadata", "getdropdownvalues", "getversionstring", "altercolumnwidth",
    }  # fmt: skip
    assert set(binding._operations) == {op.name for op in OPERATIONS} == names
    assert all(op.soapaction == "" for op in binding._operations.values())


def test_query_and_next_walk_page_by_page(client: Client) -> None:
    first = client.call("query", "comp_companyid <= 12", "company")
    second, third = client.call("next"), client.call("next")
    assert [(p.size, p.more) for p in (first, second, third)] == [(5, True), (5, True), (2, False)]
    keys = [r.companyid for p in (first, second, third) for r in p.records]
    assert sorted(keys) == list(range(1, 13))


def test_a_company_arrives_typed_with_its_people(client: Client) -> None:
    [company] = client.call("query", "comp_companyid = 1", "company").records
    assert (company.name, company.creditlimit, company.onhold) == ("Shannon Software Ltd", Decimal("33800.00"), False)
    assert company.updateddate == datetime.fromisoformat("2025-03-09T11:22:18")
    [person] = company.people.records
    assert (person.firstname, person.phone.records[0].number) == ("Gráinne", "+353 1 3037714")


def test_queryentity_answers_one_or_none(client: Client) -> None:
    assert client.call("queryentity", 3, "company").records.companyid == 3
    assert client.call("queryentity", 99, "company").size == 0


def test_queryrecord_and_nextqueryrecord_answer_the_fields_in_order(client: Client) -> None:
    first = client.call("queryrecord", "comp_name,comp_supplierid", "1=1", "company", "comp_companyid desc")
    assert [f.name for f in first.records[0].records] == ["name", "supplierid"]
    assert (first.size, first.more, first.records[0].records[1].value) == (5, True, None)
    rest = [client.call("nextqueryrecord"), client.call("nextqueryrecord")]
    assert [(p.size, p.more) for p in rest] == [(5, True), (2, False)]
    ids = client.call("queryrecord", "comp_companyid", "comp_companyid < 4", "company", "comp_companyid DESC").records
    assert [r.records[0].value for r in ids] == ["3", "2", "1"]


def test_queryrecord_answers_all_fields_for_a_star_and_children_by_name(client: Client) -> None:
    [record] = client.call("queryrecord", "*", "comp_companyid=1", "company", "").records
    types = {f.name: f.type for f in record.records}
    assert (types["name"], types["companyid"], types["creditlimit"]) == ("string", "integer", "decimal")
    assert (types["updateddate"], types["onhold"]) == ("datetime", "string")
    [record] = client.call("queryrecord", "comp_name,people", "comp_companyid=1", "company", "").records
    people = record.records[1]
    assert (people.name, people.type, people.records[0].entityname) == ("people", "crmrecord", "person")


def test_add_update_and_delete_carry_out_what_they_say(client: Client, process: Crm) -> None:
    person = client.new("person", firstname="Zoë", lastname="O'Hara & <Co>")
    people = client.new("ewarebaselist", entityname="person", records=[person])
    new = [client.new("company", name="A", onhold=True, creditlimit="12.345", people=people)]
    added = client.call("add", "company", [*new, client.new("company", name="B")])
    assert [r.crmid for r in added.records] == [13, 14]
    found = client.call("queryentity", 13, "company").records
    assert (found.onhold, found.creditlimit, found.people.records[0].lastname) == (
        True,
        Decimal("12.35"),
        "O'Hara & <Co>",
    )
    changes = [client.new("company", companyid=k, city="Łódź") for k in (13, 14, 99)]
    updated = client.call("update", "company", changes)
    assert (updated.updatesuccess, updated.numberupdated) == (False, 2)
    deleted = client.call("delete", "company", [client.new("company", companyid=14)])
    assert (deleted.deletesuccess, deleted.numberdeleted) == (True, 1)
    assert (process.show("13")["city"], "14" in process.companies()) == ("Łódź", False)


def test_addrecord_and_updaterecord_take_short_and_prefixed_names(client: Client, process: Crm) -> None:
    added = client.call("addrecord", "company", [client.crmrecord("company", name="A", comp_city="C")])
    key = added.records[0].crmid
    change = client.crmrecord("company", companyid=str(key), comp_name="B")
    assert client.call("updaterecord", "company", [change]).numberupdated == 1
    assert (process.show(str(key))["name"], process.show(str(key))["city"]) == ("B", "C")


def test_addresource_adds_a_user(client: Client) -> None:
    [made] = client.call("addresource", "users", [client.new("aresource", firstname="Ada", lastname="Low")]).records
    assert made.logon == "alow"
    assert client.call("queryentity", made.resourceid, "users").records.lastname == "Low"


def test_queryid_flags_what_happened_since_the_token(client: Client) -> None:
    token = client.call("queryrecord", "comp_updateddate", "1=1", "company", "comp_updateddate desc").records[0]
    since = token.records[0].value
    new = client.call("add", "company", [client.new("company", name="New")]).records[0].crmid
    client.call("update", "company", [client.new("company", companyid=1, city="C")])
    client.call("delete", "company", [client.new("company", companyid=2)])
    rows = client.call("queryid", "1=1", "company", "comp_companyid", since, True).records
    flags = {r.id: (r.added, r.updated, r.deleted) for r in rows}
    assert flags == {1: (False, True, False), 2: (False, True, True), new: (True, False, False)}
    live = client.call("queryid", "1=1", "company", "comp_companyid", since, False).records
    assert [r.id for r in live] == [1, new]


def test_queryidnodate_answers_all_ids_at_once(client: Client) -> None:
    client.call("delete", "company", [client.new("company", companyid=2)])
    live = client.call("queryidnodate", "comp_companyid < 9", "company", False)
    assert (sorted(r.id for r in live.records), live.more) == ([1, 3, 4, 5, 6, 7, 8], False)
    assert client.call("queryidnodate", "comp_companyid < 9", "company", True).size == 8


def test_metadata_tells_lengths_types_prefixes_and_captions(client: Client) -> None:
    fields = {f.name: f for f in client.call("getmetadata", "company").records}
    assert (fields["name"].length, fields["name"].required, fields["name"].type) == (60, True, "xs:string")
    assert (fields["supplierid"].length, fields["supplierid"].required) == (20, False)
    tables = {t.tablename: t.prefix for t in client.call("getallmetadata").tables}
    assert (tables["company"], tables["person"], "library" in tables) == ("comp", "pers", False)
    captions = {d.fieldname: d.records for d in client.call("getdropdownvalues", "company")}
    assert "Supplier" in captions["type"]


def test_a_column_can_be_made_wider(client: Client, process: Crm) -> None:
    long = client.new("company", companyid=1, name="x" * 61)
    with pytest.raises(zeep.exceptions.Fault, match="truncated"):
        client.call("update", "company", [long])
    assert client.call("altercolumnwidth", "company", "comp_name", "61") is True
    assert client.call("altercolumnwidth", "company", "comp_nope", "61") is False
    assert client.call("update", "company", [long]).numberupdated == 1
    assert {f.name: f.length for f in client.call("getmetadata", "company").records}["name"] == 61


def test_the_version_is_told_and_logoff_ends_the_session(client: Client) -> None:
    assert "CRM" in client.call("getversionstring")
    assert client.call("logoff", "") is True
    with pytest.raises(zeep.exceptions.Fault, match="You are not logged on"):
        client.call("getversionstring")


def test_an_unknown_caption_is_taken(client: Client, process: Crm) -> None:
    client.call("update", "company", [client.new("company", companyid=1, type="Umgangssprache")])
    assert process.show("1")["type"] == "Umgangssprache"


def test_the_observed_order_is_too_much_for_a_strict_client(client: Client, process: Crm) -> None:
    process.settings(order="observed")
    with pytest.raises(zeep.exceptions.XMLParseError):
        client.call("query", "1=1", "company")
