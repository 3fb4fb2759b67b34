"""`hub conflicts`: the log of clashes, and a person's word on them."""

import getpass
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, fields, line, table

if TYPE_CHECKING:
    from hub.core.record import Fields
    from hub.flow.decide import Side
    from hub.flow.place import Hub
    from hub.store.conflicts import Conflict


@click.group("conflicts", invoke_without_command=True)
@click.option("--all", "all_", is_flag=True, help="Decided ones too, not only those that wait.")
@click.option("--limit", default=50, show_default=True)
@click.pass_context
def command(ctx: click.Context, all_: bool, limit: int) -> None:
    """List conflicts; show, resolve and reverse them."""
    if ctx.invoked_subcommand is not None:
        return
    from hub.engine.opening import chosen, looking, opened
    from hub.store import conflicts

    asked: Asked = ctx.obj
    with opened(asked.project) as (project, store), looking(store, chosen(project, asked.instance)) as hub:
        with store.reading() as tx:
            states = () if all_ else (conflicts.OPEN,)
            found = conflicts.find(tx, [place.id for place in hub.all()], states=states, limit=limit)
        if asked.json:
            as_json([as_dict(hub, conflict) for conflict in found])
        else:
            show_list(hub, found, all_)


def as_dict(hub: "Hub", conflict: "Conflict") -> dict[str, Any]:
    place = hub.place_of(conflict.binding_id)
    more = {"entity": place.entity.name, "system": place.binding.system, "golden_id": str(conflict.golden_id)}
    return {**conflict._asdict(), **more}


def show_list(hub: "Hub", found: "list[Conflict]", all_: bool) -> None:
    rows = []
    for conflict in found:
        place = hub.place_of(conflict.binding_id)
        what = "existence" if conflict.unit == "*" else conflict.unit
        sides = [fields(conflict.base), fields(conflict.ours), fields(conflict.theirs)]
        name = f"{place.binding.system} {conflict.key}"
        rows.append([conflict.id, place.entity.name, name, what, *sides, winner(conflict, place.binding.system)])
    heads = ("id", "entity", "record", "what", "before", "hub", "record's system", "winner")
    table(heads, rows)
    if not found:
        line("no conflicts" if all_ else "no conflict waits for a decision; --all shows the decided ones")


def winner(conflict: "Conflict", system: str) -> str:
    """Who won, or that nobody has yet."""
    if conflict.state == "open":
        return "waits for a person"
    side = {"take": system, "keep": conflict.ours_from or "the hub", "value": "a value of its own"}
    won = side.get(conflict.verdict, conflict.verdict)
    return won if conflict.state == "decided" else f"{won} ({conflict.state})"


@command.command("show")
@click.argument("number", type=int)
@click.pass_obj
def show_(asked: Asked, number: int) -> None:
    """One conflict: before, both sides, winner, rule."""
    from hub.engine.opening import chosen, looking, opened
    from hub.flow.decide import conflict_of

    with opened(asked.project) as (project, store), looking(store, chosen(project, asked.instance)) as hub:
        with store.reading() as tx:
            conflict = conflict_of(hub, tx, number)
        if asked.json:
            as_json(as_dict(hub, conflict))
        else:
            show_one(hub, conflict)


def show_one(hub: "Hub", conflict: "Conflict") -> None:
    place = hub.place_of(conflict.binding_id)
    system = place.binding.system
    line(f"conflict {conflict.id}, {conflict.at}, {place.entity.name}, {system} {conflict.key}")
    line(f"  before       {fields(conflict.base) if conflict.base is not None else '(never agreed)'}")
    line(f"  hub          {fields(conflict.ours)}   from {conflict.ours_from or 'the hub'}")
    line(f"  {system:<11}  {fields(conflict.theirs)}")
    line(f"  winner       {winner(conflict, system)}")
    line(f"  rule         {conflict.rule}")
    if conflict.decided_by:
        line(f"  decided by   {conflict.decided_by}, {conflict.decided_at}")


@command.command("resolve")
@click.argument("number", type=int)
@click.option("--take", "system", help="The system whose value wins.")
@click.option(
    "--value", "values", multiple=True, metavar="FIELD=VALUE", help="A value of your own; repeat for a group."
)
@click.pass_obj
def resolve_(asked: Asked, number: int, system: str | None, values: tuple[str, ...]) -> None:
    """Decide a conflict that waits. The next run writes it to the systems."""
    from hub.engine.opening import chosen, looking, opened
    from hub.flow.decide import Side, conflict_of, resolve

    own = parsed(values)
    if (system is None) == (not own):
        raise click.UsageError("name a system with --take SYSTEM, or give --value FIELD=VALUE, one of the two")
    with opened(asked.project) as (project, store), looking(store, chosen(project, asked.instance)) as hub:
        with store.reading() as tx:
            side: Side = side_of(hub, conflict_of(hub, tx, number), system) if system else "ours"
        conflict = resolve(hub, number, side, person(), own or None)
        tell(asked, hub, conflict, "decided; the next run writes it")


def side_of(hub: "Hub", conflict: "Conflict", system: str) -> "Side":
    """Which side of a conflict a system is."""
    place = hub.place_of(conflict.binding_id)
    if system == place.binding.system:
        return "theirs"
    others = [other.binding.system for other in place.others]
    if system in others or system == "hub":
        return "ours"
    raise click.UsageError(f"'{system}' is no party: expected {place.binding.system}, {', '.join(others)} or hub")


def parsed(values: tuple[str, ...]) -> "Fields":
    found: Fields = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise click.UsageError(f"--value {value}: expected FIELD=VALUE")
        found[name] = text or None
    return found


@command.command("reverse")
@click.argument("number", type=int)
@click.pass_obj
def reverse_(asked: Asked, number: int) -> None:
    """Put the losing value back."""
    from hub.engine.opening import chosen, looking, opened
    from hub.flow.decide import reverse

    with opened(asked.project) as (project, store), looking(store, chosen(project, asked.instance)) as hub:
        tell(asked, hub, reverse(hub, number, person()), "reversed; the next run writes it")


def tell(asked: Asked, hub: "Hub", conflict: "Conflict", said: str) -> None:
    if asked.json:
        as_json(as_dict(hub, conflict))
    else:
        show_one(hub, conflict)
        line(said)


def person() -> str:
    """Who types: for the log."""
    return getpass.getuser()
