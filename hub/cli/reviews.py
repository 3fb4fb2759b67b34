"""`hub reviews`: what stands aside, why, and a person's word on it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import EVERY, ROWS, as_json, line, person, table, when

if TYPE_CHECKING:
    from hub.flow.place import Hub

HEADS = ("entity", "system", "record", "what", "reason", "code", "tries", "next try")


@click.group("reviews", invoke_without_command=True)
@click.option("--limit", type=click.IntRange(1, EVERY), help=f"Rows at most.  [default: {ROWS}; JSON: all]")
@click.pass_context
def command(ctx: click.Context, limit: int | None) -> None:
    """List what stands aside: records that do not fit or match several, writes that were refused.

    Everything is tried again daily, and when it changes. ENTITY SYSTEM RECORD of the commands is as in the list.
    """
    if ctx.invoked_subcommand is not None:
        return

    asked: Asked = ctx.obj
    with asked.looking() as hub:
        most = limit or (EVERY if asked.json else ROWS)
        found = [*records_aside(hub, most), *writes_aside(hub, most)]
    if asked.json:
        as_json(found)
    else:
        show(found)


def show(found: list[dict[str, Any]]) -> None:
    if not found:
        line("nothing stands aside")
        return
    table(HEADS, [cells(row) for row in found], widest=70)
    line()
    line("'hub reviews show ENTITY SYSTEM RECORD' has the whole reason; retry, discard, link or new decide")


def cells(row: dict[str, Any]) -> list[Any]:
    names = ("entity", "system", "record", "kind", "said", "code", "attempts")
    return [*(row[name] for name in names), when(row["due_at"])]


def records_aside(hub: "Hub", limit: int) -> list[dict[str, Any]]:
    """Records that were read from a system."""
    from hub.store import candidates, reviews

    names = hub.catalog.by_id()
    may_be: dict[tuple[int, str], list[dict[str, Any]]] = {}
    with hub.store.reading() as tx:
        found = reviews.find(tx, [place.id for place in hub.all()], limit=limit)
        for binding_id in {review.binding_id for review in found if review.kind == "ambiguous"}:
            keys = [review.key for review in found if review.binding_id == binding_id and review.kind == "ambiguous"]
            for key, golden_id, score in candidates.of(tx, binding_id, keys):
                one = {"golden_id": str(golden_id), "score": score}
                may_be.setdefault((binding_id, key), []).append(one)
    rows = []
    for review in found:
        entity, system = names[review.binding_id]
        row = {**review._asdict(), "golden_id": str(review.golden_id) if review.golden_id else None}
        row["candidates"] = may_be.get((review.binding_id, review.key), [])
        rows.append({**row, "entity": entity, "system": system, "record": f"{system}:{review.key}"})
    return rows


def writes_aside(hub: "Hub", limit: int) -> list[dict[str, Any]]:
    """Writes to a system that were refused, or whose answer never came."""
    from hub.store import deliveries

    names = hub.catalog.by_id()
    with hub.store.reading() as tx:
        states = [deliveries.REFUSED, deliveries.CREATING]
        found = deliveries.standing(tx, [place.id for place in hub.all()], states, limit)
    rows = []
    for standing in found:
        entity, system = names[standing.binding_id]
        kind = "refused write" if standing.state == deliveries.REFUSED else "unanswered create"
        row = {**standing._asdict(), "golden_id": str(standing.golden_id), "kind": kind}
        rows.append({**row, "entity": entity, "system": system, "record": f"hub:{standing.golden_id}"})
    return rows


def one_aside(command: Callable[..., None]) -> Callable[..., None]:
    """ENTITY SYSTEM RECORD: one of the list, as it is named there."""
    for name in ("record", "system", "entity"):  # the last is the first on the command line
        command = click.argument(name)(command)
    return command


@command.command("show")
@one_aside
@click.pass_obj
def show_(asked: Asked, entity: str, system: str, record: str) -> None:
    """One of them, with the whole reason."""
    from hub.cli.naming import place_named
    from hub.core.errors import Refused

    with asked.looking() as hub:
        place_named(hub, entity, system)
        rows = [*records_aside(hub, EVERY), *writes_aside(hub, EVERY)]
    wanted = record if record.startswith("hub:") else f"{system}:{record.removeprefix(f'{system}:')}"
    found = [row for row in rows if (row["entity"], row["system"], row["record"]) == (entity, system, wanted)]
    if not found:
        raise Refused("review.unknown", f"{wanted} does not stand aside in {system}; 'hub reviews' lists what does")
    if asked.json:
        as_json(found[0])
    else:
        for name in ("entity", "system", "record", "kind", "code", "said", "attempts", "due_at"):
            line(f"{name.replace('_', ' '):<10}  {found[0][name]}")


@command.command("retry")
@one_aside
@click.pass_obj
def retry_(asked: Asked, entity: str, system: str, record: str) -> None:
    """Try it at the next run, not tomorrow."""
    from hub.cli.naming import golden_number, place_named
    from hub.flow.deciding.aside import retry, retry_delivery

    with asked.looking() as hub:
        place = place_named(hub, entity, system)
        if record.startswith("hub:"):
            retry_delivery(hub, place, golden_number(record))
        else:
            retry(hub, place, record.removeprefix(f"{system}:"))
    done(asked, record, "retried", "it is tried at the next run")


@command.command("discard")
@one_aside
@click.pass_obj
def discard_(asked: Asked, entity: str, system: str, record: str) -> None:
    """Never mind: a refused write is owed no more, a record is not tried again, until it changes."""
    from hub.cli.naming import golden_number, place_named
    from hub.flow.deciding.aside import discard, forget

    with asked.looking() as hub:
        place = place_named(hub, entity, system)
        if record.startswith("hub:"):
            discard(hub, place, golden_number(record), person())
        else:
            forget(hub, place, record.removeprefix(f"{system}:"))
    done(asked, record, "discarded", "discarded until it changes")


@command.command("link")
@one_aside
@click.argument("counterpart", metavar="SYSTEM:KEY|hub:ID")
@click.pass_obj
def link_(asked: Asked, entity: str, system: str, record: str, counterpart: str) -> None:
    """A record that matches several, or a linked one, is this one: e.g. `link account erp 124 crm:83`."""
    from hub.cli.naming import golden_of, place_named
    from hub.flow.deciding.aside import link

    with asked.looking() as hub:
        place = place_named(hub, entity, system)
        golden_id = golden_of(hub, entity, counterpart)
        link(hub, place, record.removeprefix(f"{system}:"), golden_id, person())
    done(asked, record, "linked", f"it is hub:{golden_id}; the next run links it")


@command.command("new")
@one_aside
@click.pass_obj
def new_(asked: Asked, entity: str, system: str, record: str) -> None:
    """A record that matches others is none of them: it becomes a new one."""
    from hub.cli.naming import place_named
    from hub.flow.deciding.aside import separate

    with asked.looking() as hub:
        separate(hub, place_named(hub, entity, system), record.removeprefix(f"{system}:"), person())
    done(asked, record, "new", "it is a new one; the next run makes it")


def done(asked: Asked, record: str, decision: str, said: str) -> None:
    if asked.json:
        as_json({"record": record, "decision": decision})
    else:
        line(f"{record}: {said}")
