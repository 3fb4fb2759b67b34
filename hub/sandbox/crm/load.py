"""The companies a CRM starts with: a few realistic ones with their people, or very many plain ones."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from hub.sandbox.crm.records import Records
from hub.sandbox.crm.schema import COMPANY, EMAIL, ENTITIES, PERSON, PHONE, USERS, Entity
from hub.sandbox.people import Company, companies, persons

#: More companies than this are the plain ones, whatever the seed.
REALISTIC = 10_000
#: The seed of the plain ones.
PLAIN = "load"

EPOCH = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - the CRM keeps wall clock time without a zone
CITIES = ("Dublin", "Köln", "Łódź", "Madrid", "Leeds", "Lyon", "Graz", "Porto")
KINDS = ("Customer", "Prospect", "Supplier", "Partner")
#: Who made the first rows; no user of the web services and not the one of the page.
LOADER = 1
ROWS_A_TRANSACTION = 50_000

Row = tuple[Any, ...]


def load(records: Records, count: int, seed: str) -> None:
    """Fill an empty CRM with `count` companies; the same for a seed."""
    if seed == PLAIN or count > REALISTIC:
        _insert(records, COMPANY, PLAIN_NAMES, (plain(i) for i in range(1, count + 1)))
    else:
        _realistic(records, count, seed)
    records.index()
    records.fragments.clear()
    records.fragments.note_parents()


def clear(records: Records) -> None:
    """An empty CRM but for its users, with the widths of its columns as they were made."""
    with records.transaction():
        for entity in ENTITIES.values():
            if entity is not USERS:
                records.db.execute(f"DELETE FROM {entity.name}")  # noqa: S608
        records.db.execute("DELETE FROM widths")
    records.fragments.clear()


#: The columns of a plain company, in the order of `plain`.
PLAIN_NAMES = (
    "companyid", "name", "type", "status", "source", "secterr", "revenue", "employees", "sector", "website",
    "emailaddress", "phone", "address1", "city", "postcode", "country", "vatnumber", "currency", "creditlimit",
    "discount", "onhold", "primaryuserid", "createddate", "updateddate", "notes", "createdby", "updatedby", "timestamp",
)  # fmt: skip


def plain(i: int) -> Row:
    """Company `i`; each was updated a minute after the one before it."""
    at = (EPOCH + dt.timedelta(minutes=i)).isoformat()
    return (
        i, f"Smith & Sons {i} Ltd", KINDS[i % 4], "Active" if i % 7 else "Inactive", "Web", str(-(i % 9) * 1000),
        f"{(i % 5) + 1}-{(i % 5) + 5}m", str(10 + i % 90), "Manufacturing", f"https://www.company{i}.example",
        f"info0@company{i}.example", f"+353 1 {5000000 + i}", f"{i % 300} High Street", CITIES[i % 8],
        f"D{i % 24:02d} X{i % 9000:04d}", "IE", f"IE{i:08d}T", "EUR", 1000.5 + i % 50000, 2.25, int(i % 11 == 0),
        i % 40, at, at, "" if i % 3 else f"Called on day {i % 365}; <ok>", LOADER, LOADER, at,
    )  # fmt: skip


def _realistic(records: Records, count: int, seed: str) -> None:
    made = companies(count, seed)
    names = ("companyid", *made[0], "createdby", "updatedby", "timestamp") if made else ()
    _insert(records, COMPANY, names, (_company(i, c) for i, c in enumerate(made, 1)))
    staff = [(i, person) for i in range(count) for person in persons(i, seed)]
    ids = list(enumerate(staff, 1))
    shared = ("createdby", "updatedby", "createddate", "updateddate", "timestamp")
    at = EPOCH.isoformat()
    audit = (LOADER, LOADER, at, at, at)
    names = ("personid", "companyid", "firstname", "lastname", "title", "emailaddress", *shared)
    _insert(
        records,
        PERSON,
        names,
        ((n, i + 1, *(p[k] for k in ("firstname", "lastname", "title", "emailaddress")), *audit) for n, (i, p) in ids),
    )
    names = ("phoneid", "type", "number", "personid", *shared)
    _insert(records, PHONE, names, ((n, "Business", p["phone"], n, *audit) for n, (_, p) in ids))
    names = ("emailid", "type", "emailaddress", "personid", *shared)
    _insert(records, EMAIL, names, ((n, "Business", p["emailaddress"], n, *audit) for n, (_, p) in ids))


def _company(i: int, made: Company) -> Row:
    values = {
        **made,
        "creditlimit": float(made["creditlimit"]),
        "discount": float(made["discount"]),
        "onhold": int(made["onhold"]),
        "notes": made["notes"] or None,
        "createddate": made["createddate"].isoformat(),
        "updateddate": made["updateddate"].isoformat(),
    }
    return (i, *values.values(), LOADER, LOADER, values["updateddate"])


def _insert(records: Records, entity: Entity, names: Iterable[str], rows: Iterator[Row]) -> None:
    columns = [entity.db(n) for n in names]
    sql = f"INSERT INTO {entity.name}({','.join(columns)}) VALUES({','.join('?' * len(columns))})"
    while some := list(islice(rows, ROWS_A_TRANSACTION)):
        with records.transaction():
            records.db.executemany(sql, some)
