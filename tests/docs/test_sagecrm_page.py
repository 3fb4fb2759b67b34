"""docs/adapter-sagecrm.md tells every setting; its examples can be used; what it says of calls is what is called."""

from pathlib import Path

import pytest
import yaml
from docs_pages import Block, blocks, page, parsed, section, strings, tables, ticked, wrong_settings

from adapters.sagecrm import ObjectOptions, Options
from adapters.sagecrm.adapter import SageCrm
from adapters.sagecrm.describing import OPERATIONS
from hub.adapter import Can, ObjectUse, System
from hub.core.secret import Secret

TEXT = page("adapter-sagecrm.md")


def test_every_setting_is_told_with_its_default() -> None:
    assert wrong_settings(TEXT, "Settings", Options) == []
    assert wrong_settings(TEXT, "options of a binding", ObjectOptions) == []


@pytest.mark.parametrize("block", blocks(TEXT), ids=lambda block: block.name)
def test_an_example_can_be_used_as_it_stands(block: Block) -> None:
    data = yaml.safe_load(block.body)
    if block.name == "system":
        assert data.pop("adapter") == "sagecrm"
        Options.model_validate(data)
    else:
        ObjectOptions.model_validate(data)


def test_every_operation_that_is_told_is_called() -> None:
    known = {name for path, tree in parsed().items() if path.startswith("adapters/sagecrm/") for name in strings(tree)}
    called = OPERATIONS & {word for text in known for word in text.replace("<", " ").split()}
    told = {word for row in tables(section(TEXT, "What is read, and how"))[0] for word in ticked(row[1])}
    assert {name for name in told if name.isalpha()} <= called


def test_what_it_can_and_cannot_do_is_what_it_declares() -> None:
    data = {"url": "http://127.0.0.1/", "user": "hub", "password": {"secret": "PASSWORD"}}
    uses = {"company": ObjectUse("company", ("name",))}
    can = SageCrm(System("crm", Options.model_validate(data), uses, Path(), Secret)).can
    cannot = {"conditional": False, "tokens": False, "answers": False, "traces": False, "in_order": False}
    assert can == Can(tombstones=True, find=True, steady=True, batch=100, **cannot)
    assert f"up to {can.batch} records a call" in TEXT
    assert f"up to {can.read_batch} at once" in TEXT
