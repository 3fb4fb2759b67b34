"""A record, and the values the hub compares.

A *raw* value is what a system's decoder yields: text from XML; text, numbers, booleans and null from JSON.
A *value* is the hub's own canonical form, the same for every system, so that equal means equal:

    text, choice, reference   str
    integer                   int
    decimal                   str, plain notation at the field's scale: "12.50"
    boolean                   bool
    date                      str, "2026-11-22"
    date-time                 str in UTC, "2026-11-22T09:00:00Z", with ".123456" only if not zero

`None` is "known to be empty". A field that is not in `Fields` at all is *absent*: the system did not say,
so nothing may be concluded from it.
"""

from typing import Any, NamedTuple

Value = str | int | bool | None
Fields = dict[str, Value]
Raw = dict[str, Any]


class Record(NamedTuple):
    """One record as its system holds it."""

    key: str
    fields: Raw
    #: Changes whenever the record does (ETag, row version, change stamp). None: the system has no versions.
    version: str | None = None
    #: When it last changed, as the system writes it; `Adapter.when` turns it into an instant. None: it does not say.
    stamp: str | None = None
