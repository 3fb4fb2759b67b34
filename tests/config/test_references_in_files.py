"""A reference names an entity that is there, in every system that has the field, and not only itself in a circle."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config import Project

MAIN = "conf/instances/main.yaml"
STATUS = "      status: {type: choice, choices: [A, I]}\n"
PERSON = """\
  person:
    fields:
      name: text
      company: {type: reference, entity: account}
    bindings:
      crm: {mapping: person.crm}
tasks:
"""
MAPPED = """\
object: person
entity: person
fields:
  name: pers_name
  company: {field: pers_companyid%s}
"""

Change = Callable[[str, str, str], None]
Problems = Callable[..., list[str]]


@pytest.fixture
def people(folder: Path, change: Change) -> Path:
    """The project with people who work for accounts."""
    (folder / "mappings/person.crm.yaml").write_text(MAPPED % "", encoding="utf-8")
    change(MAIN, "tasks:\n", PERSON)
    return folder


def test_a_reference_is_known_to_the_entity_and_to_its_mapping(people: Path, load: Callable[[], Project]) -> None:
    person = load().instances["main"].entities["person"]
    assert person.references == {"company": "account"}
    assert person.bindings["crm"].mapping.specs["company"].refers == "account"


def test_an_entity_that_nobody_knows(people: Path, change: Change, problems: Problems) -> None:
    change(MAIN, "entity: account}", "entity: acount}")
    assert problems() == [
        "conf/instances/main.yaml:45:34: entities.person.fields.company.entity: unknown entity 'acount', did you mean "
        "'account'?"
    ]


def test_an_entity_on_a_field_that_is_no_reference(people: Path, change: Change, problems: Problems) -> None:
    change(MAIN, "{type: reference, entity", "{type: text, entity")
    [said] = problems()
    assert said.endswith("'entity' is for type reference, not for text")


def test_parents_that_a_system_does_not_have(people: Path, change: Change, problems: Problems) -> None:
    (people / "mappings/person.erp.yaml").write_text(MAPPED % "", encoding="utf-8")
    change(MAIN, "  account:\n    fields:\n      name: text\n", "  account:\n    fields:\n      name: text\n")
    change(MAIN, "      erp:\n        object: supplier\n        mapping: account.erp\n", "")
    change(
        MAIN,
        "      crm: {mapping: person.crm}\n",
        "      crm: {mapping: person.crm}\n      erp: {mapping: person.erp}\n",
    )
    change("mappings/account.crm.yaml", '  "@erp": supplierid\n', "")
    assert problems() == [
        "conf/instances/main.yaml:42:34: entities.person.fields.company.entity: 'account' is not in 'erp', where the "
        "mapping of 'person' has this field; expected a binding of 'account' in 'erp', got crm"
    ]


def test_required_references_in_a_circle(
    people: Path, change: Change, load: Callable[[], Project], problems: Problems
) -> None:
    (people / "mappings/person.crm.yaml").write_text(MAPPED % ", required: true", encoding="utf-8")
    change(MAIN, STATUS, STATUS + "      main: {type: reference, entity: person}\n")
    change("mappings/account.crm.yaml", "  phone: phone\n", "  phone: phone\n  main: comp_main\n")
    load()
    change("mappings/account.crm.yaml", "main: comp_main", "main: {field: comp_main, required: true}")
    [said] = problems()
    assert said.startswith("conf/instances/main.yaml:25:31: entities.account.fields.main.entity: in 'crm' required ")
    assert "account.main -> person.company -> account; expected at least one" in said


def test_a_required_reference_to_itself(people: Path, change: Change, problems: Problems) -> None:
    change(MAIN, STATUS, STATUS + "      mother: {type: reference, entity: account}\n")
    change("mappings/account.crm.yaml", "  phone: phone\n", "  phone: phone\n  mother: {field: m, required: true}\n")
    [said] = problems()
    assert "account.mother -> account; expected" in said


def test_a_reference_marks_nothing_as_closed(people: Path, change: Change, problems: Problems) -> None:
    change(MAIN, "crm: {mapping: person.crm}", "crm: {mapping: person.crm, deletes: {send: soft, set: {company: '1'}}}")
    [said] = problems()
    assert said.endswith("is a reference, which marks nothing as closed; name another field")


def test_how_keys_are_written_is_said_by_the_mapping(people: Path, load: Callable[[], Project]) -> None:
    (people / "mappings/person.crm.yaml").write_text(MAPPED % ", key: integer", encoding="utf-8")
    assert load().instances["main"].entities["person"].bindings["crm"].mapping.specs["company"].type == "integer"


def test_how_keys_are_written_is_said_of_references_only(people: Path, change: Change, problems: Problems) -> None:
    change("mappings/person.crm.yaml", "name: pers_name", "name: {field: pers_name, key: integer}")
    assert problems() == [
        "mappings/person.crm.yaml:4:28: fields.name.key: is for fields that refer to an entity; leave it out"
    ]
