"""`hub resume`: go on with a system that was paused, or that is left alone because it was away."""

from typing import TYPE_CHECKING

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, line

if TYPE_CHECKING:
    from hub.flow.place import Hub


@click.command("resume")
@click.argument("system")
@click.option("--baseline", "mode", flag_value="baseline", help="Put back from a backup: what it shows now counts.")
@click.option("--replay", "mode", flag_value="replay", help="Put back: what the hub knows is written there again.")
@click.pass_obj
def command(asked: Asked, system: str, mode: str | None) -> None:
    """Use a system again that was paused because it rejected our credentials (correct them first), or try one at once
    that is left alone because it was away.

    Fields that vanished from it, and were left alone since, are written again.

    A system that was put back to an earlier state needs a word on what counts. --baseline: everything is read, and
    what differs is taken as edited there; what also changed elsewhere clashes. --replay: everything is read, and what
    differs is overwritten with what the hub knows; records that are gone are made anew. Both are logged.
    """
    from hub.cli.naming import known
    from hub.store import catalog, deliveries, outages
    from hub.store.catalog import forget_fields

    with asked.looking() as hub:
        known("system", system, hub.instance.systems)
        unsaid(hub, system, mode)
        with hub.store.transaction() as tx:
            outages.over(tx, hub.catalog.instance_id, system)
            for place in hub.all():
                if place.binding.system == system:
                    catalog.pause(tx, place.id, None)
                    forget_fields(tx, place.id)
                    if mode is not None:
                        catalog.choose(tx, place.id, mode, hub.now())
                    deliveries.wake(tx, place.id, hub.now())
    if asked.json:
        as_json({"resumed": system} | ({"mode": mode} if mode else {}))
    else:
        line(f"{system} is used again from the next run on")


def unsaid(hub: "Hub", system: str, mode: str | None) -> None:
    """Raises UsageError where a system was put back, and nobody says what counts."""
    from hub.core.putback import frozen, how
    from hub.store import catalog

    with hub.store.reading() as tx:
        why = [catalog.position(tx, place.id).paused for place in hub.all() if place.binding.system == system]
    if mode is None and any(said is not None and frozen(said) for said in why):
        raise click.UsageError(f"{system} was put back to an earlier state: say {how(system)}")
