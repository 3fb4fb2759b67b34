"""What every command has in common."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from support.command import Project

from hub.cli.main import COMMANDS, main

HUB = [sys.executable, "-m", "hub.cli"]


def walk(name: str, command: click.Command) -> list[str]:
    """`reviews`, `reviews show`, ..."""
    below = command.commands.items() if isinstance(command, click.Group) else ()
    return [name, *(f"{name} {inner}" for inner, _ in below)]


def every_command() -> list[str]:
    context = click.Context(main)
    return [found for name in COMMANDS for found in walk(name, main.get_command(context, name) or main)]


@pytest.mark.parametrize("name", ["", *every_command()])
def test_every_command_explains_itself(name: str) -> None:
    done = CliRunner().invoke(main, [*name.split(), "--help"])
    assert done.exit_code == 0
    assert "Usage: " in done.stdout
    told = done.stdout.split("\n\n")[1].strip()
    assert len(told) > 20
    assert told[0].isupper()


@pytest.mark.parametrize(
    "words", [("--json", "conflicts", "--all"), ("conflicts", "--json", "--all"), ("conflicts", "--all", "--json")]
)
def test_json_may_be_asked_for_at_any_place(synced: Project, words: tuple[str, ...]) -> None:
    found = synced(*words)
    assert found.code == 0
    assert {row["state"] for row in found.json} >= {"decided"}


def test_a_misspelt_command_gets_the_nearest_name(project: Project) -> None:
    done = project("stauts")
    assert done.code == 2
    assert "did you mean 'status'?" in done.err


@pytest.mark.parametrize("words", [("stauts",), ("status", "--colour"), ("records",), ("conflicts", "show", "seven")])
def test_a_wrong_command_line_is_told_to_machines_too(project: Project, words: tuple[str, ...]) -> None:
    done = project(*words, "--json")
    assert done.code == 2
    assert done.error["code"] == "command.usage"
    assert done.error["problems"]


@pytest.mark.parametrize("words", [("sync", "acount"), ("preview", "acount"), ("records", "acount", "crm:1")])
def test_a_misspelt_entity_gets_the_nearest_name(project: Project, words: tuple[str, ...]) -> None:
    done = project(*words, "--json")
    assert (done.code, done.error["code"]) == (2, "command.unknown-name")
    assert done.error["problems"] == ["there is no entity 'acount': did you mean 'account'?"]


@pytest.mark.parametrize("name", ["check", "preview", "sync", "run", "status", "conflicts", "reviews"])
def test_a_folder_that_is_no_project_is_said_to_be_none(tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(main, ["-p", str(tmp_path), name, "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] == "config.no-project"


def test_all_problems_of_the_files_are_told_at_once(project: Project) -> None:
    project.replace("conf/instances/main.yaml", "^policy: .*", "polcy: {prefer: crm}")
    project.replace("mappings/account.crm.yaml", "length: 60", "length: sixty")
    done = project("sync")
    assert done.code == 2
    assert "conf/instances/main.yaml:24:1: polcy: unknown setting, did you mean 'policy'?" in done.err
    assert "mappings/account.crm.yaml:7:" in done.err
    assert "[config.invalid]" in done.err


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    done = CliRunner().invoke(main, ["init", str(tmp_path / "taken"), "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] == "command.file"
    assert str(tmp_path / "taken") in done.stdout


def test_control_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch, project: Project) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hub.engine.sync.sync", interrupted)
    done = project("sync")
    assert done.code == 130
    assert done.err.strip().endswith("stopped")


def test_a_reader_that_stops_reading_is_no_traceback(synced: Project) -> None:
    env = {name: value for name, value in {**os.environ, **synced.env}.items() if value is not None}
    command = [*HUB, "-p", str(synced.folder), "--json", "conflicts", "--all"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.wait(30)


def test_records_do_not_steer_the_terminal(synced: Project) -> None:
    company, _ = synced.link()
    synced.crm.edit(company, name="Red \u202e\u200b Ltd")
    synced.sync()
    for words in (("records", "account", f"crm:{company}"), ("preview", "--full"), ("conflicts", "--all")):
        assert "\u202e" not in synced(*words).out


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_help_is_quick(words: list[str]) -> None:
    slow = "sqlalchemy", "pydantic", "lxml", "requests", "rich", "yaml"
    code = "import sys\nfrom hub.cli.main import main\ntry: main()\nexcept SystemExit: pass\n"
    code += f"print([name for name in {slow!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
