"""`hub resume`: go on with a system that was paused, or that is left alone because it was away."""

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, line


@click.command("resume")
@click.argument("system")
@click.pass_obj
def command(asked: Asked, system: str) -> None:
    """Use a system again that was paused because it rejected our credentials (correct them first), or try one at once
    that is left alone because it was away.

    Fields that vanished from it, and were left alone since, are written again.
    """
    from hub.cli.naming import known
    from hub.store import catalog, deliveries, outages
    from hub.store.catalog import forget_fields

    with asked.looking() as hub:
        known("system", system, hub.instance.systems)
        with hub.store.transaction() as tx:
            outages.over(tx, hub.catalog.instance_id, system)
            for place in hub.all():
                if place.binding.system == system:
                    catalog.pause(tx, place.id, None)
                    forget_fields(tx, place.id)
                    deliveries.wake(tx, place.id, hub.now())
    if asked.json:
        as_json({"resumed": system})
    else:
        line(f"{system} is used again from the next run on")
