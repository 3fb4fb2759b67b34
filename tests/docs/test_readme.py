"""What README and the documents name is there: commands and their options, paths, links, make targets."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from docs_pages import ROOT, blocks, pages, section, tables, ticked

from hub.cli.main import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = {path.relative_to(ROOT).as_posix(): path for path in pages()}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
#: Beside the documents: the files of a project folder say commands too.
SAID = TEXTS | {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("conf", "mappings")
    for path in (ROOT / folder).rglob("*.yaml")
}
#: Of a project folder, not of the repository; made by `hub` there, or by people.
OF_A_PROJECT = re.compile(
    r"conf/(secrets\.yaml|hub\.key|[\w-]+\.pem)|var/.*|adapters/(NAME|jsonfolder)\.py|(conf/instances|mappings)/NAME\.yaml"
    r"|mappings/member\.\w+\.yaml"
)
#: Made by `make`.
MADE = re.compile(r"build/.*|\.venv.*")


# -- commands -------------------------------------------------------------------------------------------


def commands(text: str) -> Iterator[str]:
    """Lines that begin with `hub`, in shell examples, in backticks, and in quotes of files."""
    for block in blocks(text):
        if block.kind in ("sh", ""):
            for line in block.body.splitlines():
                yield from (part.strip() for part in line.partition("#")[0].split("&&"))
    yield from ticked(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    yield from re.findall(r"'(hub [^']+)'", text)


HUB = sorted({(name, line) for name, text in SAID.items() for line in commands(text) if re.match(r"hub( |$)", line)})


@pytest.mark.parametrize(("page", "line"), HUB)
def test_a_command_that_is_named_exists_with_its_options(page: str, line: str) -> None:
    words = [word for word in shlex.split(line)[1:] if word not in ("\\", "|")]
    command: click.Command = main
    context = click.Context(main, info_name="hub")
    known = set(options(main))
    while words:
        word = words.pop(0)
        if word.startswith("-"):
            assert word.partition("=")[0] in known, f"{page}: {line}: {command.name} has no option {word}"
        elif isinstance(command, click.Group) and not takes_value(command, word):
            found = command.get_command(context, word)
            assert found is not None, f"{page}: {line}: there is no command {word}"
            command, known = found, {*known, *options(found)}


def options(command: click.Command) -> list[str]:
    return ["--help", "-h", *(name for parameter in command.params for name in parameter.opts if name[0] == "-")]


def takes_value(command: click.Command, word: str) -> bool:
    """The value of `--project` and the like stands before the command's name."""
    return "/" in word or word.isupper()


def test_every_command_is_shown_in_the_readme() -> None:
    shown = {line.split()[1] for page, line in HUB if page == "README.md" and len(line.split()) > 1}
    assert set(main.list_commands(click.Context(main))) <= shown


def test_options_that_are_named_alone_exist_somewhere() -> None:
    """`--keys` in a sentence: of the hub, or of a sandbox, whose page is held against it elsewhere."""
    known = set(options(main))
    for name in main.list_commands(click.Context(main)):
        found = main.get_command(click.Context(main), name)
        assert found is not None
        known |= set(options(found))
        for sub in getattr(found, "commands", {}).values():
            known |= set(options(sub))
    named = {
        (page, word)
        for page, text in SAID.items()
        if page not in ("docs/sandbox.md", "docs/performance.md")
        for span in ticked(text)
        for word in re.findall(r"(?:^|\s)(--[a-z][a-z-]*)", span)
    }
    assert {(page, word) for page, word in named if word not in known} == set()


# -- make -----------------------------------------------------------------------------------------------


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    named = {
        (page, target)
        for page, text in TEXTS.items()
        for target in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, re.MULTILINE)
    }
    assert {(page, target) for page, target in named if target not in targets} == set()


def test_scripts_that_make_runs_exist() -> None:
    modules = re.findall(r"python -m ([\w.]+)", MAKEFILE)
    paths = {ROOT.joinpath(*name.split(".")) for name in modules if name.startswith(("hub", "benchmarks"))}
    assert {
        path for path in paths if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists()
    } == set()
    assert {path for path in re.findall(r"python (\w+/[\w/]+\.py)", MAKEFILE) if not (ROOT / path).exists()} == set()


# -- paths and links ------------------------------------------------------------------------------------


def test_paths_that_are_named_exist() -> None:
    named = {
        (page, span)
        for page, text in TEXTS.items()
        for span in ticked(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        if re.fullmatch(
            r"(?:hub|adapters|tests|docs|conf|mappings|wsdl|benchmarks|requirements|build|var)/[\w./-]*", span
        )
    }
    missing = {(page, span) for page, span in named if not (ROOT / span).exists()}
    assert {
        (page, span) for page, span in missing if not OF_A_PROJECT.fullmatch(span) and not MADE.fullmatch(span)
    } == set()


def links() -> list[tuple[str, str]]:
    return sorted({(page, to) for page, text in TEXTS.items() for to in re.findall(r"\]\(([^)\s]+)\)", text)})


@pytest.mark.parametrize(("page", "to"), links())
def test_a_link_leads_somewhere(page: str, to: str) -> None:
    assert not to.startswith("/")
    if re.match(r"https?:", to):
        return
    file, _, anchor = to.partition("#")
    target = (PAGES[page].parent / file).resolve() if file else PAGES[page]
    assert target.exists()
    assert target.is_relative_to(ROOT)
    if anchor:
        assert anchor in anchors(target)


def anchors(path: Path) -> set[str]:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_document_is_linked_from_another() -> None:
    linked = {
        (PAGES[page].parent / to.partition("#")[0]).resolve() for page, to in links() if not to.startswith("http")
    }
    assert {name for name, path in PAGES.items() if path.resolve() not in linked} <= {"README.md"}


# -- the tree -------------------------------------------------------------------------------------------


def test_the_tree_names_real_folders_and_all_of_them() -> None:
    rows = tables(section(README, "Where everything is"))[0]
    named = [span for row in rows for span in ticked(row[0])]
    assert [span for span in named if not (ROOT / span).exists()] == []
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    top = {Path(path).parts[0] for path in listed if "/" in path and path[0] != "."}
    assert top - {Path(span).parts[0] for span in named} <= {"requirements"}
    parts = {"/".join(Path(path).parts[:2]) for path in listed if re.match(r"hub/\w+/", path)}
    assert parts - {span.rstrip("/") for row in rows for span in (*ticked(row[0]), *ticked(row[1]))} == set()


# -- what no document says --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*SAID, "Makefile", "CHANGELOG.md", "pyproject.toml"])
def test_no_document_names_a_path_of_a_machine(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.:/*<-])/(?:home|root|work|tmp|Users|opt|mnt|srv|usr/local)\b[\w/.-]*", text) == []
    assert re.findall(r"[A-Z]:\\\\?\w+", text) == []


@pytest.mark.parametrize("page", TEXTS)
def test_a_table_has_as_many_cells_in_each_row(page: str) -> None:
    for table in tables(TEXTS[page]):
        assert len({len(row) for row in table}) == 1, table
