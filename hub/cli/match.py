"""`hub match`: how the records of the systems find one another, before the first write."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.main import Asked
from hub.cli.matchreport import ACCEPTED, as_dict, show, tell
from hub.cli.output import DONE, TROUBLE, as_json, person

if TYPE_CHECKING:
    from hub.flow.first.report import MatchReport
    from hub.flow.place import Hub

FILE = click.Path(dir_okay=False, path_type=Path)
READ = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("match")
@click.argument("entity")
@click.option("--worksheet", type=FILE, help="Write every proposal to this CSV file, to be corrected.")
@click.option("--load", type=READ, help="Read a corrected worksheet.")
@click.option("--accept", is_flag=True, help="Accept the report: the first writes may go out.")
@click.option("--at-most", metavar="P/M/N", help="Accept only up to so many probable, many-to-one and new records.")
@click.option("--limit", type=click.IntRange(0), default=5, show_default=True, help="Samples of each kind.")
@click.pass_context
def command(
    ctx: click.Context,
    entity: str,
    worksheet: Path | None,
    load: Path | None,
    accept: bool,
    at_most: str | None,
    limit: int,
) -> None:
    """Read all records of ENTITY from all its systems and show which are the same. Writes nothing to a system.

    Exit code 1: some are probable or many-to-one, and a person should look at them.
    """
    from hub.cli.naming import known
    from hub.engine.opening import assembled, chosen, connected, opened

    asked: Asked = ctx.obj
    ceiling = ceilings(at_most) if at_most else None
    with opened(asked.project) as (project, store):
        instance = chosen(project, asked.instance)
        known("entity", entity, instance.entities)
        with connected(project, instance) as adapters:
            hub = assembled(store, instance, adapters)
            loaded = taken(hub, entity, load) if load else None
            report = read(hub, entity, shown=not asked.json)
        if accept or ceiling:
            accepted(hub, report, ceiling)
    written = sheet(report, worksheet) if worksheet else None
    if asked.json:
        as_json({**as_dict(report, limit), "loaded": loaded, "worksheet": written, "accepted": bool(accept or ceiling)})
    else:
        show(report, limit)
        tell(report, bool(accept or ceiling), loaded, worksheet, written)
    ctx.exit(TROUBLE if report.doubtful and not (accept or ceiling) else DONE)


def read(hub: "Hub", entity: str, *, shown: bool) -> "MatchReport":
    from hub.cli.progress import bars
    from hub.flow.first.report import propose
    from hub.flow.place import Place

    with bars(shown) as bar:

        def progress(place: Place, done: int, total: int | None) -> None:
            bar("read", place, done, total)

        return propose(hub, entity, progress)


def taken(hub: "Hub", entity: str, path: Path) -> int:
    """Decisions that were read from a worksheet."""
    from hub.core.errors import Refused
    from hub.flow.first.decisions import keep
    from hub.match import worksheet

    if not hub.instance.entities[entity].matches:
        said = f"{entity} has no 'match' and no 'similar': nothing is matched, so there is nothing to decide"
        raise Refused("match.no-rules", said)
    rows = worksheet.read(path, list(hub.places[entity]))
    keep(hub, entity, rows, str(path))
    return len(rows)


def sheet(report: "MatchReport", path: Path) -> int:
    from hub.match import worksheet

    return worksheet.write(path, report.fields, report.outcomes)


def ceilings(text: str) -> tuple[int, ...]:
    parts = text.split("/")
    if len(parts) != len(ACCEPTED) or not all(part.isdigit() for part in parts):
        raise click.BadParameter(f"expected probable/many-to-one/new, such as 12/3/400, got '{text}'")
    return tuple(map(int, parts))


def accepted(hub: "Hub", report: "MatchReport", ceiling: tuple[int, ...] | None) -> None:
    """Keep it, unless the report is worse than what was looked at."""
    from hub.core.errors import Refused
    from hub.flow.first.gate import accept

    counts = report.counts()
    now = tuple(counts[name] for name in ACCEPTED)
    if ceiling is not None and any(one > most for one, most in zip(now, ceiling, strict=True)):
        got = "/".join(map(str, now))
        said = f"expected at most {'/'.join(map(str, ceiling))} probable/many-to-one/new, got {got}: look at it again"
        raise Refused("match.grown", said)
    accept(hub, report.entity, person(), counts)
