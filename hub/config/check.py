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

WRITE_THE_NAME = (
    "a secret is never written in a file: write {secret: NAME} here, and set it with 'hub secret set NAME' "
    "or in the environment as HUB_SECRET_NAME"
)
#: Rounds of leaving out what is wrong and looking at the rest; each finds at least one problem.
_ROUNDS = 20
_SENSITIVE = re.compile(r"pass|pwd|secret|token|credential|auth|api_?key|private", re.IGNORECASE)
_ADDRESS_PASSWORD = re.compile(r"(://)[^/@\s]*@")


def checked(
    model: type[ModelT], document: Document, data: Any, at: Loc = (), also_known: Sequence[str] = ()
) -> ModelT | None:
    """The model, all problems noted in the document. `at`: where the data stands in it.

    What is wrong is left out and the rest is looked at again, so that one wrong key does not hide the problems behind
    it: with problems the model is therefore incomplete, and None if nothing is left. `also_known`: names that are
    settings too, though not of this model.
    """
    rest = deepcopy(data)
    for round_ in range(_ROUNDS):
        try:
            return model.model_validate(rest)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                loc = _in_data(rest, detail)
                secret = _secret_part(model, loc)
                if round_ == 0 or detail["type"] != "missing":
                    said = WRITE_THE_NAME if secret is not None else _words(model, loc, detail, also_known)
                    document.problem((*at, *(loc if secret is None else secret)), said)
                if not _leave_out(rest, loc if secret is None else secret, detail["type"]):
                    return None
    return None


def secrets_in(value: Any, at: Loc = ()) -> Iterator[tuple[Loc, SecretName]]:
    """The secrets that a checked model asks for, and where."""
    if isinstance(value, SecretName):
        yield at, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_in(getattr(value, name), (*at, name))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from secrets_in(item, (*at, str(name)))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from secrets_in(item, (*at, position))


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


def _leave_out(data: Any, loc: Loc, type_: str) -> bool:
    """Take out what is wrong; False if that is everything. What lacks something is wrong as a whole."""
    path = loc[:-1] if type_ == "missing" else loc
    if not path:
        return False
    for part in path[:-1]:
        try:
            data = data[part]
        except (KeyError, IndexError):  # taken out for another problem already
            return True
    if isinstance(data, dict):
        data.pop(path[-1], None)
    elif isinstance(path[-1], int) and path[-1] < len(data):
        del data[path[-1]]
    return True


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
    if detail["loc"][-1:] == ("[key]",):
        return "expected a name of letters, digits, '_' and '-' that starts with a letter"
    return f"expected {_EXPECTED.get(type_) or _pydantic_words(detail)}, got {got}"


_EXPECTED = {
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
    for start in ("Input should be ", "Value should be ", "Value should "):
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
