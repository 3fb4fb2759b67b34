"""The floor: what the work costs when it is written by hand, with no engine.

The same reads as the hub makes through its adapters in each phase, a mapping of the same twenty fields, a compare by
hash, one narrow table, writes to the same batch endpoint in hundreds, a transaction a page. It keeps no intents, no
log, no conflicts, one shadow instead of two; it takes nothing back from the ERP and trusts every answer: it is the
yardstick, not a hub.

    python -m benchmarks.floor --crm URL --erp URL --store sqlite:///FILE      (phases on stdin, see steps.py)
"""

import argparse
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from xml.sax.saxutils import escape

import orjson
import requests
from lxml import etree

from benchmarks import steps

PAGE, BATCH = 500, 100
Row = dict[str, Any]
#: key, the ERP's id, hash, document
Saved = tuple[str, str | None, bytes, bytes | None]

# -- the mapping: a company as a supplier -----------------------------------------------------------------------------

STATUS = {"Active": "A", "Inactive": "I"}
COUNTRY = {"IRL": "IE", "GBR": "GB"}
NO_DIGIT = str.maketrans("", "", " ()-/.")
#: What of a supplier is compared.
FIELDS = (
    "external_ref", "name", "kind", "status", "channel", "headcount", "industry", "url", "email", "phone", "street",
    "city", "postcode", "country", "vat", "credit_limit", "discount", "blocked", "note",
)  # fmt: skip


def supplier(r: dict[str, str]) -> Row:
    """Texts of the CRM as values of the ERP."""
    return {
        "external_ref": r["companyid"],
        "name": r["name"].strip(),
        "kind": r["type"].lower(),
        "status": STATUS[r["status"]],
        "channel": r["source"],
        "territory": int(r["secterr"]),
        "headcount": int(r["employees"]),
        "industry": r["sector"],
        "url": r["website"],
        "email": r["emailaddress"].lower(),
        "phone": r["phone"].translate(NO_DIGIT),
        "street": r["address1"],
        "city": r["city"],
        "postcode": r["postcode"],
        "country": COUNTRY.get(r["country"], r["country"]),
        "vat": r["vatnumber"],
        "credit_limit": float(r["creditlimit"]),
        "discount": float(r["discount"]),
        "blocked": r["onhold"] == "true",
        "note": r["notes"] or None,
    }


def digest(document: bytes) -> bytes:
    return blake2b(document, digest_size=16).digest()


# -- the CRM: SOAP ----------------------------------------------------------------------------------------------------

NS = "http://tempuri.org/type"
RECORDS, DELETED, ID = (f"{{{NS}}}{name}" for name in ("records", "deleted", "id"))
#: Before a value in a list of fields.
VALUE = b"<typens:value>"
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
    "<s:Header>{head}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
LIVE = "comp_deleted is null"


class Names(dict[str, str]):
    """Tag -> short name, each worked out once."""

    def __missing__(self, tag: str) -> str:
        self[tag] = name = tag.rpartition("}")[2]
        return name


NAMES = Names()


class Crm:
    """The calls that the hub's adapter makes: typed `query` by windows of keys or by date, key lists, deleted ids."""

    def __init__(self, url: str, user: str) -> None:
        self.url, self.user, self.head = url, user, ""
        self.http = requests.Session()
        self.http.trust_env = False

    def post(self, body: str) -> bytes:
        data = ENVELOPE.format(head=self.head, body=body).encode()
        answer = self.http.post(self.url, data=data, headers=HEADERS, stream=True)
        found: bytes = answer.raw.read(decode_content=True)
        return found

    def call(self, operation: str, **arguments: str) -> bytes:
        if not self.head:
            self.log_on()
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in arguments.items())
        return self.post(f'<{operation} xmlns="{NS}">{inner}</{operation}>')

    def log_on(self) -> None:
        answer = self.post(f'<logon xmlns="{NS}"><username>{self.user}</username><password>hub</password></logon>')
        session = answer.split(b"<sessionid>")[1].split(b"<")[0].decode()
        self.head = f'<SessionHeader xmlns="{NS}"><sessionId>{session}</sessionId></SessionHeader>'

    def log_off(self) -> None:
        if self.head:
            self.call("logoff")

    def query(self, where: str) -> tuple[list[Row], bool]:
        answer = self.call("query", queryString=f"{where} and {LIVE}", entityname="company")
        names = NAMES
        rows = [{names[e.tag]: e.text or "" for e in record} for record in etree.fromstring(answer).iter(RECORDS)]
        return rows, b"<more>true" in answer[-300:]

    def keys(self, where: str) -> tuple[list[str], bool]:
        """The keys of records, in order."""
        given = {"fieldlist": "comp_companyid", "queryString": f"{where} and {LIVE}", "entityname": "company"}
        answer = self.call("queryrecord", **given, orderby="comp_companyid")
        return [part.split(b"<", 1)[0].decode() for part in answer.split(VALUE)[1:]], b"<more>true" in answer[-300:]

    def newest(self, field: str) -> str:
        """The greatest value of a field: the first that the answer holds."""
        given = {"fieldlist": f"comp_{field}", "queryString": LIVE, "entityname": "company"}
        answer = self.call("queryrecord", **given, orderby=f"comp_{field} desc")
        return answer.split(VALUE, 1)[1].split(b"<", 1)[0].decode()

    def windows(self) -> Iterator[list[Row]]:
        """Everything, by windows of keys that fit one answer."""
        end = int(self.newest("companyid"))
        for low in range(0, end, PAGE):
            yield self.query(f"comp_companyid > {low} and comp_companyid <= {min(low + PAGE, end)}")[0]

    def changed(self, start: str) -> Iterator[list[Row]]:
        """What changed: one question if it fits one answer, else lists of keys in order and their records."""
        where = f"comp_updateddate >= '{start}'"
        rows, more = self.query(where)
        if not more:
            yield rows
            return
        key = 0
        while more:
            keys, more = self.keys(f"{where} and comp_companyid > {key}")
            key = int(keys[-1])
            yield self.query(f"comp_companyid in ({','.join(keys)})")[0]

    def deleted(self, since: str) -> list[str]:
        answer = self.call(
            "queryid", queryString="comp_deleted is not null", entityname="company", orderby="comp_companyid",
            journaltoken=since, showdeletedrecords="true",
        )  # fmt: skip
        return [e.findtext(ID) for e in etree.fromstring(answer).iter(RECORDS) if e.findtext(DELETED) == "true"]


# -- the ERP: REST ----------------------------------------------------------------------------------------------------


class Erp:
    """The feed of changes, and the batch endpoint."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers.update({"X-Api-Key": "sandbox", "Content-Type": "application/json"})

    def call(self, method: str, path: str, body: bytes | None = None) -> Any:
        answer = self.http.request(method, self.url + path, data=body, stream=True)
        return orjson.loads(answer.raw.read(decode_content=True))

    def changes(self, after: int) -> Iterator[tuple[list[Row], int]]:
        more = True
        while more:
            page = self.call("GET", f"/suppliers/changes?after={after}&limit={PAGE}")
            after, more = page["next"], page["more"]
            yield page["items"], after

    def write(self, items: list[Row]) -> list[str]:
        """The ids of what was written, in order."""
        ids: list[str] = []
        for n in range(0, len(items), BATCH):
            done = self.call("POST", "/suppliers/batch", orjson.dumps({"items": items[n : n + BATCH]}))["items"]
            ids += [str(one["supplierid"]) for one in done if one["status"] < 300]
        if len(ids) != len(items):
            raise SystemExit(f"{len(items) - len(ids)} of {len(items)} writes were refused")
        return ids


# -- the store --------------------------------------------------------------------------------------------------------

TABLES = (
    "CREATE TABLE IF NOT EXISTS held (side INTEGER NOT NULL, key TEXT NOT NULL, ext TEXT, hash {blob}, doc {blob},"
    " PRIMARY KEY (side, key)) {tail}",
    "CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)
KEEP = "ON CONFLICT (side, key) DO UPDATE SET hash = excluded.hash, doc = excluded.doc"
MARK = "INSERT INTO mark VALUES ({0}, {0}) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
CRM, ERP = 1, 2


class Lite:
    """SQLite, as safe as the hub's: WAL, FULL, 8 MiB of cache."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-8192"):
            self.db.execute(f"PRAGMA {pragma}")
        for table in TABLES:
            self.db.execute(table.format(blob="BLOB", tail="WITHOUT ROWID"))

    def marks(self) -> dict[str, str]:
        return dict(self.db.execute("SELECT name, value FROM mark").fetchall())

    def load(self, side: int, keys: list[str]) -> dict[str, Any]:
        sql = "SELECT h.key, h.ext, h.hash, h.doc FROM json_each(?) j CROSS JOIN held h ON h.side=? AND h.key=j.value"
        return {row[0]: row for row in self.db.execute(sql, (orjson.dumps(keys).decode(), side))}

    def save(self, side: int, rows: list[Saved], marks: dict[str, str]) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(f"INSERT INTO held (side, key, ext, hash, doc) VALUES ({side},?,?,?,?) {KEEP}", rows)
        self.db.executemany(MARK.format("?"), marks.items())
        self.db.execute("COMMIT")


class Grown:
    """PostgreSQL."""

    def __init__(self, url: str) -> None:
        import psycopg

        self.db = psycopg.connect(url, autocommit=True)
        for table in TABLES:
            self.db.execute(table.format(blob="BYTEA", tail=""))

    def marks(self) -> dict[str, str]:
        return dict(self.db.execute("SELECT name, value FROM mark").fetchall())

    def load(self, side: int, keys: list[str]) -> dict[str, Any]:
        sql = "SELECT key, ext, hash, doc FROM held WHERE side=%s AND key = ANY(%s)"
        return {row[0]: row for row in self.db.execute(sql, (side, keys), binary=True)}

    def save(self, side: int, rows: list[Saved], marks: dict[str, str]) -> None:
        arrays = "unnest(%s::text[], %s::text[], %s::bytea[], %s::bytea[])"
        with self.db.transaction():
            if rows:
                columns = [list(column) for column in zip(*rows, strict=True)]
                sql = f"INSERT INTO held (side, key, ext, hash, doc) SELECT {side}, * FROM {arrays} {KEEP}"
                self.db.execute(sql, columns)
            for mark in marks.items():
                self.db.execute(MARK.format("%s"), mark)


# -- the work ---------------------------------------------------------------------------------------------------------


class Floor:
    """One phase after the other. Marks: `crm`, the newest date seen; `erp`, the last number of the feed."""

    def __init__(self, crm: Crm, erp: Erp, store: Lite | Grown) -> None:
        self.crm, self.erp, self.store = crm, erp, store
        self.read = self.written = 0

    def run(self, phase: str) -> steps.Counts:
        self.read = self.written = 0
        everything = phase in ("initial", "reread")
        marks = {} if everything else self.store.marks()
        self.suppliers(int(marks.get("erp", 0)))
        if everything:
            newest = self.crm.newest("updateddate")
            for rows in self.crm.windows():
                self.companies(rows, newest, fresh=phase == "initial")
        else:
            self.changes(marks["crm"])
        return {"read": self.read, "written": self.written}

    def changes(self, mark: str) -> None:
        """What changed since a minute before the newest date: a write may become visible that late."""
        start = (datetime.fromisoformat(mark) - timedelta(seconds=60)).isoformat()
        if self.crm.deleted(start):
            raise SystemExit("nothing is deleted in this benchmark")
        for rows in self.crm.changed(start):
            if rows:
                mark = max(mark, max(row["updateddate"] for row in rows))
                self.companies(rows, mark, fresh=False)

    def companies(self, rows: list[Row], mark: str, *, fresh: bool) -> None:
        """One page: map, compare, write what differs, keep it."""
        self.read += len(rows)
        held = {} if fresh else self.store.load(CRM, [row["companyid"] for row in rows])
        new: list[Row] = []
        edits: list[Row] = []
        created: list[tuple[str, bytes, bytes]] = []
        updated: list[Saved] = []
        for row in rows:
            key, values = row["companyid"], supplier(row)
            document = orjson.dumps(values)  # always in the order of `supplier`
            hash_, old = digest(document), held.get(key)
            if old is None:
                new.append({"op": "create", "supplier": values})
                created.append((key, hash_, document))
            elif old[2] != hash_:
                before = orjson.loads(old[3])
                edit = {name: value for name, value in values.items() if before[name] != value}
                edits.append({"op": "update", "supplierid": int(old[1]), "supplier": edit})
                updated.append((key, old[1], hash_, document))
        ids = self.erp.write(new + edits)
        saved: list[Saved] = [(key, id_, hash_, doc) for (key, hash_, doc), id_ in zip(created, ids, strict=False)]
        self.written += len(ids)
        self.store.save(CRM, saved + updated, {"crm": mark})

    def suppliers(self, after: int) -> None:
        """What the ERP shows is compared and kept; in these phases nobody edits there."""
        for items, after in self.erp.changes(after):  # noqa: B020 - the feed goes on from its last number
            if not items:
                continue
            self.read += len(items)
            held = self.store.load(ERP, [str(item["supplierid"]) for item in items])
            rows: list[Saved] = []
            for item in items:
                key, hash_ = str(item["supplierid"]), digest(orjson.dumps([item[name] for name in FIELDS]))
                if key not in held or held[key][2] != hash_:
                    rows.append((key, None, hash_, None))
            self.store.save(ERP, rows, {"erp": str(after)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--crm", "--erp", "--store"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    lite = given.store.startswith("sqlite")
    store = Lite(given.store.removeprefix("sqlite:///")) if lite else Grown(given.store)
    floor = Floor(Crm(given.crm, "floor"), Erp(given.erp), store)
    steps.serve(floor.run)
    floor.crm.log_off()


if __name__ == "__main__":
    main()
