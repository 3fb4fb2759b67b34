"""`hub records`: one record across the systems."""

from typing import TYPE_CHECKING, Any

import click

from hub.cli.main import Asked
from hub.cli.output import as_json, fields, line, shown, table, when
from hub.core.errors import Refused

if TYPE_CHECKING:
    from hub.flow.place import Hub, Place
    from hub.store.records import Known


@click.command("records")
@click.argument("entity")
@click.argument("record", metavar="SYSTEM:KEY")
@click.pass_obj
def command(asked: Asked, entity: str, record: str) -> None:
    """Show what the hub and every system hold of a record, e.g. `hub records account crm:42`."""
    from hub.cli.naming import golden_of

    with asked.looking() as hub:
        found = story(hub, entity, golden_of(hub, entity, record))
    if asked.json:
        as_json(found)
    else:
        show(found)


def story(hub: "Hub", entity: str, golden: int) -> dict[str, Any]:
    """Everything known of a golden record."""
    from hub.flow.deciding.pins import spelled
    from hub.store import audit, conflicts, records, waiting
    from hub.store.database import decode

    places = list(hub.places[entity].values())
    with hub.store.reading() as tx:
        known = {place.binding.system: records.load(tx, place.id, [golden]).get(golden) for place in places}
        clashes = conflicts.find(tx, [place.id for place in places], golden_id=golden)
        history = audit.of_golden(tx, golden)
        waits = waiting.of_golden(tx, golden)
    first = next(iter(known.values()))
    if first is None:
        raise Refused("record.unknown", f"there is no golden record {golden}")
    names = hub.catalog.by_id()
    return {
        "golden_id": str(golden),
        "state": {1: "live", 0: "deleted", 2: "absorbed"}[first.state],
        "fields": first.fields,
        "from": {name: source for name, source in decode(first.origin).items() if not name.startswith(records.TURNS)},
        "pins": {unit: spelled(policy) for unit, policy in first.pins.items()},
        "systems": {place.binding.system: held(place, known[place.binding.system]) for place in places},
        "waits": [
            {
                "system": names[wait.binding_id][1],
                "field": wait.field,
                "way": wait.way,
                "said": wait.said,
                "created_before": not wait.blocks,
                "since": wait.since,
            }
            for wait in waits
        ],
        "conflicts": [{"id": c.id, "unit": c.unit, "state": c.state, "rule": c.rule} for c in clashes],
        "history": [
            {**entry._asdict(), "golden_id": str(golden), "system": names.get(entry.binding_id or 0, ("", None))[1]}
            for entry in history
        ],
    }


def held(place: "Place", known: "Known | None") -> dict[str, Any] | None:
    if known is None or known.key is None:
        return None
    shadow = known.shadow
    return {
        "key": known.key,
        "version": known.version,
        "fields": shadow.fields if shadow else {},
        "asked": shadow.asked if shadow else {},
        "held": sorted(shadow.held) if shadow else [],
    }


def waits(wait: dict[str, Any]) -> str:
    """What a reference waits for, and what that keeps from happening."""
    then = {
        "in": f"{wait['field']} is not taken from there until then",
        "out": f"{wait['field']} is written then",
    }[wait["way"]]
    if not wait["created_before"]:
        then = "the record is not created there before"
    return f"waits in {wait['system']}: {wait['said']}: {then}"


def show(found: dict[str, Any]) -> None:
    systems = found["systems"]
    line(f"golden record {found['golden_id']}, {found['state']}")
    for name, holds in systems.items():
        line(f"  {name}: {holds['key'] if holds else 'not linked'}")
    rows = []
    for name, value in found["fields"].items():
        source = (found["from"].get(name) or found["from"].get("") or [None])[0]
        cells = [shown(h["fields"][name]) if h and name in h["fields"] else "-" for h in systems.values()]
        rows.append([name, shown(value), source, *cells])
    line()
    table(("field", "golden", "from", *systems), rows)
    for wait in found["waits"]:
        line(waits(wait))
    for clash in found["conflicts"]:
        line(f"conflict {clash['id']} of {clash['unit']}: {clash['state']} ({clash['rule']})")
    line()
    for entry in found["history"]:
        who = f"{entry['action']:<10} {entry['system'] or '':<8} {entry['who']:<8}"
        line(f"{when(entry['at'])}  {who} {fields(entry['detail'] or {})}")
