"""Whatever a file holds, it loads or is refused with its place; nothing else happens, and no secret shows."""

import re
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.config import load_project
from hub.core.errors import ConfigError

MAIN = "conf/instances/main.yaml"
CRM = "mappings/account.crm.yaml"
ERP = "mappings/account.erp.yaml"
PLACED = re.compile(r"(conf|mappings)[\w./]*(:\d+:\d+)?: ")

ODD = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "hunter2", "@erp", "${X}", [], {}, ["x"], {"x": "y"}, [[]], {"a": {}}]
)
TEXT = st.text(st.sampled_from(" \n\t:-{}[]\"'#&*!|>%@`,?~abc0é\x85\u2028"), max_size=8)


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the data, the deepest last."""
    found = [at] if at else []
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        found += places(value, (*at, key))
    return found


def written(files: dict[str, str], folder: Path) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def loads_or_is_refused(project: dict[str, str], environ: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written(project, Path(folder))
        try:
            load_project(Path(folder), environ)
        except ConfigError as error:
            for problem in error.problems:
                assert PLACED.match(problem), problem


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_value_in_any_place(files: dict[str, str], environ: dict[str, str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([MAIN, CRM, ERP, "conf/hub.yaml"]))
    whole = yaml.safe_load(files[name])
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(whole)))
        part = whole
        for key in way:
            part = part[key]
        if data.draw(st.booleans()):
            part[last] = deepcopy(data.draw(ODD))
        elif isinstance(part, dict):
            part[data.draw(st.sampled_from(["x", "adaptor", "@crm", "1"]))] = part.pop(last)
        if not isinstance(whole, dict) or not places(whole):
            break
    loads_or_is_refused({**files, name: yaml.safe_dump(whole, allow_unicode=True)}, environ)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_text_in_any_place(files: dict[str, str], environ: dict[str, str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([MAIN, CRM, ERP, "conf/hub.yaml"]))
    text = files[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    loads_or_is_refused({**files, name: text[:start] + data.draw(TEXT) + text[end:]}, environ)
