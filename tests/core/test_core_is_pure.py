"""The core computes: it imports nothing but what computes, and asks the machine for nothing. Read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub

HUB = Path(hub.__file__).parent
CORE = sorted((HUB / "core").rglob("*.py"))
FLOW = sorted((HUB / "flow").rglob("*.py"))
#: What the core may import, and nothing else.
ALLOWED = {
    "base64", "collections", "dataclasses", "datetime", "decimal", "difflib", "functools", "hashlib", "itertools",
    "json", "math", "operator", "re", "string", "types", "typing", "unicodedata", "zoneinfo", "__future__",
}  # fmt: skip
#: Modules that ask the machine for the time, for chance or for an identity, or that wait.
MACHINE = {"time", "random", "secrets", "uuid", "threading", "asyncio", "multiprocessing", "sched", "schedule"}
#: (object, method) of a clock: `datetime.now()`, `date.today()`.
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
#: Names that reach out of the program.
REACH = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(object, method) of every attribute that is read, ("", name) of every function that is called by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            yield node.value.attr, node.attr
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield "", node.func.id


def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


def faults_of_core(tree: ast.AST) -> list[str]:
    foreign = [name for name in imports(tree) if name.split(".")[0] not in ALLOWED and not name.startswith("hub.core")]
    reached = [name for owner, name in calls(tree) if not owner and name in REACH]
    return foreign + reached + clocks(tree)


def clocks(tree: ast.AST) -> list[str]:
    asked = [f"{owner}.{name}" for owner, name in calls(tree) if (owner, name) in CLOCKS]
    return asked + [name for name in imports(tree) if name.split(".")[0] in MACHINE]


@pytest.mark.parametrize("path", CORE, ids=[path.stem for path in CORE])
def test_the_core_imports_what_computes_and_asks_the_machine_for_nothing(path: Path) -> None:
    assert faults_of_core(parsed(path)) == []


@pytest.mark.parametrize("path", FLOW, ids=[path.stem for path in FLOW])
def test_the_steps_get_time_chance_and_identities_from_the_machine_handed_in(path: Path) -> None:
    assert clocks(parsed(path)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time", "import logging", "import os", "from random import random", "from uuid import uuid4",
        "from hub.store import links", "import hub.flow", "import orjson", "def f():\n    import socket",
        "import datetime\ndatetime.datetime.now()", "from datetime import datetime\nnow = datetime.now",
        "from datetime import date\ndate.today()", "open('x')", "print(1)", "from . import store",
    ],
)  # fmt: skip
def test_the_check_would_notice(source: str) -> None:
    assert faults_of_core(ast.parse(source))


def test_there_is_something_to_check() -> None:
    assert {"merge", "policy", "mapping"} <= {path.stem for path in CORE}
    assert {"merge", "deliver"} <= {path.stem for path in FLOW}
