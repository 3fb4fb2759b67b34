"""Times such as '30s', '5m', '2h', '1d'."""

import re
from datetime import timedelta
from typing import Any

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: Any) -> timedelta:
    """A whole number above zero and its unit. Anything else is a ValueError that says so."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"expected a time such as '5m', got {text!r}")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
