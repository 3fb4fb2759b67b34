"""Start a supplier ERP: `python -m hub.sandbox.erp --port 8090 --suppliers 250`."""

import json
from typing import Any

import click

from hub.sandbox.control import Control, Site
from hub.sandbox.erp import demo
from hub.sandbox.erp.counterpart import Erp
from hub.sandbox.erp.records import Suppliers
from hub.sandbox.erp.server import API, Api, Options
from hub.sandbox.erp.writing import Settings
from hub.sandbox.faults import BadFaults, Faults, Faulty
from hub.sandbox.page import Page
from hub.sandbox.serve import HOST, Door, serve

SWITCH = click.Choice(["on", "off"])


def read_faults(context: click.Context, parameter: click.Parameter, value: str) -> Faults:
    try:
        return Faults(json.loads(value))
    except (json.JSONDecodeError, BadFaults) as e:
        raise click.BadParameter(str(e)) from e


@click.command(help="Serve a supplier ERP on 127.0.0.1 until SIGTERM. The first line it prints says where, as JSON.")
@click.option("--port", default=8090, show_default=True, help="0: any free one.")
@click.option("--db", default=":memory:", show_default=True, help="A file that keeps the suppliers.")
@click.option("--suppliers", default=250, show_default=True, help="How many there are at first in an empty ERP.")
@click.option("--seed", default="demo", show_default=True, help="Which ones: as the CRM of the same seed.")
@click.option("--etags", type=SWITCH, default="on", show_default=True, help="Send ETags and heed If-Match.")
@click.option("--idempotency", type=SWITCH, default="on", show_default=True, help="Heed Idempotency-Key.")
@click.option("--batch", type=SWITCH, default="on", show_default=True, help="Take batches.")
@click.option("--page-limit", type=click.IntRange(1), default=1000, show_default=True, help="Larger pages are cut.")
@click.option("--faults", callback=read_faults, default="{}", help="How to misbehave, as JSON.")
@click.option("--api-key", default="sandbox", show_default=True, help="What X-Api-Key must hold.")
@click.option("--cut", is_flag=True, help="Cut text that is too long without a word, instead of refusing it.")
@click.option("--unique-ref", is_flag=True, help="Refuse an external reference that another supplier holds.")
@click.option("--threads", type=click.IntRange(1), default=16, show_default=True, help="Calls served at once.")
def main(
    port: int, db: str, suppliers: int, seed: str, etags: str, idempotency: str, batch: str, page_limit: int,
    faults: Faults, api_key: str, cut: bool, unique_ref: bool, threads: int,
) -> None:  # fmt: skip
    store = Suppliers(db, Settings(cut, unique_ref, idempotency == "on"))
    if not store.seq:
        store.load(demo.suppliers(suppliers, seed))
    api = Api(store, Options(api_key, etags == "on", batch == "on", page_limit))
    erp = Erp(store, api.stats, suppliers, seed)
    door = Door(Site(Control(erp, faults), Page(erp), Faulty(api, faults)), port, threads)
    faults.on_refuse = door.refuse
    serve(door, ready)
    store.close()


def ready(port: int) -> dict[str, Any]:
    return {"port": port, "url": f"http://{HOST}:{port}{API}", "page": f"http://{HOST}:{port}/"}


if __name__ == "__main__":
    main()
