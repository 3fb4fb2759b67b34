"""The suppliers a sandbox starts with: two thirds are companies of the CRM of the same seed, the rest is new."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from hub.sandbox.erp.fields import EMPTY, Values
from hub.sandbox.people import Company, companies

#: More companies than this are the same ones over again under numbered names.
DISTINCT = 10_000
#: Of three suppliers in a row the third is unknown to the CRM.
EVERY = 3


def suppliers(n: int, seed: str) -> Iterator[tuple[Values, datetime]]:
    """`n` suppliers with the moments they were last changed, always the same for a seed."""
    fresh = n // EVERY
    shared, new = _firms(n - fresh, seed), _firms(fresh, f"{seed} supplier")
    for i in range(n):
        if i % EVERY == EVERY - 1:
            yield _new(next(new))
        else:
            yield _shared(next(shared), i - i // EVERY)


def edited(values: Values) -> Values:
    """A few fields of a supplier after somebody worked on it."""
    phone = values["phone"] or "+0"
    return {"phone": f"{phone[:-1]}{(ord(phone[-1]) - 47) % 10}", "credit_limit": (values["credit_limit"] or 0) + 1}


def _firms(n: int, seed: str) -> Iterator[Company]:
    """The companies of this seed, as far as they go; after that with a number in name and VAT number."""
    first = companies(min(n, DISTINCT), seed)
    for i, company in enumerate(islice(cycle(first), n)):
        turn = i // DISTINCT
        yield company if not turn else {**company, **_numbered(company, i, turn)}


def _numbered(company: Company, i: int, turn: int) -> dict[str, Any]:
    return {"name": f"{company['name'][:30]} {i}", "vatnumber": f"{company['vatnumber']}-{turn}"}


def _shared(company: Company, i: int) -> tuple[Values, datetime]:
    """A company as the ERP's people wrote it down: some names in capitals, some phones with another last digit."""
    values, moment = _supplier(company)
    if i % 4 == 1:
        values["name"] = values["name"].upper()
    if i % 5 == 2:
        values["phone"] = edited(values)["phone"]
    return values, moment + timedelta(days=i % 3 - 1)


def _new(company: Company) -> tuple[Values, datetime]:
    """A company that no CRM knows: its VAT number begins with 0, theirs never do."""
    values, moment = _supplier(company)
    vat = values["vat"]
    return {**values, "vat": f"{vat[:2]}0{vat[3:]}"}, moment


def _supplier(company: Company) -> tuple[Values, datetime]:
    values = {
        **EMPTY,
        "name": company["name"][:40],
        "kind": company["type"].lower(),
        "status": "A" if company["status"] == "Active" else "I",
        "channel": company["source"],
        "headcount": int(company["employees"]),
        "industry": company["sector"],
        "url": company["website"],
        "email": company["emailaddress"],
        "phone": company["phone"],
        "street": company["address1"],
        "city": company["city"],
        "postcode": company["postcode"],
        "country": company["country"],
        "vat": company["vatnumber"],
        "credit_limit": float(company["creditlimit"]),
        "discount": float(company["discount"]),
        "blocked": company["onhold"],
        "note": company["notes"] or None,
    }
    return values, company["updateddate"].replace(tzinfo=UTC)
