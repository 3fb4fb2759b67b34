"""What an administrator of the CRM can set, and how faithful to which server it is."""

from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadSetting(ValueError):
    """A setting cannot be taken; the message names it."""


def _set(default: Any, said: str) -> Any:
    """A setting and what the command line says of it."""
    return field(default=default, metadata={"help": said})


@dataclass(frozen=True, slots=True)
class Settings:
    """The switches of one server; all can be changed while it runs (`POST /control/settings`)."""

    page: int = _set(500, "Maximum number of records to return; 0: all in one answer.")
    zone: str = _set("UTC", "The server's time zone: dates go over the wire as its wall clock time.")
    utc: bool = _set(False, "Send and return all dates and times in universal time.")
    sessions: Literal["kick", "block"] = _set("kick", "A second logon ends the first session, or is refused.")
    idle_s: float = _set(1200.0, "Seconds after which an unused session ends.")
    lockout: int = _set(5, "Bad logons in a row until the account is locked; 0: never.")
    fault_status: int = _set(200, "HTTP status of faults: 200, as seen on a live server, or 500.")
    order: Literal["wsdl", "observed"] = _set("wsdl", "Order of elements: as described, or as seen on live servers.")
    omit_size: bool = _set(False, "Answers carry no size.")
    bare: bool = _set(False, "Nested records come without their list element.")
    nil_lists: bool = _set(False, "Empty nested lists are xsi:nil instead of absent.")
    cut: bool = _set(False, "Cut text that is too long without a word, instead of refusing it.")
    hide_deleted: bool = _set(False, "query and queryrecord leave soft-deleted rows out by themselves.")
    batch: Literal["each", "whole"] = _set("each", "When a record of a call fails, those before it stay, or none does.")
    hide_wsdl: bool = _set(False, "The address of the service description answers 200 without a body.")
    max_request: int = _set(16 << 20, "Maximum size of a request, in bytes.")
    disabled: str = _set("library", "Entities without Allow Web Service Access, separated by commas.")


def change(settings: Settings, raw: dict[str, Any]) -> Settings:
    """Settings with some of them replaced. Raises BadSetting for an unknown name, a wrong type or value."""
    for name, value in raw.items():
        _check(name, value)
    return replace(settings, **raw)


def _check(name: str, value: Any) -> None:
    hints = get_type_hints(Settings)
    if name not in hints:
        raise BadSetting(f"{name}: unknown setting, expected one of {', '.join(f.name for f in fields(Settings))}")
    allowed, kind = get_args(hints[name]), hints[name]
    if allowed and value not in allowed:
        raise BadSetting(f"{name}: expected one of {', '.join(allowed)}, got {value!r}")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not allowed and not (number if kind is float else type(value) is kind):
        raise BadSetting(f"{name}: expected {kind.__name__}, got {value!r}")
    if name == "zone":
        _check_zone(value)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as e:
        raise BadSetting(f"zone: unknown time zone {zone!r}") from e
