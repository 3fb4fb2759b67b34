"""`hub reviews`: what stands aside, and why."""

from typing import TYPE_CHECKING, Any

import click

from hub.cli.conflicts import person
from hub.cli.main import Asked
from hub.cli.output import as_json, line, table

if TYPE_CHECKING:
    from hub.flow.place import Hub


@click.group("reviews", invoke_without_command=True)
@click.option("--limit", default=50, show_default=True)
@click.pass_context
def command(ctx: click.Context, limit: int) -> None:
    """List records that stand aside and writes that were refused; retry or discard them."""
    if ctx.invoked_subcommand is not None:
        return
    from hub.engine.opening import chosen, looking, opened

    asked: Asked = ctx.obj
    with opened(asked.project) as (project, store), looking(store, chosen(project, asked.instance)) as hub:
        found = [*records_aside(hub, limit), *writes_aside(hub, limit)]
    if asked.json:
        as_json(found)
        return
    heads = ("entity", "system", "what", "record", "reason", "code", "tries", "next try")
    names = ("entity", "system", "kind", "record", "said", "code", "attempts", "due_at")
    table(heads, [[row[name] for name in names] for row in found])
    if not found:
        line("nothing stands aside")


def records_aside(hub: "Hub", limit: int) -> list[dict[str, Any]]:
    """Records read from a system."""
    from hub.store import reviews

    names = hub.catalog.by_id()
    with hub.store.reading() as tx:
        found = reviews.find(tx, [place.id for place in hub.all()], limit=limit)
    rows = []
    for review in found:
        entity, system = names[review.binding_id]
        row = {**review._asdict(), "golden_id": str(review.golden_id) if review.golden_id else None}
        rows.append({**row, "entity": entity, "system": system, "record": f"{system}:{review.key}"})
    return rows


def writes_aside(hub: "Hub", limit: int) -> list[dict[str, Any]]:
    """Writes to a system that were refused, or whose answer never came."""
    from hub.store import deliveries

    names = hub.catalog.by_id()
    with hub.store.reading() as tx:
        found = deliveries.standing(tx, [place.id for place in hub.all()], ["refused", "creating"], limit)
    rows = []
    for standing in found:
        entity, system = names[standing.binding_id]
        kind = "refused write" if standing.state == "refused" else "unanswered create"
        row = {**standing._asdict(), "golden_id": str(standing.golden_id), "kind": kind}
        rows.append({**row, "entity": entity, "system": system, "record": f"hub:{standing.golden_id}"})
    return rows


@command.command("retry")
@click.argument("entity")
@click.argument("system")
@click.argument("record", metavar="KEY|hub:ID")
@click.pass_obj
def retry_(asked: Asked, entity: str, system: str, record: str) -> None:
    """Try it at the next run, not tomorrow."""
    from hub.cli.naming import place_named
    from hub.engine.opening import chosen, looking, opened
    from hub.flow.decide import retry, retry_delivery

    with opened(asked.project) as (project, store), looking(store, chosen(project, asked.instance)) as hub:
        place = place_named(hub, entity, system)
        if record.startswith("hub:"):
            retry_delivery(hub, place, int(record[4:]))
        else:
            retry(hub, place, record.removeprefix(f"{system}:"))
    line("it is tried at the next run")


@command.command("discard")
@click.argument("entity")
@click.argument("system")
@click.argument("golden", metavar="hub:ID")
@click.pass_obj
def discard_(asked: Asked, entity: str, system: str, golden: str) -> None:
    """Give up a refused write; the record's next change owes it anew."""
    from hub.cli.naming import place_named
    from hub.engine.opening import chosen, looking, opened
    from hub.flow.decide import discard

    with opened(asked.project) as (project, store), looking(store, chosen(project, asked.instance)) as hub:
        discard(hub, place_named(hub, entity, system), int(golden.removeprefix("hub:")), person())
    line("discarded; it is in the audit log")
