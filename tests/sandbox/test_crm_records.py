"""Where texts, what they may not do, values and widths, and rendered records that are never out of date."""

import random
import sqlite3
from typing import Any
from xml.sax.saxutils import escape

import pytest
from crm_calls import Caller, logged_on
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from lxml import etree

from hub.sandbox.crm import load
from hub.sandbox.crm.records import QueryFailed, Records
from hub.sandbox.crm.schema import COMPANY, ENTITIES, NS
from hub.sandbox.crm.settings import Settings
from hub.sandbox.crm.writing import Sent, Writer

FAILED = "Query failed to run successfully. "


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("comp_companyid = 1", ["1"]),
        ("COMP_COMPANYID IN (2,3) AND Comp_Deleted IS NULL", ["2", "3"]),
        ("comp_companyid > 1 and comp_companyid &lt;= 3", ["2", "3"]),
        ("comp_name like 'shannon%'", ["1"]),
        ("comp_name = 'SHANNON SOFTWARE LTD'", ["1"]),
        ("comp_name = 'O''Brien'", []),
        ("comp_updateddate &gt;= '2025-03-09T11:22:18' and comp_companyid=1", ["1"]),
        ("comp_updateddate &gt;= '2025-03-09 11:22:18' and comp_companyid=1", ["1"]),
        ("comp_updateddate &lt;= '2025-03-09T11:22:18.000' and comp_companyid=1", ["1"]),
        ("comp_updateddate &gt; '2025-03-09T11:22:18.000' and comp_companyid=1", []),
        ("comp_updateddate &gt;= '2025-03-09' and comp_companyid=1", ["1"]),
        ("comp_creditlimit &gt; 33799.99 and comp_companyid=1", ["1"]),
        ("comp_companyid in (select pers_companyid from person where pers_personid=1)", ["1"]),
        ("[comp_companyid] = 2 -- a comment", ["2"]),
        ("", ["1", "2", "3"]),
    ],
)
def test_where_texts_are_sql_on_prefixed_columns(where: str, keys: list[str]) -> None:
    answer = logged_on(3).query(where)
    assert answer.fault is None
    found = [
        r.findtext(f"{{{NS}}}companyid") for r in etree.fromstring(answer.body).iterfind(".//{*}result/{*}records")
    ]
    assert sorted(str(k) for k in found) == keys


@pytest.mark.parametrize(
    "where",
    [
        "1=1; DELETE FROM company",
        "1=1); DELETE FROM company; --",
        "1=1) UNION SELECT name FROM sqlite_master WHERE (1=1",
        "comp_name IN (SELECT name FROM sqlite_master)",
        "comp_name IN (SELECT sql FROM sqlite_schema)",
        "comp_companyid IN (SELECT id FROM company_xml_0)",
        "comp_companyid IN (SELECT width FROM widths)",
        "load_extension('/lib/x.so') IS NULL",
        "readfile('/etc/passwd') IS NULL",
        "length(randomblob(1000000000)) > 0",
        "length(zeroblob(1000000000)) > 0",
        "length(printf('%.*c', 1000000000, 'x')) > 0",
        "1=(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n)",
        "EXISTS(SELECT 1 FROM pragma_database_list)",
        "json_extract('{}','$') IS NULL",
        "(((",
        "'",
    ],
)
def test_a_where_text_can_only_read_entities(where: str) -> None:
    caller = logged_on(3)
    assert caller.query(escape(where)).fault == FAILED
    ids = f"<queryString>{escape(where)}</queryString><entityname>company</entityname>"
    assert caller.call("queryidnodate", ids).fault == FAILED
    assert caller.query().texts("size") == ["3"]


@pytest.mark.parametrize("order", ["comp_companyid; DELETE FROM company", "(SELECT name FROM sqlite_master)"])
def test_an_order_can_only_read_entities(order: str) -> None:
    caller = logged_on(3)
    answer = caller.call("queryrecord", f"<entityname>company</entityname><orderby>{order}</orderby>")
    assert answer.fault == FAILED
    assert caller.query().texts("size") == ["3"]


def test_a_where_text_that_takes_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.sandbox.crm.records.PATIENCE", 0.2)
    caller = logged_on(300)
    assert caller.query("1 = (SELECT count(*) FROM company a, company b, company c, company d)").fault == FAILED
    assert caller.query().fault is None


def test_deleted_rows_are_there_for_who_asks_and_can_be_hidden() -> None:
    caller = logged_on(3)
    caller.write("delete", "<companyid>2</companyid>")
    assert caller.query().texts("size") == ["3"]
    assert caller.query("comp_deleted IS NULL").texts("size") == ["2"]
    assert caller.query("comp_deleted = 1").texts("size") == ["1"]
    caller.crm.change(Settings(hide_deleted=True))
    assert caller.query().texts("size") == ["2"]
    assert caller.query("1=0 or comp_companyid=2 -- x").texts("size") == ["0"]


def test_a_deleted_record_is_neither_updated_nor_deleted_again() -> None:
    caller = logged_on(3)
    assert caller.write("delete", "<companyid>2</companyid>").texts("numberdeleted") == ["1"]
    assert caller.write("delete", "<companyid>2</companyid>").texts("numberdeleted") == ["0"]
    assert caller.write("update", "<companyid>2</companyid><city>x</city>").texts("numberupdated") == ["0"]


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        ("<city>Graz</city>", "Graz"),
        ("<city></city>", None),
        ("<city/>", None),
        ('<city xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>', None),
        ("", "Cork"),
        ("<city>  two  </city>", "  two  "),
        ("<city>a<!-- no -->b</city>", "ab"),
        ("<city><![CDATA[<&>]]></city>", "<&>"),
        ("<city>a&#13;&#10;b</city>", "a\r\nb"),
    ],
)
def test_an_absent_field_is_unchanged_and_an_empty_one_is_cleared(sent: str, held: str | None) -> None:
    caller = logged_on(1)
    caller.write("update", f"<companyid>1</companyid>{sent}")
    assert caller.field("city", 1) == held


@pytest.mark.parametrize(
    ("name", "sent", "held"),
    [
        ("creditlimit", "12.5", "12.50"),
        ("creditlimit", "-0.005", "-0.01"),
        ("creditlimit", "1e3", "1000.00"),
        ("onhold", "Y", "true"),
        ("onhold", "0", "false"),
        ("primaryuserid", " 7 ", "7"),
    ],
)
def test_values_are_kept_as_their_type(name: str, sent: str, held: str) -> None:
    caller = logged_on(1)
    caller.write("update", f"<companyid>1</companyid><{name}>{sent}</{name}>")
    assert caller.field(name, 1) == held


def test_what_the_server_writes_itself_is_ignored() -> None:
    caller = logged_on(1)
    more = "<createddate>2001-01-01T00:00:00</createddate><updatedby>99</updatedby><deleted>1</deleted>"
    [key] = caller.add(f"<companyid>77</companyid><name>N</name>{more}")
    assert (key, caller.field("updatedby", key)) == (2, "3")
    assert caller.field("createddate", key) == "2026-07-01T12:00:00"


@pytest.mark.parametrize("cut", [False, True])
def test_a_text_that_is_too_long_is_refused_or_cut(cut: bool) -> None:
    caller = logged_on(1, cut=cut)
    answer = caller.write("update", f"<companyid>1</companyid><name>{'ü' * 61}</name>")
    assert (caller.field("name", 1) == "ü" * 60) is cut
    assert (answer.fault is None) is cut


@pytest.mark.parametrize(("batch", "stay"), [("each", ["1"]), ("whole", ["0"])])
def test_a_bad_record_leaves_those_before_it_or_none(batch: str, stay: list[str]) -> None:
    caller = logged_on(0, batch=batch)
    answer = caller.write("add", "<name>good</name>", "<name/>", "<name>never</name>")
    assert "Required" in str(answer.fault)
    assert caller.query().texts("size") == stay
    assert [str(caller.crm.written)] == stay


def test_a_record_with_a_bad_child_is_not_stored_at_all() -> None:
    caller = logged_on()
    bad = "<people><entityname>person</entityname><records><nope>1</nope></records></people>"
    assert caller.write("add", f"<name>N</name>{bad}").fault
    assert caller.query().texts("size") == ["0"]


def test_a_change_of_a_child_shows_in_its_parent_at_once() -> None:
    caller = logged_on()
    phone = "<phone><entityname>phone</entityname><records><number>1</number></records></phone>"
    person = f"<people><entityname>person</entityname><records><lastname>L</lastname>{phone}</records></people>"
    caller.add(f"<name>N</name>{person}")
    assert caller.query().texts("number") == ["1"]
    caller.write("update", "<phoneid>1</phoneid><number>2</number>", entity="phone")
    assert caller.query().texts("number") == ["2"]
    assert caller.query(entity="person").texts("number") == ["2"]
    caller.write("delete", "<personid>1</personid>", entity="person")
    assert caller.query().texts("number") == []
    caller.write("update", f"<companyid>1</companyid>{person}")
    assert caller.query().texts("number") == ["1"]


def test_a_file_keeps_the_records(tmp_path: Any) -> None:
    path = str(tmp_path / "crm.db")
    records = Records(path)
    load.load(records, 3, "demo")
    Writer(records).delete(Settings(), COMPANY, 2, 1)
    records.set_width(COMPANY, COMPANY.columns[1], 99)
    records.db.close()
    again = Records(path)
    assert again.count(COMPANY, "comp_deleted IS NULL") == 2
    assert again.width(COMPANY, COMPANY.columns[1]) == 99
    assert len(again.fragments.get(Settings(), COMPANY, None, [1, 2, 3, 4])) == 3


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("comp_companyid > 5 and comp_companyid <= 9 and comp_deleted is null", "INTEGER PRIMARY KEY"),
        ("comp_companyid in (1,2,3) and comp_deleted is null", "INTEGER PRIMARY KEY"),
        ("comp_updateddate >= '2024-01-01T00:00:00'", "company_updateddate"),
        ("comp_supplierid in ('a','b')", "company_supplierid"),
    ],
)
def test_the_questions_of_a_sync_do_not_scan_the_table(where: str, index: str) -> None:
    records = Records()
    load.load(records, 2000, load.PLAIN)
    plan = records.db.execute(f"EXPLAIN QUERY PLAN SELECT comp_companyid FROM company WHERE ({where}\n)").fetchall()
    assert all("SCAN" not in row[3] and index in row[3] for row in plan)


def test_an_ordered_walk_needs_no_sorting() -> None:
    records = Records()
    load.load(records, 2000, load.PLAIN)
    sql = "SELECT comp_companyid FROM company WHERE (comp_updateddate >= '2024')"
    sql += " ORDER BY comp_updateddate, comp_companyid"
    assert "B-TREE" not in str(records.db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())


def test_a_page_takes_the_same_number_of_statements_whatever_its_size() -> None:
    counts = []
    for size in (10, 100):
        caller = logged_on(150, page=size)
        caller.query()
        caller.query()
        seen: list[str] = []
        caller.crm.records.db.set_trace_callback(seen.append)
        caller.query()
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 3


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=60)


@given(
    st.lists(
        TEXTS | st.sampled_from(["&amp;", "]]>", "<![CDATA[", "a\r\nb\tc", "'\"", "%s{0}", "\x85\u2028"]), min_size=1
    )
)
@settings(max_examples=60, deadline=None)
def test_every_text_comes_back_as_it_was_stored(texts: list[str]) -> None:
    caller = logged_on(page=0)
    for text in texts:
        caller.crm.writer.add(caller.crm.settings, COMPANY, Sent({"name": "N", "notes": text}), 1)
    found = etree.fromstring(caller.query().body).iterfind(".//{*}result/{*}records")
    assert [r.findtext(f"{{{NS}}}notes") for r in found] == [t or None for t in texts]
    by_field = caller.call("queryrecord", "<fieldlist>comp_notes</fieldlist><entityname>company</entityname>")
    assert by_field.texts("value") == [t for t in texts if t]


class Rendered(RuleBasedStateMachine):
    """However records are read and written, what is read is what a rendering from scratch would say."""

    def __init__(self) -> None:
        super().__init__()
        self.caller = logged_on(5, page=0)
        self.random = random.Random(1)

    @rule(key=st.integers(1, 6), value=st.sampled_from(["", "a", "b"]))
    def update(self, key: int, value: str) -> None:
        self.caller.write("update", f"<companyid>{key}</companyid><city>{value}</city>")

    @rule(key=st.integers(1, 6), kind=st.sampled_from(["people", "address", "email"]))
    def add_child(self, key: int, kind: str) -> None:
        inner = f"<{kind}><entityname>x</entityname><records/></{kind}>"
        self.caller.write("update", f"<companyid>{key}</companyid>{inner}")

    @rule(entity=st.sampled_from(["company", "person", "address"]), key=st.integers(1, 6))
    def delete(self, entity: str, key: int) -> None:
        self.caller.write("delete", f"<{entity}id>{key}</{entity}id>", entity=entity)

    @rule()
    def add(self) -> None:
        self.caller.add("<name>N</name>")

    @rule(percent=st.sampled_from([30.0, 100.0]))
    def mutate(self, percent: float) -> None:
        self.caller.crm.writer.mutate(self.caller.crm.settings, percent, 2, self.random.randrange(99))

    @rule(names=st.sets(st.sampled_from(["comp_name", "comp_city", "people", "comp_phone"]), min_size=1))
    def read_some(self, names: set[str]) -> None:
        self.caller.call("queryrecord", f"<fieldlist>{','.join(names)}</fieldlist><entityname>company</entityname>")

    @invariant()
    def what_is_read_is_true(self) -> None:
        for shape in ("<fieldlist>comp_city,people</fieldlist>", "<fieldlist>comp_phone</fieldlist>"):
            kept = self.caller.call("queryrecord", f"{shape}<entityname>company</entityname>").body
            before = self.caller.query().body
            self.caller.crm.records.fragments.clear()
            assert self.caller.call("queryrecord", f"{shape}<entityname>company</entityname>").body == kept
            assert self.caller.query().body == before


TestRendered = Rendered.TestCase
TestRendered.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)


def test_a_failed_statement_of_ours_is_not_hidden_as_a_failed_query() -> None:
    records = Records()
    with pytest.raises(sqlite3.OperationalError):
        records.rows(COMPANY, "nope = 1")
    with pytest.raises(QueryFailed):
        records.open(Settings(), COMPANY, None, "nope = 1")


def test_every_entity_can_be_asked() -> None:
    caller = Caller(3, disabled="")
    caller.logon()
    for name in ENTITIES:
        assert caller.query(entity=name).fault is None
        assert caller.call("queryrecord", f"<entityname>{name.upper()}</entityname>").fault is None
