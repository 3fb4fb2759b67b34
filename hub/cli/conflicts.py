"""`hub conflicts`: the log of clashes, and a person's word on them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import EVERY, ROWS, as_json, fields, line, person, shown, table, when

if TYPE_CHECKING:
    from hub.core.errors import Refused
    from hub.core.record import Fields
    from hub.flow.deciding.decide import Side
    from hub.flow.place import Hub
    from hub.store.conflicts import Conflict

#: The unit of a conflict about the record as a whole: `hub.core.merge.EXISTENCE`.
EVERYTHING = "*"


@click.group("conflicts", invoke_without_command=True)
@click.option("--all", "all_", is_flag=True, help="Decided ones too, not only those that wait.")
@click.option("--limit", type=click.IntRange(1, EVERY), default=None, help="Rows at most.  [default: 50; JSON: all]")
@click.pass_context
def command(ctx: click.Context, all_: bool, limit: int | None) -> None:
    """List conflicts; show, resolve and reverse them."""
    if ctx.invoked_subcommand is not None:
        return
    from hub.store import conflicts

    asked: Asked = ctx.obj
    with asked.looking() as hub:
        with hub.store.reading() as tx:
            states = () if all_ else (conflicts.OPEN,)
            most = limit or (EVERY if asked.json else ROWS)
            found = conflicts.find(tx, [place.id for place in hub.all()], states=states, limit=most)
        if asked.json:
            as_json([as_dict(hub, conflict) for conflict in found])
        else:
            show_list(hub, found, all_)


def as_dict(hub: "Hub", conflict: "Conflict") -> dict[str, Any]:
    place = hub.place_of(conflict.binding_id)
    system = place.binding.system
    more = {"entity": place.entity.name, "system": system, "golden_id": str(conflict.golden_id)}
    return {**conflict._asdict(), **more, "winner": won_by(conflict, system)}


def show_list(hub: "Hub", found: "list[Conflict]", all_: bool) -> None:
    rows = []
    for conflict in found:
        place = hub.place_of(conflict.binding_id)
        what = "the record" if conflict.unit == EVERYTHING else conflict.unit
        sides = [fields(conflict.base), fields(conflict.ours), fields(conflict.theirs)]
        name = f"{place.binding.system} {conflict.key}"
        rows.append([conflict.id, place.entity.name, name, what, *sides, winner(conflict, place.binding.system)])
    heads = ("id", "entity", "record", "what", "before", "hub", "record's system", "winner")
    table(heads, rows)
    if not found:
        line("no conflicts" if all_ else "no conflict waits for a decision; --all shows the decided ones")


def won_by(conflict: "Conflict", system: str) -> str | None:
    """The system that won, `hub` for a value that came from no system, `person` for one of a person's own.

    None: nobody has won, or it went away before anybody did.
    """
    if conflict.state not in ("decided", "reversed"):
        return None
    theirs, ours = system, conflict.ours_from or "hub"
    if conflict.state == "reversed":
        theirs, ours = ours, theirs
    return {"take": theirs, "keep": ours, "value": "person"}.get(conflict.verdict)


def winner(conflict: "Conflict", system: str) -> str:
    """Who won, or that nobody has yet, in words."""
    if conflict.state == "open":
        return "waits for a person"
    won = {"hub": "the hub", "person": "a value of its own"}.get(
        won_by(conflict, system) or "", won_by(conflict, system)
    )
    return f"{won} (reversed)" if conflict.state == "reversed" else won or conflict.state


@command.command("show")
@click.argument("number", type=int)
@click.pass_obj
def show_(asked: Asked, number: int) -> None:
    """One conflict: before, both sides, winner, rule."""
    from hub.flow.deciding.decide import conflict_of

    with asked.looking() as hub:
        with hub.store.reading() as tx:
            conflict = conflict_of(hub, tx, number)
        if asked.json:
            as_json(as_dict(hub, conflict))
        else:
            show_one(hub, conflict)


def show_one(hub: "Hub", conflict: "Conflict") -> None:
    place = hub.place_of(conflict.binding_id)
    system = place.binding.system
    what = "deleted on one side, edited on the other" if conflict.unit == EVERYTHING else f"'{conflict.unit}'"
    line(f"conflict {conflict.id} of {place.entity.name} {system}:{conflict.key}: {what}, noticed {when(conflict.at)}")
    line()
    ours = f"hub (from {conflict.ours_from})" if conflict.ours_from else "hub"
    table(("field", "before", ours, system), compared(conflict))
    line()
    line(f"winner      {winner(conflict, system)}")
    line(f"rule        {conflict.rule}")
    if conflict.decided_by:
        line(f"decided by  {conflict.decided_by}, {when(conflict.decided_at)}")


def compared(conflict: "Conflict") -> list[list[str]]:
    """A row for each field; of a whole record only those that were edited."""
    base, sides = conflict.base or {}, (conflict.ours, conflict.theirs)
    edited = conflict.ours or conflict.theirs
    names = [n for n in edited if conflict.unit != EVERYTHING or edited[n] != base.get(n)]
    return [
        [
            name,
            shown(base[name]) if name in base else "(never agreed)",
            *(shown(s[name]) if s else "(deleted)" for s in sides),
        ]
        for name in names
    ]


@command.command("resolve")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, type=int)
@click.option("--take", "system", help="The system whose value wins.")
@click.option(
    "--value", "values", multiple=True, metavar="FIELD=VALUE", help="A value of your own; repeat for a group."
)
@click.option("--every", is_flag=True, help="All that wait, or those that the following options leave.")
@click.option("--entity", help="With --every: of this entity.")
@click.option("--of", "named", metavar="SYSTEM", help="With --every: of records of this system.")
@click.option("--what", metavar="FIELD", help="With --every: of this field or group.")
@click.pass_obj
def resolve_(
    asked: Asked,
    numbers: tuple[int, ...],
    system: str | None,
    values: tuple[str, ...],
    every: bool,
    entity: str | None,
    named: str | None,
    what: str | None,
) -> None:
    """Decide conflicts that wait. The next run writes it to the systems."""

    own = parsed(values)
    if (system is None) == (not own):
        raise click.UsageError("name a system with --take SYSTEM, or give --value FIELD=VALUE, one of the two")
    if bool(numbers) == every or (own and len(numbers) != 1):
        raise click.UsageError("name conflicts by number, or all with --every and --take; --value is for one of them")
    if (entity or named or what) and not every:
        raise click.UsageError("--entity, --of and --what choose among --every")
    with asked.looking() as hub:
        if len(numbers) == 1:
            tell(asked, hub, decide(hub, numbers[0], system, own), "the next run writes it")
        else:
            tell_all(asked, *decide_all(hub, numbers or waiting(hub, entity, named, what), system))


def waiting(hub: "Hub", entity: str | None, system: str | None, what: str | None) -> list[int]:
    """The numbers of the conflicts that wait, the oldest first."""
    from hub.cli.naming import known
    from hub.store import conflicts

    if entity is not None:
        known("entity", entity, hub.places)
    if system is not None:
        known("system", system, {place.binding.system for place in hub.all()})
    ids = [
        place.id
        for place in hub.all()
        if entity in (None, place.entity.name) and system in (None, place.binding.system)
    ]
    with hub.store.reading() as tx:
        found = conflicts.find(tx, ids, states=(conflicts.OPEN,), limit=EVERY)
    return sorted(conflict.id for conflict in found if what in (None, conflict.unit))


def decide(hub: "Hub", number: int, system: str | None, own: "Fields") -> "Conflict":
    """Decide one, for a system or for values of the person's own."""
    from hub.flow.deciding.decide import Side, conflict_of, resolve

    with hub.store.reading() as tx:
        side: Side = side_of(hub, conflict_of(hub, tx, number), system) if system else "ours"
    return resolve(hub, number, side, person(), own or None)


def decide_all(hub: "Hub", numbers: Sequence[int], system: str | None) -> "tuple[list[int], dict[int, Refused]]":
    """Decide each by itself: one that was edited since stops none of the others. The second: why not."""
    from hub.core.errors import Refused

    done: list[int] = []
    left: dict[int, Refused] = {}
    for number in numbers:
        try:
            done.append(decide(hub, number, system, {}).id)
        except Refused as error:
            left[number] = error
    return done, left


def tell_all(asked: Asked, done: list[int], left: "dict[int, Refused]") -> None:
    if asked.json:
        as_json({"decided": done, "left": {str(number): error.said for number, error in left.items()}})
    else:
        line(f"{len(done)} decided; the next run writes them" if done or left else "no conflict waits for a decision")
        for error in left.values():
            line(str(error))
    if left:
        raise click.exceptions.Exit(1)


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
    from hub.flow.deciding.decide import reverse

    with asked.looking() as hub:
        tell(asked, hub, reverse(hub, number, person()), "the next run writes it")


def tell(asked: Asked, hub: "Hub", conflict: "Conflict", said: str) -> None:
    if asked.json:
        as_json(as_dict(hub, conflict))
    else:
        won = winner(conflict, hub.place_of(conflict.binding_id).binding.system)
        line(f"conflict {conflict.id}: {won} wins; {said}")
