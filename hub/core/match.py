"""Match keys: what makes two unlinked records the same, or worth comparing."""

from collections.abc import Iterator
from functools import lru_cache

from hub.core.model import Compared, Entity, MatchRule, Similar
from hub.core.normal import squeezed
from hub.core.record import Fields

#: Between the values of a rule of several fields.
GLUE = "\x1f"
#: Before the name of a rule that only says which records are compared.
ALIKE = "~"


def match_keys(entity: Entity, fields: Fields) -> Iterator[tuple[str, str]]:
    """(rule, value) for every match rule that the record can answer in full."""
    return _keys(_named(entity.match), fields)


def candidate_keys(entity: Entity, fields: Fields) -> Iterator[tuple[str, str]]:
    """(rule, value) for every list of `similar` that the record can answer in full: who shares one is compared."""
    if entity.similar is None:
        return iter(())
    return _keys(_named(entity.similar.candidates, ALIKE), fields)


def matched_fields(entity: Entity) -> frozenset[str]:
    """The fields that any rule looks at."""
    return _matched(entity.match, entity.similar)


def rules_text(entity: Entity) -> str:
    """The rules by which keys are made, as text: when it changes, the keys of all records must be made anew."""
    candidates = entity.similar.candidates if entity.similar else ()
    return " ".join(name for name, _ in (*_named(entity.match), *_named(candidates, ALIKE)))


def shown(value: str) -> str:
    """The value of a rule, for people."""
    return value.replace(GLUE, ", ")


Named = tuple[tuple[str, MatchRule], ...]


@lru_cache(1000)
def _named(rules: tuple[MatchRule, ...], prefix: str = "") -> Named:
    return tuple((prefix + ",".join(map(_name, rule)), rule) for rule in rules)


def _name(part: Compared) -> str:
    return part.field if part.form == "text" else f"{part.field}:{part.form}"


def _keys(rules: Named, fields: Fields) -> Iterator[tuple[str, str]]:
    for name, rule in rules:
        values = [squeezed(part.form, fields.get(part.field)) for part in rule]
        if all(values):
            yield name, GLUE.join(values)


@lru_cache(1000)
def _matched(match: tuple[MatchRule, ...], similar: Similar | None) -> frozenset[str]:
    names = {part.field for rule in match for part in rule}
    if similar is not None:
        names |= {part.field for rule in similar.candidates for part in rule}
    return frozenset(names)
