"""`hub check`: the configuration, every system, and whether the mappings fit what the systems say of themselves."""

from typing import TYPE_CHECKING

import click

from hub.cli.main import Asked
from hub.cli.output import DONE, TROUBLE, as_json, line, table

if TYPE_CHECKING:
    from hub.cli.checking import Checked


@click.command("check")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check files, systems, lengths and types. Writes nothing. Exit code 1: there is an error.

    A warning is something that works today and will refuse or cut a value one day.
    """
    from hub.cli.checking import check
    from hub.engine.opening import opened

    asked: Asked = ctx.obj
    with opened(asked.project) as (project, _store):
        instances = [project.instance(asked.instance)] if asked.instance else list(project.instances.values())
        found = [checked for instance in instances for checked in check(project, instance)]
    if asked.json:
        as_json({"ok": all(c.ok for c in found), "systems": [c.as_dict() for c in found]})
    else:
        show(found)
    ctx.exit(DONE if all(checked.ok for checked in found) else TROUBLE)


def show(found: list["Checked"]) -> None:
    line("the files are in order")
    line()
    rows = [[c.instance, c.system, c.adapter, c.state, ", ".join(c.objects), "; ".join(c.abilities)] for c in found]
    table(("instance", "system", "adapter", "state", "objects", "can"), rows, widest=90)
    findings = [[f.level, c.system, f.where, f.said, f.code] for c in found for f in c.findings]
    if findings:
        line()
        table(("level", "system", "field", "what", "code"), findings, widest=110)
    errors = sum(f.level == "error" for c in found for f in c.findings)
    warnings = sum(f.level == "warning" for c in found for f in c.findings)
    line()
    line(f"{errors} errors, {warnings} warnings" if findings else "all is well")
