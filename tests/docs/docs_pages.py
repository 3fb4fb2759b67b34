"""What the tests of the documents stand on: the pages, their tables and their examples; the code, parsed."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
#: The counterparts that we try against are no part of the hub.
SANDBOX = ROOT / "hub" / "sandbox"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_TICKED = re.compile(r"`([^`]+)`")


class Block(NamedTuple):
    """An example. `name`: what its first line says as a comment."""

    kind: str
    name: str
    body: str


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def pages() -> list[Path]:
    """Every document that users read."""
    return [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def section(text: str, heading: str) -> str:
    """What stands under a heading, with its sub-headings."""
    bare = _FENCE.sub(lambda fence: "`" * len(fence[0]), text)  # what stands there is no heading
    found = re.search(rf"^(#+) {re.escape(heading)}$", bare, re.MULTILINE)
    assert found, f"there is no heading {heading!r}"
    end = re.compile(rf"^#{{1,{len(found[1])}}} ", re.MULTILINE).search(bare, found.end())
    return text[found.end() : end.start() if end else None]


def tables(text: str) -> list[list[list[str]]]:
    """Every table as its rows of cells, the head left out."""
    found: list[list[list[str]]] = []
    lines = _FENCE.sub("", text).splitlines()
    for before, line in zip(["", *lines], lines, strict=False):
        if re.fullmatch(r"\|[\s:|-]*-[\s:|-]*\|", line):
            found.append([])
        elif line.startswith("|") and before.startswith("|"):
            found[-1].append(cells(line))
    return found


def cells(line: str) -> list[str]:
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def ticked(text: str) -> list[str]:
    """What stands in backticks."""
    return _TICKED.findall(text)


def blocks(text: str) -> list[Block]:
    """The examples of a page."""
    found = []
    for kind, body in _FENCE.findall(text):
        first = body.partition("\n")[0]
        found.append(Block(kind, first.removeprefix("#").strip() if first.startswith("# ") else "", body))
    return found


def wrong_settings(text: str, heading: str, model: type[BaseModel]) -> list[str]:
    """Where the first table under a heading, `setting | default | ...`, is not what the model says."""
    rows = {ticked(row[0])[0]: row[1] for row in tables(section(text, heading))[0]}
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    problems = [f"{heading}: {name} is told and does not exist" for name in rows.keys() - fields.keys()]
    problems += [f"{heading}: {name} is not told" for name in fields.keys() - rows.keys()]
    for name in rows.keys() & fields.keys():
        told, known = _default(rows[name]), _known(fields[name])
        if told != known:
            problems.append(f"{heading}: {name}: the default is {known!r}, told is {told!r}")
    return sorted(problems)


def _default(cell: str) -> Any:
    """A default as the table says it: YAML in backticks, a dash for nothing, `needed` for none."""
    if cell in ("needed", "–"):
        return cell
    return yaml.safe_load(ticked(cell)[0])


def _known(field: Any) -> Any:
    if field.is_required():
        return "needed"
    default = field.get_default(call_default_factory=True)
    if isinstance(default, BaseModel) or default is None or default in ((), [], {}):
        return "–"
    rule = getattr(default, "rule", None)
    return default if rule is None else rule


@cache
def parsed(*, sandbox: bool = False) -> dict[str, ast.Module]:
    """The hub and the adapters, by path from the root; `sandbox`: with the counterparts."""
    files = [path for folder in ("hub", "adapters") for path in sorted((ROOT / folder).rglob("*.py"))]
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in files
        if sandbox or not path.is_relative_to(SANDBOX)
    }


def name_of(node: ast.expr) -> str:
    """`a.b.c` of a name or an attribute; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{name_of(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def strings(node: ast.AST) -> Iterator[str]:
    """Every text in a piece of code."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
