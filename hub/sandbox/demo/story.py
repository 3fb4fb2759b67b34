"""What people do at both systems while the hub is not looking, and what should become of it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.sandbox.demo.fields import FIELDS
from hub.sandbox.demo.world import Both, World

#: Seconds between two edits of which the later one counts: more than the clocks of both systems may be apart.
TICK = 4.5
LONG = "Northern Lights Instruments, Optics and Measuring Systems"


class Edit(NamedTuple):
    """What one person did."""

    where: str
    record: str
    what: str


@dataclass(slots=True)
class Event:
    """Some edits that belong together."""

    title: str
    #: Where to look it up afterwards: `crm:12`.
    record: str
    edits: list[Edit] = field(default_factory=list)
    #: What both systems hold in the end, in the hub's terms; the ERP as far as it can.
    ends: dict[str, Any] = field(default_factory=dict)
    #: Values that lose, and must be found in the conflict log.
    lost: dict[str, Any] = field(default_factory=dict)
    #: The company and the supplier it is about. None: not there before, or not there any more.
    company: str | None = None
    supplier: str | None = None
    #: How many companies and suppliers more (or fewer) there are in the end.
    grows: tuple[int, int] = (0, 0)
    #: A person has to decide; until then the two sides differ.
    undecided: bool = False


class Story:
    """Edits both sides. `pairs`: linked records that nobody waits for, as (company, supplier)."""

    def __init__(self, world: World, both: Both, pairs: Sequence[tuple[str, str]]) -> None:
        self.world, self.both = world, both
        self._pairs: Iterator[tuple[str, str]] = iter(pairs)
        self.events: list[Event] = []

    def tell(self, aside: str | None) -> list[Event]:
        """`aside`: a supplier that stands aside because another one has its VAT number."""
        self.different_fields()
        self.same_field()
        self.group()
        self.newest()
        self.too_long()
        self.delete_against_edit()
        self.plain_delete()
        self.new_company()
        self.new_supplier()
        self.foreign_key()
        if aside is not None:
            self.corrected(aside)
        return self.events

    # -- edits ------------------------------------------------------------------------------------

    def pair(self, title: str) -> Event:
        company, supplier = next(self._pairs)
        event = Event(title, f"crm:{company}", company=company, supplier=supplier)
        self.events.append(event)
        return event

    def company(self, event: Event, **values: Any) -> None:
        assert event.company is not None
        self.note(event, "CRM", self.both.companies[event.company], values)
        self.world.company(event.company, **values)

    def supplier(self, event: Event, **values: Any) -> None:
        assert event.supplier is not None
        self.note(event, "ERP", self.both.suppliers[event.supplier], values)
        self.world.supplier(event.supplier, **values)

    def note(self, event: Event, where: str, before: dict[str, Any], values: dict[str, Any]) -> None:
        key = event.company if where == "CRM" else event.supplier
        what = ", ".join(f"{name}: {before[name]} → {value}" for name, value in values.items())
        event.edits.append(Edit(where, f"{key} {before['name']}", what))

    # -- events -----------------------------------------------------------------------------------

    def different_fields(self) -> None:
        event = self.pair("Two people edit two fields of one record")
        self.company(event, phone="+353 1 555 0101")
        self.supplier(event, industry="Aerospace")
        event.ends = {"phone": "+353 1 555 0101", "industry": "Aerospace"}

    def same_field(self) -> None:
        event = self.pair("Two people edit the same field")
        self.company(event, emailaddress="sales@from-the-crm.example")
        self.supplier(event, email="orders@from-the-erp.example")
        event.ends, event.lost = {"email": "sales@from-the-crm.example"}, {"email": "orders@from-the-erp.example"}

    def group(self) -> None:
        event = self.pair("Two fields that belong together: terms are agreed as a whole")
        assert event.supplier is not None
        limit = FIELDS["credit_limit"].read(self.both.suppliers[event.supplier]["credit_limit"])
        self.company(event, creditlimit=77000)
        self.supplier(event, discount=12.5)
        event.ends = {"credit_limit": limit, "discount": "12.50"}
        event.lost = {"credit_limit": "77000.00"}

    def newest(self) -> None:
        event = self.pair("Two people edit the same phone number: the later edit counts")
        self.company(event, phone="+353 1 555 0111")
        time.sleep(TICK)
        self.supplier(event, phone="+353 1 555 0222")
        event.ends, event.lost = {"phone": "+353 1 555 0222"}, {"phone": "+353 1 555 0111"}

    def too_long(self) -> None:
        event = self.pair("A name that is too long for the ERP")
        self.company(event, name=LONG)
        event.ends = {"name": LONG}

    def delete_against_edit(self) -> None:
        event = self.pair("Deleted in one system, edited in the other")
        assert event.supplier is not None
        self.company(event, notes="A big order is coming: call back on Monday")
        name = self.both.suppliers[event.supplier]["name"]
        self.world.erp.record("DELETE", event.supplier)
        event.edits.append(Edit("ERP", f"{event.supplier} {name}", "deleted"))
        event.ends = {"note": "A big order is coming: call back on Monday"}
        event.supplier, event.grows, event.undecided = None, (0, -1), True

    def plain_delete(self) -> None:
        event = self.pair("Deleted in one system")
        assert event.company is not None
        self.world.crm.record("DELETE", event.company)
        event.edits.append(Edit("CRM", f"{event.company} {self.both.companies[event.company]['name']}", "deleted"))
        event.company, event.supplier, event.grows = None, None, (-1, -1)

    def new_company(self) -> None:
        values = {"name": "Blue Harbour Foods Ltd", "type": "Supplier", "status": "Active", "city": "Galway"}
        self.add_company("A new company", {**values, "country": "IE", "vatnumber": "IE55512345K"}, (1, 1))

    def new_supplier(self) -> None:
        values = {"name": "Glockenturm Werkzeuge GmbH", "kind": "supplier", "city": "Köln", "country": "DE"}
        key = self.add_supplier({**values, "vat": "DE555123456"})
        event = Event("A new supplier", f"erp:{key}", supplier=key, grows=(1, 1))
        event.edits.append(Edit("ERP", f"{key} {values['name']}", "new"))
        event.ends = {"name": values["name"], "vat": "DE555123456"}
        self.events.append(event)

    def foreign_key(self) -> None:
        """Nothing but the key that a person typed says that these two are the same."""
        supplier = self.add_supplier(
            {"name": "Corrib Timber", "kind": "supplier", "country": "IE", "phone": "+353 91 1"}
        )
        values = {"name": "Corrib Timber Merchants Ltd", "type": "Supplier", "supplierid": supplier}
        event = self.add_company("A person fills in the foreign key", values, (1, 1))
        event.edits.insert(0, Edit("ERP", f"{supplier} Corrib Timber", "new"))
        event.supplier = supplier
        event.ends = {"name": values["name"], "phone": "+353 91 1"}
        event.lost = {"name": "Corrib Timber"}

    def corrected(self, aside: str) -> None:
        event = Event(
            "The supplier that stood aside is another firm: its name and VAT number are corrected", f"erp:{aside}"
        )
        event.supplier, event.grows = aside, (1, 0)
        event.ends = {"name": "Shannon Catalysts Ltd", "vat": "IE55598765K"}
        self.supplier(event, **event.ends)
        self.events.append(event)

    def add_company(self, title: str, values: dict[str, Any], grows: tuple[int, int]) -> Event:
        key = str(self.world.crm.add(values)["companyid"])
        event = Event(title, f"crm:{key}", company=key, grows=grows)
        more = f", supplierid: {values['supplierid']}" if "supplierid" in values else ""
        event.edits.append(Edit("CRM", f"{key} {values['name']}", f"new{more}"))
        event.ends = {"name": values["name"]}
        self.events.append(event)
        return event

    def add_supplier(self, values: dict[str, Any]) -> str:
        return str(self.world.erp.add(values)["supplierid"])
