"""YAML files read strictly, every value with its line and column.

Plain YAML 1.1 reads `no` as false, `010` as 8, `1:30` as 90 and a date as an object. Here `true` and `false` are the
only booleans, numbers are decimal, and everything else is text as it stands.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from hub.config.problem import Loc, Problem, Problems

_TAGGED = "could not determine a constructor"


class StrictLoader(yaml.SafeLoader):
    """Safe, and without the surprises of YAML 1.1."""

    yaml_implicit_resolvers = {"<": [("tag:yaml.org,2002:merge", re.compile(r"^<<$"))]}

    def compose_scalar_node(self, anchor: Any) -> yaml.ScalarNode:
        """Values are of the type they look like: `!!int x` and the like are refused."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if event.tag is not None:
            raise yaml.composer.ComposerError(None, None, _TAGGED, event.start_mark)
        return super().compose_scalar_node(anchor)


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


class Document:
    """One file: its data, and where each value stands."""

    def __init__(self, file: str, data: Any, root: yaml.Node | None, problems: Problems) -> None:
        #: Path in the project folder, with slashes.
        self.file = file
        self.data = data
        self._root = root
        self._problems = problems

    def problem(self, loc: Loc, said: str) -> None:
        """Note a problem at a key. What is not in the file is shown at the innermost parent that is."""
        self._note(loc, self._place(loc), said)

    def _note(self, loc: Loc, mark: yaml.Mark | None, said: str) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        self._problems.add(Problem(self.file, line, column, ".".join(map(str, loc)), said))

    def names(self, *loc: str) -> list[str]:
        """The keys of a part of the file as they stand, even where their values are wrong."""
        part = self.data
        for key in loc:
            part = part.get(key) if isinstance(part, dict) else None
        return [key for key in part if isinstance(key, str)] if isinstance(part, dict) else []

    def _place(self, loc: Loc) -> yaml.Mark | None:
        if self._root is None:
            return None
        node, mark = self._root, self._root.start_mark
        for part in loc:
            found = _child(node, part)
            if found is None:
                break
            node, mark = found
        return mark


def read_document(folder: Path, file: str, problems: Problems) -> Document | None:
    """Read a file of the project folder. None: it could not be read, and the problem is noted."""
    try:
        text = (folder / file).read_bytes().decode("utf-8-sig")
        loader = StrictLoader(text)
        root = loader.get_single_node()
        document = Document(file, None, root, problems)
        for loc, first, again in _duplicates(root, ()):
            document._note(loc, again, f"this key is there twice, first in line {first.line + 1}")
        document.data = loader.construct_document(root) if root is not None else None
    except OSError as error:
        problems.add(Problem(file, 0, 0, "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        problems.add(Problem(file, 0, 0, "", "is not UTF-8 text"))
    except RecursionError:
        problems.add(Problem(file, 0, 0, "", "is nested too deeply"))
    except yaml.YAMLError as error:
        problems.add(_syntax(file, error))
    else:
        return document
    return None


def _syntax(file: str, error: yaml.YAMLError) -> Problem:
    """A syntax error in our words. YAML's own may quote the text, and the text may be a password."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    said = str(getattr(error, "problem", None) or "there is a character that YAML does not allow")
    opened = getattr(error, "context_mark", None)
    if opened and ("unexpected end of stream" in said or "expected ',' or" in said):
        return Problem(file, opened.line + 1, opened.column + 1, "", "the quote or bracket opened here is not closed")
    for sign, words in _SYNTAX.items():
        if sign in said:
            return Problem(file, line, column, "", words)
    return Problem(file, line, column, "", "not valid YAML: " + re.sub(r"(['\"]).{2,}\1", "...", said))


_SYNTAX = {
    "'\\t'": "a tab; indent with blanks",
    "cannot start any token": "a value that starts with this character must be in quotes",
    "undefined alias": "a value that starts with '*' must be in quotes",
    _TAGGED: "a value that starts with '!' must be in quotes",
    "mapping values are not allowed here": "': ' is not expected here; put a value that holds it in quotes",
    "could not find expected ':'": "expected 'key: value'",
    "but found another document": "expected one document in a file, found '---' again",
}


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Mark] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return value, key.start_mark
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark
    return None


def _duplicates(node: yaml.Node | None, at: Loc) -> Iterator[tuple[Loc, yaml.Mark, yaml.Mark]]:
    """Keys that are there twice: the key, where it is first, where it is again."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, yaml.Mark] = {}
        for key, value in node.value:
            name = str(key.value)
            first = seen.setdefault(name, key.start_mark)
            if first is not key.start_mark:
                yield (*at, name), first, key.start_mark
            yield from _duplicates(value, (*at, name))
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _duplicates(item, (*at, position))
