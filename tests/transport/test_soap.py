"""SOAP: envelopes that arrive as they were meant, faults, and contracts that fetch nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hub.core.errors import ConfigError, Refused
from hub.transport.soap import Contract, Fault, answer, envelope, text
from hub.transport.xml import ILLEGAL, NotXml, parse

NS = "http://tempuri.org/type"
SCHEMA = f"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{NS}" xmlns:t="{NS}"
  elementFormDefault="qualified">
<xsd:complexType name="company"><xsd:all><xsd:element name="companyid" type="xsd:int" minOccurs="0"/>
 <xsd:element name="name" type="xsd:string" minOccurs="0"/></xsd:all></xsd:complexType>
<xsd:element name="logon"><xsd:complexType><xsd:sequence><xsd:element name="username" type="xsd:string"/>
 <xsd:element name="password" type="xsd:string"/></xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name="logonresponsetype"><xsd:complexType><xsd:sequence><xsd:element name="result" type="xsd:string"/>
 </xsd:sequence></xsd:complexType></xsd:element></xsd:schema>"""
HEAD = f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="{NS}" xmlns:t="{NS}"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">"""
IN = '<input><soap:body use="literal"/></input>'
REST = f"""<message name="in"><part name="parameters" element="t:logon"/></message>
<message name="out"><part name="parameters" element="t:logonresponsetype"/></message>
<portType name="P"><operation name="logon"><input message="t:in"/><output message="t:out"/></operation></portType>
<binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
 <operation name="logon"><soap:operation soapAction=""/>{IN}{IN.replace("input", "output")}</operation></binding>
<service name="S"><port name="Q" binding="t:B"><soap:address location="http://crm.example/soap"/></port></service>
</definitions>"""
WSDL = f"{HEAD}<types>{SCHEMA}</types>{REST}"


def contract(folder: Path, wsdl: str, name: str = "crm.wsdl") -> Contract:
    (folder / "wsdl").mkdir(exist_ok=True)
    (folder / "wsdl" / name).write_text(wsdl)
    return Contract(name, folder / "wsdl")


def importing(location: str) -> str:
    imported = f'<xsd:import namespace="{NS}" {location}/>'
    xsd = f'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">{imported}</xsd:schema>'
    return f"{HEAD}<types>{xsd}</types>{REST}"


@given(st.text(st.characters(codec="utf-8")).filter(lambda value: not ILLEGAL.search(value)))
def test_any_text_arrives_as_it_was_sent(value: str) -> None:
    root = parse(envelope(f"<a>{text(value)}</a>"), where="x")
    assert (answer(root, "x").text or "") == value


@pytest.mark.parametrize("value", ["a\x00b", "\x1b[31m", "\x08", "\ufffe", "\ud800"])
def test_text_that_xml_cannot_carry_is_refused(value: str) -> None:
    with pytest.raises(Refused) as caught:
        text(value)
    assert caught.value.code == "value.character"


def test_a_value_cannot_break_out_of_its_element() -> None:
    root = parse(envelope(f"<a>{text('</a><b>]]><!-- &amp;')}</a>", "<h/>"), where="x")
    assert len(answer(root, "x")) == 0
    assert [etree.QName(part).localname for part in root] == ["Header", "Body"]


@pytest.mark.parametrize(
    "fault",
    [
        "<s:Fault><faultcode>s:Server</faultcode><faultstring> Query failed </faultstring></s:Fault>",
        "<Fault><faultstring>Query failed</faultstring><faultcode>s:Server</faultcode></Fault>",
    ],
)
def test_a_fault_is_raised_with_its_text(fault: str) -> None:
    with pytest.raises(Fault) as caught:
        answer(parse(envelope(fault), where="x"), "x")
    assert (caught.value.code, caught.value.said) == ("s:Server", "Query failed")


@pytest.mark.parametrize(
    "document",
    [b"<a/>", b"<Envelope/>", b"<Envelope><Body/></Envelope>", b"<Envelope><Body><a/><b/></Body></Envelope>"],
)
def test_what_is_not_one_answer_is_not_soap(document: bytes) -> None:
    with pytest.raises(NotXml) as caught:
        answer(parse(document, where="crm"), "crm")
    assert caught.value.code == "answer.no-soap"


def test_a_contract_tells_operations_and_fields(tmp_path: Path) -> None:
    crm = contract(tmp_path, WSDL)
    assert crm.operations == {"logon"}
    assert crm.fields("Company") == {"companyid": "int", "name": "string"}
    assert crm.fields("nothing") == {}
    crm.require(["logon"])
    with pytest.raises(ConfigError) as caught:
        crm.require(["logon", "query"])
    assert caught.value.code == "wsdl.operation"
    assert "no operation query" in caught.value.said


def test_a_contract_builds_the_request(tmp_path: Path) -> None:
    request = contract(tmp_path, WSDL).envelope("logon", username="a<b", password="&")
    call = answer(parse(request, where="x"), "x")
    assert call.tag == f"{{{NS}}}logon"
    assert [part.text for part in call] == ["a<b", "&"]


def test_arguments_that_the_contract_does_not_know_are_a_mismatch(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        contract(tmp_path, WSDL).envelope("logon", user="a", password="secret-value")
    assert caught.value.code == "wsdl.mismatch"
    assert "secret-value" not in caught.value.said


def test_a_contract_may_import_files_beside_it(tmp_path: Path) -> None:
    crm = contract(tmp_path, importing('schemaLocation="types.xsd"'))
    (tmp_path / "wsdl" / "types.xsd").write_text(SCHEMA)
    assert crm.operations == {"logon"}


@pytest.mark.parametrize(
    "wsdl",
    [
        "",
        "<html><body>log on</body></html>",
        WSDL[:500],
        "<!DOCTYPE definitions>" + WSDL,
        importing('schemaLocation="http://127.0.0.1:9/types.xsd"'),
        importing('schemaLocation="file:///etc/passwd"'),
        importing('schemaLocation="../../../../../../etc/passwd"'),
        importing('schemaLocation="../outside.xsd"'),
        importing('schemaLocation="not-there.xsd"'),
    ],
)
def test_a_wsdl_that_cannot_be_loaded_is_a_configuration_error(tmp_path: Path, wsdl: str) -> None:
    (tmp_path / "outside.xsd").write_text(SCHEMA)
    with pytest.raises(ConfigError) as caught:
        contract(tmp_path, wsdl).operations  # noqa: B018
    assert caught.value.code == "wsdl.unloadable"


def test_a_missing_wsdl_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "wsdl").mkdir()
    with pytest.raises(ConfigError) as caught:
        Contract("not-there.wsdl", tmp_path / "wsdl").operations  # noqa: B018
    assert caught.value.code == "wsdl.unloadable"


def test_a_wsdl_outside_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.wsdl").write_text(WSDL)
    (tmp_path / "wsdl").mkdir()
    with pytest.raises(ConfigError):
        Contract("../secret.wsdl", tmp_path / "wsdl").operations  # noqa: B018


@pytest.mark.filterwarnings("ignore:The wsdl")
@pytest.mark.parametrize(
    "wsdl",
    [
        f"{HEAD}</definitions>",
        f"{HEAD}<types>{SCHEMA}</types></definitions>",
        WSDL.replace('element="t:logon"', 'element="t:missing"'),
        "<a/>",
    ],
)
def test_a_wsdl_without_operations_is_a_configuration_error(tmp_path: Path, wsdl: str) -> None:
    with pytest.raises(ConfigError) as caught:
        contract(tmp_path, wsdl).operations  # noqa: B018
    assert caught.value.code == "wsdl.no-operations"
