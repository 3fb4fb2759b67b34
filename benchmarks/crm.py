"""The sandbox's Sage CRM with two users, so that both sides of a comparison keep a session of their own.

python -m benchmarks.crm --companies 10000 [--db FILE]
"""

import argparse

from hub.sandbox.control import Control, Site
from hub.sandbox.crm import load
from hub.sandbox.crm.__main__ import HUB, make, ready
from hub.sandbox.crm.counterpart import Companies
from hub.sandbox.crm.server import SOAP, SettingsControl, Soap
from hub.sandbox.crm.sessions import Sessions, User
from hub.sandbox.crm.settings import Settings
from hub.sandbox.faults import Faults
from hub.sandbox.page import Page
from hub.sandbox.serve import HOST, Door, serve

USERS = ("hub", "floor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--companies", type=int, default=1000)
    parser.add_argument("--db", default=":memory:")
    given = parser.parse_args()
    users = [User(HUB + n, name, "hub") for n, name in enumerate(USERS)]
    crm = make(Settings(), given.db, given.companies, load.PLAIN, users[0])
    crm.sessions = Sessions(users)
    door = Door(lambda environ, start: site(environ, start), 0)
    counterpart = Companies(crm, given.companies, load.PLAIN)
    control = SettingsControl(crm, Control(counterpart, Faults()))
    site = Site(control, Page(counterpart), Soap(crm, f"http://{HOST}:{door.port}{SOAP}"))
    serve(door, ready)


if __name__ == "__main__":
    main()
