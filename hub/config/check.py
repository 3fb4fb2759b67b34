"""Data of a file against its pydantic model, every problem at its line."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hub.config.document import Document
from hub.config.place import Model, secret_at
from hub.config.problem import Loc
from hub.config.words import NEVER_WRITTEN, WRITE_THE_NAME, words
from hub.core.unfit import nearest

ModelT = TypeVar("ModelT", bound=BaseModel)

#: Rounds of leaving out what is wrong and looking at the rest; each finds at least one problem.
_ROUNDS = 20
#: What leaving something out brings about; not a problem of its own.
_CONSEQUENCES = ("missing", "too_short")


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
            found = _found(model, rest, error.errors(include_url=False))
            for one in found:
                if not (again and one.type in _CONSEQUENCES) and not one.misspelt(found):
                    document.problem((*at, *one.loc), one.words(also_known))
            for one in found:
                rest = _without(rest, one, stand_in or {})
            if rest is None:
                return None
    return None


class _Found:
    """One error of pydantic: where it is in the data, and what we say."""

    def __init__(self, model: Model, loc: Loc, secret: Loc | None, detail: ErrorDetails) -> None:
        self.model, self.detail, self.type = model, detail, detail["type"]
        self.secret = secret is not None
        self.loc = loc if secret is None else secret

    def misspelt(self, others: "list[_Found]") -> bool:
        """Is a setting missing only because its name is written wrong?"""
        near = [one.loc for one in others if one.type == "extra_forbidden" and one.loc[:-1] == self.loc[:-1]]
        return self.type == "missing" and any(nearest(str(loc[-1]), [str(self.loc[-1])]) for loc in near)

    def words(self, also_known: Sequence[str]) -> str:
        if self.secret:
            return f"this setting is missing: {WRITE_THE_NAME}" if self.type == "missing" else NEVER_WRITTEN
        return words(self.model, self.loc, self.detail, also_known)


def _found(model: Model, data: Any, details: Sequence[ErrorDetails]) -> list[_Found]:
    """Errors by their place in the data. Of a union, only those of the member that fits best."""
    places: dict[Loc, dict[Any, list[_Found]]] = defaultdict(lambda: defaultdict(list))
    for detail in details:
        loc, member = _in_data(data, detail)
        place, name = member or ((), None)
        secret = place if name == "SecretName" else secret_at(model, loc)
        places[place][name].append(_Found(model, loc, secret, detail))
    return [one for members in places.values() for one in min(members.values(), key=_misfit)]


def _misfit(found: list[_Found]) -> tuple[int, int]:
    return sum(one.type in ("extra_forbidden", "model_type") for one in found), len(found)


def _in_data(data: Any, detail: ErrorDetails) -> tuple[Loc, tuple[Loc, Any] | None]:
    """The place of an error without the parts that are pydantic's own; the place and name of a member of a union."""
    loc: list[str | int] = []
    member = None
    parts = detail["loc"]
    for position, part in enumerate(parts):
        inside = isinstance(data, Mapping) and part in data
        within = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside or within:
            data = data[part]
            loc.append(part)
        elif position == len(parts) - 1 and detail["type"] == "missing":
            loc.append(part)
        elif part != "[key]" and member is None:
            member = (tuple(loc), part)
    return tuple(loc), member


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
