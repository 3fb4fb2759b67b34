"""Places in a pydantic model: which types may stand there, which names are known there, where secrets are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from inspect import isclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from hub.adapter import SecretName
from hub.config.problem import Loc

Model = type[BaseModel]


def types_at(model: Model, loc: Loc) -> list[Any]:
    """The types that may stand at a place of a model, the members of unions one by one."""
    types: list[Any] = [model]
    for part in loc:
        types = [inner for type_ in types for inner in _inside(type_, part)]
    return types


def names_at(model: Model, loc: Loc) -> set[str]:
    """The settings that are known at a place of a model."""
    models = [type_ for type_ in types_at(model, loc) if isclass(type_) and issubclass(type_, BaseModel)]
    return {field.alias or name for type_ in models for name, field in type_.model_fields.items()}


def secret_at(model: Model, loc: Loc) -> Loc | None:
    """The part of a place at which only the name of a secret may stand. None: there is none in it."""
    for end in range(1, len(loc) + 1):
        types = types_at(model, loc[:end])
        if types and all(type_ in (SecretName, type(None)) for type_ in types):
            return loc[:end]
    return None


def secrets_in(model: Model, data: Any, at: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """The names of the secrets that data of a model asks for, and where in it."""
    if isinstance(data, Mapping):
        if SecretName in types_at(model, at) and isinstance(data.get("secret"), str):
            yield at, data["secret"]
        for name, item in data.items():
            yield from secrets_in(model, item, (*at, name))
    elif isinstance(data, list):
        for place, item in enumerate(data):
            yield from secrets_in(model, item, (*at, place))


def _inside(type_: Any, part: str | int) -> list[Any]:
    if isclass(type_) and issubclass(type_, BaseModel):
        fields = type_.model_fields.items()
        found = [field.annotation for name, field in fields if part in (name, field.alias)]
        return [member for annotation in found for member in _members(annotation)]
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
