"""Reading a SOAP page: the Sage CRM adapter against a plain lxml walk and against zeep's objects.

All three begin with the same bytes of an answer to `query` (500 companies) and end with every field of every record.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

from lxml import etree

from adapters.sagecrm.entities import entity
from adapters.sagecrm.reading import Reader
from adapters.sagecrm.session import Session
from benchmarks.counterparts import Counterpart
from benchmarks.figures import Row, median
from benchmarks.floor import NAMES, RECORDS, Crm
from hub.adapter import ObjectUse
from hub.transport.http import Answer

PAGE = 500
#: Pages a measurement; zeep is slow enough with few.
MANY, FEW = 40, 4
WHERE = "comp_companyid <= 500 and comp_deleted is null"
#: The fields of project/mappings/account.crm.yaml.
MAPPED = (
    "address1", "city", "companyid", "country", "creditlimit", "discount", "emailaddress", "employees", "name", "notes",
    "onhold", "phone", "postcode", "secterr", "sector", "source", "status", "type", "vatnumber", "website",
)  # fmt: skip


class Canned:
    """An `hub.transport.http.Http` that gives the same answer to every call."""

    def __init__(self, body: bytes) -> None:
        self._answer = Answer(200, {"Date": "Sun, 01 Nov 2026 10:00:00 GMT"}, body)

    def send(self, *_: Any, **__: Any) -> Answer:
        return self._answer

    def masked(self, text: str) -> str:
        return text

    def close(self) -> None:
        """Nothing is open."""


def measure(crm: Counterpart, rounds: int) -> Row:
    """`crm` holds 500 companies or more."""
    client = Crm(crm.url, "floor")
    body = client.call("query", queryString=WHERE, entityname="company")
    client.log_off()
    ways: dict[str, tuple[Callable[[], int], int]] = {
        "walk": (_walk(body), MANY),
        "adapter": (_adapter(body), MANY),
        "zeep": (_zeep(body, crm.url), FEW),
    }
    for way, _ in ways.values():
        if way() != PAGE:
            raise SystemExit(f"expected {PAGE} records")
    taken = [{name: _timed(way, pages) for name, (way, pages) in ways.items()} for _ in range(rounds)]
    us = {name: median(one[name] for one in taken) / PAGE * 1e6 for name in ways}
    return {
        "name": "read_page",
        "mode": "service",
        "store": "none",
        "records": PAGE,
        "rounds": rounds,
        "ratio": round(median(one["adapter"] / one["walk"] for one in taken), 2),
        "rows_per_s": round(1e6 / us["adapter"]),
        "cpu_s_per_1000": round(us["adapter"] / 1000, 4),
        "peak_mb": None,
        "adapter_us": round(us["adapter"], 1),
        "walk_us": round(us["walk"], 1),
        "zeep_us": round(us["zeep"], 1),
        "zeep_ratio": round(median(one["zeep"] / one["walk"] for one in taken), 1),
    }


def _walk(body: bytes) -> Callable[[], int]:
    names = NAMES

    def walk() -> int:
        return len([{names[e.tag]: e.text or "" for e in one} for one in etree.fromstring(body).iter(RECORDS)])

    return walk


def _adapter(body: bytes) -> Callable[[], int]:
    """Everything that the adapter does to a page: session, checks, names, empty fields, records."""
    http: Any = Canned(body)
    session = Session("crm", http, lambda: b"")
    session._id = "1"
    describer: Any = None  # asked only for fields that a record lacks
    reader = Reader(session, describer, "typed")
    company = entity(ObjectUse("company", MAPPED))
    return lambda: len(reader.records(company, reader.fetch(company, WHERE).rows)[0])


def _zeep(body: bytes, url: str) -> Callable[[], int]:
    """The service's own description, and the objects that zeep makes by it."""
    import zeep
    from zeep.transports import Transport

    client = zeep.Client(f"{url.rpartition('/')[0]}/CRMWebServices.wsdl", transport=Transport())
    binding = next(one for one in client.wsdl.bindings.values() if one._operations)
    operation = binding.get("query")
    return lambda: len(operation.process_reply(etree.fromstring(body)).records)


def _timed(way: Callable[[], int], pages: int) -> float:
    """CPU seconds a page."""
    gc.collect()
    start = time.process_time()
    for _ in range(pages):
        way()
    return (time.process_time() - start) / pages
