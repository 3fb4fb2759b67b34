"""`hub records`, `hub secret`, `hub init`, `hub resume`: small commands that people rely on."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.command import Project

from hub.cli.main import main


def test_a_record_is_shown_across_the_systems_with_where_each_value_came_from(synced: Project) -> None:
    company, supplier = synced.link()
    synced.erp.edit(supplier, industry="Aerospace")
    synced.sync()
    found = synced.ask("records", "account", f"crm:{company}")
    assert (found["systems"]["crm"]["key"], found["systems"]["erp"]["key"]) == (company, supplier)
    assert found["fields"]["industry"] == "Aerospace"
    assert found["from"]["industry"][0] == "erp"
    assert [entry["action"] for entry in found["history"]][:2] == ["updated", "took"]
    assert found["history"][1]["detail"]["industry"][1] == "Aerospace"
    assert synced.ask("records", "account", f"erp:{supplier}") == found
    assert synced.ask("records", "account", f"hub:{found['golden_id']}") == found


def test_it_tells_people_the_same(synced: Project) -> None:
    company, supplier = synced.link()
    said = synced("records", "account", f"crm:{company}").out
    assert f"crm: {company}" in said
    assert f"erp: {supplier}" in said
    assert synced.crm.show(company)["name"] in said


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ("crm:9999", "record.unknown"),
        ("hub:9999", "record.unknown"),
        ("hub:99999999999999999999", "record.unknown"),
        ("hub:x", "record.unknown"),
        ("ldap:1", "command.unknown-name"),
        ("42", "command.unknown-name"),
    ],
)
def test_a_record_that_the_hub_does_not_know_is_said_to_be_unknown(synced: Project, record: str, code: str) -> None:
    done = synced("records", "account", record, "--json")
    assert done.code == (2 if code == "command.unknown-name" else 1)
    assert done.error["code"] == code


@pytest.fixture
def sealed(project: Project) -> Project:
    """Both secrets are in the project's own store, not in the environment."""
    project.env["HUB_SECRET_CRM_PASSWORD"] = project.env["HUB_SECRET_ERP_KEY"] = None
    assert project("secret", "set", "CRM_PASSWORD", "--value", "hub").code == 0
    assert project("secret", "set", "ERP_KEY", typed="sandbox\n").code == 0
    return project


def test_sealed_secrets_are_enough_to_run(sealed: Project) -> None:
    sealed.sync()


def test_secrets_are_listed_by_name_and_never_shown(sealed: Project) -> None:
    assert sealed.ask("secret", "list") == ["CRM_PASSWORD", "ERP_KEY"]
    assert "sandbox" not in sealed.path("conf/secrets.yaml").read_text()
    assert stat.S_IMODE(sealed.path("conf/hub.key").stat().st_mode) == 0o600


def test_secrets_open_after_the_key_was_changed(sealed: Project) -> None:
    before = sealed.path("conf/secrets.yaml").read_text()
    assert sealed.ask("secret", "rotate") == {"rotated": ["CRM_PASSWORD", "ERP_KEY"]}
    assert sealed.path("conf/secrets.yaml").read_text() != before
    sealed.sync()


def test_a_secret_that_is_not_set_is_named_with_the_command_that_sets_it(project: Project) -> None:
    project.env["HUB_SECRET_ERP_KEY"] = None
    done = project("sync")
    assert done.code == 2
    assert "hub secret set ERP_KEY" in done.err


@pytest.mark.parametrize(("words", "typed"), [(("set", "erp key", "--value", "x"), None), (("set", "ERP_KEY"), "")])
def test_a_bad_name_or_no_value_is_refused(project: Project, words: tuple[str, ...], typed: str | None) -> None:
    done = project("secret", *words, typed=typed)
    assert done.code == 2
    assert not project.path("conf/secrets.yaml").exists()


def test_every_secret_command_answers_machines_too(sealed: Project) -> None:
    assert sealed.ask("secret", "set", "MORE", "--value", "x") == {"set": "MORE"}
    assert sealed.ask("secret", "list") == ["CRM_PASSWORD", "ERP_KEY", "MORE"]
    assert sealed.ask("secret", "rotate") == {"rotated": ["CRM_PASSWORD", "ERP_KEY", "MORE"]}
    done = sealed("secret", "set", "bad name", "--value", "x", "--json")
    assert (done.code, done.error["code"]) == (2, "secret.name")


def test_init_makes_a_project_that_only_lacks_its_secrets(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["init", str(tmp_path / "new")])
    assert done.exit_code == 0
    assert "secret set NAME" in done.stdout
    checked = CliRunner().invoke(main, ["-p", str(tmp_path / "new"), "check"])
    assert checked.exit_code == 2
    assert checked.stderr.count("is not set") == 2


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init", str(tmp_path)]).exit_code == 0
    (tmp_path / "conf/hub.yaml").write_text("store: mine")
    assert CliRunner().invoke(main, ["init", str(tmp_path)]).exit_code == 2
    assert (tmp_path / "conf/hub.yaml").read_text() == "store: mine"


def test_a_paused_system_is_left_alone_until_a_person_resumes_it(synced: Project) -> None:
    synced.env["HUB_SECRET_ERP_KEY"] = "wrong"
    assert synced("sync").code == 1
    synced.env["HUB_SECRET_ERP_KEY"] = "sandbox"
    synced.forget_calls()
    assert "'hub resume erp' goes on" in synced("sync").err
    assert not synced.erp.stats()["calls"]
    assert synced.ask("resume", "erp") == {"resumed": "erp"}
    synced.sync()
    assert synced("resume", "epr").code == 2
