"""Start a Sage CRM: `python -m hub.sandbox.crm --port 8091 --companies 300`."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_args, get_type_hints

import click

from hub.sandbox.control import Control, Site
from hub.sandbox.crm import load
from hub.sandbox.crm.counterpart import PERSON, Companies
from hub.sandbox.crm.records import Records
from hub.sandbox.crm.schema import COMPANY, ENTITIES
from hub.sandbox.crm.server import SOAP, SettingsControl, Soap, operation
from hub.sandbox.crm.service import Crm
from hub.sandbox.crm.sessions import Sessions, User
from hub.sandbox.crm.settings import BadSetting, Settings, change
from hub.sandbox.crm.writing import Sent
from hub.sandbox.faults import BadFaults, Faults, Faulty
from hub.sandbox.page import Page
from hub.sandbox.serve import HOST, Door, serve

#: The id of the web services' user.
HUB = 3


def read_faults(context: click.Context, parameter: click.Parameter, value: str) -> Faults:
    try:
        return Faults(json.loads(value))
    except (json.JSONDecodeError, BadFaults) as e:
        raise click.BadParameter(str(e)) from e


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each setting."""
    hints = get_type_hints(Settings)
    for setting in reversed(fields(Settings)):
        allowed, kind = get_args(hints[setting.name]), hints[setting.name]
        given: dict[str, Any] = {"type": click.Choice(allowed) if allowed else kind, "show_default": True}
        if kind is bool:
            given = {"is_flag": True}
        flag = f"--{setting.name.replace('_', '-')}"
        command = click.option(flag, default=setting.default, help=setting.metadata["help"], **given)(command)
    return command


@click.command(help="Serve a Sage CRM on 127.0.0.1 until SIGTERM. The first line it prints says where, as JSON.")
@click.option("--port", default=8091, show_default=True, help="0: any free one.")
@click.option("--db", default=":memory:", show_default=True, help="A file that keeps the records.")
@click.option("--companies", default=300, show_default=True, help="How many there are at first in an empty CRM.")
@click.option(
    "--seed",
    default="demo",
    show_default=True,
    help=f"Which ones. {load.PLAIN}, and more than {load.REALISTIC}: plain ones.",
)
@click.option("--user", default="hub", show_default=True, help="Who may log on.")
@click.option("--password", default="hub", show_default=True)
@click.option("--faults", callback=read_faults, default="{}", help="How to misbehave, as JSON.")
@click.option("--threads", type=click.IntRange(1), default=8, show_default=True, help="Calls served at once.")
@with_settings
def main(
    port: int, db: str, companies: int, seed: str, user: str, password: str, faults: Faults, threads: int, **raw: Any
) -> None:
    try:
        settings = change(Settings(), raw)
    except BadSetting as e:
        raise click.UsageError(str(e)) from e
    crm = make(settings, db, companies, seed, User(HUB, user, password))
    faults.on_expire = crm.expire
    door = Door(lambda environ, start: site(environ, start), port, threads)
    counterpart = Companies(crm, companies, seed)
    control = SettingsControl(crm, Control(counterpart, faults))
    soap = Faulty(Soap(crm, f"http://{HOST}:{door.port}{SOAP}"), faults, operation)
    site = Site(control, Page(counterpart), soap)
    faults.on_refuse = door.refuse
    serve(door, ready)


def make(settings: Settings, db: str, companies: int, seed: str, user: User) -> Crm:
    """A CRM that is filled if it was empty."""
    records = Records(db)
    if not records.count(COMPANY):
        load.load(records, companies, seed)
    crm = Crm(settings, records, Sessions([user]))
    for key, logon in ((load.LOADER, "admin"), (PERSON, "sales"), (user.id, user.logon)):
        if not records.existing(ENTITIES["users"], [key]):
            crm.writer.add(settings, ENTITIES["users"], Sent({"logon": logon, "firstname": logon.title()}), load.LOADER)
    return crm


def ready(port: int) -> dict[str, Any]:
    return {"port": port, "url": f"http://{HOST}:{port}{SOAP}", "page": f"http://{HOST}:{port}/"}


if __name__ == "__main__":
    main()
