"""What pydantic finds, in our words: what was expected, what came, the nearest name; never a secret."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from hub.config.place import Model, names_at
from hub.config.problem import Loc
from hub.core.unfit import nearest

NAME_PATTERN = "^[A-Za-z][A-Za-z0-9_-]*$"
WRITE_THE_NAME = "write {secret: NAME}, and set it with 'hub secret set NAME' or in the environment as HUB_SECRET_NAME"
NEVER_WRITTEN = f"a secret is never in a file: {WRITE_THE_NAME}"
_SENSITIVE = re.compile(r"pass|pwd|secret|token|credential|auth|api_?key|private", re.IGNORECASE)
_ADDRESS_PASSWORD = re.compile(r"(://)[^/@\s]*@")


def shown(value: Any, loc: Loc = ()) -> str:
    """A value for an error text: short, and never one that may be a secret."""
    if any(_SENSITIVE.search(str(part)) for part in loc):
        return "something else"
    if isinstance(value, str):
        text = _ADDRESS_PASSWORD.sub(r"\1***@", value)
        return repr(text if len(text) <= 60 else text[:57] + "...")
    if isinstance(value, Mapping):
        return "settings"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else str(value)


def words(model: Model, loc: Loc, detail: ErrorDetails, also_known: Iterable[str]) -> str:
    """One error of pydantic at a place of the model."""
    got, context, type_ = shown(detail["input"], loc), detail.get("ctx", {}), detail["type"]
    if type_ == "extra_forbidden":
        known = sorted({*names_at(model, loc[:-1]), *(also_known if len(loc) == 1 else ())})
        return "unknown setting" + _nearest_or_all(str(loc[-1]), known)
    if type_ == "missing":
        return "this setting is missing"
    if type_ == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        near = nearest(detail["input"], choices) if isinstance(detail["input"], str) else ""
        return f"expected {context['expected']}, got {got}{near}"
    if type_ in ("value_error", "assertion_error"):
        return str(context["error"])
    if type_ == "string_pattern_mismatch" and context["pattern"] == NAME_PATTERN:
        return "expected a name of letters, digits, '_' and '-' that starts with a letter"
    if type_ == "too_short":
        return f"expected at least {context['min_length']} of them, got {context['actual_length']}"
    return f"expected {_EXPECTED.get(type_) or _pydantic_words(detail)}, got {got}"


def _nearest_or_all(name: str, known: list[str]) -> str:
    return nearest(name, known) or (f"; known: {', '.join(known)}" if known else "; there are none to set here")


_EXPECTED = {
    "invalid_key": "a key that is text, in quotes if need be",
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "settings",
    "model_type": "settings",
    "model_attributes_type": "settings",
}


def _pydantic_words(detail: ErrorDetails) -> str:
    said = detail["msg"]
    said = said.replace("greater than or equal to", "at least").replace("less than or equal to", "at most")
    for start in ("Input should be ", "Value should be ", "Value should ", "String should "):
        said = said.removeprefix(start)
    return said[:1].lower() + said[1:]
