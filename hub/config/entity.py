"""An entity from its part of an instance file: its units, each with the policy that counts for it."""

from collections.abc import Mapping
from dataclasses import replace

from hub.config.document import Document
from hub.config.files import ComparedFile, EntityFile, InstanceFile, SimilarFile
from hub.config.loading import known
from hub.config.problem import Loc
from hub.core.model import ROW, Binding, Compared, Entity, MatchRule, Policy, Similar, Unit, Weighed


def build_entity(name: str, instance: InstanceFile, bindings: Mapping[str, Binding]) -> Entity:
    """The entity, of a file without problems."""
    file = instance.entities[name]
    units, match = _units(name, file, instance.policy), tuple(map(_rule, file.match))
    refers = {name: field.entity for name, field in file.fields.items() if field.entity is not None}
    return Entity(name, units, bindings, match, file.deletes, _similar(file.similar), file.first_sync, refers)


def _rule(parts: list[ComparedFile]) -> MatchRule:
    return tuple(Compared(part.field, part.form) for part in parts)


def _similar(file: SimilarFile | None) -> Similar | None:
    if file is None:
        return None
    fields = tuple(Weighed(name, part.form, part.weight) for name, part in file.fields.items())
    return Similar(fields, tuple(map(_rule, file.candidates)), file.certain, file.possible)


def _units(name: str, file: EntityFile, hub: Policy) -> tuple[Unit, ...]:
    policy, said = (file.policy, f"entity {name}") if file.policy else (hub, "hub")
    if file.merge == "row":
        return (Unit(ROW, tuple(file.fields), policy, said, file.blank),)
    units = []
    for group, settings in file.groups.items():
        own = settings.policy or file.policies.get(group)
        units.append(_unit(group, tuple(settings.fields), own, f"group {group}", policy, said))
    grouped = {field for unit in units for field in unit.fields}
    single = [field for field in file.fields if field not in grouped]
    units += [_unit(field, (field,), file.policies.get(field), f"field {field}", policy, said) for field in single]
    return tuple([replace(unit, blank=file.blanks.get(unit.name, file.blank)) for unit in units])


def _unit(name: str, fields: tuple[str, ...], own: Policy | None, said: str, policy: Policy, from_: str) -> Unit:
    return Unit(name, fields, own, said) if own else Unit(name, fields, policy, from_)


def check_entity(document: Document, at: Loc, file: EntityFile, fields: list[str], systems: list[str]) -> None:
    """Note what an entity names and nobody knows. `fields`, `systems`: the names that the file has."""
    if file.merge == "row":
        for key in ("groups", "policies", "blanks"):
            if getattr(file, key):
                document.problem((*at, key), "with 'merge: row' the record is one unit; leave this out")
    _check_groups(document, at, file, fields)
    _check_policies(document, at, file, fields)
    for name in file.blanks:
        known(document, (*at, "blanks", name), "field or group", name, _units_named(file, fields))
    _check_matching(document, at, file, fields)
    for loc, policy in _policies(file):
        check_policy(document, (*at, *loc), policy, systems)


def _units_named(file: EntityFile, fields: list[str]) -> list[str]:
    """What merges together by name: the groups, and the fields that are in none."""
    grouped = {field for group in file.groups.values() for field in group.fields}
    return [*(field for field in fields if field not in grouped), *file.groups]


def _check_matching(document: Document, at: Loc, file: EntityFile, fields: list[str]) -> None:
    rules: list[tuple[Loc, list[ComparedFile]]] = [(("match", place), rule) for place, rule in enumerate(file.match)]
    if file.similar is not None:
        rules += [(("similar", "candidates", place), rule) for place, rule in enumerate(file.similar.candidates)]
        for name in file.similar.fields:
            known(document, (*at, "similar", "fields", name), "field", name, fields)
    for loc, rule in rules:
        for place, part in enumerate(rule):
            known(document, (*at, *loc, place), "field", part.field, fields)


def check_policy(document: Document, at: Loc, policy: Policy, systems: list[str]) -> None:
    for system in policy.order:
        known(document, at, "system", system, systems)
    for system in {system for system in policy.order if policy.order.count(system) > 1}:
        document.problem(at, f"system '{system}' is there twice")


def _policies(file: EntityFile) -> list[tuple[Loc, Policy]]:
    found: list[tuple[Loc, Policy | None]] = [(("policy",), file.policy)]
    found += [(("policies", name), policy) for name, policy in file.policies.items()]
    found += [(("groups", name, "policy"), group.policy) for name, group in file.groups.items()]
    return [(loc, policy) for loc, policy in found if policy]


def _check_groups(document: Document, at: Loc, file: EntityFile, fields: list[str]) -> None:
    owner: dict[str, str] = {}
    for name, group in file.groups.items():
        if name in fields:
            document.problem((*at, "groups", name), "a field has this name; name the group otherwise")
        for place, field in enumerate(group.fields):
            loc = (*at, "groups", name, *_inside_group(document, at, name), place)
            known(document, loc, "field", field, fields)
            first = owner.setdefault(field, name)
            if first != name or group.fields.index(field) != place:
                document.problem(loc, f"field '{field}' is in group '{first}' already")


def _inside_group(document: Document, at: Loc, name: str) -> Loc:
    """A group that has settings says its fields under `fields`."""
    return ("fields",) if document.names(*map(str, at), "groups", name) else ()


def _check_policies(document: Document, at: Loc, file: EntityFile, fields: list[str]) -> None:
    groups = {field: name for name, group in file.groups.items() for field in group.fields}
    for name in file.policies:
        loc = (*at, "policies", name)
        if name in groups:
            document.problem(loc, f"field '{name}' is in group '{groups[name]}'; say the policy for the group")
        elif name in file.groups and file.groups[name].policy:
            document.problem(loc, "the group says its policy itself; keep one")
        else:
            known(document, loc, "field or group", name, [*fields, *document.names(*map(str, at), "groups")])
