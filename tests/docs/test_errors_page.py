"""docs/errors.md has every code that the hub and the shipped adapters can give, and no other."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from docs_pages import name_of, page, parsed, section, strings, tables, ticked

TEXT = page("errors.md")
CODE = re.compile(r"[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*")
#: What makes an error -> the place of its code among the arguments, and the words for it on the page.
MAKERS: dict[str, tuple[int, tuple[str, ...]]] = {
    "HubError": (0, ()),
    "ConfigError": (1, ("settings",)),
    "TryLater": (0, ("later", "command")),
    "Stale": (0, ("stale",)),
    "Gone": (0, ("gone",)),
    "Refused": (0, ("aside", "stopped", "command")),
    "Denied": (0, ("denied",)),
    "Unknown": (0, ("doubt",)),
    "TooMuchChanged": (0, ("brake",)),
    "Unfit": (0, ("aside",)),
    "expected": (0, ("aside",)),
    "NotXml": (0, ()),
    "refuse": (0, ("settings",)),
    "Finding": (3, ("check",)),
}
#: `Problem(field, code, said)` of a mapping and of a check; that of the files is another.
PROBLEMS = {"hub/core/mapping.py": ("aside",), "hub/core/fit.py": ("check",)}
#: Where codes are handed on that were made elsewhere.
HANDED_ON = {
    "adapters/rest/answers.py",
    "adapters/sagecrm/session.py",
    "hub/cli/checking.py",
    "hub/config/keyring.py",
    "hub/core/mapping.py",
    "hub/core/unfit.py",
    "hub/flow/delivering/deliver.py",
    "hub/flow/deciding/enter.py",
    "hub/flow/merging/aside.py",
    "hub/flow/merging/merge.py",
}
Made = tuple[str | None, tuple[str, ...]]


def made(path: str, tree: ast.Module) -> Iterator[Made]:
    """(code, words) of every error that a file makes; None: the code is not a literal there."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for maker in makers(call.func):
            place, words = MAKERS[maker]
            if maker == "ConfigError" and len(call.args) == 1 and not call.keywords:
                yield "config.invalid", words
            elif len(call.args) > place and not isinstance(call.args[place], ast.Starred):
                yield literal(call.args[place]), words
        if name_of(call.func) == "Problem" and path in PROBLEMS:
            yield literal(call.args[1]), PROBLEMS[path]


def makers(func: ast.expr) -> list[str]:
    """`Refused`, and both of `(TryLater if x else Unknown)`."""
    if isinstance(func, ast.IfExp):
        return makers(func.body) + makers(func.orelse)
    name = name_of(func).rpartition(".")[2]
    return [name] if name in MAKERS else []


def literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def found() -> dict[str, set[tuple[str, ...]]]:
    """Every code; of each way in which it is made, the words of which the page must say one."""
    codes: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path, tree in parsed().items():
        for code, words in made(path, tree):
            if code is not None:
                codes[code] |= {words} - {()}
    prefixes = {code.partition(".")[0] for code in codes}
    for tree in parsed().values():
        for text in strings(tree):
            if CODE.fullmatch(text) and text.partition(".")[0] in prefixes:
                codes[text] |= set()  # chosen by a condition, or put in a table first
    return codes


FOUND = found()
ROWS = {ticked(row[0])[0]: row for table in tables(section(TEXT, "The codes")) for row in table}


def test_every_code_is_told() -> None:
    assert FOUND.keys() - ROWS.keys() == set()


def test_no_code_is_invented() -> None:
    assert ROWS.keys() - FOUND.keys() == set()


@pytest.mark.parametrize("code", sorted(ROWS))
def test_a_row_says_what_happens_then_what_it_means_and_what_to_do(code: str) -> None:
    _, then, means, do = ROWS[code]
    assert [words for words in FOUND.get(code, ()) if set(words).isdisjoint(then.split(", "))] == []
    assert means
    assert do


def test_every_word_for_what_happens_then_is_explained() -> None:
    explained = {ticked(row[0])[0] for row in tables(section(TEXT, "What happens then"))[0]}
    assert {word for row in ROWS.values() for word in row[1].split(", ")} == explained


def test_codes_are_grouped_by_prefix_and_in_order() -> None:
    groups = [[ticked(row[0])[0] for row in table] for table in tables(section(TEXT, "The codes"))]
    assert groups == [sorted(group) for group in groups]
    prefixes = [{code.partition(".")[0] for code in group} for group in groups]
    headings = re.findall(r"^### `([a-z]+)`", section(TEXT, "The codes"), re.MULTILINE)
    assert [{heading} for heading in headings] == prefixes
    assert headings == sorted(headings)


def test_codes_that_are_no_literals_are_handed_on_from_where_they_were_made() -> None:
    dynamic = {path for path, tree in parsed().items() if any(code is None for code, _ in made(path, tree))}
    assert dynamic <= HANDED_ON


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("raise Refused('a.b', f'{x}')", "a.b"),
        ("raise (TryLater if x else Unknown)('a.b', said)", "a.b"),
        ("raise ConfigError(['x'])", "config.invalid"),
        ("raise errors.Gone('a.b-c', 'said')", "a.b-c"),
        ("raise Refused(code, said)", None),
    ],
)
def test_the_check_would_notice(source: str, code: str | None) -> None:
    assert {found for found, _ in made("hub/x.py", ast.parse(source))} == {code}
