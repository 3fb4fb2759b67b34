"""The demo from the first line to the last."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.sandbox.demo import oracle, telling
from hub.sandbox.demo.command import Hub, near
from hub.sandbox.demo.fields import as_erp, in_crm, in_erp
from hub.sandbox.demo.oracle import Ledger
from hub.sandbox.demo.processes import Running, kept
from hub.sandbox.demo.screen import Screen
from hub.sandbox.demo.story import Event, Story
from hub.sandbox.demo.world import Both, World

Row = Mapping[str, Any]
#: How often the hub polls while the demo is left running.
EVERY = "5s"


class Demo:
    """Works the hub, tells what happened, and remembers what it told."""

    def __init__(self, screen: Screen, hub: Hub, world: World, crm: Running, erp: Running) -> None:
        self.screen, self.hub, self.world, self.crm, self.erp = screen, hub, world, crm, erp
        self.ledger = Ledger()
        #: Companies and suppliers there should be by now.
        self.expected = (0, 0)

    def play(self) -> bool:
        """All steps. Does everything that was told agree with what both systems hold?"""
        self.systems()
        self.project()
        self.look_ahead()
        self.first_sync()
        self.quiet_sync()
        events = self.edits()
        self.second_sync(events)
        self.decide(events)
        return self.check()

    # -- before -----------------------------------------------------------------------------------

    def systems(self) -> None:
        self.screen.step("Two systems that do not know each other")
        both = self.world.look()
        self.expected = len(both.companies), len(both.suppliers)
        self.screen.say(f"A Sage CRM (SOAP) with {self.expected[0]} companies      {self.crm.page}")
        self.screen.say(f"A supplier ERP (REST) with {self.expected[1]} suppliers  {self.erp.page}")
        self.screen.say("Two thirds of the suppliers are companies of the CRM, some of them written differently.")

    def project(self) -> None:
        self.screen.step("A project folder, two secrets, and a check")
        self.hub.init()
        self.hub.point_at(self.crm.port, self.erp.port, EVERY)
        self.hub.show("secret", "set", "CRM_PASSWORD", "--value", "hub", quiet=True)
        self.hub.show("secret", "set", "ERP_KEY", "--value", "sandbox", quiet=True)
        self.hub.show("check")

    def look_ahead(self) -> None:
        self.screen.step("What would a first sync do? Nothing is written yet")
        self.world.forget_calls()
        self.hub.show("preview", "--limit", "4")
        self.ledger.number("writes during the preview", 0, self.world.written())

    # -- the first sync ---------------------------------------------------------------------------

    def first_sync(self) -> None:
        self.screen.step("The first sync")
        report = self.hub.ask("sync")
        crm, erp = place(report, "crm"), place(report, "erp")
        clashes, aside = self.hub.ask("conflicts", "--all"), self.hub.ask("reviews")
        self.screen.blank()
        read, linked = (crm["polled"]["read"], erp["polled"]["read"]), erp["polled"]["linked"]
        self.screen.item(f"{read[0]} companies and {read[1]} suppliers were read.")
        self.screen.item(f"{linked} suppliers are companies of the CRM: linked by VAT number, or by name and postcode.")
        made = crm["sent"]["created"], erp["sent"]["created"]
        self.screen.item(f"{made[0]} suppliers were new to the CRM and {made[1]} companies to the ERP: created there.")
        self.screen.item(f"{len(clashes)} values of linked records differed:")
        for number, said in telling.tally(clashes):
            self.screen.say(f"  {number:>4} x {said}")
        for row in aside:
            self.screen.item(f"{row['record']} stands aside, everything else went on: {row['said']} [{row['code']}]")
        self.ledger.number("companies read", read[0], self.expected[0])
        self.ledger.number("suppliers read", read[1], self.expected[1])
        self.ledger.all(report["troubles"])
        self.expected = self.expected[0] + made[0], self.expected[1] + made[1]
        both = self.counted()
        self.ledger.number("suppliers that were there and are linked", linked, linked_before(both, read[1], made[0]))
        self.ledger.all(oracle.winners(both, clashes))

    def quiet_sync(self) -> None:
        self.screen.step("Again: a hub at rest writes nothing")
        self.world.forget_calls()
        report = self.hub.ask("sync")
        self.screen.blank()
        self.screen.item(f"{report['written']} records were written, {report['conflicts']} conflicts.")
        self.ledger.number("writes of a sync with nothing to do", 0, self.world.written())
        self.ledger.number("writes it reported", report["written"], 0)
        self.ledger.all(report["troubles"])

    # -- edits ------------------------------------------------------------------------------------

    def edits(self) -> list[Event]:
        self.screen.step("People edit both systems; the hub is not looking")
        both = self.world.look()
        waiting = {row["key"] for row in self.hub.ask("conflicts")}
        pairs = [(company, supplier) for company, supplier in both.linked() if supplier not in waiting]
        aside = next((row["key"] for row in self.hub.ask("reviews") if row["system"] == "erp"), None)
        events = Story(self.world, both, pairs).tell(aside)
        self.screen.blank()
        rows = [[edit.where, edit.record, edit.what] for event in events for edit in event.edits]
        self.screen.table(("system", "record", "what a person did"), rows)
        return events

    def second_sync(self, events: Sequence[Event]) -> None:
        self.screen.step("The next sync: what merged, what clashed, who won and why")
        report = self.hub.ask("sync")
        clashes = self.hub.ask("conflicts", "--all")
        self.screen.blank()
        self.ledger.all(report["troubles"])
        for event in events:
            self.expected = self.expected[0] + event.grows[0], self.expected[1] + event.grows[1]
        both = self.counted()
        for event in events:
            self.event(event, report["run"], clashes, both)
        mine = [row for row in clashes if row["run_id"] == report["run"]]
        self.ledger.number("conflicts of this sync", len(mine), report["conflicts"])
        self.ledger.all(oracle.winners(both, mine))

    def event(self, event: Event, run: int, clashes: Sequence[Row], both: Both) -> None:
        """Tell what became of some edits, in the hub's words, and compare it with what was to be."""
        self.screen.say(event.title, "bold")
        found = self.hub.ask("records", "account", event.record)
        for said in telling.happened(found["history"], run):
            self.screen.item(said)
        mine = [row for row in clashes if row["golden_id"] == found["golden_id"] and row["run_id"] == run]
        for row in mine:
            for said in telling.clash(row):
                self.screen.item(said, "!", "yellow")
        self.screen.blank()
        self.ends(event, found, both)
        for name, value in event.lost.items():
            kept = [row for row in mine if value in (row["ours"].get(name), row["theirs"].get(name))]
            self.ledger.number(f"{event.title}: the losing {name} {value!r} in the log", True, bool(kept))

    def ends(self, event: Event, found: Row, both: Both) -> None:
        """Both systems hold what the event says, under the keys that the hub names."""
        systems = found["systems"]
        keys = {name: systems[name]["key"] if systems[name] else None for name in ("crm", "erp")}
        company, supplier = both.companies.get(keys["crm"] or ""), both.suppliers.get(keys["erp"] or "")
        for name, value in [] if event.undecided else event.ends.items():
            crm = in_crm(company, name) if company else None
            erp = in_erp(supplier, name) if supplier else None
            self.ledger.number(f"{event.title}: {name} in the CRM", value, crm)
            self.ledger.number(f"{event.title}: {name} in the ERP", as_erp(name, value), erp)
        if company and supplier:
            names = str(company["supplierid"]), str(supplier["external_ref"])
            self.ledger.number(f"{event.title}: the keys of each other", (keys["erp"], keys["crm"]), names)

    # -- a person decides -------------------------------------------------------------------------

    def decide(self, events: Sequence[Event]) -> None:
        self.screen.step("A person decides one of the open conflicts")
        [event] = [event for event in events if event.undecided]
        number = str(self.open_conflict(event))
        self.hub.show("conflicts", "show", number)
        self.hub.show("conflicts", "resolve", number, "--take", "crm")
        report = self.hub.ask("sync")
        made = place(report, "erp")["sent"]["created"]
        self.screen.blank()
        self.screen.item(f"The edit was to live: {made} supplier was created anew in the ERP.")
        self.ledger.all(report["troubles"])
        self.expected = self.expected[0], self.expected[1] + made
        company = self.counted().companies[str(event.company)]
        self.ledger.number("the company's note", event.ends["note"], in_crm(company, "note"))

    def open_conflict(self, event: Event) -> int:
        """The number of the conflict that waits for a person."""
        golden = self.hub.ask("records", "account", event.record)["golden_id"]
        [number] = [row["id"] for row in self.hub.ask("conflicts") if row["golden_id"] == golden]
        return int(number)

    # -- the check --------------------------------------------------------------------------------

    def counted(self) -> Both:
        """Both systems now; they hold as many records as was told."""
        both = self.world.look()
        self.ledger.number("companies in the CRM", self.expected[0], len(both.companies))
        self.ledger.number("suppliers in the ERP", self.expected[1], len(both.suppliers))
        return both

    def check(self) -> bool:
        self.screen.step("Does all that agree with what both systems hold?")
        status, clashes, aside = self.hub.ask("status"), self.hub.ask("conflicts"), self.hub.ask("reviews")
        both = self.counted()
        found = oracle.agreement(both, clashes, aside)
        self.ledger.all(found.problems)
        for row in status["systems"]:
            self.ledger.number(f"records linked in {row['system']}", row["linked"], found.pairs)
        self.screen.blank()
        self.screen.item(f"{len(both.companies)} companies, {len(both.suppliers)} suppliers, {found.pairs} linked 1:1.")
        self.screen.item(f"{found.values} values compared, {found.held} wait for a person and were not touched.")
        for said in self.ledger.wrong:
            self.screen.bad(said)
        if not self.ledger.wrong:
            self.screen.good(
                f"Everything agrees: {self.ledger.told} numbers told, {found.values} values in both systems."
            )
        return not self.ledger.wrong

    # -- after ------------------------------------------------------------------------------------

    def further(self, *, stays: bool) -> None:
        """Commands to go on with, and where everything is. `stays`: both systems stay up."""
        self.screen.step("Look further")
        lines = [(self.hub.line(*words), what) for words, what in FURTHER]
        widest = max(len(line) for line, _ in lines)
        for line, what in lines:
            self.screen.command(f"{line:<{widest}}  # {what}")
        self.screen.blank()
        folder = self.hub.folder
        rows = [
            ["the project's settings and mappings", f"{near(folder / 'conf')}, {near(folder / 'mappings')}"],
            ["the hub's database", near(folder / "var" / "hub.db")],
            ["logs", near(folder / "var") + "/*.log"],
        ]
        if stays:
            rows.insert(0, ["the ERP's suppliers, to look and edit", self.erp.page])
            rows.insert(0, ["the CRM's companies, to look and edit", self.crm.page])
        self.screen.table(("what", "where"), rows)

    def stay(self) -> None:
        """The hub polls until Ctrl-C."""
        self.screen.step(f"The hub at work, every {EVERY}: edit something in either system. Ctrl-C stops everything")
        log = self.hub.folder / "var" / "hub.log"
        self.screen.command(self.hub.line("run"))
        with kept("hub.cli", ["-p", str(self.hub.folder), "run"], log, self.hub.env) as process, log.open("a") as file:
            try:
                for said in process.lines():
                    file.write(said + "\n")
                    file.flush()
                    self.screen.said(said)
            except KeyboardInterrupt:
                self.screen.blank()
                self.screen.say("Stopped.")


FURTHER = (
    (("status",), "how things stand"),
    (("conflicts",), "what waits for a decision"),
    (("conflicts", "--all"), "every clash there ever was, with its losing value"),
    (("records", "account", "crm:1"), "one record across the systems, and its history"),
    (("reviews",), "what stands aside, and why"),
)


def place(report: Row, system: str) -> Row:
    found: Row = next(row for row in report["systems"] if row["system"] == system)
    return found


def linked_before(both: Both, suppliers: int, made: int) -> int:
    """Pairs of a supplier and a company that were both there before the hub made others."""
    first = len(both.companies) - made
    return sum(int(company) <= first and int(supplier) <= suppliers for company, supplier in both.linked())
