"""Stamps as REST systems write them, and the way back: ISO 8601, seconds or milliseconds since 1970, HTTP dates."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from zoneinfo import ZoneInfo

from adapters.rest.settings import Stamp


def instant(text: str, stamp: Stamp) -> datetime | None:
    """A stamp as an aware instant. None: it cannot be read."""
    try:
        if stamp.kind == "http-date":
            return parsedate_to_datetime(text)
        if stamp.kind != "iso":
            seconds = float(text) / (1000 if stamp.kind == "epoch-ms" else 1)
            return datetime.fromtimestamp(seconds, UTC)
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(stamp.zone))
    except (ValueError, OverflowError, OSError):
        return None


def earlier(text: str, seconds: float, stamp: Stamp) -> str:
    """The same stamp so many seconds before, written the same way. An unreadable one stays as it is."""
    at = instant(text, stamp)
    if at is None or not seconds:
        return text
    back = at.astimezone(UTC) - timedelta(seconds=seconds)
    if stamp.kind == "http-date":
        return format_datetime(back, usegmt=True)
    if stamp.kind != "iso":
        return str(int(back.timestamp() * (1000 if stamp.kind == "epoch-ms" else 1)))
    return _iso(text, back, at)


def as_sent(text: str, stamp: Stamp) -> str | int | float:
    """What stands for {since}: numbers stay numbers, so that they are right in a JSON body too."""
    if not stamp.kind.startswith("epoch"):
        return text
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def _iso(text: str, back: datetime, like: datetime) -> str:
    wall = back.astimezone(like.tzinfo)
    parts = "microseconds" if "." in text else "seconds"
    if text.endswith("Z"):
        return back.replace(tzinfo=None).isoformat(timespec=parts) + "Z"
    naive = datetime.fromisoformat(text).tzinfo is None
    separator = " " if " " in text else "T"
    return (wall.replace(tzinfo=None) if naive else wall).isoformat(separator, parts)
