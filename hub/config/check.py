"""Data of a file against its pydantic model; what pydantic finds, in our words and at its line."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from inspect import isclass
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hub.adapter import SecretName
from hub.config.document import Document
from hub.config.problem import Loc, nearest

ModelT = TypeVar("ModelT", bound=BaseModel)

NAME_PATTERN = "^[A-Za-z][A-Za-z0-9_-]*$"
WRITE_THE_NAME = "write {secret: NAME}, and set it with 'hub secret set NAME' or in the environment as HUB_SECRET_NAME"
NEVER_WRITTEN = f"a secret is never in a file: {WRITE_THE_NAME}"
#: Rounds of leaving out what is wrong and looking at the rest; each finds at least one problem.
_ROUNDS = 20
_SENSITIVE = re.compile(r"pass|pwd|secret|token|credential|auth|api_?key|private", re.IGNORECASE)
_ADDRESS_PASSWORD = re.compile(r"(://)[^/@\s]*@")


def checked(
    model: type[ModelT],
    document: Document,
    data: Any,
    at: Loc = (),
    *,
    stand_in: Mapping[str, Any] | None = None,
    also_known: Sequence[str] = (),
) -> ModelT | None:
    """The model, all problems noted in the document. `at`: where the data stands in it.

    What is wrong is left out and the rest is looked at again, so that one wrong key does not hide the problems behind
    it: with problems the model is therefore incomplete, and None if nothing is left. `stand_in` takes the place of
    settings that must be there and are not. `also_known`: names that are settings too, though not of this model.
    """
    rest = deepcopy(data)
    for again in range(_ROUNDS):
        try:
            return model.model_validate(rest)
        except ValidationError as error:
            found = [_Found(model, rest, detail) for detail in error.errors(include_url=False)]
            for one in found:
                if not (again and one.type in _CONSEQUENCES) and not one.misspelt(found):
                    document.problem((*at, *one.loc), one.words(also_known))
            for one in found:
                rest = _without(rest, one, stand_in or {})
            if rest is None:
                return None
    return None


#: What leaving something out brings about; not a problem of its own.
_CONSEQUENCES = ("missing", "too_short")


class _Found:
    """One error of pydantic: where it is in the data, and what we say."""

    def __init__(self, model: type[BaseModel], data: Any, detail: ErrorDetails) -> None:
        self.model, self.detail, self.type = model, detail, detail["type"]
        loc = _in_data(data, detail)
        secret = _secret_part(model, loc)
        self.secret = secret is not None
        self.loc = loc if secret is None else secret

    def misspelt(self, others: "list[_Found]") -> bool:
        """Is a setting missing only because its name is written wrong?"""
        near = [one.loc for one in others if one.type == "extra_forbidden" and one.loc[:-1] == self.loc[:-1]]
        return self.type == "missing" and any(nearest(str(loc[-1]), [str(self.loc[-1])]) for loc in near)

    def words(self, also_known: Sequence[str]) -> str:
        if self.secret:
            return f"this setting is missing: {WRITE_THE_NAME}" if self.type == "missing" else NEVER_WRITTEN
        return _words(self.model, self.loc, self.detail, also_known)


def secrets_in(model: type[BaseModel], data: Any, at: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """The names of the secrets that data of a model asks for, and where in it."""
    if SecretName in _at(model, at):
        if isinstance(data, Mapping) and isinstance(data.get("secret"), str):
            yield at, data["secret"]
    elif isinstance(data, Mapping):
        for name, item in data.items():
            yield from secrets_in(model, item, (*at, name))
    elif isinstance(data, list):
        for place, item in enumerate(data):
            yield from secrets_in(model, item, (*at, place))


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


def _in_data(data: Any, detail: ErrorDetails) -> Loc:
    """pydantic's place of an error without the parts that are its own (names of union members, '[key]')."""
    loc: list[str | int] = []
    parts = detail["loc"]
    for position, part in enumerate(parts):
        inside = isinstance(data, Mapping) and part in data
        within = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside or within:
            data = data[part]
            loc.append(part)
        elif position == len(parts) - 1 and detail["type"] == "missing":
            loc.append(part)
    return tuple(loc)


def _without(data: Any, found: _Found, stand_in: Mapping[str, Any]) -> Any:
    """The data without what is wrong; None if that is all of it. What lacks something is wrong as a whole, and so is
    a list with a wrong item: the others would move, and be looked for in the wrong place."""
    if found.type == "missing" and len(found.loc) == 1 and found.loc[0] in stand_in and isinstance(data, dict):
        return {**data, found.loc[0]: stand_in[str(found.loc[0])]}
    path = found.loc[:-1] if found.type == "missing" else found.loc
    path = path[: next((place for place, part in enumerate(path) if isinstance(part, int)), len(path))]
    if not path:
        return None
    inner = data
    for part in path[:-1]:
        inner = inner.get(part) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner.pop(path[-1], None)
    return data


def _words(model: type[BaseModel], loc: Loc, detail: ErrorDetails, also_known: Iterable[str]) -> str:
    got, context, type_ = shown(detail["input"], loc), detail.get("ctx", {}), detail["type"]
    if type_ == "extra_forbidden":
        known = sorted({*_names(model, loc[:-1]), *(also_known if len(loc) == 1 else ())})
        return "unknown setting" + (nearest(str(loc[-1]), known) or f"; known: {', '.join(known)}")
    if type_ == "missing":
        return "this setting is missing"
    if type_ == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        return f"expected {context['expected']}, got {got}" + nearest(str(detail["input"]), choices)
    if type_ in ("value_error", "assertion_error"):
        return str(context["error"])
    if type_ == "string_pattern_mismatch" and context["pattern"] == NAME_PATTERN:
        return "expected a name of letters, digits, '_' and '-' that starts with a letter"
    if type_ == "too_short":
        return f"expected at least {context['min_length']} of them, got {context['actual_length']}"
    return f"expected {_EXPECTED.get(type_) or _pydantic_words(detail)}, got {got}"


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


def _secret_part(model: type[BaseModel], loc: Loc) -> Loc | None:
    """The part of a place at which only the name of a secret may stand. None: there is none in it."""
    for end in range(1, len(loc) + 1):
        if SecretName in _at(model, loc[:end]):
            return loc[:end]
    return None


def _names(model: type[BaseModel], loc: Loc) -> set[str]:
    """The settings that are known at a place of a model."""
    models = [type_ for type_ in _at(model, loc) if isclass(type_) and issubclass(type_, BaseModel)]
    return {field.alias or name for type_ in models for name, field in type_.model_fields.items()}


def _at(model: type[BaseModel], loc: Loc) -> list[Any]:
    """The types that may stand at a place of a model."""
    types: list[Any] = [model]
    for part in loc:
        types = [inner for type_ in types for inner in _inside(type_, part)]
    return types


def _inside(type_: Any, part: str | int) -> list[Any]:
    if isclass(type_) and issubclass(type_, BaseModel):
        fields = type_.model_fields
        return [
            inner
            for name, field in fields.items()
            if part in (name, field.alias)
            for inner in _members(field.annotation)
        ]
    origin, args = get_origin(type_), get_args(type_)
    if isclass(origin) and issubclass(origin, Mapping):
        return _members(args[1])
    if isclass(origin) and issubclass(origin, Sequence):
        return _members(args[0])
    return []


def _members(type_: Any) -> list[Any]:
    """A type without Annotated, a union as its members."""
    if get_origin(type_) is Annotated:
        return _members(get_args(type_)[0])
    if get_origin(type_) in (Union, UnionType):
        return [inner for member in get_args(type_) for inner in _members(member)]
    return [type_]
