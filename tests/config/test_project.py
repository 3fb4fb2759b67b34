"""What a project folder without problems becomes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.config import Project, load_project, load_settings
from hub.core.clocks import Clocks
from hub.core.errors import ConfigError
from hub.core.keep import Keep
from hub.core.model import Allowed, Deletes, Policy, Task, Unit

Load = Callable[..., Project]
Change = Callable[[str, str, str], None]
MAIN = "conf/instances/main.yaml"


def test_an_instance_is_named_by_its_file(load: Load) -> None:
    instance = load().instance("main")
    assert (instance.organization, instance.name, instance.active) == ("demo", "main", True)
    assert list(instance.systems) == ["crm", "erp"]
    assert instance.systems["crm"].options.url == "http://127.0.0.1:8701/crm"
    assert instance.tasks == (Task("accounts", ("account",), timedelta(minutes=5)),)


def test_every_field_is_in_exactly_one_unit_with_the_nearest_policy(load: Load) -> None:
    crm = Policy("prefer", ("crm",))
    assert load().instance("main").entities["account"].units == (
        Unit("address", ("city", "postcode"), crm, "hub"),
        Unit("name", ("name",), crm, "hub"),
        Unit("phone", ("phone",), Policy("newest"), "field phone"),
        Unit("amount", ("amount",), crm, "hub"),
        Unit("status", ("status",), crm, "hub"),
    )


@pytest.mark.parametrize(
    ("old", "new", "unit", "policy", "said"),
    [
        ("merge: field", "policy: ask", "name", Policy("ask"), "entity account"),
        ("merge: field", "policy: ask", "phone", Policy("newest"), "field phone"),
        ("      phone: newest", "      address: newest", "address", Policy("newest"), "group address"),
        (
            "address: [city, postcode]",
            "address: {fields: [city], policy: ask}",
            "address",
            Policy("ask"),
            "group address",
        ),
        (
            "      phone: newest",
            "      phone: {prefer: [erp, crm]}",
            "phone",
            Policy("prefer", ("erp", "crm")),
            "field phone",
        ),
        ("policy: {prefer: crm}\n", "", "name", Policy("ask"), "hub"),
    ],
)
def test_the_policy_said_nearest_to_a_field_counts(
    load: Load, change: Change, old: str, new: str, unit: str, policy: Policy, said: str
) -> None:
    change(MAIN, old, new)
    found = next(u for u in load().instance("main").entities["account"].units if u.name == unit)
    assert (found.policy, found.said) == (policy, said)


def test_merge_row_makes_the_record_one_unit(load: Load, change: Change) -> None:
    change(MAIN, "merge: field\n    policies:\n      phone: newest", "merge: row")
    change(MAIN, "    groups:\n      address: [city, postcode]\n", "")
    (unit,) = load().instance("main").entities["account"].units
    assert unit == Unit(
        "row", ("name", "phone", "city", "postcode", "amount", "status"), Policy("prefer", ("crm",)), "hub"
    )


@pytest.mark.parametrize(("said", "rule"), [("ask", "ask"), ("edit wins", "edit"), ("delete wins", "delete")])
def test_a_delete_against_an_edit_is_decided_as_said(load: Load, change: Change, said: str, rule: Any) -> None:
    change(MAIN, "deletes: ask", f"deletes: {said}")
    assert load().instance("main").entities["account"].deletes == Policy(rule)


def test_a_binding_says_what_may_be_done_and_how_the_object_is_read(load: Load, change: Change) -> None:
    change(MAIN, "direction: both", "direction: in\n        insert: false\n        delete: false")
    binding = load().instance("main").entities["account"].bindings["crm"]
    assert (binding.object, binding.direction) == ("company", "in")
    assert binding.allowed == Allowed(insert=False, update=True, delete=False)
    assert (binding.filter, binding.options) == ("comp_type = 'Supplier'", {"page": 100})


def test_what_a_deletion_means_is_said_by_binding(load: Load, change: Change) -> None:
    said = "{send: soft, take: unlink, set: {status: I}, guard: {most: 5, share: 2%}, confirm_after: 1h}"
    change("conf/instances/main.yaml", "        object: supplier", f"        object: supplier\n        deletes: {said}")
    bindings = load().instance("main").entities["account"].bindings
    assert bindings["crm"].deletes == Deletes()
    assert bindings["erp"].deletes == Deletes("soft", "unlink", {"status": "I"}, 5, 0.02, timedelta(hours=1))


def test_all_keys_are_compared_daily_or_as_said(load: Load, change: Change) -> None:
    assert load().instance("main").tasks[0].keys_every == timedelta(days=1)
    change("conf/instances/main.yaml", "    every: 5m", "    every: 5m\n    keys_every: 2h")
    assert load().instance("main").tasks[0].keys_every == timedelta(hours=2)


def test_a_mapping_takes_types_scale_and_choices_from_the_entity(load: Load) -> None:
    bindings = load().instance("main").entities["account"].bindings
    crm, erp = bindings["crm"].mapping.specs, bindings["erp"].mapping.specs
    assert (crm["amount"].type, crm["amount"].scale, crm["amount"].sources) == ("decimal", 2, ("creditlimit",))
    assert crm["@erp"].type == "reference"
    assert crm["status"].transforms == (("lookup", {"table": {"Active": "A", "Inactive": "I"}}),)
    assert (crm["status"].choices, erp["status"].choices) == ((), ("A", "I"))
    assert (erp["name"].length, erp["name"].too_long) == (40, "truncate")


def test_wire_and_zone_come_from_the_adapter_unless_the_mapping_says_otherwise(load: Load, change: Change) -> None:
    change("mappings/account.erp.yaml", "object: supplier", "object: supplier\nwire: text\nzone: Asia/Tokyo")
    bindings = load().instance("main").entities["account"].bindings
    crm, erp = bindings["crm"].mapping.specs["name"], bindings["erp"].mapping.specs["name"]
    assert (crm.wire, crm.zone) == ("json", "Europe/Dublin")
    assert (erp.wire, erp.zone) == ("text", "Asia/Tokyo")


def test_an_adapter_may_offer_the_mapping_itself(load: Load, change: Change, folder: Path) -> None:
    change(MAIN, "\n        mapping: account.erp", "")
    text = (folder / "adapters/paper.py").read_text()
    offer = "{'object': obj, 'entity': 'account', 'fields': {'name': 'name', '@crm': 'external_ref'}}"
    (folder / "adapters/paper.py").write_text(f"{text}\n\ndef mapping_of(options, obj, folder):\n    return {offer}\n")
    mapping = load().instance("main").entities["account"].bindings["erp"].mapping
    assert (mapping.object, sorted(mapping.specs)) == ("supplier", ["@crm", "name"])


def test_an_adapter_is_given_its_objects_its_folder_and_its_secrets(load: Load, folder: Path) -> None:
    project = load()
    system: Any = project.connect(project.instance("main"), "crm")
    use = system.objects["company"]
    assert use.fields == ("city", "creditlimit", "name", "phone", "postcode", "status", "supplierid")
    assert (use.filter, use.options, system.folder) == ("comp_type = 'Supplier'", {"page": 100}, folder.resolve())
    assert system.secret(system.options.password.secret).reveal() == "correct horse"


def test_the_store_is_a_file_of_the_folder(load: Load, folder: Path) -> None:
    assert load().hub.store_url() == f"sqlite:///{folder.resolve().as_posix()}/var/hub.db"


def test_an_empty_hub_file_means_the_defaults(load: Load, folder: Path) -> None:
    (folder / "conf/hub.yaml").write_text("")
    hub = load().hub
    assert (hub.log_level, hub.log_format, hub.keep) == ("info", "text", Keep())
    assert hub.store.endswith("/var/hub.db")


@pytest.mark.parametrize(
    ("store", "environ", "url"),
    [
        ("${STORE:-sqlite:///var/hub.db}", {"STORE": "sqlite:////srv/hub.db"}, "sqlite:////srv/hub.db"),
        ("'sqlite:///:memory:'", {}, "sqlite:///:memory:"),
        ("postgresql://hub@db/hub", {}, "postgresql://hub@db/hub"),
        ("${STORE}", {"STORE": "postgresql://hub:p%40ss@db/hub"}, "postgresql://hub:p%40ss@db/hub"),
        ("{url: 'postgresql://hub@db/hub', password: {secret: PG}}", {"PG": "p@ss"}, "postgresql://hub:p%40ss@db/hub"),
    ],
)
def test_a_store_may_be_named_in_several_ways(
    load: Load, change: Change, store: str, environ: dict[str, str], url: str
) -> None:
    change("conf/hub.yaml", "sqlite:///var/hub.db", store)
    project = load(**environ)
    assert project.hub.store_url() == url
    assert "p%40ss" not in repr(project.hub)
    assert "p@ss" not in repr(project.hub)


def test_addresses_are_filled_in_from_the_environment(load: Load, change: Change) -> None:
    change(MAIN, "url: http://127.0.0.1:8701/crm", "url: http://${HOST:-127.0.0.1}:${PORT:-8701}/crm")
    assert load().instance("main").systems["crm"].options.url == "http://127.0.0.1:8701/crm"
    assert load(PORT="99", HOST="h").instance("main").systems["crm"].options.url == "http://h:99/crm"


def test_several_instances_stand_side_by_side(load: Load, folder: Path) -> None:
    text = (folder / MAIN).read_text().replace("active: true", "active: false")
    (folder / "conf/instances/second.yaml").write_text(text)
    assert {name: instance.active for name, instance in load().instances.items()} == {"main": True, "second": False}


def test_an_unknown_instance_is_said_with_the_nearest(load: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        load().instance("mian")
    assert caught.value.problems == ["unknown instance 'mian', did you mean 'main'?"]


def test_what_yaml_would_quietly_change_stays_as_it_is_written(load: Load, change: Change) -> None:
    change(MAIN, "choices: [A, I]", "choices: [no, on, 2026-01-02, 1:30, 0123]")
    change("mappings/account.erp.yaml", "status: status", "kind: status")
    change(MAIN, "status: {type", "kind: {type")
    change(
        "mappings/account.crm.yaml",
        "  status:\n    field: status\n    transforms:\n      - lookup: {table: {Active: A, Inactive: I}}\n",
        "",
    )
    spec = load().instance("main").entities["account"].bindings["erp"].mapping.specs["kind"]
    assert spec.choices == ("no", "on", "2026-01-02", "1:30", "0123")


def test_a_folder_that_is_no_project_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path, {})
    assert caught.value.code == "config.no-project"
    assert "hub init DIR" in caught.value.said


def test_the_settings_of_the_hub_can_be_had_without_any_adapter(folder: Path) -> None:
    (folder / "adapters/paper.py").write_text("1 / 0\n")
    assert load_settings(folder, {}).store_url().endswith("/var/hub.db")


def test_the_settings_of_the_hub_are_checked_as_strictly(folder: Path) -> None:
    (folder / "conf/hub.yaml").write_text("store: {url: sqlite:///a.db, pasword: x}\nlog: {level: loud}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(folder, {})
    assert caught.value.problems == [
        "conf/hub.yaml:1:30: store.pasword: unknown setting, did you mean 'password'?",
        "conf/hub.yaml:2:7: log.level: expected 'debug', 'info', 'warning' or 'error', got 'loud'",
    ]


def test_what_newest_asks_of_the_clocks_can_be_said(load: Load, change: Change) -> None:
    assert load().instance("main").clocks == Clocks(timedelta(minutes=1), timedelta(seconds=1))
    change(MAIN, "organization: demo", "organization: demo\nclocks: {most: 5m, margin: 2s}")
    assert load().instance("main").clocks == Clocks(timedelta(minutes=5), timedelta(seconds=2))
