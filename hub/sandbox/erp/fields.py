"""What a supplier is made of, and what this ERP makes of the values it is sent."""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, NamedTuple

Values = dict[str, Any]

CENT = Decimal("0.01")
COUNTRY = re.compile(r"[A-Z]{2}\Z")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")


class Problem(NamedTuple):
    """Why one field was not taken, as the API answers it."""

    field: str
    message: str


class Unfit(ValueError):
    """A value that a field does not take; the message is for the caller of the API."""


#: Takes a value that is neither null nor "" and gives what is stored. Raises Unfit.
Check = Callable[[Any], Any]


def text(value: Any, length: int, cut: bool, form: re.Pattern[str] | None = None, expected: str = "") -> str:
    if not isinstance(value, str):
        raise Unfit(f"must be text, not {value!r:.40}")
    if len(value) > length and not cut:
        raise Unfit(f"is {len(value)} characters long, at most {length} are allowed")
    kept = value[:length]
    if form is not None and not form.match(kept):
        raise Unfit(f"must be {expected}, not {kept!r:.40}")
    return kept


def one_of(value: Any, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise Unfit(f"must be one of {', '.join(allowed)}, not {value!r:.40}")
    return value


def whole(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Unfit(f"must be a whole number from 0 to {most}, not {value!r:.40}")
    return value


def number(value: Any, most: int) -> float:
    """Two decimals, half rounded away from zero."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise Unfit(f"must be a number from 0 to {most}, not {value!r:.40}")
    if round(value, 2) == value:
        return float(value)
    return float(Decimal(repr(value)).quantize(CENT, ROUND_HALF_UP))


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f"must be true or false, not {value!r:.40}")
    return value


#: Characters each text field holds; the document (mappings/erp.openapi.yaml) says the same.
LENGTHS = {
    "external_ref": 40,
    "name": 40,
    "kind": 20,
    "channel": 20,
    "industry": 40,
    "url": 80,
    "email": 80,
    "phone": 30,
    "street": 80,
    "city": 40,
    "postcode": 12,
    "country": 2,
    "vat": 20,
    "note": 200,
}
FORMS = {"email": (EMAIL, "an e-mail address"), "country": (COUNTRY, "two capital letters")}
ORDER = (
    *("external_ref", "name", "kind", "status", "channel", "headcount", "industry", "url", "email", "phone", "street"),
    *("city", "postcode", "country", "vat", "credit_limit", "discount", "blocked", "note"),
)
EMPTY: Values = dict.fromkeys(ORDER)


class Rules(NamedTuple):
    """What each field takes."""

    checks: Mapping[str, Check]
    #: Characters of the fields that take any text: what fits needs no further check.
    plain: Mapping[str, int]


def rules(cut: bool) -> Rules:
    """`cut`: text that is too long is cut without a word, else refused."""
    made: dict[str, Check] = {}
    for name, length in LENGTHS.items():
        form, expected = FORMS.get(name, (None, ""))
        made[name] = partial(text, length=length, cut=cut, form=form, expected=expected)
    made["status"] = partial(one_of, allowed=("A", "I"))
    made["headcount"] = partial(whole, most=9_999_999)
    made["credit_limit"] = partial(number, most=9_999_999_999)
    made["discount"] = partial(number, most=100)
    made["blocked"] = boolean
    return Rules(made, {name: length for name, length in LENGTHS.items() if name not in FORMS})


def taken(sent: Mapping[str, Any], rules: Rules) -> tuple[Values, list[Problem]]:
    """The known fields of what was sent, as they are stored, and what does not fit. Unknown fields are ignored."""
    values: Values = {}
    problems = []
    checks, plain = rules
    for name, value in sent.items():
        if type(value) is str and 0 < len(value) <= plain.get(name, 0):
            values[name] = value
        elif name in checks:
            try:
                values[name] = None if value is None or value == "" else checks[name](value)
            except Unfit as e:
                problems.append(Problem(name, str(e)))
    if "name" in values and not (values["name"] or "").strip():
        problems.append(Problem("name", "is required"))
    return values, problems


def fresh(values: Values) -> tuple[Values, list[Problem]]:
    """All fields of a new supplier, given the ones that were sent."""
    problems = [] if "name" in values else [Problem("name", "is required")]
    return {**EMPTY, "status": "A", **values}, problems
