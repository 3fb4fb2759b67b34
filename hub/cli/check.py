"""`hub check`: the configuration, every system, and whether the mappings fit what the systems say of themselves."""

from typing import TYPE_CHECKING

import click

from hub.cli.main import Asked
from hub.cli.output import DONE, TROUBLE, Coloured, as_json, counted, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hub.cli.checking import Checked, Finding
    from hub.engine.probe import Probed

COLOURS = {"error": "red", "warning": "yellow"}


@click.command("check")
@click.option("--widen", "wider", is_flag=True, help="Make fields wider where a mapping says 'too_long: widen'.")
@click.pass_context
def command(ctx: click.Context, wider: bool) -> None:
    """Check files, systems, lengths and types. Writes nothing to any system, unless with --widen.

    Each system is logged on to once, and not at all while it is paused: accounts lock. An error must be put right; a
    warning works today and will refuse or cut a value one day.
    """
    from hub.cli.checking import check, clashes
    from hub.engine.opening import opened

    asked: Asked = ctx.obj
    clash = clashes()
    with opened(asked.project) as (project, store):
        instances = [project.instance(asked.instance)] if asked.instance else list(project.instances.values())
        found = [check(project, store, instance, wider=wider) for instance in instances]
    findings = [*clash, *(finding for checked in found for finding in checked.findings)]
    ok = not any(finding.level == "error" for finding in findings)
    if asked.json:
        systems = [system.as_dict() for checked in found for system in checked.systems]
        as_json({"ok": ok, "systems": systems, "findings": [finding._asdict() for finding in findings]})
    else:
        show(found, findings)
    ctx.exit(DONE if ok else TROUBLE)


def tried(probed: "Sequence[Probed]") -> "Iterator[str]":
    """What is declared, by what came of trying it."""
    for result in ("confirmed", "disproved", "trusted"):
        names = [one.ability for one in probed if one.result == result]
        if names:
            yield f"{'taken on trust' if result == 'trusted' else result}: {', '.join(names)}"


def show(found: "list[Checked]", findings: "list[Finding]") -> None:
    line("the files are in order")
    for checked in found:
        line()
        line(f"instance {checked.instance}{'' if checked.active else ' (not active)'}")
        for system in checked.systems:
            state = Coloured(system.state, None if system.reached else "red")
            objects = ", ".join(system.objects) or "no object seen"
            line(f"  {system.name:<10} ", state, f", {system.adapter}: {objects}")
            if system.reached:
                line(f"             {'; '.join(system.abilities)}")
            for one in system.widened:
                if one.error is None:
                    line(f"             made wider: {one.said}")
            for entity, grade in system.grades.items():
                line(f"             {entity}: grade {grade.letter}{', without' if grade.missing else ''}")
                for said in grade.said:
                    line(f"               {said}")
                for said in tried(system.probed.get(entity, ())):
                    line(f"               {said}")
    if findings:
        line()
    for finding in findings:
        level = Coloured(f"{finding.level:<8}", COLOURS[finding.level])
        said = finding.said.removeprefix(f"{finding.system}: ")
        place = " ".join(word for word in (finding.system, finding.where) if word)
        line(level, f" {place + ': ' if place else ''}{said} [{finding.code}]")
    counts = {level: sum(finding.level == level for finding in findings) for level in COLOURS}
    line()
    line(f"{counted(counts['error'], 'error')}, {counted(counts['warning'], 'warning')}" if findings else "all is well")
