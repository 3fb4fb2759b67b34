"""The fields of a company and a supplier side by side, in the hub's terms.

Written anew on purpose, with nothing of the hub's own mapping: the demo's check must not share its mistakes.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

Record = Mapping[str, Any]


def text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def money(value: Any) -> str | None:
    return None if value is None or value == "" else f"{Decimal(str(value)):.2f}"


def whole(value: Any) -> int | None:
    return None if value is None or value == "" else int(value)


def yesno(value: Any) -> bool | None:
    return None if value is None else bool(value)


def lower(value: Any) -> str | None:
    return text(value) and str(value).lower()


def status(value: Any) -> str | None:
    return {"Active": "A", "Inactive": "I"}.get(value, text(value))


class Field(NamedTuple):
    """One field: its name in each system, how it reads in the hub's terms, how much of it the ERP holds."""

    company: str
    supplier: str
    read: Callable[[Any], Any] = text
    room: int | None = None


FIELDS: dict[str, Field] = {
    "name": Field("name", "name", room=40),
    "kind": Field("type", "kind", lower),
    "status": Field("status", "status", status),
    "channel": Field("source", "channel"),
    "headcount": Field("employees", "headcount", whole),
    "industry": Field("sector", "industry"),
    "url": Field("website", "url"),
    "email": Field("emailaddress", "email"),
    "phone": Field("phone", "phone"),
    "street": Field("address1", "street"),
    "city": Field("city", "city"),
    "postcode": Field("postcode", "postcode"),
    "country": Field("country", "country"),
    "vat": Field("vatnumber", "vat"),
    "credit_limit": Field("creditlimit", "credit_limit", money),
    "discount": Field("discount", "discount", money),
    "blocked": Field("onhold", "blocked", yesno),
    "note": Field("notes", "note", room=200),
}
GROUPS = {"address": ("street", "city", "postcode", "country"), "terms": ("credit_limit", "discount")}


def members(units: Iterable[str]) -> set[str]:
    """The fields of these fields and groups."""
    return {name for unit in units for name in GROUPS.get(unit, (unit,))}


def in_crm(company: Record, name: str) -> Any:
    return FIELDS[name].read(company[FIELDS[name].company])


def in_erp(supplier: Record, name: str) -> Any:
    return FIELDS[name].read(supplier[FIELDS[name].supplier])


def as_erp(name: str, value: Any) -> Any:
    """A value of the CRM as the ERP can hold it."""
    room = FIELDS[name].room
    return value[:room] if room is not None and isinstance(value, str) else value


def difference(company: Record, supplier: Record, held: Iterable[str] = ()) -> list[str]:
    """The fields that differ, but for the held ones."""
    wanted = [name for name in FIELDS if name not in members(held)]
    return [name for name in wanted if as_erp(name, in_crm(company, name)) != in_erp(supplier, name)]
