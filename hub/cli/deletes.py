"""`hub deletes`: deletions that are held because they are too many at once, and a person's word on them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, counted, line, person, table, when

if TYPE_CHECKING:
    from hub.flow.deciding.held import Waiting
    from hub.flow.place import Hub, Place

#: Keys that are shown where nobody says how many.
SAMPLE = 5
DONE = {"accept": "accepted", "refuse": "refused"}
WAYS = {"from": "gone there", "to": "to be deleted there"}


@click.group("deletes", invoke_without_command=True)
@click.option(
    "--sample", type=click.IntRange(0), default=SAMPLE, show_default=True, help="Keys that are shown of each."
)
@click.pass_context
def command(ctx: click.Context, sample: int) -> None:
    """List the deletions that are held; accept or refuse them."""
    if ctx.invoked_subcommand is not None:
        return
    from hub.flow.deciding.held import waiting

    asked: Asked = ctx.obj
    with asked.looking() as hub:
        found = [item for place in hub.all() for item in waiting(hub, place, sample)]
    if asked.json:
        as_json([item._asdict() for item in found])
    else:
        show(found)


def show(found: "list[Waiting]") -> None:
    heads = ("entity", "system", "deletions", "what", "since", "for example")
    rows = [[w.entity, w.system, w.number, WAYS[w.way], when(w.since), ", ".join(w.sample)] for w in found]
    table(heads, rows)
    if found:
        line()
        line("'hub deletes accept' lets them happen, 'hub deletes refuse' puts the records back. Records that are")
        line("only hidden (rights, a list that was cut short) are held no more as soon as they show again.")
    else:
        line("no deletion is held")


def which_ones(command: Callable[..., None]) -> Callable[..., None]:
    """The words that say what is accepted or refused, and how much of it."""
    for words in (
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option(
            "--most", type=click.IntRange(1), help="So many at the most of each.  [default: what is shown now]"
        ),
        click.argument("system", required=False),
        click.argument("entity", required=False),
    ):
        command = words(command)
    return command


@command.command("accept")
@which_ones
@click.pass_obj
def accept_(asked: Asked, entity: str | None, system: str | None, most: int | None, yes: bool) -> None:
    """Let the next run carry out what is held now; not what comes later."""
    from hub.flow.deciding.held import accept

    decide(asked, (entity, system, most), yes, "accept", lambda hub, place, item, n: accept(hub, place, item.way, n))


@command.command("refuse")
@which_ones
@click.pass_obj
def refuse_(asked: Asked, entity: str | None, system: str | None, most: int | None, yes: bool) -> None:
    """Put the records back: what is gone is made anew.

    Not for records that are only hidden: they would be there twice.
    """
    from hub.flow.deciding.held import reject

    def act(hub: "Hub", place: "Place", item: "Waiting", number: int) -> int:
        return reject(hub, place, item.way, number, person())

    decide(asked, (entity, system, most), yes, "refuse", act)


Act = Callable[["Hub", "Place", "Waiting", int], int]


def decide(asked: Asked, which: tuple[str | None, str | None, int | None], yes: bool, word: str, act: Act) -> None:
    """Show what is held, ask, and decide no more than was shown."""
    from hub.cli.naming import places_named
    from hub.flow.deciding.held import waiting

    if asked.json and not yes:
        raise click.UsageError("with --json nobody can be asked: add --yes")
    entity, system, most = which
    with asked.looking() as hub:
        found = [(place, item) for place in places_named(hub, entity, system) for item in waiting(hub, place, SAMPLE)]
        if found and not yes:
            show([item for _, item in found])
            click.confirm(f"{word} these?", abort=True, err=True)
        done = [(item, act(hub, place, item, min(most or item.number, item.number))) for place, item in found]
    if asked.json:
        as_json([{**item._asdict(), word: number} for item, number in done])
        return
    for item, number in done:
        line(f"{item.system} {item.entity}: {DONE[word]} {counted(number, 'deletion')}; the next run acts on it")
    if not done:
        line("no deletion is held")
