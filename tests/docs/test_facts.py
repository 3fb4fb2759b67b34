"""Figures and names that the documents say in passing are those of the code."""

import re
import tomllib
from datetime import timedelta
from typing import get_args

import pytest
from docs_pages import ROOT, page, section, tables

from hub.cli import resume
from hub.cli.output import DONE, TROUBLE, WRONG
from hub.config import expression, files
from hub.config.environment import _ADDRESS, _HIDDEN
from hub.config.files import parse_policy
from hub.config.hubfile import StoreFile
from hub.config.keyring import KEY_FILE, KEY_VARIABLE
from hub.config.sealedfile import SECRETS_FILE
from hub.core import fight, merge, putback, retry
from hub.core.clocks import Clocks
from hub.core.model import Deletes
from hub.flow import grade
from hub.flow.drift import MANY
from hub.flow.polling import proof, retention

CONFIGURATION, OPERATIONS = page("configuration.md"), page("operations.md")


def test_the_brake_on_deletions_is_as_told() -> None:
    assert (Deletes().most, Deletes().share) == (20, 0.1)
    for text in (OPERATIONS, page("errors.md")):
        assert re.search(r"more than 20 records\s+and more than a tenth", text)


def test_how_far_clocks_are_believed_is_as_told() -> None:
    assert (Clocks().most, Clocks().margin) == (timedelta(minutes=1), timedelta(seconds=1))
    told = section(CONFIGURATION, "clocks")
    assert "never believed; else a minute" in told
    assert "else one second" in told


def test_what_shows_that_a_system_was_put_back_is_as_told() -> None:
    told = " ".join(section(OPERATIONS, "A system was put back from a backup").split())
    assert f"one of the last {'twenty' if proof.SAMPLE == 20 else proof.SAMPLE} is older" in told
    assert timedelta(hours=1) < putback.SLACK < timedelta(hours=1.5)
    assert "a stamp that fell by more than an hour" in told
    assert {name for name in ("--baseline", "--replay") if name in told} == {
        option for param in resume.command.params for option in param.opts if option.startswith("--")
    }


def test_for_how_long_a_feed_is_trusted_is_as_told() -> None:
    assert retention.SURE == 0.9
    assert "From nine tenths of that time on" in OPERATIONS


def test_a_field_that_vanished_is_told_as_it_is_found() -> None:
    assert f"though {MANY} of its records had a value" in " ".join(page("concepts.md").split())


def test_what_the_modes_of_deletions_are_called_is_as_told() -> None:
    told = tables(section(page("concepts.md"), "Deletions"))
    for name, table in (("send", told[0]), ("take", told[1])):
        field = files.DeletesFile.model_fields[name]
        assert [row[0].strip("`") for row in table] == [*get_args(field.annotation)]


def test_exit_codes_are_as_told() -> None:
    assert (DONE, TROUBLE, WRONG) == (0, 1, 2)
    assert "0 done, 1 something failed or stands aside, 2 the command or the configuration is wrong" in OPERATIONS


def test_where_things_are_is_as_told() -> None:
    assert f"`{StoreFile().url.removeprefix('sqlite:///')}`" in OPERATIONS
    for name in (KEY_FILE, KEY_VARIABLE, SECRETS_FILE):
        assert f"`{name}`" in CONFIGURATION


def test_addresses_that_are_filled_in_are_as_told() -> None:
    told = section(CONFIGURATION, "Addresses from the environment")
    for name in ("store", "url", "token_url", "server"):
        assert _ADDRESS.fullmatch(name)
    assert all(f"`{name}`" in told for name in ("store", "url", "*_url", "server"))
    assert all(_HIDDEN.fullmatch(f"X_{name}") and f"`{name}`" in told for name in ("PASSWORD", "SECRET", "TOKEN"))


def test_what_expressions_may_not_do_is_as_told() -> None:
    assert all(f"`${name}`" in section(CONFIGURATION, "Transforms") for name in expression._NOT_HERE)
    assert (expression.SECONDS, expression.DEPTH, expression.LARGEST) == (0.5, 200, 1_000_000)
    assert "half a second, 200 levels, a million characters" in page("security.md")


@pytest.mark.parametrize("said", ["newest", "ask", {"prefer": "crm"}, {"prefer": ["crm", "erp"]}])
def test_policies_are_as_told(said: object) -> None:
    text = str(said).replace("'", "")
    assert parse_policy(said)
    assert f"`{text}`" in section(page("concepts.md"), "Who wins")


def test_the_table_of_the_merge_is_the_one_in_the_code() -> None:
    rows = tables(section(page("concepts.md"), "The merge"))[0]
    [code] = tables(str(merge.__doc__))
    assert [row[0] for row in rows] == [row[0] for row in code]


def test_what_we_build_on_is_what_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[^\w.-]", name, maxsplit=1)[0].lower() for name in project["dependencies"]}
    told = " ".join(row[0] for row in tables(section(page("why.md"), "What we build on"))[0]).lower()
    of_spyne = {"six", "legacy-cgi"}
    assert {name for name in needed - of_spyne if name not in re.split(r"[,\s]+", told)} == set()


def test_the_table_of_fights_is_the_one_in_the_code() -> None:
    [told] = tables(section(page("concepts.md"), "When two systems fight"))
    [code] = tables(str(fight.__doc__))
    assert told == code
    assert (fight.BACK, fight.ANSWERS, fight.WINDOW.days) == (3, 8, 1)


def test_when_a_system_is_left_alone_is_as_told() -> None:
    told = section(OPERATIONS, "A system is away")
    assert f"from the {retry.PATIENCE}th such run in a row left alone: for a minute" in told
    assert (timedelta(seconds=5), timedelta(minutes=1), timedelta(hours=1)) == (retry.FIRST, retry.BREAK, retry.LONGEST)


def test_grades_are_as_told() -> None:
    assert tables(section(page("concepts.md"), "Grades")) == tables(str(grade.__doc__))
