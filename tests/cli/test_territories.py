"""The security territory of new companies: by a rule, set once, and then people's business."""

import pytest
from support.command import Project

BY_COUNTRY = 'create: {secterr: {from: country, table: {IE: "-2147483639"}, otherwise: "-2147483640"}}\n'
BY_RULE = "create: {secterr: {expression: \"country = 'IE' ? '-2147483639' : '-2147483640'\"}}\n"


def created(project: Project, country: str) -> tuple[str, str]:
    """A new supplier becomes a company: its key, and its territory."""
    before = set(project.crm.records())
    project.erp.add(name=f"New in {country} Ltd", city="Somewhere", country=country, kind="supplier")
    project.sync()
    [key] = set(project.crm.records()) - before
    return key, str(project.crm.records()[key]["secterr"])


@pytest.mark.parametrize("rule", [BY_COUNTRY, BY_RULE])
def test_a_new_company_gets_the_territory_of_the_rule(synced: Project, rule: str) -> None:
    synced.replace("mappings/account.crm.yaml", "^fields:", f"{rule}fields:")
    assert synced("check").code == 0
    assert created(synced, "IE")[1] == "-2147483639"
    assert created(synced, "FR")[1] == "-2147483640"


def test_without_a_rule_the_crm_decides(synced: Project) -> None:
    assert created(synced, "IE")[1] in ("", "None")


def test_moving_a_company_to_another_territory_is_no_edit_and_is_not_put_back(synced: Project) -> None:
    synced.replace("mappings/account.crm.yaml", "^fields:", f"{BY_COUNTRY}fields:")
    key, _ = created(synced, "IE")
    synced.crm.edit(key, secterr="-2147483600")
    synced.forget_calls()
    synced.sync("--full")
    assert synced.written() == 0
    synced.crm.edit(key, phone="+353 1 555 0123")
    synced.sync()
    assert synced.crm.records()[key]["secterr"] == "-2147483600"


def test_a_mistake_is_said_with_its_place(project: Project) -> None:
    wrong = "create: {secterr: {from: contry, table: {IE: '1'}}}"
    project.replace("mappings/account.crm.yaml", "^fields:", f"{wrong}\nfields:")
    done = project("check")
    assert (done.code, "create.secterr.from: unknown field 'contry', did you mean 'country'?" in done.err) == (2, True)
    project.replace("mappings/account.crm.yaml", "^create.*", "create: {secter: '1'}")
    assert "company has no field 'secter'" in project("check").out
