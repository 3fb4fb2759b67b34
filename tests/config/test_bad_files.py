"""What is wrong with a file is said with file, line, column and key, what was expected, and the nearest right name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.config.keyring import KEY_FILE, new_ring
from hub.config.sealed import set_secret
from hub.core.secret import Secret

Change = Callable[[str, str, str], None]
Problems = Callable[..., list[str]]
HUB = "conf/hub.yaml"
MAIN = "conf/instances/main.yaml"
CRM = "mappings/account.crm.yaml"
ERP = "mappings/account.erp.yaml"


TABLE = yaml.safe_load(Path(__file__).with_name("bad_files.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["with"].strip().replace("\n", " "))
def test_a_mistake_is_said_exactly(change: Change, problems: Problems, row: dict[str, Any]) -> None:
    change(row["file"], row["replace"], row["with"])
    assert problems() == row["said"]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  phone: phone", "  phone: city", "mappings/account.crm.yaml:6:3: fields.city: "),
        (
            "  phone: phone",
            "  phone: {field: phone, too_long: truncate}",
            "mappings/account.crm.yaml:5:25: fields.phone.too_long: ",
        ),
        (
            "  phone: phone",
            "  phone: {field: phone, transforms: [trimm]}",
            "mappings/account.crm.yaml:5:38: fields.phone.transforms.0: ",
        ),
        (
            "  phone: phone",
            "  phone: {field: phone, transforms: [{case: uper}]}",
            "mappings/account.crm.yaml:5:38: fields.phone.transforms.0: ",
        ),
        (
            "  phone: phone",
            "  phone: {field: phone, zone: Mars/One}",
            "mappings/account.crm.yaml:5:25: fields.phone.zone: ",
        ),
        ("  phone: phone", "  phone: {fields: [a, b]}", "mappings/account.crm.yaml:5:3: fields.phone.transforms: "),
        ("lookup: {table", "lookup: {tabel", "mappings/account.crm.yaml:12:9: fields.status.transforms.0: "),
        (
            "{Active: A, Inactive: I}",
            "{Active: A, Inactive: A}",
            "mappings/account.crm.yaml:12:9: fields.status.transforms.0: ",
        ),
    ],
)
def test_what_the_compiler_of_mappings_refuses_is_shown_at_its_line(
    change: Change, problems: Problems, old: str, new: str, place: str
) -> None:
    change(CRM, old, new)
    (said,) = problems()
    assert said.startswith(place)


def test_all_problems_of_all_files_come_at_once(folder: Path, change: Change, problems: Problems) -> None:
    change(HUB, "level: info", "level: loud")
    change(MAIN, "  crm:\n    adapter: paper", "  crm:\n    adaptor: paper")
    change(MAIN, "url: http://127.0.0.1:8702/api", "url: 5")
    change(MAIN, "{secret: ERP_PASSWORD}", "{secret: NOT_SET}")
    change(MAIN, "deletes: ask", "deletes: maybe")
    change(MAIN, "- [name, postcode]", "- [nam, postcode]")
    change(MAIN, "every: 5m", "every: often")
    change(ERP, "  phone: phone", "  phon: phone\n  city: 5")
    (folder / "conf/instances/second.yaml").write_text("organization: 5\n")
    assert problems() == [
        "conf/hub.yaml:3:3: log.level: expected 'debug', 'info', 'warning' or 'error', got 'loud'",
        "conf/instances/main.yaml:5:5: systems.crm.adaptor: unknown setting, did you mean 'adapter'?",
        "conf/instances/main.yaml:12:5: systems.erp.url: expected text, got 5",
        "conf/instances/main.yaml:14:5: systems.erp.password: secret NOT_SET is not set: run 'hub secret set NOT_SET', "
        "or set HUB_SECRET_NOT_SET in the environment",
        "conf/instances/main.yaml:30:5: entities.account.deletes: expected 'ask', 'edit wins' or 'delete wins', "
        "got 'maybe'",
        "conf/instances/main.yaml:32:10: entities.account.match.0.0: unknown field 'nam', did you mean 'name'?",
        "conf/instances/main.yaml:45:5: tasks.accounts.every: expected a time such as '5m', got 'often'",
        "conf/instances/second.yaml:1:1: entities: this setting is missing",
        "conf/instances/second.yaml:1:1: organization: expected text, got 5",
        "conf/instances/second.yaml:1:1: systems: this setting is missing",
        "mappings/account.erp.yaml:5:3: fields.phon: unknown field 'phon', did you mean 'phone'?",
        "mappings/account.erp.yaml:7:3: fields.city: this key is there twice, first in line 6",
    ]


def test_a_mapping_is_checked_although_its_system_is_wrong(change: Change, problems: Problems) -> None:
    change(MAIN, "    zone: Europe/Dublin", "    zoen: Europe/Dublin")
    change(CRM, "  phone: phone", "  phon: phone")
    assert [line.partition(" ")[0] for line in problems()] == [
        "conf/instances/main.yaml:9:5:",
        "mappings/account.crm.yaml:5:3:",
    ]


def test_a_mapping_that_two_instances_use_is_wrong_once(folder: Path, change: Change, problems: Problems) -> None:
    change(CRM, "  phone: phone", "  phon: phone")
    (folder / "conf/instances/second.yaml").write_bytes((folder / MAIN).read_bytes())
    assert problems() == ["mappings/account.crm.yaml:5:3: fields.phon: unknown field 'phon', did you mean 'phone'?"]


def test_entities_that_share_an_object_must_read_it_alike(folder: Path, change: Change, problems: Problems) -> None:
    change(MAIN, "tasks:", "  firm:\n    fields: {name: text}\n    bindings: {crm: {mapping: firm.crm}}\ntasks:")
    (folder / "mappings/firm.crm.yaml").write_text("object: company\nentity: firm\nfields: {name: name}\n")
    said = "entity 'account' uses object 'company' too, and says another"
    assert problems() == [
        f"conf/instances/main.yaml:44:16: entities.firm.bindings.crm.filter: {said} filter",
        f"conf/instances/main.yaml:44:16: entities.firm.bindings.crm.options: {said} options",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"organization: d\xe9mo\n", "conf/instances/main.yaml: is not UTF-8 text"),
        (
            b"organization: a\x00b\n",
            "conf/instances/main.yaml: not valid YAML: there is a character that YAML does not allow",
        ),
        (b"[" * 30_000, "conf/instances/main.yaml: is nested too deeply"),
        (b"", "conf/instances/main.yaml: expected settings, got nothing"),
        (b"- a\n", "conf/instances/main.yaml:1:1: expected settings, got a list"),
        (b"1: 2\n", "conf/instances/main.yaml:1:1: 1: expected a key that is text, in quotes if need be, got 1"),
    ],
)
def test_a_file_that_is_no_yaml_of_settings_is_refused(
    folder: Path, problems: Problems, data: bytes, said: str
) -> None:
    (folder / MAIN).write_bytes(data)
    assert said in problems()


def test_an_instance_file_needs_a_plain_name(folder: Path, problems: Problems) -> None:
    (folder / "conf/instances/2nd one.yml").write_text("")
    said = "expected a file name of letters, digits, '_' and '-' that ends with .yaml"
    assert problems() == [f"conf/instances/2nd one.yml: {said}"]


def test_a_project_without_instances_says_where_they_go(folder: Path, problems: Problems) -> None:
    (folder / MAIN).unlink()
    assert problems() == ["conf/instances: there is no instance; each is a file NAME.yaml here"]


def test_a_mapping_of_a_document_is_shown_at_the_binding(folder: Path, change: Change, problems: Problems) -> None:
    change(MAIN, "\n        mapping: account.erp", "")
    offer = "{'object': obj, 'entity': 'account', 'fields': {'nam': 'name', 'phone': {'field': 'phone', 'lenght': 5}}}"
    adapter = folder / "adapters/paper.py"
    adapter.write_text(f"{adapter.read_text()}\n\ndef mapping_of(options, obj, folder):\n    return {offer}\n")
    at = "conf/instances/main.yaml:40:9: entities.account.bindings.erp.object: the mapping in the system's document: "
    assert problems() == [
        f"{at}fields.nam: unknown field 'nam', did you mean 'name'?",
        f"{at}fields.phone.lenght: unknown setting, did you mean 'length'?",
    ]


def test_what_an_adapter_says_of_its_document_is_shown_at_the_binding(
    folder: Path, change: Change, problems: Problems
) -> None:
    change(MAIN, "\n        mapping: account.erp", "")
    adapter = folder / "adapters/paper.py"
    offer = "from hub.core.errors import ConfigError\n\n\ndef mapping_of(options, obj, folder):\n"
    adapter.write_text(f"{adapter.read_text()}\n\n{offer}    raise ConfigError(['a: no object', 'a: no key'])\n")
    at = "conf/instances/main.yaml:40:9: entities.account.bindings.erp.object: "
    assert problems() == [f"{at}a: no key", f"{at}a: no object"]


def test_a_document_s_mapping_needs_the_object(folder: Path, change: Change, problems: Problems) -> None:
    change(MAIN, "        object: supplier\n        mapping: account.erp", "        delete: true")
    adapter = folder / "adapters/paper.py"
    adapter.write_text(f"{adapter.read_text()}\n\ndef mapping_of(options, obj, folder):\n    return {{}}\n")
    said = "entities.account.bindings.erp.object: this setting is missing; or name a mapping"
    assert problems() == [f"conf/instances/main.yaml:39:7: {said}"]


def test_a_policy_is_said_once_for_a_group(change: Change, problems: Problems) -> None:
    change(MAIN, "address: [city, postcode]", "address: {fields: [city, postcode], policy: ask}")
    change(MAIN, "      phone: newest", "      address: newest")
    said = "entities.account.policies.address: the group says its policy itself; keep one"
    assert problems() == [f"conf/instances/main.yaml:29:7: {said}"]


def test_an_expression_that_does_not_compile_is_shown_at_its_line(change: Change, problems: Problems) -> None:
    change(CRM, "  phone: phone", "  phone: {field: phone, direction: in, transforms: [{expression: '$bad('}]}")
    (said,) = problems()
    assert said.startswith("mappings/account.crm.yaml:5:53: fields.phone.transforms.0: expression: ")


def test_a_mapping_that_cannot_be_read_is_named(folder: Path, problems: Problems) -> None:
    (folder / "mappings/account.crm.yaml").write_bytes(b"\xff\xfe")
    assert problems() == ["mappings/account.crm.yaml: is not UTF-8 text"]


def test_a_store_with_two_passwords_is_refused(change: Change, problems: Problems) -> None:
    change(HUB, "sqlite:///var/hub.db", "{url: '${URL}', password: {secret: PG}}")
    said = "conf/hub.yaml:1:9: store.url: the address brings a password, and 'password' names one; keep one"
    assert problems(URL="postgresql://hub:hunter2@db/hub", PG="hunter3") == [said]


def test_a_store_password_that_does_not_open_is_one_of_the_problems(
    folder: Path, change: Change, problems: Problems
) -> None:
    set_secret(folder, {}, "PG", Secret("hunter2"))
    (folder / KEY_FILE).write_text(new_ring().text())
    change(HUB, "sqlite:///var/hub.db", "{url: 'postgresql://hub@db/hub', password: {secret: PG}}")
    change(MAIN, "every: 5m", "every: often")
    first, second = problems()
    assert first.startswith("conf/hub.yaml:1:41: store.password: secret PG was sealed with key ")
    assert second.endswith("got 'often'")


def test_where_nothing_can_be_set_that_is_said(folder: Path, change: Change, problems: Problems) -> None:
    adapter = folder / "adapters/paper.py"
    adapter.write_text(adapter.read_text().replace("    page: int = 100\n", "    pass\n"))
    assert problems() == [
        "conf/instances/main.yaml:38:19: entities.account.bindings.crm.options.page: "
        "unknown setting; there are none to set here"
    ]


CAN = "\n\ndef widen(adapter, object, field, length):\n    pass\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  phone: phone", "  phone: {field: phone, too_long: widen}", "to widen, say the length"),
        (
            "creditlimit",
            "{field: creditlimit, length: 9, too_long: widen}",
            "only a text of one field can be made wider",
        ),
    ],
)
def test_what_cannot_be_made_wider_is_said(
    folder: Path, change: Change, problems: Problems, old: str, new: str, said: str
) -> None:
    adapter = folder / "adapters/paper.py"
    adapter.write_text(adapter.read_text() + CAN)
    change(CRM, old, new)
    [problem] = problems()
    assert "too_long: " + said in problem
