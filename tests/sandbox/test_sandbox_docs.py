"""docs/sandbox.md tells of every option and every fault."""

import re
from dataclasses import fields
from pathlib import Path

from hub.sandbox.crm.settings import Settings
from hub.sandbox.erp.__main__ import main
from hub.sandbox.faults import Rules

TEXT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_every_option_of_the_erp_is_told() -> None:
    table = TEXT.partition("## The supplier ERP")[2].partition("## The Sage CRM")[0]
    options = {option for parameter in main.params for option in parameter.opts}
    assert options == set(re.findall(r"--[a-z][a-z-]*", table))


def test_the_defaults_of_the_erp_are_told() -> None:
    defaults = {p.name: p.default for p in main.params}
    table = TEXT.partition("## The supplier ERP")[2].partition("## The Sage CRM")[0]
    for name, default in re.findall(r"^\| `--([a-z-]+)` \| `?([^`|]+?)`? \|", table, re.MULTILINE):
        assert str(defaults[name.replace("-", "_")]) == default


def test_every_setting_of_the_crm_is_told_with_its_default() -> None:
    table = TEXT.partition("## The Sage CRM")[2].partition("## In tests")[0]
    told = dict(re.findall(r"^\| `--([a-z-]+)` \| `?([^`|]*?)`? \|", table, re.MULTILINE))
    settings = {f.name.replace("_", "-"): "" if f.default is False else str(f.default) for f in fields(Settings)}
    assert told == settings


def test_every_fault_is_told() -> None:
    table = TEXT.partition("## Faults")[2].partition("## The supplier ERP")[0]
    told = set(re.findall(r"`([a-z_]+)(?:: true)?`", table))
    assert told >= {f.name for f in fields(Rules)} | {"expire", "refuse_s"}
