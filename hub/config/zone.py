"""Time zones by name."""

from zoneinfo import ZoneInfo, available_timezones

from hub.core.unfit import nearest


def zone_problem(name: str) -> str | None:
    """Why this is not a time zone. None: it is one."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return f"unknown time zone '{name}'{nearest(name, available_timezones())}"
    return None
