"""Lookups by key, written once for both databases, that cannot turn into a walk over a table.

A page's keys are ONE parameter, so that the statement is the same for every page. In the text:

    {each link l: CONDITION}    the rows of `link` for every key asked (`j.value`)
    {join golden g: CONDITION}  for every row so far, the rows of `golden`; {left ...}: or none
    key {among}                 one of the keys asked
    delivery {by ix_name}       SQLite is to use this index: it does not know how few rows a partial one has
    :name                       a parameter

SQLite keeps the order of a CROSS JOIN. For PostgreSQL the OFFSET 0 is what keeps it from joining another way: until a
table has statistics, it took 3 seconds to find 500 records among 20,000.
"""

import re
from collections.abc import Sequence
from typing import Any

import orjson

_JOIN = re.compile(r"\{(each|join|left) (\w+) (\w+): ([^{}]+)\}")
_BY = re.compile(r" \{by (\w+)\}")
_NAME = re.compile(r"(?<!:):(\w+)")


class Lookup:
    """The text for both databases, as their drivers want it. `kind`: the PostgreSQL type of the keys."""

    def __init__(self, text: str, kind: str = "text") -> None:
        lite = _BY.sub(r" INDEXED BY \1", _JOIN.sub(_lite, text))
        self.lite = lite.replace("{among}", "IN (SELECT value FROM json_each(:keys))")
        grown = _NAME.sub(r"%(\1)s", _BY.sub("", _JOIN.sub(_grown, text)))
        array = f"%(keys)b::{kind}[]"
        self.grown = grown.replace("{among}", f"= ANY ({array})").replace("{keys}", array)


def parameters(lite: bool, keys: Sequence[Any] | None, row: dict[str, Any]) -> dict[str, Any]:
    """What goes with the statement; `keys` None: it asks for none."""
    if keys is None:
        return row
    return {**row, "keys": orjson.dumps(keys).decode() if lite else list(keys)}


def _lite(found: "re.Match[str]") -> str:
    how, table, alias, condition = found.groups()
    joins = {"each": "json_each(:keys) j CROSS JOIN", "join": "CROSS JOIN", "left": "LEFT JOIN"}
    return f"{joins[how]} {table} {alias} ON {condition}"


def _grown(found: "re.Match[str]") -> str:
    how, table, alias, condition = found.groups()
    joins = {"each": "unnest({keys}) AS j(value) CROSS JOIN", "join": "CROSS JOIN", "left": "LEFT JOIN"}
    end = " ON true" if how == "left" else ""
    return f"{joins[how]} LATERAL (SELECT * FROM {table} {alias} WHERE {condition} OFFSET 0) {alias}{end}"
