"""The vocabulary of `x-hub`, as it is written in the document or in its overlay (docs/adapter-rest.md)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Meaning = Literal["done", "gone", "stale", "refused", "denied", "later", "unknown"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _short(name: str) -> BeforeValidator:
    """A plain text stands for the part with only this setting."""
    return BeforeValidator(lambda value: {name: value} if isinstance(value, str) else value)


class Call(Part):
    """One operation of the document, and how it is filled in."""

    #: "METHOD /path" as in `paths`, or an operationId. Path parameters hold the key unless `path` says otherwise.
    call: str
    path: dict[str, str] = {}
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    body: Any = None
    #: Content-Type of the body; application/x-www-form-urlencoded sends it as a form.
    type: str = "application/json"
    #: Text to put in place of single characters of {value}, {values} and {since}: {"'": "''"}.
    escape: dict[str, str] = {}


class Paging(Part):
    """How to get at the next page."""

    by: Literal["none", "offset", "page", "range", "cursor", "link", "key"] = "none"
    #: The number of the first page (by: page), or the first cursor.
    first: int | str | None = None
    #: by cursor or link: where the answer holds it. by link without it: the header Link.
    next: str | None = None
    #: Where the answer holds the number of all rows; "header:NAME" for a header (Content-Range is understood).
    total: str | None = None
    #: Where the answer says whether there is more.
    more: str | None = None
    #: A page with fewer rows than asked for is the last. Only true where the server never cuts the page size.
    short: bool = False
    #: by offset: ask for the last row of the page before once more, and start again when it is another one.
    check: bool = True


class Listing(Call):
    """An operation that answers with rows."""

    #: Where they are. "": the answer is the list.
    items: str = ""
    paging: Annotated[Paging, _short("by")] = Paging()
    #: Statuses that mean: no rows.
    empty: tuple[int, ...] = ()
    #: Rows to ask for. None: the system's setting `page`.
    limit: int | None = None


class Batched(Listing):
    """A listing that asks for several keys or values in one call."""

    size: int = Field(default=1, ge=1)
    join: str = ","


class Stamp(Part):
    """When a record last changed."""

    field: str
    #: Where to look when `field` is null or missing: null until the first change.
    other: str | None = None
    kind: Literal["iso", "epoch", "epoch-ms", "http-date"] = "iso"
    #: iso: the zone of stamps that carry none.
    zone: str = "UTC"


class Changes(Listing):
    """What changed: by a sequence number (feed), or since a stamp."""

    by: Literal["feed", "since"]
    #: feed: where the answer holds the number to go on from, and the first number.
    next: str | None = None
    start: int | str = 0
    #: Where the answer holds the deleted: keys, or rows whose key is at `deleted_key`.
    deleted: str | None = None
    deleted_key: str = ""
    #: since: ask again for so many seconds before the newest stamp: late commits, coarse stamps.
    overlap: float = Field(default=0, ge=0)
    #: since: the rows come in the order of their stamp.
    sorted: bool = False
    #: Days for which the system goes on telling of a change or a deletion. None: for ever.
    keeps: float | None = Field(default=None, gt=0)
    #: deletions: their stamp, where it is not that of the records.
    stamp: Annotated[Stamp | None, _short("field")] = None


class Version(Part):
    """What changes whenever the record does."""

    field: str | None = None
    #: A header of the answer to reading or writing one record.
    header: str | None = None


class Flag(Part):
    """Records that are marked as deleted."""

    field: str
    values: list[Any] = [True, 1, "true", "1"]


class Answered(Part):
    """What a write answers."""

    #: Where the record is, "" for the answer itself; "0" for a list of one.
    record: str | None = None
    #: Where the key is; "" for a bare number or text; "header:Location" for the end of that address.
    key: str | None = None


class Writing(Call):
    """An operation that writes one record."""

    body: Any = "{fields}"
    answer: Answered = Answered()


class Outcome(Part):
    """What a batch answers for each item; places in the item."""

    items: str
    status: str | None = None
    key: str | None = None
    record: str | None = None
    version: str | None = None
    #: Where the item says which write it is for: its place counted from 0, and the token of a create.
    index: str | None = None
    token: str | None = None


class Batch(Call):
    """An operation that writes several records, each with an outcome of its own."""

    size: int = Field(ge=1)
    create: Any = None
    update: Any = None
    delete: Any = None
    answer: Outcome


class Reading(Part):
    one: Annotated[Writing, _short("call")] | None = None
    many: Batched | None = None


class Errors(Part):
    """How errors look, in any answer. Places in the answer, or in a batch's item."""

    #: Something is here: the call failed, whatever the status.
    at: str | None = None
    code: str | None = None
    message: str | None = None
    #: A list of errors per field (`field` and `said` are places in one), or an object of them.
    fields: str | None = None
    field: str = "field"
    said: str = "message"
    #: Values of `code` that are no error. When this is set, any other is one.
    ok: tuple[Any, ...] = ()
    codes: dict[str, Meaning] = {}
    status: dict[int, Meaning] = {}


class Canary(Call):
    """A call that shows whether the system knows us, for systems that answer a wrong key as to a visitor."""

    #: Places in the answer and the texts expected there; "*": anything but nothing.
    want: dict[str, str]


class Object(Part):
    """One kind of record."""

    entity: str | None = None
    #: The schema of a record: a name in components/schemas (or definitions).
    of: str | None = Field(default=None, alias="schema")
    key: str
    version: Annotated[Version, _short("field")] | None = None
    stamp: Annotated[Stamp, _short("field")] | None = None
    list: Listing
    changes: Changes | None = None
    deletions: Changes | None = None
    deleted: Flag | None = None
    keys: Listing | None = None
    read: Reading = Reading()
    #: By raw field; "*" for every field.
    find: dict[str, Batched] = {}
    create: Annotated[Writing, _short("call")] | None = None
    update: Annotated[Writing, _short("call")] | None = None
    delete: Annotated[Writing, _short("call")] | None = None
    batch: Batch | None = None
    errors: Errors | None = None
    #: Fields in which the system writes & < > and quotes as entities.
    entities: tuple[str, ...] = ()


class Hub(Part):
    """`x-hub` at the root."""

    version: Literal[1]
    #: Which of `servers`, and the values of its variables.
    server: int = 0
    variables: dict[str, str] = {}
    errors: Errors = Errors()
    canary: Canary | None = None
    objects: dict[str, Object]
