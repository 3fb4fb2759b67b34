"""What the first writes wait for: the table of docs/matching.md, row by row."""

from support.memory import Noted, World, pair

from hub.core.errors import TryLater
from hub.core.model import Compared, Similar, Weighed
from hub.flow.deciding.aside import separate
from hub.flow.first.gate import accept
from hub.flow.first.report import propose
from hub.store import firsts

NAME = (Weighed("name", "company", 1),)
SIMILAR = Similar(NAME, ((Compared("name", "start"),),), certain=95, possible=70)
EXACT = (("phone",),)


def world(first_sync: str, **options: object) -> tuple[World, Noted, Noted]:
    return pair(match=EXACT, similar=SIMILAR, first_sync=first_sync, **options)  # type: ignore[arg-type]


def doubtful(first_sync: str) -> tuple[World, Noted, Noted]:
    """One pair is certain, one may be, and one is here only."""
    hub, crm, erp = world(first_sync)
    crm.create(name="Acme", phone="1")
    erp.create(name="Acme Ltd", phone="1", city="York")
    crm.create(name="Gamma Engineering")
    erp.create(name="Gamma Engines")
    crm.create(name="Walrus")
    return hub, crm, erp


def counts(crm: Noted, erp: Noted) -> tuple[int, int]:
    return len(crm.keys_held()), len(erp.keys_held())


def test_ask_leaves_the_entity_alone_until_the_report_is_accepted() -> None:
    hub, crm, erp = doubtful("ask")
    report = hub.sync()
    assert "hub match account --accept" in report.held["account"]
    assert (crm.calls, erp.calls) == ([], [])
    accept(hub.hub, "account", "ann", {})
    assert hub.sync().held == {}
    assert crm.row("1")["city"] == "York"


def test_sure_links_and_updates_but_creates_nothing_while_a_record_is_doubtful() -> None:
    hub, crm, erp = doubtful("sure")
    report = hub.sync()
    assert "1 stand aside" in report.held["account"]
    assert crm.row("1")["city"] == "York"
    assert counts(crm, erp) == (3, 2)
    assert hub.sync().held == report.held


def test_sure_goes_when_the_report_is_accepted_and_what_is_doubtful_still_waits() -> None:
    hub, crm, erp = doubtful("sure")
    hub.sync()
    accept(hub.hub, "account", "ann", {"none": 1})
    assert hub.sync().held == {}
    assert counts(crm, erp) == (3, 3)
    assert [row["name"] for row in hub.held("erp")].count("Gamma Engineering") == 0


def test_sure_goes_by_itself_when_people_have_decided_everything() -> None:
    hub, crm, erp = doubtful("sure")
    hub.sync()
    [review] = hub.aside()
    system = hub.hub.place_of(review.binding_id).binding.system
    separate(hub.hub, hub.place(system), review.key, "ann")
    assert hub.sync().held == {}
    assert counts(crm, erp) == (4, 4)


def test_sure_goes_at_once_when_nothing_is_doubtful_and_never_asks_again() -> None:
    hub, crm, erp = world("sure")
    crm.create(name="Acme", phone="1")
    erp.create(name="Acme Ltd", phone="1")
    crm.create(name="Walrus")
    assert hub.sync().held == {}
    assert counts(crm, erp) == (2, 2)
    crm.create(name="Delta Engineering")
    hub.sync()
    erp.create(name="Zebra")
    erp.create(name="Zebras")
    assert hub.sync().held == {}


def test_sure_waits_for_a_system_that_was_never_read_to_its_end() -> None:
    hub, crm, erp = world("sure")
    crm.create(name="Walrus")
    erp.fail("changes", "before", TryLater("system.away", "away"))
    assert "erp was not read to its end" in hub.sync().held["account"]
    assert hub.sync().held == {}
    assert counts(crm, erp) == (1, 1)


def test_go_waits_for_nothing() -> None:
    hub, crm, erp = doubtful("go")
    assert hub.sync().held == {}
    assert counts(crm, erp) == (3, 3)


def test_without_rules_nothing_is_doubtful() -> None:
    hub, crm, erp = pair(first_sync="sure")
    crm.create(name="Acme")
    erp.create(name="Acme")
    assert hub.sync().held == {}
    assert counts(crm, erp) == (2, 2)


def test_who_accepted_what_and_when_is_kept() -> None:
    hub, _crm, _erp = doubtful("ask")
    accept(hub.hub, "account", "ann", {"none": 3})
    entity_id = hub.place("crm").row.entity_id
    with hub.store.reading() as tx:
        kept = firsts.find(tx, [entity_id])[entity_id]
    assert (kept.state, kept.who, kept.counts, kept.at) == ("open", "ann", {"none": 3}, hub.hub.now())


def test_a_setting_that_lets_go_is_not_told_as_held() -> None:
    hub, _crm, _erp = doubtful("ask")
    hub.sync()
    later = World(hub.systems, store=hub.store, match=EXACT, similar=SIMILAR, first_sync="go")
    later.ids.last = hub.ids.last
    later.sync()
    entity_id = hub.place("crm").row.entity_id
    with hub.store.reading() as tx:
        assert firsts.find(tx, [entity_id])[entity_id].state != "held"


def test_the_report_reads_everything_and_writes_nothing() -> None:
    hub, crm, erp = doubtful("ask")
    report = propose(hub.hub, "account", lambda place, done, total: None)
    assert report.counts() == {"exact": 1, "certain": 0, "probable": 1, "many_to_one": 0, "none": 1, "unfit": 0}
    assert (crm.writes, erp.writes, hub.aside()) == ([], [], [])
    assert report.doubtful


def test_the_report_and_the_sync_agree() -> None:
    hub, _crm, _erp = doubtful("go")
    report = propose(hub.hub, "account", lambda place, done, total: None)
    done = hub.sync()
    assert sum(tally.linked for tally in done.polled.values()) == report.counts()["exact"] + report.counts()["certain"]
    assert len(hub.aside()) == report.counts()["probable"]
