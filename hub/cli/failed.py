"""`hub failed`: writes that failed, as a list and as a file to correct and load back."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import EVERY, ROWS, as_json, counted, line, person, table, when

if TYPE_CHECKING:
    from hub.flow.deciding.failed import Corrected
    from hub.flow.place import Hub, Place
    from hub.store.failing import Failing

HEADS = ("entity", "system", "record", "key", "what", "reason", "code", "tries", "next try")


@click.command("failed")
@click.argument("entity", required=False)
@click.argument("system", required=False)
@click.option("--csv", "csv_", type=click.Path(path_type=Path), help="Write them all to this file, to be corrected.")
@click.option(
    "--load",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read such a file back: corrected values become edits, rows left as they are are tried again.",
)
@click.option("--discard", is_flag=True, help="With --load: its rows are owed no more, until the record changes.")
@click.pass_obj
def command(
    asked: Asked, entity: str | None, system: str | None, csv_: Path | None, load: Path | None, discard: bool
) -> None:
    """List writes that were refused or put off, with what they carry.

    --csv writes them to a file with a column a field; correct values there, or put an x under 'hub discard', and --load
    it. `hub reviews retry` and `hub reviews discard` are for a single one.
    """
    from hub.cli.naming import places_named

    if csv_ is not None and load is not None:
        raise click.UsageError("--csv and --load: expected one of the two")
    if discard and load is None:
        raise click.UsageError("--discard goes with --load; 'hub reviews discard' is for a single write")
    with asked.looking() as hub:
        places = places_named(hub, entity, system)
        if load is not None:
            tell(asked, loaded(hub, load, discard))
        elif csv_ is not None:
            count = written(hub, places, csv_)
            said = f"{counted(count, 'failed write')} in {csv_}: correct it, then 'hub failed --load {csv_}'"
            as_json({"file": str(csv_), "rows": count}) if asked.json else line(said)
        else:
            listed(asked, hub, places)


def each(hub: "Hub", places: "list[Place]") -> "Iterator[tuple[Place, Failing]]":
    from hub.store.failing import failing

    with hub.store.reading() as tx:
        for place in places:
            for row in failing(tx, [place.id]):
                yield place, row


def listed(asked: Asked, hub: "Hub", places: "list[Place]") -> None:
    found = []
    for place, row in each(hub, places):
        found.append(as_dict(place, row))
        if len(found) == (EVERY if asked.json else ROWS):
            break
    if asked.json:
        as_json(found)
    elif not found:
        line("no write failed")
    else:
        names = ("entity", "system", "record", "key", "state", "said", "code", "attempts")
        table(HEADS, [[*(row[name] for name in names), when(row["due_at"])] for row in found], widest=60)
        line()
        line("'hub failed --csv FILE' writes them all to a file; correct it, then 'hub failed --load FILE'")


def as_dict(place: "Place", row: "Failing") -> dict[str, Any]:
    from hub.flow.deciding.failed import columns

    fields = {name: row.fields.get(name) for name in columns(place)}
    what = "refused" if row.state == "refused" else "put off"
    more = {"entity": place.entity.name, "system": place.binding.system, "record": f"hub:{row.golden_id}"}
    told = {"code": row.code, "said": row.said, "attempts": row.attempts, "due_at": row.due_at}
    return {**more, "key": row.key, "state": what, **told, "fields": fields}


def written(hub: "Hub", places: "list[Place]", path: Path) -> int:
    from hub.cli.failedsheet import write_sheet

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        return write_sheet(file, places, each(hub, places))


def loaded(hub: "Hub", path: Path, discard: bool) -> "Corrected":
    from hub.cli.failedsheet import Reading, unfit_file
    from hub.flow.deciding.failed import correct

    reading = Reading(hub, path, discard=discard)
    rows = reading.rows()
    if reading.problems:
        raise unfit_file(path, reading.names, reading.problems)
    done = correct(hub, rows, person())
    if done.wrong:
        raise unfit_file(path, reading.names, done.wrong)
    return done


def tell(asked: Asked, done: "Corrected") -> None:
    numbers = {name: getattr(done, name) for name in ("edited", "retried", "discarded", "done")}
    if asked.json:
        as_json(numbers)
        return
    said = [f"{number} {name}" for name, number in numbers.items() if number and name != "done"]
    line(", ".join(said) + "; the next run sends them" if said else "nothing to do")
    if done.done:
        line(f"{counted(done.done, 'row')} failed no more")
