"""The adapter that docs/configuration.md shows keeps the contract."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from docs_pages import blocks, page

from hub.adapter import Adapter, ObjectUse, System
from hub.config.adapters import load_adapter
from hub.core.record import Raw
from hub.testing.contract import AdapterContract

[SOURCE] = [block.body for block in blocks(page("configuration.md")) if block.kind == "python"]


class People:
    """They make, edit and delete the files."""

    object, name, other, sought, page = "thing", "name", "other", "name", 100

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sample(self, name: str) -> Raw:
        return {"name": name, "other": "some"}

    def create(self, fields: Raw) -> str:
        key = uuid4().hex
        self.edit(key, fields)
        return key

    def edit(self, key: str, fields: Raw) -> None:
        path = self.folder / f"{key}.json"
        path.write_text(json.dumps({**(json.loads(path.read_text()) if path.exists() else {}), **fields}))

    def delete(self, key: str) -> None:
        (self.folder / f"{key}.json").unlink()


class TestTheAdapterOfThePage(AdapterContract):
    @pytest.fixture
    def adapter(self, tmp_path: Path) -> Adapter:
        for folder in ("adapters", "things"):
            (tmp_path / folder).mkdir()
        (tmp_path / "adapters/jsonfolder.py").write_text(SOURCE, encoding="utf-8")
        module: Any = load_adapter("jsonfolder", tmp_path)
        use = ObjectUse("thing", ("name", "other"))
        made: Adapter = module.connect(
            System("folder", module.Options(folder="things"), {"thing": use}, tmp_path, lambda name: pytest.fail(name))
        )
        return made

    @pytest.fixture
    def world(self, adapter: Any) -> People:
        return People(adapter.folder)
