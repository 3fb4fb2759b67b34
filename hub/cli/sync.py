"""`hub sync`: one run now."""

import click

from hub.cli.main import Asked
from hub.cli.output import DONE, TROUBLE, as_json


@click.command("sync")
@click.argument("entities", nargs=-1, metavar="[ENTITY]...")
@click.option("--full", is_flag=True, help="Read everything again, not only what changed.")
@click.option("--keys", is_flag=True, help="Find deletions by comparing all keys.")
@click.pass_context
def command(ctx: click.Context, entities: tuple[str, ...], full: bool, keys: bool) -> None:
    """Poll, merge and deliver once. Exit code 1: something failed or stands aside."""
    from hub.cli.naming import known_entities
    from hub.cli.progress import bars
    from hub.cli.reports import report_dict, show
    from hub.engine.opening import chosen, opened, working
    from hub.engine.sync import sync

    asked: Asked = ctx.obj
    with opened(asked.project) as (project, store), working(project, store, chosen(project, asked.instance)) as hub:
        known_entities(entities, hub.instance.entities)
        with bars(not asked.json) as progress:
            report = sync(hub, entities, full=full, keys=keys, progress=progress)
    if asked.json:
        as_json({"run": hub.run_id, **report_dict(report)})
    else:
        show(report)
    ctx.exit(TROUBLE if report.troubles or report.held or report.aside else DONE)
