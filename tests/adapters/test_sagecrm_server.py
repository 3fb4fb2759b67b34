"""Reading from a Sage CRM at work: polls while people type, metadata, widths, and its own description."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sage_answers import connected, fault, page, recorded_crm, result
from support.servers import Crm

from adapters.sagecrm.adapter import SageCrm
from hub.adapter import FieldInfo, Write
from hub.core.errors import ConfigError, Refused, TryLater


@pytest.fixture
def adapter(crm: Crm) -> Iterator[SageCrm]:
    adapter = connected(crm.url, password=crm.password)
    yield adapter
    adapter.close()


def info(adapter: SageCrm, name: str) -> FieldInfo:
    [company] = adapter.describe()
    return next(field for field in company.fields if field.name == name)


def test_it_describes_fields_with_types_lengths_and_choices(adapter: SageCrm) -> None:
    assert info(adapter, "name") == FieldInfo("name", "text", 60, required=True)
    assert info(adapter, "companyid") == FieldInfo("companyid", "integer", read_only=True)
    assert info(adapter, "creditlimit").type == "decimal"
    assert info(adapter, "onhold").type == "boolean"
    assert info(adapter, "updateddate") == FieldInfo("updateddate", "date-time", read_only=True)
    assert info(adapter, "status") == FieldInfo("status", "choice", 40, choices=("Active", "Inactive", "Archive"))


def test_a_field_can_be_made_wider(crm: Crm, adapter: SageCrm) -> None:
    key = next(iter(crm.companies()))
    adapter.widen("company", "supplierid", 50)
    assert info(adapter, "supplierid").length == 50
    adapter.write("company", [Write("update", key, {"supplierid": "S" * 50})])
    assert crm.show(key)["supplierid"] == "S" * 50


@pytest.mark.parametrize(("field", "length"), [("supplierid", 0), ("supplierid", 100_000), ("creditlimit", 50)])
def test_a_width_that_the_crm_does_not_take_is_refused(adapter: SageCrm, field: str, length: int) -> None:
    with pytest.raises(Refused) as caught:
        adapter.widen("company", field, length)
    assert caught.value.code == "sage.width"


def test_its_description_is_checked_against_what_is_called(crm: Crm, tmp_path: Path) -> None:
    wsdl = requests.get(f"{crm.base}/crm/eware.dll/webservice/webservice.wsdl", timeout=10).text
    (tmp_path / "wsdl").mkdir()
    file = tmp_path / "wsdl" / "crm.wsdl"
    for text, code in [(wsdl, None), (wsdl.replace("tempuri.org/type", "other.example/"), "wsdl.mismatch")]:
        file.write_text(text)
        adapter = connected(crm.url, password=crm.password, folder=tmp_path, wsdl="crm.wsdl")
        if code is None:
            assert adapter.describe()
        else:
            with pytest.raises(ConfigError) as caught:
                adapter.describe()
            assert caught.value.code == code
        adapter.close()


def test_without_metadata_the_description_tells_the_fields(crm: Crm, tmp_path: Path) -> None:
    (tmp_path / "wsdl").mkdir()
    wsdl = requests.get(f"{crm.base}/crm/eware.dll/webservice/webservice.wsdl", timeout=10).text
    (tmp_path / "wsdl" / "crm.wsdl").write_text(wsdl)
    answers = {"getmetadata": fault("no"), "getdropdownvalues": result("getdropdownvalues", ""), "query": page("query")}
    with recorded_crm(answers, folder=tmp_path, wsdl="crm.wsdl") as (adapter, _):
        assert info(adapter, "companyid") == FieldInfo("companyid", "integer", read_only=True)
        assert info(adapter, "city").type == "text"
    with recorded_crm(answers) as (adapter, _), pytest.raises(Refused):
        adapter.describe()


def shown(adapter: SageCrm, since: str | None) -> tuple[dict[str, str], set[str], str]:
    pages = list(adapter.changes("company", since))
    records = {record.key: record.fields["name"] for found in pages for record in found.records}
    return records, {key for found in pages for key in found.gone}, pages[-1].cursor


def test_a_session_that_ends_between_two_pages_loses_nothing(crm: Crm) -> None:
    crm.settings(page=7)
    adapter = connected(crm.url, password=crm.password)
    seen = set()
    for found in adapter.changes("company", None):
        seen |= {record.key for record in found.records}
        crm.faults(expire=True)
    adapter.close()
    assert seen == set(crm.companies())


def test_rows_that_move_between_two_pages_are_not_skipped(crm: Crm) -> None:
    """Each page, a person deletes one record behind and one ahead, edits one, and adds one."""
    crm.settings(page=3)
    adapter = connected(crm.url, password=crm.password)
    untouched = set(crm.companies())
    walk = adapter.changes("company", None)
    numbers, seen, cursor = itertools.count(), dict[str, str](), ""
    for found in walk:
        seen |= {record.key: record.fields["name"] for record in found.records}
        cursor = found.cursor
        n = next(numbers)
        keys = sorted(crm.companies(), key=int)
        for key in (keys[0], keys[-1]):
            crm.delete(key)
            untouched.discard(key)
        crm.edit(keys[1], name=f"Edited {n}")
        crm.add(name=f"Added {n}")
    later, gone, _ = shown(adapter, cursor)
    adapter.close()
    now = {key: str(company["name"]) for key, company in crm.companies().items()}
    assert untouched <= set(seen)
    assert {key: name for key, name in {**seen, **later}.items() if key not in gone} == now


def test_a_bulk_change_of_one_second_is_read_whole(crm: Crm) -> None:
    crm.settings(page=4)
    adapter = connected(crm.url, password=crm.password)
    _, _, cursor = shown(adapter, None)
    assert crm.mutate(50) == 15
    changed, _, _ = shown(adapter, cursor)
    adapter.close()
    assert len(changed) >= 15


@pytest.mark.parametrize(
    "rule", [{"html": 1}, {"empty": 1}, {"cut": 1}, {"throttle": 1, "retry_after": 0}, {"hang_up": 1}, {"error": 1}]
)
def test_a_poll_that_is_cut_off_is_for_later_and_then_whole(crm: Crm, adapter: SageCrm, rule: dict[str, int]) -> None:
    _, _, cursor = shown(adapter, None)
    key = crm.add(name="New")
    crm.faults(only=" query$", **rule)
    with pytest.raises(TryLater):
        shown(adapter, cursor)
    assert shown(adapter, cursor)[0][key] == "New"


def test_a_field_that_a_person_empties_comes_as_empty(crm: Crm, adapter: SageCrm) -> None:
    key = crm.add(name="Has a supplier", supplierid="S1")
    [before] = adapter.read("company", [key])
    crm.edit(key, supplierid=None)
    [after] = adapter.read("company", [key])
    assert (before.fields["supplierid"], after.fields["supplierid"]) == ("S1", "")
