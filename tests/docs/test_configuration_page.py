"""docs/configuration.md tells every setting and every transform, and what it shows works as it stands."""

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from docs_pages import blocks, page, section, tables, ticked, wrong_settings
from pydantic import BaseModel

from adapters.memory import Options as MemoryOptions
from adapters.memory import Switches
from hub.cli.main import main
from hub.config import files, hubfile, load_project
from hub.config.expression import compile_expression
from hub.core.errors import ConfigError
from hub.core.fields import TRANSFORMS
from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.values import TYPES

TEXT = page("configuration.md")
PROJECT = {block.name: block.body for block in blocks(TEXT) if "/" in block.name and not block.name.startswith("part")}
MAIN = "conf/instances/main.yaml"
#: Heading -> the model that its table tells.
MODELS: dict[str, type[BaseModel]] = {
    "conf/hub.yaml": hubfile.HubFile,
    "store": hubfile.StoreFile,
    "log": hubfile.LogFile,
    "runs": hubfile.RunsFile,
    "conf/instances/NAME.yaml": files.InstanceFile,
    "entities": files.EntityFile,
    "fields of an entity": files.FieldFile,
    "groups": files.GroupFile,
    "fields of a match rule": files.ComparedFile,
    "similar": files.SimilarFile,
    "fields of similar": files.WeighedFile,
    "bindings": files.BindingFile,
    "deletes of a binding": files.DeletesFile,
    "guard of deletes": files.GuardFile,
    "clocks": files.ClocksFile,
    "tasks": files.TaskFile,
    "mappings/NAME.yaml": files.MappingFile,
    "create of a mapping": files.InitialFile,
    "fields of a mapping": files.MappedFile,
    "The memory adapter": MemoryOptions,
    "what it can do": Switches,
}
EXAMPLES = tables(section(TEXT, "Transforms"))[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project that the page shows."""
    for name, body in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(body, encoding="utf-8")
    for system in ("shop", "club"):
        (tmp_path / system).mkdir()
    return tmp_path


@pytest.fixture
def hub(folder: Path) -> Callable[..., Result]:
    """The command, on that project."""
    return lambda *words: CliRunner().invoke(main, ["--project", str(folder), *words], catch_exceptions=False)


@pytest.mark.parametrize("heading", MODELS)
def test_every_setting_is_told_with_its_default(heading: str) -> None:
    assert wrong_settings(TEXT, heading, MODELS[heading]) == []


def test_every_kind_of_settings_has_its_table() -> None:
    shapes = {
        kind
        for module in (files, hubfile)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, hubfile.Shape)
    }
    assert shapes - {hubfile.Shape} <= set(MODELS.values())


def test_the_choices_of_a_setting_are_told() -> None:
    for heading, model in MODELS.items():
        rows = {ticked(row[0])[0]: row for row in tables(section(TEXT, heading))[0]}
        for name, field in model.model_fields.items():
            choices = re.findall(r"'([^']+)'", str(field.annotation)) if "Literal" in str(field.annotation) else []
            told = {*re.findall(r"[\w-]+", " ".join(rows[field.alias or name])), *TYPES}
            assert set(choices) <= told, f"{heading}: {name}"


def test_every_type_is_told() -> None:
    assert {ticked(row[0])[0] for row in tables(section(TEXT, "fields of an entity"))[1]} == set(TYPES)


def test_every_transform_is_told_and_none_is_invented() -> None:
    told = [name for row in tables(section(TEXT, "Transforms"))[0] for name in ticked(row[0])]
    assert sorted(told) == sorted(TRANSFORMS)


def test_every_transform_has_an_example() -> None:
    shown = {name for row in EXAMPLES for name, _ in steps(ticked(row[0])[0])}
    assert shown == set(TRANSFORMS)


def steps(text: str) -> tuple[tuple[str, Any], ...]:
    said = yaml.safe_load(text)
    return tuple((step, None) if isinstance(step, str) else next(iter(step.items())) for step in said)


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_a_transform_does_what_its_example_says(row: list[str]) -> None:
    transforms, kind = steps(ticked(row[0])[0]), row[1]
    there, here, back = (json.loads(ticked(cell)[0]) for cell in row[2:])
    values = there if isinstance(there, list) else [there]
    names = ("a", "b", "c")[: len(values)]
    field = FieldSpec("field", kind, names, transforms)
    mapping = compile_mapping(MappingSpec("object", "entity", (field,)), compile_expression)
    assert mapping.to_hub(dict(zip(names, values, strict=True))) == ({"field": here}, ())
    expected = dict(zip(names, back if isinstance(back, list) else [back], strict=True))
    assert mapping.to_system({"field": here}) == (expected, ())


def test_the_project_of_the_page_loads(folder: Path) -> None:
    instance = load_project(folder, {}).instance("main")
    assert list(instance.systems) == ["shop", "club"]


def test_other_examples_load_in_their_place(folder: Path) -> None:
    parts = [block for block in blocks(TEXT) if block.name.startswith("part ")]
    for block in parts:
        (folder / block.name.removeprefix("part ")).write_text(block.body, encoding="utf-8")
    assert load_project(folder, {"STORE_PASSWORD": "x"}).hub.store == "postgresql://hub@localhost/hub"
    assert {block.name for block in blocks(TEXT)} == {*PROJECT, *(block.name for block in parts)}


@pytest.mark.parametrize(
    "row", tables(section(TEXT, "A whole project"))[0], ids=lambda row: ticked(row[0])[0].partition(":")[0]
)
def test_a_mistake_is_said_as_the_page_says(folder: Path, row: list[str]) -> None:
    wrong, right, said = (ticked(cell)[0] for cell in row)
    text = (folder / MAIN).read_text(encoding="utf-8")
    assert right in text
    (folder / MAIN).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_project(folder, {})
    assert caught.value.problems == [said]


ADA = {
    "name": "Ada",
    "email": " ADA@x.ie ",
    "street": "1 High St",
    "city": "Cork",
    "since": "22.11.2026",
    "tariff": "B",
}


def test_the_adapter_of_the_page_keeps_two_folders_in_step(folder: Path, hub: Callable[..., Result]) -> None:
    (folder / "shop/1.json").write_text(json.dumps(ADA))
    assert hub("sync").exit_code == 0
    [member] = (folder / "club").glob("*.json")
    made = {"full_name": "Ada", "mail": "ada@x.ie", "street": "1 High St", "city": "Cork"}
    assert json.loads(member.read_text()) == {**made, "joined": "2026-11-22", "level": "gold", "shop_id": "1"}

    member.write_text(json.dumps({**json.loads(member.read_text()), "city": "Kinsale", "full_name": "Ada Byron"}))
    assert hub("sync").exit_code == 0
    assert json.loads((folder / "shop/1.json").read_text()) == {**ADA, "city": "Kinsale", "name": "Ada Byron"}


def test_what_the_page_forbids_is_not_done(folder: Path, hub: Callable[..., Result]) -> None:
    """`delete: false` of the club."""
    (folder / "shop/1.json").write_text(json.dumps(ADA))
    assert hub("sync").exit_code == 0
    (folder / "shop/1.json").unlink()
    assert hub("sync", "--keys").exit_code == 0
    assert len(list((folder / "club").glob("*.json"))) == 1


def test_a_hub_at_rest_writes_nothing_with_it(folder: Path, hub: Callable[..., Result]) -> None:
    (folder / "shop/1.json").write_text(json.dumps(ADA))
    hub("sync")
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*/*.json")}
    answer = json.loads(hub("--json", "sync").output)
    assert answer["troubles"] == []
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*/*.json")} == before
