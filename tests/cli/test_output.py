"""What comes from a system is shown, and does nothing else: not to the terminal, and not to the lines around it."""

import json

import pytest
from support.command import Project

from hub.cli import output

#: Clears the screen; sets the title; forges a line; goes back over what was printed; turns the direction of writing.
EVIL = "Acme\x1b[2J\x1b]0;owned\x07\n0 errors\r\b\x9b31m\u202e Ltd"
SHOWN = r"Acme\x1b[2J\x1b]0;owned\x07\n0 errors\r\x08\x9b31m\u202e Ltd"
#: The same, as short as the field of a system.
BRIEF = "A\x1b[2J\x07\n0 errors\x9b31m"


def test_control_characters_are_shown_escaped_and_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.line(EVIL)
    output.line("said: ", output.Coloured(EVIL, None))
    output.table(["name"], [[EVIL]], widest=100)
    output.warn(EVIL)
    told = capsys.readouterr()
    assert told.out.splitlines() == [SHOWN, f"said: {SHOWN}", "name", "-" * len(SHOWN), SHOWN]
    assert told.err == f"{SHOWN}\n"


def test_a_colour_is_ours_and_the_text_in_it_is_not() -> None:
    assert output._painted(output.Coloured("red\x1b[0m", "red")) == "\x1b[31mred\\x1b[0m\x1b[0m"


@pytest.mark.parametrize("text", ["Müller & Söhne", "株式会社", "a\\b", "“quoted” – 5 €"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert output.escaped(text) == text


def test_strange_blanks_are_blanks() -> None:
    assert output.escaped("12\xa0000\u3000x") == "12 000 x"


def test_json_is_exact(capsys: pytest.CaptureFixture[str]) -> None:
    output.as_json({"name": EVIL})
    assert json.loads(capsys.readouterr().out) == {"name": EVIL}


@pytest.fixture
def spoilt(synced: Project) -> tuple[Project, str, str]:
    """Somebody typed it into the ERP: project, company, supplier."""
    company, supplier = synced.link()
    synced.replace("conf/instances/main.yaml", "      blocked: ask", "      blocked: ask\n      industry: ask")
    synced.crm.edit(company, sector="Rail")
    synced.erp.edit(supplier, industry=BRIEF)
    synced.erp.add(name=BRIEF)
    return synced, company, supplier


def told(project: Project, *words: str) -> str:
    done = project(*words)
    return done.out + done.err


def test_no_command_lets_a_record_steer_the_terminal(spoilt: tuple[Project, str, str]) -> None:
    project, company, _ = spoilt
    said = {"preview": told(project, "preview"), "sync": told(project, "sync")}
    [number] = [row["id"] for row in project.ask("conflicts") if row["unit"] == "industry"]
    for words in (
        ("conflicts",),
        ("conflicts", "show", str(number)),
        ("records", "account", f"crm:{company}"),
        ("reviews",),
        ("status",),
    ):
        said[" ".join(words)] = told(project, *words)
    for name, text in said.items():
        assert text.replace("\n", "").isprintable(), name
        assert not [row for row in text.splitlines() if row.startswith("0 errors")], name
    assert "u001b" in said[f"conflicts show {number}"]
    assert project.ask("conflicts", "show", str(number))["theirs"] == {"industry": BRIEF}
