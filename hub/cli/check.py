"""`hub check`: the configuration, every system, and whether the mappings fit what the systems say of themselves."""

from typing import TYPE_CHECKING

import click

from hub.cli.main import Asked
from hub.cli.output import DONE, TROUBLE, as_json, counted, fits, line

if TYPE_CHECKING:
    from hub.cli.checking import Checked, Finding

COLOURS = {"error": "red", "warning": "yellow"}


@click.command("check")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check files, systems, lengths and types. Writes nothing to any system.

    Each system is logged on to once, and not at all while it is paused: accounts lock. An error must be put right; a
    warning works today and will refuse or cut a value one day.
    """
    from hub.cli.checking import check, clashes
    from hub.engine.opening import opened

    asked: Asked = ctx.obj
    clash = clashes()
    with opened(asked.project) as (project, store):
        instances = [project.instance(asked.instance)] if asked.instance else list(project.instances.values())
        found = [check(project, store, instance) for instance in instances]
    findings = [*clash, *(finding for checked in found for finding in checked.findings)]
    ok = not any(finding.level == "error" for finding in findings)
    if asked.json:
        systems = [system.as_dict() for checked in found for system in checked.systems]
        as_json({"ok": ok, "systems": systems, "findings": [finding._asdict() for finding in findings]})
    else:
        show(found, findings)
    ctx.exit(DONE if ok else TROUBLE)


def show(found: "list[Checked]", findings: "list[Finding]") -> None:
    line("the files are in order")
    for checked in found:
        line(f"\ninstance {checked.instance}{'' if checked.active else ' (not active)'}")
        for system in checked.systems:
            state = click.style(system.state, fg=None if system.reached else "red")
            objects = fits(", ".join(system.objects)) or "no object seen"
            click.echo(f"  {system.name:<10} {state}, {system.adapter}: {objects}")
            if system.reached:
                line(f"             {'; '.join(system.abilities)}")
            for entity, grade in system.grades.items():
                line(f"             {entity}: grade {grade.letter}{', without' if grade.missing else ''}")
                for said in grade.said:
                    line(f"               {said}")
    if findings:
        line()
    for finding in findings:
        level = click.style(f"{finding.level:<8}", fg=COLOURS[finding.level])
        said = fits(finding.said).removeprefix(f"{finding.system}: ")
        place = " ".join(word for word in (finding.system, finding.where) if word)
        click.echo(f"{level} {place + ': ' if place else ''}{said} [{finding.code}]")
    counts = {level: sum(finding.level == level for finding in findings) for level in COLOURS}
    line()
    line(f"{counted(counts['error'], 'error')}, {counted(counts['warning'], 'warning')}" if findings else "all is well")
