"""Answers as rows, by local name: whatever the prefix, the order of the elements, or the nesting of child records."""

from typing import Any, NamedTuple

from lxml import etree

from hub.core.errors import TryLater
from hub.transport.xml import local

Row = dict[str, str]

#: Does any record hold elements with elements in them: child records, wrapped in a list or bare?
_NESTED = etree.XPath("boolean(*/*/*)")
_MOST_NAMES = 10_000


class Rows(NamedTuple):
    """One answer to a query. `more`: it is not all that the query asked for."""

    rows: list[Row]
    more: bool


class _Names(dict[str, str]):
    """Tag to short name, each worked out once: the loop over a page is a dict look-up per element."""

    def __missing__(self, tag: str) -> str:
        name = local(tag).lower()
        if len(self) < _MOST_NAMES:
            self[tag] = name
        return name


_NAMES = _Names()


def typed_rows(response: Any, where: str) -> Rows:
    """The records of `query`, `queryid` or `queryidnodate`, an element a field; child records are left out.

    An empty element is empty text. Raises TryLater (answer.cut) when the answer is not whole.
    """
    records, more = _records(response, where)
    names = _NAMES
    if _NESTED(records[0].getparent()) if records else False:
        return Rows([{names[e.tag]: e.text or "" for e in record if not len(e)} for record in records], more)
    return Rows([{names[e.tag]: e.text or "" for e in record} for record in records], more)


def listed_rows(response: Any, prefix: str, where: str) -> Rows:
    """The records of `queryrecord`: a name and a value a field."""
    records, more = _records(response, where)
    return Rows([_listed(record, prefix) for record in records], more)


def _listed(record: Any, prefix: str) -> Row:
    names = _NAMES
    row: Row = {}
    for field in record:
        if not len(field):
            continue
        parts = {names[e.tag]: e.text or "" for e in field}
        if "records" not in parts and "name" in parts:
            row[parts["name"].lower().removeprefix(prefix)] = parts.get("value", "")
    return row


def _records(response: Any, where: str) -> tuple[list[Any], bool]:
    result = child(response, "result")
    if result is None:
        raise TryLater("answer.cut", f"{where}: an answer without a result")
    records, rest = [], {}
    names = _NAMES
    for element in result:
        name = names[element.tag]
        if name == "records":
            records.append(element)
        else:
            rest[name] = (element.text or "").strip().lower()
    size = rest.get("size", "")
    if size.isdecimal() and len(records) < int(size):
        raise TryLater("answer.cut", f"{where}: {size} records announced, {len(records)} came")
    if "more" not in rest:
        raise TryLater("answer.cut", f"{where}: the answer does not say whether there is more")
    return records, rest["more"] in ("true", "1")


def child(element: Any, name: str) -> Any:
    """The first child of that local name, in lower case; None if there is none."""
    return next((e for e in element if _NAMES[e.tag] == name), None)


def values(response: Any, name: str) -> list[str]:
    """The text of every element of that local name, wherever it is."""
    return [(e.text or "").strip() for e in response.iter() if _NAMES[e.tag] == name]


def flag(text: str) -> bool:
    return text.strip().lower() in ("true", "1")
