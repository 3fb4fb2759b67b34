"""Dates and instants: what systems write, and the hub's canonical text of it.

An instant without an offset is wall clock time of the zone that the mapping says. In the hour that a clock is
set back it is the first of the two; in the hour that is skipped, the offset of before counts (02:30 is then
the same instant as 03:30), so every wall clock time means exactly one instant.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.record import Value
from hub.core.unfit import expected

_DATE = "a date such as 2026-11-22"
_INSTANT = "a date and time such as 2026-11-22T09:00:00"


def zone_named(name: str) -> tzinfo:
    """An IANA zone. Raises `ValueError` with the reason when there is none of that name."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"expected a time zone such as 'Europe/Berlin', got {name!r}") from error


def read_date(raw: Any) -> Value:
    """A calendar day. A time without an offset is dropped; one with an offset must be midnight."""
    if raw is None or raw == "":
        return None
    try:
        day = date.fromisoformat(raw)
    except (ValueError, TypeError):
        return _odd_date(raw)
    return day.isoformat()


def _odd_date(raw: Any) -> Value:
    if not isinstance(raw, str):
        raise expected("record.date", _DATE, raw)
    text = raw.strip()
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise expected("record.date", _DATE, raw) from error
    if when.tzinfo is not None and when.time() != time():
        raise expected("record.date", f"{_DATE} (for the day of an instant say date_zone)", raw)
    return when.date().isoformat()


def instant_reader(zone: tzinfo) -> Callable[[Any], Value]:
    """Reads ISO 8601 with or without an offset; digits beyond microseconds are cut."""
    parse = datetime.fromisoformat
    offset = zone.utcoffset

    def read(raw: Any) -> Value:
        if raw is None or raw == "":
            return None
        try:
            if raw[-1] == "Z":
                when = parse(raw[:-1])
                if when.tzinfo is not None:
                    raise ValueError("two offsets")
            else:
                when = parse(raw)
                if when.tzinfo is None:
                    when -= offset(when)  # type: ignore[operator]  # a zone has an offset at every wall clock time
                else:
                    when = when.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, TypeError, LookupError, OverflowError) as error:
            if isinstance(raw, str) and raw != raw.strip():
                return read(raw.strip())
            raise expected("record.date", _INSTANT, raw) from error
        return when.isoformat() + "Z"

    return read


def canonical(when: datetime) -> str:
    """An aware instant in the hub's own text."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def wall_clock(text: str, zone: tzinfo) -> str:
    """A canonical instant as wall clock time of a zone, without an offset."""
    try:
        return datetime.fromisoformat(text).astimezone(zone).replace(tzinfo=None).isoformat()
    except OverflowError as error:
        raise expected("record.date", "an instant within the years 1 to 9999", text) from error


def day_in(text: str, zone: tzinfo) -> str:
    """The calendar day of a canonical instant in a zone."""
    return wall_clock(text, zone)[:10]


def midnight(day: str, zone: tzinfo) -> str:
    """The canonical instant at which a calendar day begins in a zone."""
    try:
        return canonical(datetime.fromisoformat(day).replace(tzinfo=zone))
    except OverflowError as error:
        raise expected("record.date", "a day within the years 1 to 9999", day) from error
