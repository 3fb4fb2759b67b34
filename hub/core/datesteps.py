"""The steps of dates and instants: a system's own way of writing them, and the zone in which a day is a day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from hub.core.dates import canonical, day_in, instant_reader, midnight, read_date, wall_clock, zone_named
from hub.core.transforms import BadSpec, Builder, Context, Step, settings, some_text
from hub.core.unfit import Unfit, expected, shown
from hub.core.values import as_text, read_integer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"epoch": 1, "epoch_ms": 1000}
#: A pattern with these says a day, or an instant, completely.
_DAY = ("%Y", "%m", "%d")
_INSTANT = (*_DAY, "%H", "%M", "%S", "%f", "%z")


def _format(argument: Any, context: Context) -> Step:
    """`format: "%d/%m/%Y"`, or `{pattern, date_zone}`, or `epoch`, `epoch_ms`: how the system writes it."""
    said = settings(argument if isinstance(argument, dict) else {"pattern": argument}, ("pattern", "date_zone"))
    pattern = some_text(said.get("pattern"))
    _needs_date(context, "format")
    zone = _zone(said.get("date_zone", context.zone))
    if pattern in _UNITS:
        return _epoch(_UNITS[pattern], zone, context)
    _try_out(pattern)
    into, back = (_day if context.type == "date" else _moment)(pattern, zone)
    exact = all(part in pattern for part in (_DAY if context.type == "date" else _INSTANT))
    return Step(into, back, exact=exact, plain=False, canonical=True, dated=True)


def _needs_date(context: Context, name: str) -> None:
    if context.type not in ("date", "date-time"):
        raise BadSpec(f"{name} is for the types date and date-time, this field is {context.type}")


def _zone(name: Any) -> tzinfo:
    try:
        return zone_named(some_text(name))
    except ValueError as error:
        raise BadSpec(str(error)) from error


def _try_out(pattern: str) -> None:
    sample = datetime(2026, 11, 22, 9, 30, 15, tzinfo=UTC)
    others = sample.replace(year=2025), sample.replace(month=10)
    try:
        text = sample.strftime(pattern)
        said = text not in [other.strftime(pattern) for other in others]  # asked first: soon a date without is no date
        back = datetime.strptime(text, pattern) if said else None  # noqa: DTZ007 only its year and month are looked at
    except ValueError as error:
        raise BadSpec(f"expected a pattern such as %d/%m/%Y, got {shown(pattern)}: {error}") from error
    if back is None or back.year != sample.year or back.month != sample.month:
        raise BadSpec(f"expected a pattern that says year and month, got {shown(pattern)}")


def _parsed(raw: Any, pattern: str) -> datetime | None:
    text = as_text(raw)
    if text is None:
        return None
    try:
        return datetime.strptime(text.strip(), pattern)  # noqa: DTZ007 the callers give it a zone
    except ValueError as error:
        raise expected("record.date", f"a date written as {pattern}", raw) from error


def _written(when: datetime, pattern: str) -> str:
    if when.year < 1000:  # what the C library makes of them differs from machine to machine
        raise Unfit("record.date", f"expected a year from 1000 on to write as {pattern}, got {when.year}")
    return when.strftime(pattern)


Pair = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def _day(pattern: str, zone: tzinfo) -> Pair:
    def into(raw: Any) -> Any:
        when = _parsed(raw, pattern)
        return None if when is None else when.date().isoformat()

    def back(value: Any) -> Any:
        day = read_date(value)
        return None if day is None else _written(datetime.fromisoformat(str(day)).replace(tzinfo=zone), pattern)

    return into, back


def _moment(pattern: str, zone: tzinfo) -> Pair:
    read = instant_reader(zone)

    def into(raw: Any) -> Any:
        when = _parsed(raw, pattern)
        return None if when is None else read(when.isoformat())

    def back(value: Any) -> Any:
        text = read(value)
        return None if text is None else _written(_local(str(text), zone), pattern)

    return into, back


def _local(text: str, zone: tzinfo) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(zone)
    except OverflowError as error:
        raise expected("record.date", "an instant within the years 1 to 9999", text) from error


def _epoch(unit: int, zone: tzinfo, context: Context) -> Step:
    """Seconds or milliseconds since 1970, UTC. A date is the day of that instant in `date_zone`."""

    def into(raw: Any) -> Any:
        text = as_text(raw)
        if text is None:
            return None
        try:
            when = canonical(_EPOCH + timedelta(microseconds=int(Decimal(text) * (1_000_000 // unit))))
        except (ArithmeticError, ValueError) as error:
            raise expected("record.date", "a number of seconds or milliseconds since 1970", raw) from error
        return day_in(when, zone) if context.type == "date" else when

    def back(value: Any) -> Any:
        text = midnight(str(value), zone) if context.type == "date" and value is not None else value
        if text is None:
            return None
        past = datetime.fromisoformat(text) - _EPOCH
        return read_integer(past // timedelta(microseconds=1_000_000 // unit))

    return Step(into, back, plain=False, canonical=True, dated=True)


def _date_zone(argument: Any, context: Context) -> Step:
    """For a date: the day of the system's instant in this zone. For a date-time: wall clock time of this zone."""
    _needs_date(context, "date_zone")
    zone = _zone(argument)
    if context.type == "date-time":
        read = instant_reader(zone)
        return Step(
            read,
            lambda value: None if value is None else wall_clock(str(read(value)), zone),
            plain=False,
            canonical=True,
            dated=True,
        )
    read, theirs = instant_reader(_zone(context.zone)), _zone(context.zone)

    def into(raw: Any) -> Any:
        if isinstance(raw, str) and len(raw.strip()) == 10:
            return read_date(raw.strip())
        when = read(raw)
        return None if when is None else day_in(str(when), zone)

    def back(value: Any) -> Any:
        day = read_date(value)
        if day is None:
            return None
        when = midnight(str(day), zone)
        return when if context.wire == "json" else wall_clock(when, theirs)

    return Step(into, back, plain=False, canonical=True, dated=True)


DATE_STEPS: dict[str, Builder] = {"format": _format, "date_zone": _date_zone}
