"""`hub preview`: what a run would do."""

from typing import Any

import click

from hub.cli.main import Asked
from hub.cli.output import DONE, TROUBLE, as_json, line, plain, shown, table, warn


@click.command("preview")
@click.argument("entities", nargs=-1, metavar="[ENTITY]...")
@click.option("--full", is_flag=True, help="As if everything were read again.")
@click.option("--limit", default=40, show_default=True, help="Rows to show; JSON has them all.")
@click.pass_context
def command(ctx: click.Context, entities: tuple[str, ...], full: bool, limit: int) -> None:
    """Show what a run would write, and where sides clash. Writes nothing."""
    from hub.cli.progress import bars
    from hub.engine.opening import chosen, connected, opened
    from hub.engine.preview import preview

    asked: Asked = ctx.obj
    with opened(asked.project) as (project, store):
        instance = chosen(project, asked.instance)
        with connected(project, instance) as adapters, bars(not asked.json) as progress:
            found = preview(store, instance, adapters, entities, full=full, progress=progress)
    if asked.json:
        as_json(as_dict(found))
    else:
        show(found, limit)
    ctx.exit(TROUBLE if found.report.troubles else DONE)


def as_dict(found: Any) -> dict[str, Any]:
    return {
        "writes": [write._asdict() for write in found.writes],
        "conflicts": [conflict._asdict() for conflict in found.conflicts],
        "reviews": [review._asdict() for review in found.reviews],
        "troubles": found.report.troubles,
    }


def show(found: Any, limit: int) -> None:
    table(("system", "object", "write", "key", "fields"), [row(write) for write in found.writes[:limit]])
    if len(found.writes) > limit:
        line(f"... and {len(found.writes) - limit} more (--limit)")
    counts: dict[str, int] = {}
    for write in found.writes:
        counts[f"{write.system} {write.kind}"] = counts.get(f"{write.system} {write.kind}", 0) + 1
    line()
    line("a run would make: " + (", ".join(f"{n} x {name}" for name, n in sorted(counts.items())) or "no write"))
    for conflict in found.conflicts[:limit]:
        line(f"conflict {conflict.unit} of {conflict.key}: {conflict.verdict} ({conflict.rule})")
    for review in found.reviews[:limit]:
        line(f"aside {review.key}: {review.said} [{review.code}]")
    for said in found.report.troubles:
        warn(f"! {said}")


def row(write: Any) -> list[str]:
    if write.kind == "create":
        changes = [f"{name}={shown(value)}" for name, value in write.fields.items() if value not in (None, "")]
    else:
        changes = [f"{name}: {shown(write.before.get(name))} -> {shown(new)}" for name, new in write.fields.items()]
    return [write.system, write.object, write.kind, write.key or "(new)", plain(", ".join(changes), 100)]
