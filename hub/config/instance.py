"""One instance file: its systems, entities and tasks, checked and built."""

from datetime import timedelta
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, NamedTuple

from pydantic import BaseModel

from hub.config.adapters import load_adapter
from hub.config.check import checked
from hub.config.deleting import build_deletes
from hub.config.document import Document
from hub.config.entity import build_entity, check_entity, check_policy
from hub.config.environment import substituted
from hub.config.files import InstanceFile
from hub.config.loading import Loading, known
from hub.config.mapped import Bound, load_mapping
from hub.config.place import secrets_in
from hub.config.problem import Loc
from hub.config.referring import check_references
from hub.config.zone import zone_problem
from hub.core.clocks import Clocks
from hub.core.errors import ConfigError
from hub.core.model import Allowed, Binding, Instance, SystemSpec, Task
from hub.core.unfit import nearest


class _System(NamedTuple):
    spec: SystemSpec
    module: ModuleType


def load_instance(loading: Loading, file: str) -> Instance | None:
    """The instance of a file. None: there are problems, and they are noted."""
    document = loading.document(file)
    stand_in: dict[str, Any] = {"organization": "unknown", "systems": {}, "entities": {}}
    shape = checked(InstanceFile, document, document.data, stand_in=stand_in) if document else None
    if document is None or shape is None:
        return None
    systems = _systems(loading, document, shape)
    check_policy(document, ("policy",), shape.policy, document.names("systems"))
    bindings = {name: _bindings(loading, document, shape, name, systems) for name in shape.entities}
    _check_shared(document, bindings)
    check_references(document, shape, bindings)
    return Instance(
        organization=shape.organization,
        name=PurePosixPath(file).stem,
        active=shape.active,
        systems={name: system.spec for name, system in systems.items()},
        entities={name: build_entity(name, shape, bindings[name]) for name in shape.entities},
        tasks=_tasks(document, shape),
        clocks=Clocks(shape.clocks.most or Clocks().most, shape.clocks.margin or Clocks().margin),
    )


def _systems(loading: Loading, document: Document, shape: InstanceFile) -> dict[str, _System]:
    found = {name: _system(loading, document, name, settings) for name, settings in shape.systems.items()}
    return {name: system for name, system in found.items() if system}


def _system(loading: Loading, document: Document, name: str, settings: dict[str, Any]) -> _System | None:
    """A system whose adapter checked its settings (None: they are of no use). None: there is no adapter."""
    at: Loc = ("systems", name)
    module = _adapter(loading, document, at, settings)
    if module is None:
        return None
    given = {key: value for key, value in settings.items() if key != "adapter"}
    given = substituted(document, given, loading.environ, at)
    model: type[BaseModel] = module.Options
    options = checked(model, document, given, at, also_known=["adapter"])
    for loc, secret in secrets_in(model, given):
        loading.has_secret(document, (*at, *loc), secret)
    zone = getattr(options, "zone", None)
    said = zone_problem(zone) if isinstance(zone, str) else None
    if said is not None and "${" not in str(zone):
        document.problem((*at, "zone"), said)
    return _System(SystemSpec(name, settings["adapter"], options), module)


def _adapter(loading: Loading, document: Document, at: Loc, settings: dict[str, Any]) -> ModuleType | None:
    adapter = settings.get("adapter")
    if not isinstance(adapter, str):
        _no_adapter(document, at, settings)
        return None
    try:
        return load_adapter(adapter, loading.folder)
    except ConfigError as error:
        for said in error.problems:
            document.problem((*at, "adapter"), said)
        return None


def _no_adapter(document: Document, at: Loc, settings: dict[str, Any]) -> None:
    near = next((key for key in settings if key != "adapter" and nearest(key, ["adapter"])), None)
    if "adapter" in settings:
        document.problem((*at, "adapter"), "expected the name of an adapter")
    elif near:
        document.problem((*at, near), "unknown setting, did you mean 'adapter'?")
    else:
        document.problem((*at, "adapter"), "this setting is missing")


def _bindings(
    loading: Loading, document: Document, shape: InstanceFile, entity: str, systems: dict[str, _System]
) -> dict[str, Binding]:
    file, at = shape.entities[entity], ("entities", entity)
    names = document.names("systems")
    check_entity(document, at, file, document.names(*at, "fields"), names)
    found: dict[str, Binding] = {}
    for name in file.bindings:
        if known(document, (*at, "bindings", name), "system", name, names) and name in systems:
            binding = _binding(loading, Bound(document, entity, name, file), systems[name])
            if binding:
                found[name] = binding
    return found


def _binding(loading: Loading, bound: Bound, system: _System) -> Binding | None:
    file, model = bound.binding, getattr(system.module, "ObjectOptions", None)
    if model is not None:
        checked(model, bound.document, file.options, (*bound.at, "options"))
    mapping = load_mapping(loading, bound, system.module, system.spec.options)
    if mapping is None:
        return None
    allowed = Allowed(file.insert, file.update, file.delete)
    deletes = build_deletes(bound.document, (*bound.at, "deletes"), file, mapping)
    return Binding(
        bound.entity,
        bound.system,
        mapping.object,
        mapping,
        direction=file.direction,
        allowed=allowed,
        accepts_grade_d=file.grade_d == "two-way",
        filter=file.filter,
        options=file.options,
        deletes=deletes,
    )


def _check_shared(document: Document, bindings: dict[str, dict[str, Binding]]) -> None:
    """An adapter reads an object in one way: entities that share it must agree on how."""
    first: dict[tuple[str, str], Binding] = {}
    for entity, bound in bindings.items():
        for system, binding in bound.items():
            other = first.setdefault((system, binding.object), binding)
            for key in ("filter", "options"):
                if getattr(other, key) != getattr(binding, key):
                    said = f"entity '{other.entity}' uses object '{binding.object}' too, and says another {key}"
                    document.problem(("entities", entity, "bindings", system, key), said)


def _tasks(document: Document, shape: InstanceFile) -> tuple[Task, ...]:
    for name, task in shape.tasks.items():
        for place, entity in enumerate(task.entities):
            known(document, ("tasks", name, "entities", place), "entity", entity, document.names("entities"))
    return tuple(
        Task(name, tuple(task.entities), task.every, task.keys_every or timedelta(days=1))
        for name, task in shape.tasks.items()
    )
