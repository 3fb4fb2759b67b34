"""The points of Sage CRM's wire that clients meet, one row or test each."""

import pytest
from crm_calls import START, XML, XSI, Answer, Caller, logged_on
from lxml import etree

from hub.sandbox.crm.schema import NS

QUERY = "<queryString>comp_companyid=1</queryString><entityname>company</entityname>"


@pytest.mark.parametrize(
    "body",
    [
        f'<query xmlns="{NS}">{QUERY}</query>',
        f'<query xmlns="http://tempuri.org/">{QUERY}</query>',
        f"<query>{QUERY}</query>",
        f'<x:QUERY xmlns:x="urn:any">{QUERY}</x:QUERY>',
        "<query><QueryString>comp_companyid=1</QueryString><EntityName>Company</EntityName></query>",
        "<query><queryString>comp_companyid=1</queryString><Entity>company</Entity></query>",
        "<query><Entity>COMPANY</Entity><!-- any order --><queryString>comp_companyid=1</queryString></query>",
    ],
)
def test_a_query_is_understood_in_any_case_and_namespace(body: str) -> None:
    answer = logged_on(2).body(body)
    assert (answer.texts("companyid")[:1], answer.texts("more")) == (["1"], ["false"])


@pytest.mark.parametrize(
    "header",
    [
        "<SessionHeader><sessionId>{}</sessionId></SessionHeader>",
        "<sessionheader><sessionid>{}</sessionid></sessionheader>",
        '<a:SESSIONHEADER xmlns:a="urn:any"><a:SessionID>{}</a:SessionID></a:SESSIONHEADER>',
        "<Other/><SessionHeader><sessionId> {} </sessionId></SessionHeader>",
    ],
)
def test_the_session_is_found_in_any_case(header: str) -> None:
    caller = logged_on(1)
    assert caller.body(f"<query>{QUERY}</query>", header.format(caller.sid)).texts("name")


def test_logon_takes_capitals_and_answers_a_numeric_session() -> None:
    answer = Caller().body("<logon><Username>hub</Username><Password>hub</Password></logon>", "")
    [sid] = answer.texts("sessionid")
    assert sid.isdecimal()
    assert 14 <= len(sid) <= 15
    assert b'<logonresponsetype xmlns="http://tempuri.org/type"><result><sessionid>' in answer.body


def test_logoff_takes_an_empty_body() -> None:
    caller = logged_on()
    assert caller.call("logoff").texts("success") == ["true"]
    assert caller.query().fault == "You are not logged on."


def test_logoff_takes_the_session_from_its_body() -> None:
    caller = logged_on()
    assert caller.body(f"<logoff><sessionId>{caller.sid}</sessionId></logoff>", "").texts("success") == ["true"]


def test_soapaction_and_content_type_do_not_matter() -> None:
    caller = logged_on(1)
    body = f"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><SessionHeader><sessionId>{caller.sid}"
    body += f"</sessionId></SessionHeader></s:Header><s:Body><query>{QUERY}</query></s:Body></s:Envelope>"
    for kind in (XML, "application/xml", "text/xml", "TEXT/XML; charset=UTF-8"):
        assert caller.raw(body.encode(), kind).texts("name")


@pytest.mark.parametrize(
    "record",
    [
        "<records><name>N</name><city>C</city></records>",
        f'<records xmlns:xsi="{XSI}" xsi:type="typens:company" xmlns:typens="{NS}"><typens:name>N</typens:name>'
        "<typens:city>C</typens:city></records>",
        f'<records xmlns:xsi="{XSI}" xsi:type="company"><Name>N</Name><City>C</City></records>',
        "<records><comp_name>N</comp_name><comp_city>C</comp_city></records>",
        "<Records><name>N</name><city>C</city></Records>",
    ],
)
def test_records_are_taken_with_or_without_type_prefix_and_namespace(record: str) -> None:
    caller = logged_on()
    [key] = map(int, caller.call("add", f"<entityname>company</entityname>{record}").texts("crmid"))
    assert (caller.field("name", key), caller.field("city", key)) == ("N", "C")


def test_a_record_looks_as_on_a_live_server() -> None:
    body = logged_on(1).query().body.decode()
    assert body.startswith('<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<SOAP-ENV:Envelope ')
    assert '<queryresponse xmlns="http://tempuri.org/type"><result><records xsi:type="typens:company"' in body
    assert f'xmlns:typens="{NS}"><typens:companyid>1</typens:companyid><typens:name>' in body
    assert "<typens:onhold>false</typens:onhold>" in body
    assert "<typens:updateddate>2025-03-09T11:22:18</typens:updateddate>" in body
    assert "</records><size>1</size><more>false</more></result>" in body


def test_null_is_absent_and_deleted_is_never_said() -> None:
    answer = logged_on(1).query()
    assert (answer.texts("supplierid"), answer.texts("deleted")) == ([], [])


def test_an_empty_answer_has_no_records() -> None:
    answer = logged_on().query()
    assert (answer.texts("records"), answer.texts("size"), answer.texts("more")) == ([], ["0"], ["false"])


PEOPLE = (
    "<name>N</name><people><entityname>person</entityname>"
    "<records><firstname>A</firstname></records><records><firstname>B</firstname></records></people>"
)


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["people"]),
        ({"bare": True}, ["records", "records"]),
        ({"nil_lists": True}, ["people", "address", "email"]),
    ],
)
def test_nested_records_come_wrapped_bare_or_nil(settings: dict[str, bool], names: list[str]) -> None:
    caller = logged_on(**settings)
    caller.add(PEOPLE)
    answer = caller.query()
    assert answer.texts("firstname") == ["A", "B"]
    found = answer.names(".//{*}result/{*}records")
    assert found[found.index("timestamp") + 1 :] == names


def test_nested_records_are_taken_bare_too() -> None:
    caller = logged_on()
    caller.add(f'<name>N</name><records xmlns:xsi="{XSI}" xsi:type="t:person"><firstname>A</firstname></records>')
    assert caller.query("pers_companyid=1", "person").texts("firstname") == ["A"]


def test_a_business_phone_of_a_new_company_is_copied_into_its_row() -> None:
    caller = logged_on()
    phone = "<records><type>Business</type><countrycode>44</countrycode><number>123</number></records>"
    [key] = caller.add(f"<name>N</name><phone><entityname>phone</entityname>{phone}</phone>")
    assert caller.field("phone", key) == "44 123"
    assert caller.query(f"phon_companyid={key}", "phone").texts("number") == ["123"]


@pytest.mark.parametrize(
    ("order", "query", "update", "delete"),
    [
        (
            "wsdl",
            ["records", "size", "more"],
            ["updatesuccess", "numberupdated"],
            ["deletesuccess", "numberdeleted"],
        ),
        (
            "observed",
            ["more", "records", "size"],
            ["numberupdated", "updatesuccess"],
            ["numberdeleted", "deletesuccess"],
        ),
    ],
)
def test_elements_come_in_the_order_that_is_set(
    order: str, query: list[str], update: list[str], delete: list[str]
) -> None:
    caller = logged_on(1, order=order)
    assert caller.query().names(".//{*}result") == query
    assert caller.write("update", "<companyid>1</companyid>").names(".//{*}result") == update
    assert caller.write("delete", "<companyid>1</companyid>").names(".//{*}result") == delete


def test_size_can_be_left_out() -> None:
    caller = logged_on(1, omit_size=True)
    assert caller.query().texts("size") == []
    assert caller.write("add", "<name>N</name>").texts("size") == []


FAULTS = [
    (
        "query",
        "<queryString>nope=1</queryString><entityname>company</entityname>",
        "Query failed to run successfully. ",
    ),
    (
        "query",
        "<queryString>name='x'</queryString><entityname>company</entityname>",
        "Query failed to run successfully. ",
    ),
    ("query", "<queryString>1=1</queryString><entityname>Nope</entityname>", "Entity 'Nope' does not exist"),
    ("query", "<queryString>1=1</queryString><entityname>library</entityname>", "Entity 'library' is not Web Service"),
    ("queryrecord", "<fieldlist>comp_nope</fieldlist><entityname>company</entityname>", "Query failed to run"),
    ("queryrecord", "<entityname>company</entityname><orderby>x y z</orderby>", "Query failed to run"),
    ("queryentity", "<id>x</id><entityname>company</entityname>", "Query failed to run"),
    ("next", "", "List index out of bounds (75)"),
    ("nextqueryrecord", "", "List index out of bounds (75)"),
    ("explode", "", "explode"),
    ("queryid", "<entityname>company</entityname><journaltoken>soon</journaltoken>", "Conversion failed"),
    ("update", "<entityname>company</entityname><records><name>x</name></records>", "must hold the id"),
    ("add", "<entityname>company</entityname><records><city>x</city></records>", "Required field 'name' is missing"),
    ("add", "<entityname>company</entityname><records><name>x</name><nope>1</nope></records>", "'nope' does not exist"),
    ("add", "<entityname>company</entityname><records><name>x</name><onhold>maybe</onhold></records>", "Conversion"),
    ("add", "<entityname>company</entityname><records><name>x</name><discount>x</discount></records>", "Conversion"),
    (
        "add",
        "<entityname>company</entityname><records><name>x</name><primaryuserid>9e9</primaryuserid></records>",
        "Con",
    ),
]


@pytest.mark.parametrize(("operation", "inner", "said"), FAULTS)
def test_what_is_wrong_is_said_in_a_fault_with_status_200(operation: str, inner: str, said: str) -> None:
    answer = logged_on(1).call(operation, inner)
    assert answer.status == "200 OK"
    assert said in str(answer.fault)
    assert b"<SOAP-ENV:Fault><faultcode>SOAP-ENV:" in answer.body


def test_faults_can_have_the_status_that_soap_wants() -> None:
    answer = Caller(fault_status=500).query()
    assert (answer.status[:3], answer.fault) == ("500", "You are not logged on.")


def test_a_request_that_is_too_large_is_refused() -> None:
    caller = logged_on(max_request=1000)
    assert "too long" in str(caller.query("x" * 1000).fault).lower()
    assert caller.query().fault is None


@pytest.mark.parametrize("folder", ["WebServices", "webservice", "WEBSERVICES"])
def test_the_description_is_at_both_addresses(folder: str) -> None:
    caller = Caller()
    path = f"/crm/eWare.dll/{folder}/webservice.wsdl"
    assert etree.fromstring(caller.raw(b"", method="GET", path=path).body).get("targetNamespace") == NS
    caller.crm.settings = type(caller.crm.settings)(hide_wsdl=True)
    assert caller.raw(b"", method="GET", path=path) == Answer("200 OK", b"")


def test_a_get_of_the_service_is_answered_with_nothing() -> None:
    assert Caller().raw(b"", method="GET") == Answer("200 OK", b"")


def test_other_addresses_are_not_there() -> None:
    assert Caller().raw(b"", method="GET", path="/crm/eware.dll/Do").status[:3] == "404"


BOMB = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><logon><username>{}</username></logon>'
    "</s:Body></s:Envelope>"
)
HOSTILE = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{BOMB}]>' + ENVELOPE.format("&j;"),
    "external file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + ENVELOPE.format("&e;"),
    "external address": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>' + ENVELOPE.format("&e;"),
    "external dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + ENVELOPE.format("hub"),
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname">%p;]>' + ENVELOPE.format("hub"),
    "internal entity": '<!DOCTYPE x [<!ENTITY e "hub">]>' + ENVELOPE.format("&e;"),
    "depth": ENVELOPE.format("<a>" * 100_000),
    "reference loop": ENVELOPE.format('<a id="a" href="#a"/>'),
    "no body": '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>',
    "empty body": '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    "not an envelope": "<html><body>hello</body></html>",
    "not xml": "hello",
    "half": ENVELOPE.format("hub")[:60],
    "empty": "",
    "blank": "   ",
    "only a comment": '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><!-- x --></s:Body>'
    "</s:Envelope>",
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_or_broken_document_is_a_fault_and_the_server_goes_on(document: str) -> None:
    caller = Caller()
    answer = caller.raw(document.encode())
    assert answer.fault
    assert "hostname" not in answer.fault
    assert caller.logon().texts("sessionid")


def test_a_hundred_thousand_attributes_do_no_harm() -> None:
    attributes = " ".join(f'a{n}="1"' for n in range(100_000))
    assert Caller().raw(f"<logon {attributes}/>".encode()).fault


@pytest.mark.parametrize(
    "kind", ["multipart/related; boundary=x", "text/xml; charset=no-such", "text/xml; charset=utf-16"]
)
def test_a_body_of_another_kind_or_charset_is_a_fault(kind: str) -> None:
    assert Caller().raw(ENVELOPE.format("hub").encode(), kind).fault


@pytest.mark.parametrize("kind", ["", "text/xml"])
def test_a_charset_need_not_be_said(kind: str) -> None:
    answer = Caller().raw(ENVELOPE.format("hub").encode(), kind)
    assert answer.fault or answer.status[:3] == "405"


def test_the_description_names_the_address_it_was_started_with() -> None:
    caller = Caller()
    environ_host = caller.raw(b"", method="GET", path="/crm/eware.dll/webservice/webservice.wsdl")
    assert b'location="http://127.0.0.1/"' in environ_host.body


@pytest.mark.parametrize(
    ("zone", "utc", "wall"),
    [
        ("UTC", False, "2026-07-01T12:00:00"),
        ("Europe/Dublin", False, "2026-07-01T13:00:00"),
        ("America/Chicago", False, "2026-07-01T07:00:00"),
        ("America/Chicago", True, "2026-07-01T12:00:00"),
    ],
)
def test_writes_are_stamped_with_the_wall_clock_of_the_server(zone: str, utc: bool, wall: str) -> None:
    caller = logged_on(zone=zone, utc=utc)
    [key] = caller.add("<name>N</name>")
    names = ("createddate", "updateddate", "timestamp", "createdby", "updatedby")
    assert [caller.field(n, key) for n in names] == [wall, wall, wall, "3", "3"]
    caller.at = START.replace(microsecond=999_999, second=5)
    caller.write("update", f"<companyid>{key}</companyid><city>C</city>")
    assert (caller.field("updateddate", key), caller.field("createddate", key)) == (wall[:-1] + "5", wall)


def test_the_hour_that_autumn_repeats_looks_the_same_twice() -> None:
    caller = logged_on(zone="Europe/Dublin")
    seen = []
    for hour in (0, 1):
        caller.at = START.replace(month=10, day=25, hour=hour, minute=30)
        seen.append(caller.field("updateddate", caller.add("<name>N</name>")[0]))
    assert seen == ["2026-10-25T01:30:00"] * 2
