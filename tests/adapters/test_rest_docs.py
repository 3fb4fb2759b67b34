"""Every setting that docs/adapter-rest.md shows is one that the adapter knows, and the other way round."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.rest import Able, Options, settings
from adapters.rest.settings import Errors, Hub, Object
from adapters.rest.templates import NAMES

TEXT = (Path(__file__).parents[2] / "docs" / "adapter-rest.md").read_text()
BLOCKS = [(kind, body) for kind, body in re.findall(r"```yaml\n# (\w+)\n(.*?)```", TEXT, re.DOTALL)]


@pytest.mark.parametrize(("kind", "body"), BLOCKS)
def test_an_example_can_be_used_as_it_stands(kind: str, body: str) -> None:
    data: Any = yaml.safe_load(body)
    models = {"hub": Hub, "object": Object, "errors": Errors}
    if kind == "system":
        assert data.pop("adapter") == "rest"
        Options.model_validate(data)
    elif kind == "properties":
        assert all("x-hub" in schema for schema in data.values())
    else:
        models[kind].model_validate(data)


def test_every_setting_and_every_name_is_explained() -> None:
    parts = [part for part in vars(settings).values() if isinstance(part, type) and issubclass(part, settings.Part)]
    known = {field.alias or name for part in parts for name, field in part.model_fields.items()}
    known |= set(Options.model_fields) | set(Able.model_fields)
    words = set(re.findall(r"[\w$-]+", TEXT))
    assert known - words == set()
    assert {f"{{{name}}}" for name in NAMES} <= set(re.findall(r"\{\w+\}", TEXT))
