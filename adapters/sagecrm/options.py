"""Settings of a Sage CRM and of one of its entities, as the files say them."""

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from hub.adapter import SecretName

#: A name that may stand in SQL and in XML: nothing else gets into either without being quoted.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Name = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"expected a time zone such as Europe/Paris, got {name!r}") from None
    return name


class Options(BaseModel, frozen=True, extra="forbid"):
    """How to reach a Sage CRM's web services, and how it keeps its dates."""

    #: The address of the service: https://server/crm/eware.dll/WebServices/SOAP
    url: str
    user: str
    password: SecretName
    #: A file of the project's wsdl/ folder. Not needed to run: `hub check` compares it with what the hub calls, and
    #: it tells the fields of an entity of which the server gives no metadata.
    wsdl: str | None = None
    #: The time zone of the server, whose wall clock its dates show.
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    #: The server's setting "Send and return all dates and times in universal time".
    universal_time: bool = False
    #: Records to ask for at once. The server's own limit is found out.
    page: int = Field(500, ge=1, le=10_000)
    #: Seconds by which a poll looks back before the newest date seen: what a write may stay unseen for.
    overlap: int = Field(60, ge=1, le=86_400)
    #: typed: `query`, as Sage CRM's own clients do. records: `queryrecord` with only the mapped columns, for
    #: servers on which `query` is slow because it brings addresses, phones and people along.
    read: Literal["typed", "records"] = "typed"
    #: How deletes are found between comparisons of all keys.
    deletes: Literal["queryid", "none"] = "queryid"
    allow_plain_http: bool = False
    #: A file of the project folder with the certificates of the authorities to trust, instead of the usual ones.
    ca_file: str | None = None
    #: Seconds. A live server takes 10 to 20 for a page of companies.
    connect_timeout: float = Field(5.0, gt=0)
    read_timeout: float = Field(120.0, gt=0)
    total_timeout: float = Field(300.0, gt=0)
    #: None: as fast as it answers.
    calls_per_second: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _one_clock(self) -> "Options":
        if self.universal_time and self.zone != "UTC":
            said = f"universal_time: the server then sends UTC, so leave out zone {self.zone!r}, or say false here"
            raise ValueError(said)
        return self


class ObjectOptions(BaseModel, frozen=True, extra="forbid"):
    """What the hub does not know of a custom entity, or knows wrongly of another."""

    #: The short name of the field that holds its key: `companyid`.
    id: Name | None = None
    #: What its database columns begin with: `comp_`.
    prefix: Name | None = None
    #: The short name of the date of its last change.
    updated: Name = "updateddate"
    #: The short name of the column that marks deleted rows. None: it has none.
    deleted: Name | None = "deleted"
    #: The database columns of fields whose column is not prefix + name.
    columns: dict[Name, Name] = {}
