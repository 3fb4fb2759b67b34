"""The `hub` command in a project folder of its own, run within the test."""

import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner
from support.servers import Crm, Erp

from hub.cli.main import main


class Ran(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """{"code": ..., "problems": [...]}"""
        return self.json["error"]


class Project:
    """A project folder between a CRM and an ERP."""

    def __init__(self, folder: Path, crm: Crm, erp: Erp) -> None:
        self.folder, self.crm, self.erp = folder, crm, erp
        self.env: dict[str, str | None] = dict.fromkeys(name for name in os.environ if name.startswith("HUB_"))
        self.env |= {"CRM_PORT": str(crm.port), "ERP_PORT": str(erp.port)}
        self.env |= {"HUB_SECRET_CRM_PASSWORD": crm.password, "HUB_SECRET_ERP_KEY": erp.api_key}
        assert self("init", str(folder)).code == 0

    def __call__(self, *words: str, typed: str | None = None) -> Ran:
        """Run a command; `typed`: what comes from the pipe."""
        done = CliRunner().invoke(main, ["-p", str(self.folder), *words], input=typed, env=self.env, prog_name="hub")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    def ask(self, *words: str) -> Any:
        """Its JSON."""
        return self("--json", *words).json

    def sync(self, *words: str) -> Any:
        """A run that succeeds, though something may stand aside."""
        report = self.ask("sync", *words)
        assert report["troubles"] == [], report
        return report

    def path(self, name: str) -> Path:
        return self.folder / name

    def replace(self, name: str, pattern: str, new: str) -> None:
        """Change what matches a regular expression, which must be there."""
        text, count = re.subn(pattern, new, self.path(name).read_text(), flags=re.MULTILINE)
        assert count, f"{name} has no {pattern!r}"
        self.path(name).write_text(text)

    def written(self) -> int:
        """Records that were written over the APIs of both systems since the counters were reset."""
        erp = sum(count for what, count in self.erp.stats()["writes"].items() if what.partition(" ")[2].startswith("2"))
        return int(self.crm.stats()["written"]) + erp

    def forget_calls(self) -> None:
        self.crm.reset_stats()
        self.erp.reset_stats()

    def link(self) -> tuple[str, str]:
        """A company and its supplier, linked, with no conflict between them."""
        waiting = {row["key"] for row in self.ask("conflicts")}
        suppliers = self.erp.records()
        for key, company in self.crm.records().items():
            supplier = suppliers.get(str(company["supplierid"]))
            if (
                supplier is not None
                and str(supplier["external_ref"]) == key
                and str(company["supplierid"]) not in waiting
            ):
                return key, str(company["supplierid"])
        raise AssertionError("no pair is linked")
