"""How the databases find things: what is asked for every page goes along an index, and never over a whole table.

On PostgreSQL the plans are read before and after the tables have statistics: an initial load is over before the
database has looked at them for the first time.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from desk import NOW, ORIGIN, Desk, link, ready
from support import postgres

from hub.core.merge import Shadow
from hub.store import (
    absences,
    candidates,
    conflicts,
    deliveries,
    intents,
    links,
    matches,
    pairings,
    records,
    reviews,
    schema,
    standing,
    waiting,
)
from hub.store.absences import Absence
from hub.store.database import Store, encode
from hub.store.waiting import OUT, Waiting

ROWS = 20_000
KEYS = [f"k{number:06}" for number in range(1, ROWS, 40)]
IDS = list(range(1, ROWS, 40))
EVER = "2027-01-01T00:00:00.000000Z"


def fill(desk: Desk) -> None:
    ids = range(1, ROWS + 1)
    doc = encode({"name": "x" * 100})
    aside = {
        "at": NOW,
        "binding_id": desk.crm,
        "golden_id": None,
        "kind": "parked",
        "code": "c",
        "said": "s",
        "due_at": NOW,
    }
    sides = {"base": None, "ours": {}, "theirs": {}, "ours_from": None}
    log = {"at": NOW, "run_id": 1, "binding_id": desk.crm, "key": "k", "unit": "name", **sides}
    log |= {"verdict": "hold", "rule": "r", "state": "open", "decided_by": None, "decided_at": None}
    with desk.store.transaction() as tx:
        records.new_golden(tx, [(id_, desk.entity, schema.LIVE, doc, ORIGIN, None) for id_ in ids])
        links.save(tx, [link(desk.crm, f"k{id_:06}", id_, shadow=Shadow({"name": "x" * 100})) for id_ in ids])
        links.save(tx, [link(desk.erp, f"k{id_:06}", id_) for id_ in ids])
        matches.save(tx, [(desk.entity, "name", f"v{id_}", id_) for id_ in ids])
        candidates.save(tx, desk.crm, [], [(desk.crm, id_, f"k{id_:06}", 90) for id_ in ids])
        pairs = [pairings.Pairing(desk.crm, f"k{id_:06}", desk.erp, f"k{id_:06}", True) for id_ in ids]
        pairings.replace(tx, [desk.crm, desk.erp], pairs)
        deliveries.owe(tx, [(desk.erp, id_) for id_ in ids], NOW)
        absences.save(tx, desk.crm, [Absence(f"k{id_:06}", "sighted", "missing", NOW) for id_ in ids])
        reviews.open_(tx, [{**aside, "key": f"k{id_:06}"} for id_ in ids])
        conflicts.log(tx, [{**log, "golden_id": id_} for id_ in ids])
        waits = Waiting(desk.erp, 0, "firm", OUT, desk.erp, None, 1, True, True, "s", NOW)
        waiting.save(tx, [waits._replace(golden_id=id_) for id_ in ids])


class Filled(NamedTuple):
    desk: Desk
    #: Before or after the database gathered statistics.
    when: str


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = ready(Store(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'hub.db'}"))
    fill(desk)
    yield desk
    desk.store.close()


@pytest.fixture(scope="module")
def grown(postgres_url: str) -> Iterator[Desk]:
    with postgres.database(postgres_url) as url:
        desk = ready(Store(url))
        fill(desk)
        yield desk
        desk.store.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql without statistics", "postgresql with statistics"])
def filled(request: pytest.FixtureRequest) -> Filled:
    if request.param == "sqlite":
        return Filled(request.getfixturevalue("lite"), request.param)
    desk = request.getfixturevalue("grown")
    if request.param.endswith("with statistics"):
        with desk.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
    return Filled(desk, request.param)


class Undone(Exception):
    """Nothing that was tried stays."""


def plans(desk: Desk, act: Callable[..., Any], *args: Any, **kwargs: Any) -> list[str]:
    """The plan of every statement that `act` sends, line by line."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        sent.append((sql, values))

    word = "EXPLAIN QUERY PLAN " if desk.store.lite else "EXPLAIN "
    found: list[str] = []
    try:
        with desk.store.transaction() as tx:
            sa.event.listen(tx.connection, "before_cursor_execute", note)
            act(tx, *args, **kwargs)
            for sql, values in sent[:]:
                one = values[0] if isinstance(values, list) else values
                rows = tx.connection.exec_driver_sql(word + sql, one).all()
                found += [str(row[-1]) for row in rows]
            raise Undone
    except Undone:
        return found


#: What is asked for every page, and how often within the work on a page.
HOT: dict[str, Callable[[Desk], tuple[Any, ...]]] = {
    "links of a page": lambda d: (links.lookup, d.crm, KEYS),
    "links of golden records": lambda d: (links.held, d.crm, IDS),
    "records that golden records had": lambda d: (links.former, d.crm, IDS),
    "links of a golden record": lambda d: (links.of_golden, IDS[1], [d.crm, d.erp, d.shop]),
    "what records show": lambda d: (links.seen, [(d.crm, key, b"h", "2", b"{}", None, None) for key in KEYS]),
    "keys in order": lambda d: (links.live_keys, d.crm, "k010000", 1000),
    "versions": lambda d: (links.versions, [(d.crm, key, "2") for key in KEYS]),
    "records to be merged again": lambda d: (links.revisit, d.crm, KEYS),
    "golden records with shadows": lambda d: (records.load, d.crm, IDS),
    "candidates by a rule": lambda d: (matches.find, d.entity, d.crm, "name", [f"v{id_}" for id_ in IDS]),
    "candidates to compare": lambda d: (matches.find_few, d.entity, d.crm, "name", [f"v{id_}" for id_ in IDS], 200),
    "candidates of what stands aside": lambda d: (candidates.contested, d.crm, IDS),
    "candidates saved anew": lambda d: (candidates.save, d.crm, KEYS, [(d.crm, id_, "k", 90) for id_ in IDS]),
    "decisions about records": lambda d: (pairings.of, d.crm, KEYS),
    "decisions about two systems": lambda d: (pairings.towards, d.crm, KEYS, d.erp),
    "are there decisions": lambda d: (pairings.there, d.crm),
    "a page of deliveries to linked records": lambda d: (
        lambda tx: deliveries.due(tx, d.erp, EVER, 10_000, 1000, linked=True),
    ),
    "candidates by a foreign key": lambda d: (matches.find_linked, d.crm, d.erp, "@erp", KEYS),
    "match keys to be forgotten": lambda d: (matches.forget, IDS),
    "a page of deliveries": lambda d: (deliveries.due, d.erp, EVER, 10_000, 1000),
    "a page of creates in doubt": lambda d: (lambda tx: deliveries.due(tx, d.erp, EVER, 10_000, 1000, doubts=True),),
    "creates in doubt": lambda d: (deliveries.doubts, d.erp),
    "deliveries owed": lambda d: (deliveries.owe, [(d.crm, id_) for id_ in IDS], NOW),
    "creates that may be out": lambda d: (deliveries.creating, [(d.erp, id_, b"{}", "t", NOW) for id_ in IDS]),
    "intents left": lambda d: (intents.land, d.erp),
    "deliveries done": lambda d: (lambda tx: deliveries.finish(tx, d.erp, deliveries.due(tx, d.erp, EVER, -1, 500)),),
    "deliveries to be reopened": lambda d: (deliveries.reopen, d.erp, IDS),
    "conflicts that end": lambda d: (conflicts.close, [("withdrawn", "hub", NOW, id_, d.crm, "name") for id_ in IDS]),
    "lost edits that count again": lambda d: (conflicts.take_back, IDS, "hub", NOW),
    "records that are missed no more": lambda d: (absences.drop, d.crm, KEYS),
    "deletions to be approved": lambda d: (deliveries.approve, d.erp, IDS, NOW),
    "deletions to be held": lambda d: (deliveries.hold, d.erp, IDS, NOW, "c", "s"),
    "parents in a system": lambda d: (waiting.standing, d.erp, IDS),
    "what waits of a page": lambda d: (waiting.unread, IDS),
    "what waits no more": lambda d: (waiting.forget, d.erp, IDS, OUT),
    "reviews that end": lambda d: (reviews.close, d.crm, KEYS),
}


def walks(lines: list[str]) -> list[str]:
    """Steps that go over a whole table, or along an index without knowing where to begin."""
    over = r"\bSCAN (?!json_each|j |d$)|Seq Scan|Hash Join|Merge Join|Bitmap|Materialize"  # d: the page, cut before
    return [line for line in lines if re.search(over, line)]


@pytest.mark.parametrize("ask", HOT, ids=list(HOT))
def test_what_is_asked_for_every_page_is_looked_up(filled: Filled, ask: str) -> None:
    lines = plans(filled.desk, *HOT[ask](filled.desk))
    assert walks(lines) == [], "\n".join(lines)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        ("links of a page", r"(link_1 \(binding_id=\? AND key=\?\)|pk_link)"),
        ("links of a golden record", r"uq_link_golden"),
        ("golden records with shadows", r"uq_link_golden"),
        ("candidates by a rule", r"(PRIMARY KEY \(entity_id=\? AND rule=\? AND value=\?\)|pk_match_key)"),
        ("match keys to be forgotten", r"ix_match_key_golden"),
        ("a page of deliveries", r"(PRIMARY KEY \(binding_id=\? AND golden_id>\?\)|pk_delivery)"),
        ("creates in doubt", r"ix_delivery_creating"),
        ("conflicts that end", r"ix_conflict_golden"),
        ("reviews that end", r"uq_review_open"),
    ],
)
def test_its_index_is_used(filled: Filled, ask: str, index: str) -> None:
    text = "\n".join(plans(filled.desk, *HOT[ask](filled.desk)))
    assert re.search(index, text), text


def test_a_page_of_deliveries_is_not_sorted(filled: Filled) -> None:
    """It is cut where it ends, however many are owed."""
    lines = plans(filled.desk, *HOT["a page of deliveries"](filled.desk))
    assert not [line for line in lines if re.search(r"TEMP B-TREE|^\s*->\s+Sort|Bitmap", line)][1:], "\n".join(lines)


def test_the_count_of_links_for_people_reads_no_golden_record(lite: Desk) -> None:
    with lite.store.reading() as tx:
        lines = [str(row[-1]) for row in tx.rows(sa.text("EXPLAIN QUERY PLAN " + standing._PLACES.lite))]
    assert [line for line in lines if re.search(r"SEARCH l USING COVERING INDEX uq_link_golden", line)]
    assert [line for line in lines if re.search(r"SEARCH r .*uq_review_open", line)]


def test_the_check_would_notice(lite: Desk) -> None:
    naive = sa.text("SELECT * FROM link l WHERE l.version IS NULL AND l.state = 1")
    assert walks(plans(lite, lambda tx: tx.run(naive)))


def test_there_are_enough_rows_for_the_plans_to_mean_something(lite: Desk, tmp_path: Path) -> None:
    with lite.store.reading() as tx:
        for table in (schema.link, schema.golden, schema.delivery):
            assert int(tx.run(sa.select(sa.func.count()).select_from(table)).scalar_one()) >= 20_000
