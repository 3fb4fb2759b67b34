"""`hub pin`: who wins the conflicts of one record."""

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, line, person
from hub.core.model import Policy


@click.command("pin")
@click.argument("entity")
@click.argument("record", metavar="SYSTEM:KEY")
@click.argument("what", metavar="FIELD")
@click.option("--prefer", metavar="SYSTEM[,SYSTEM]", help="These systems win, in this order.")
@click.option("--newest", is_flag=True, help="The later change wins.")
@click.option("--ask", is_flag=True, help="A person decides.")
@click.option("--none", "none", is_flag=True, help="What the files say counts again.")
@click.pass_obj
def command(
    asked: Asked, entity: str, record: str, what: str, prefer: str | None, newest: bool, ask: bool, none: bool
) -> None:
    """Say who wins the conflicts of one record, e.g. `hub pin account crm:42 phone --prefer crm`.

    FIELD is a field or group of the entity, or * for all of them. Conflicts that wait already stay as they are.
    """
    from hub.cli.naming import golden_of
    from hub.flow.deciding.pins import pin, spelled

    if sum((prefer is not None, newest, ask, none)) != 1:
        raise click.UsageError("say one of --prefer SYSTEM, --newest, --ask or --none")
    order = tuple(name.strip() for name in (prefer or "").split(",") if name.strip())
    policy = None if none else Policy("prefer", order) if prefer is not None else Policy("newest" if newest else "ask")
    if policy is not None and policy.rule == "prefer" and not order:
        raise click.UsageError("--prefer: expected the name of a system, or several with commas between")
    with asked.looking() as hub:
        golden_id = golden_of(hub, entity, record)
        pins = {unit: spelled(one) for unit, one in pin(hub, entity, golden_id, what, policy, person()).items()}
    if asked.json:
        as_json({"golden_id": str(golden_id), "pins": pins})
    elif pins:
        line(f"{record}: " + "; ".join(f"{'all' if unit == '*' else unit}: {said}" for unit, said in pins.items()))
    else:
        line(f"{record}: nothing is pinned, the files count")
