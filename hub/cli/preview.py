"""`hub preview`: what a run would do."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import DONE, TROUBLE, as_json, counted, fields, line, plain, shown, table, warn

if TYPE_CHECKING:
    from hub.engine.preview import Intended, Preview


@click.command("preview")
@click.argument("entities", nargs=-1, metavar="[ENTITY]...")
@click.option("--full", is_flag=True, help="As if everything were read again.")
@click.option("--limit", type=click.IntRange(0), default=40, show_default=True, help="Rows to show; JSON has them all.")
@click.pass_context
def command(ctx: click.Context, entities: tuple[str, ...], full: bool, limit: int) -> None:
    """Show what a run would write, what clashes, what would stand aside. Writes nothing.

    It is the run itself, on a copy of the hub's database, with every write to a system left out.
    """
    from hub.cli.naming import known_entities
    from hub.cli.progress import bars
    from hub.engine.opening import chosen, connected, opened
    from hub.engine.preview import preview

    asked: Asked = ctx.obj
    with opened(asked.project) as (project, store):
        instance = chosen(project, asked.instance)
        known_entities(entities, instance.entities)
        with connected(project, instance) as adapters, bars(not asked.json) as progress:
            found = preview(store, instance, adapters, entities, full=full, progress=progress)
    if asked.json:
        as_json(as_dict(found))
    else:
        show(found, limit)
    ctx.exit(TROUBLE if found.report.troubles or found.report.held else DONE)


def as_dict(found: "Preview") -> dict[str, Any]:
    return {
        "writes": [write._asdict() for write in found.writes],
        "conflicts": [named(found, conflict) for conflict in found.conflicts],
        "reviews": [named(found, review) for review in found.reviews],
        "held": found.report.held,
        "troubles": found.report.troubles,
    }


def named(found: "Preview", row: Any) -> dict[str, Any]:
    """A row of the copy, with names for its numbers: those of the copy mean nothing."""
    entity, system = found.names[row.binding_id]
    values = {name: value for name, value in row._asdict().items() if name not in NUMBERS}
    return {"entity": entity, "system": system, **values}


#: Numbers that only the copy knows.
NUMBERS = ("id", "run_id", "binding_id", "golden_id")


def show(found: "Preview", limit: int) -> None:
    if found.writes:
        table(("system", "object", "write", "key", "fields"), [row(w) for w in found.writes[:limit]], widest=100)
    more(len(found.writes), limit)
    counts = Counter(f"{write.system} {write.kind}" for write in found.writes)
    told = ", ".join(f"{number} x {name}" for name, number in sorted(counts.items()))
    line()
    line(f"a run would make: {told or 'no write'}")
    if found.conflicts:
        line()
        line(f"{counted(len(found.conflicts), 'conflict')}")
    for conflict in found.conflicts[:limit]:
        entity, system = found.names[conflict.binding_id]
        sides = f"hub {fields(conflict.ours)}, {system} {fields(conflict.theirs)}"
        line(
            f"  {entity} {system}:{conflict.key}: {plain(sides, 100)} -> {outcome(conflict.verdict)} ({conflict.rule})"
        )
    more(len(found.conflicts), limit)
    if found.reviews:
        line()
        line(f"{counted(len(found.reviews), 'record stands', 'records stand')} aside")
    for review in found.reviews[:limit]:
        entity, system = found.names[review.binding_id]
        line(f"  {entity} {system}:{review.key}: {review.said} [{review.code}]")
    more(len(found.reviews), limit)
    for said in (*found.report.troubles, *found.report.held.values()):
        warn(f"! {said}")


def more(there: int, limit: int) -> None:
    if there > limit:
        line(f"  ... and {there - limit} more (--limit)")


def outcome(verdict: str) -> str:
    return {"take": "the system's value", "keep": "the hub's value", "hold": "waits for a person"}[verdict]


def row(write: "Intended") -> list[str]:
    if write.kind == "create":
        changes = [f"{name}={shown(value)}" for name, value in write.fields.items() if value not in (None, "")]
    else:
        changes = [f"{name}: {shown(write.before.get(name))} -> {shown(new)}" for name, new in write.fields.items()]
    return [write.system, write.object, write.kind, write.key or "(new)", ", ".join(changes)]
