"""The entities of the CRM: what their columns are called in where texts (prefixed) and on the wire (short)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Type = Literal["string", "int", "decimal", "boolean", "dateTime"]

NS = "http://tempuri.org/type"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `length` is in characters, 0: no limit is enforced."""

    name: str
    type: Type = "string"
    length: int = 0
    required: bool = False
    #: Allowed captions of a selection field; others are stored all the same, as a real server does.
    choices: tuple[str, ...] = ()
    #: Off: usable in where texts only, never in a record (`comp_deleted`).
    wire: bool = True


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity, its table, and the lists of other entities that its records carry: element -> entity."""

    name: str
    prefix: str
    key: str
    own: tuple[Column, ...]
    lists: tuple[tuple[str, str], ...] = ()
    columns: tuple[Column, ...] = field(init=False)
    _by_name: dict[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = (Column(self.key, "int"), *self.own, *AUDIT)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "_by_name", {n: c for c in columns for n in (c.name, self.db(c.name))})

    @property
    def wire(self) -> tuple[Column, ...]:
        """The columns that records carry."""
        return tuple(c for c in self.columns if c.wire)

    def db(self, short: str) -> str:
        """`name` -> `comp_name`."""
        return f"{self.prefix}_{short}"

    def column(self, name: str) -> Column | None:
        """The column of a short or prefixed name in any case. None: there is none."""
        return self._by_name.get(name.strip().lower())


def _texts(*pairs: tuple[str, int]) -> Iterable[Column]:
    return (Column(name, "string", length) for name, length in pairs)


#: Written by the server itself.
AUDIT = (
    Column("createdby", "int"),
    Column("createddate", "dateTime"),
    Column("updatedby", "int"),
    Column("updateddate", "dateTime"),
    Column("timestamp", "dateTime"),
    Column("deleted", "int", wire=False),
)
READ_ONLY = frozenset(c.name for c in AUDIT)

COMPANY = Entity(
    "company",
    "comp",
    "companyid",
    (
        Column("name", "string", 60, required=True),
        Column("type", "string", 40, choices=("Customer", "Prospect", "Supplier", "Partner", "Competitor")),
        Column("status", "string", 40, choices=("Active", "Inactive", "Archive")),
        Column("source", "string", 40, choices=("Web", "Referral", "Trade Show", "Cold Call", "Advertisement")),
        *_texts(("secterr", 40), ("revenue", 40), ("employees", 40), ("sector", 40), ("website", 80)),
        *_texts(("emailaddress", 80), ("phone", 40), ("address1", 80), ("city", 40), ("postcode", 20)),
        *_texts(("country", 40), ("vatnumber", 20), ("currency", 10)),
        Column("creditlimit", "decimal"),
        Column("discount", "decimal"),
        Column("onhold", "boolean"),
        Column("primaryuserid", "int"),
        *_texts(("notes", 4000), ("supplierid", 20)),
    ),
    # The real one nests phones too; here `phone` is the company's own column, and nested phones go in only.
    (("people", "person"), ("address", "address"), ("email", "email")),
)
_OWNERS = (Column("companyid", "int", wire=False), Column("personid", "int", wire=False))
PERSON = Entity(
    "person",
    "pers",
    "personid",
    (
        Column("companyid", "int"),
        *_texts(("salutation", 20), ("firstname", 30), ("lastname", 40), ("title", 60), ("department", 60)),
        *_texts(("status", 40), ("emailaddress", 80)),
        Column("primaryuserid", "int"),
    ),
    (("email", "email"), ("phone", "phone")),
)
ADDRESS = Entity(
    "address",
    "addr",
    "addressid",
    (
        *_texts(("address1", 80), ("address2", 80), ("city", 40), ("state", 40), ("postcode", 20), ("country", 40)),
        Column("companyid", "int"),
        Column("personid", "int"),
    ),
)
PHONE = Entity(
    "phone",
    "phon",
    "phoneid",
    (
        Column("type", "string", 40, choices=("Business", "Fax", "Mobile")),
        *_texts(("countrycode", 5), ("areacode", 20), ("number", 20)),
        *_OWNERS,
    ),
)
EMAIL = Entity(
    "email",
    "emai",
    "emailid",
    (Column("type", "string", 40, choices=("Business", "Private")), *_texts(("emailaddress", 255)), *_OWNERS),
)
USERS = Entity("users", "user", "userid", tuple(_texts(("logon", 40), ("firstname", 30), ("lastname", 40))))
LIBRARY = Entity("library", "libr", "libraryid", tuple(_texts(("filename", 255), ("note", 255))))

#: Entities whose records carry child records.
OWNERS = (PERSON, COMPANY)
ENTITIES = {e.name: e for e in (COMPANY, PERSON, ADDRESS, PHONE, EMAIL, USERS, LIBRARY)}
