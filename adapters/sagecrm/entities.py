"""What the adapter knows of an entity: its key, its columns, and the conditions made of them.

Two worlds of names: records use short names (`name`), conditions use database columns (`comp_name`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from adapters.sagecrm.options import NAME, ObjectOptions
from hub.adapter import ObjectUse
from hub.core.errors import ConfigError

_PREFIXES = {
    "company": "comp_",
    "person": "pers_",
    "address": "addr_",
    "phone": "phon_",
    "email": "emai_",
    "opportunity": "oppo_",
    "cases": "case_",
    "communication": "comm_",
    "comm_link": "cmli_",
    "lead": "lead_",
    "notes": "note_",
    "users": "user_",
    "quotes": "quot_",
    "orders": "orde_",
    "quoteitems": "quit_",
    "orderitems": "orit_",
    "newproduct": "prod_",
    "products": "prod_",
    "productfamily": "prfa_",
    "pricing": "pric_",
    "pricinglist": "prli_",
    "uom": "uom_",
    "uomfamily": "uofa_",
    "address_link": "adli_",
    "person_link": "peli_",
    "phonelink": "plink_",
    "emaillink": "elink_",
    "library": "libr_",
    "campaigns": "camp_",
    "waves": "wave_",
    "waveitems": "wait_",
    "currency": "curr_",
    "channel": "chan_",
    "opportunityitem": "oppi_",
}
_KEYS = {
    "cases": "caseid",
    "quotes": "orderquoteid",
    "orders": "orderquoteid",
    "quoteitems": "lineitemid",
    "orderitems": "lineitemid",
    "notes": "noteid",
    "newproduct": "productid",
    "products": "productid",
    "users": "userid",
    "address_link": "addresslinkid",
    "comm_link": "commlinkid",
    "person_link": "personlinkid",
    "phonelink": "linkid",
    "emaillink": "linkid",
    "uomfamily": "familyid",
    "campaigns": "campaignid",
    "waves": "waveid",
    "waveitems": "waveitemid",
}


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity in use."""

    name: str
    #: Short names, lower case.
    key: str
    prefix: str
    updated: str
    deleted: str | None
    #: The mapped fields.
    fields: tuple[str, ...]
    #: The subset to report changes of, as a where text. None: all of it.
    filter: str | None
    columns: Mapping[str, str]

    def column(self, field: str) -> str:
        return self.columns.get(field) or self.prefix + field

    @property
    def live(self) -> str:
        """Deleted rows stay in the table; whether `query` hides them is not known, so it is always said."""
        return f"{self.column(self.deleted)} is null" if self.deleted else ""

    @property
    def subset(self) -> str:
        return f"({self.filter})" if self.filter else ""

    def one_of(self, keys: Iterable[str]) -> str:
        """`keys` are numbers already."""
        return f"{self.column(self.key)} in ({','.join(keys)})"

    def between(self, low: int | None, high: int | None) -> str:
        """Keys above `low` and up to `high`."""
        column = self.column(self.key)
        return both(f"{column} > {low}" if low is not None else "", f"{column} <= {high}" if high is not None else "")

    def changed(self, start: str, end: str | None = None) -> str:
        """Changed at `start` or later, and before `end`."""
        column = self.column(self.updated)
        return both(f"{column} >= '{start}'", f"{column} < '{end}'" if end else "")


def both(*conditions: str) -> str:
    """All of them; an empty one says nothing."""
    return " and ".join(c for c in conditions if c) or "1=1"


def quoted(value: str) -> str:
    """A value as SQL text."""
    return "'" + value.replace("'", "''") + "'"


def entity(use: ObjectUse) -> Entity:
    """An object in use, completed with what is known of it; raises ConfigError with all that is missing."""
    try:
        options = ObjectOptions(**dict(use.options))
    except ValidationError as error:
        problems = [f"{use.name}.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise ConfigError(problems, "sage.objects") from error
    name = use.name.lower()
    prefix = (options.prefix or _PREFIXES.get(name, "")).lower()
    if not prefix or not NAME.fullmatch(name):
        said = f"{use.name}: not an entity that the hub knows; set the object's `prefix` (such as comp_) and `id`"
        raise ConfigError([said], "sage.entity")
    problems = [p for field in use.fields if (p := _misnamed(use.name, field, prefix))]
    if problems:
        raise ConfigError(problems, "sage.field")
    key = (options.id or _KEYS.get(name, name + "id")).lower()
    columns = {field.lower(): column for field, column in options.columns.items()}
    deleted = options.deleted.lower() if options.deleted else None
    return Entity(name, key, prefix, options.updated.lower(), deleted, use.fields, use.filter, columns)


def _misnamed(obj: str, field: str, prefix: str) -> str | None:
    right = field.lower().removeprefix(prefix)
    if field == right and NAME.fullmatch(field):
        return None
    return f"{obj}.{field}: records use the short name in lower case, expected {right!r}"
