"""What `hub check` finds out."""

import importlib.metadata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import adapters
import hub
from hub.adapter import Adapter, Can, ObjectInfo
from hub.cli.widening import Widened, too_narrow, widen
from hub.config import Project
from hub.core.errors import ConfigError, HubError, Refused
from hub.core.fit import Side, fit, fit_lengths
from hub.core.model import Binding, Instance
from hub.core.oneway import fit_units
from hub.core.putback import frozen
from hub.engine.opening import unconnected
from hub.engine.probe import Probed, probe
from hub.flow.grade import Grade, grade, refusal
from hub.store import catalog
from hub.store.database import Store

Level = Literal["error", "warning"]
#: Names of ours that other projects use, too.
PACKAGES = {"hub": hub, "adapters": adapters}


class Finding(NamedTuple):
    """Something that is wrong, or will be."""

    level: Level
    #: Empty: it is between systems, or about the hub itself.
    system: str
    #: A field of an entity, as `account.phone`. Empty: the system as a whole.
    where: str
    code: str
    said: str


@dataclass(slots=True)
class SystemChecked:
    """One system."""

    instance: str
    name: str
    adapter: str
    #: What it came to, in words.
    state: str = "not reached"
    #: It answered, and took our credentials.
    reached: bool = False
    objects: list[str] = field(default_factory=list)
    can: Can | None = None
    widened: list[Widened] = field(default_factory=list)
    #: By entity.
    grades: dict[str, Grade] = field(default_factory=dict)
    #: What it declares, tried: by entity.
    probed: dict[str, list[Probed]] = field(default_factory=dict)

    @property
    def abilities(self) -> list[str]:
        return abilities(self.can) if self.can else []

    def as_dict(self) -> dict[str, Any]:
        grades = {name: {"grade": one.letter, "without": one.said} for name, one in self.grades.items()}
        widened = [one.as_dict() for one in self.widened]
        probed = {name: [one._asdict() for one in tried] for name, tried in self.probed.items()}
        more = {"widened": widened, "grades": grades, "probed": probed}
        return {**asdict(self), "abilities": self.abilities, **more}


@dataclass(slots=True)
class Checked:
    """One instance."""

    instance: str
    active: bool
    systems: list[SystemChecked] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, error: HubError, system: str) -> None:
        said = error.problems if isinstance(error, ConfigError) else [error.said]
        self.findings += [Finding("error", system, "", error.code, one) for one in said]


def check(project: Project, store: Store, instance: Instance, *, wider: bool = False) -> Checked:
    """Every system of an instance; one that fails stops no other. `wider`: fields are made so where mappings say it."""
    found = Checked(instance.name, instance.active)
    places = standing(store, instance)
    stopped = {system: said for (_, system), (_, _, said) in places.items() if said is not None}
    cursors = {place: position.cursor for place, position in places.items()}
    infos: dict[str, dict[str, ObjectInfo]] = {}
    for name, spec in instance.systems.items():
        system = SystemChecked(instance.name, name, spec.adapter)
        found.systems.append(system)
        if name in stopped:
            system.state = "paused"
            said = f"it is paused and was not logged on to; put it right, then 'hub resume {name}': {stopped[name]}"
            if frozen(stopped[name]):
                said = f"it is frozen and was not logged on to: {stopped[name]}"
            found.findings.append(Finding("error", name, "", "system.paused", said))
            continue
        try:
            infos[name] = reach(project, instance, system, wider, cursors)
            found.findings += grades(instance, system)
            found.findings += disproved(system)
        except HubError as error:
            found.wrong(error, name)
        for one in system.widened:
            if one.error is not None:
                found.wrong(one.error, name)
    for name, objects in infos.items():
        found.findings += fits(instance, name, objects)
    found.findings += lengths(instance, infos)
    found.findings += units(instance)
    return found


def grades(instance: Instance, system: SystemChecked) -> Iterator[Finding]:
    """Grade each entity of a system; the findings are those that may not be used as they are."""
    for name, entity in instance.entities.items():
        binding = entity.bindings.get(system.name)
        if binding is not None and system.can is not None:
            system.grades[name] = grade(entity, binding, system.can)
            if system.grades[name].refused:
                yield Finding("error", system.name, name, "config.grade", refusal(binding))


def disproved(system: SystemChecked) -> Iterator[Finding]:
    """Abilities that a system turned out not to have. What a poll asks for is told by no one: a warning."""
    for entity, tried in system.probed.items():
        for one in tried:
            said = f"'{one.ability}': {one.said}"
            if one.result == "disproved" and one.ability == "since":
                yield Finding("warning", system.name, entity, "probe.since", said)
            elif one.result == "disproved":
                yield Finding("error", system.name, entity, "probe.disproved", said)


def standing(store: Store, instance: Instance) -> dict[tuple[str, str], catalog.Position]:
    """Where each entity stands in each system."""
    places = unconnected(store, instance).all()
    with store.reading() as tx:
        return {(place.entity.name, place.binding.system): catalog.position(tx, place.id) for place in places}


def reach(
    project: Project,
    instance: Instance,
    system: SystemChecked,
    wider: bool,
    cursors: Mapping[tuple[str, str], str | None],
) -> dict[str, ObjectInfo]:
    """What a system says of its objects, by name. Raises what it says against it."""
    adapter = project.connect(instance, system.name)
    try:
        infos = {info.name: info for info in adapter.describe()}
        todo = too_narrow(instance, system.name, infos) if wider else []
        if todo:
            system.widened = widen(project, instance, system.name, adapter, todo)
            infos = {info.name: info for info in adapter.describe()}
        for binding in bindings(instance, system.name):
            look(adapter, binding.object)
            if not misfits(binding, infos):
                since = cursors[binding.entity, system.name]
                tried = probe(adapter, instance.entities[binding.entity], binding, since)
                system.probed[binding.entity] = tried
        system.state, system.reached, system.objects, system.can = "ok", True, sorted(infos), adapter.can
    finally:
        close(adapter)
    return infos


def misfits(binding: Binding, infos: Mapping[str, ObjectInfo]) -> bool:
    """Does its mapping name what is not there? Then what a probe says would be about that."""
    info = infos.get(binding.object)
    return info is None or any(problem.code == "fit.missing" for problem in fit(binding.mapping, info, creates=False))


def look(adapter: Adapter, obj: str) -> None:
    """One small read: a system that is described by a file has not been asked anything yet."""
    try:
        adapter.read(obj, ["1"])
    except Refused as error:
        if error.code != "system.cannot-read":
            raise
        next(iter(adapter.changes(obj, None)))


def close(adapter: Adapter) -> None:
    try:
        adapter.close()
    except HubError:
        return  # what it said before counts; a session that is not logged off ends by itself


def bindings(instance: Instance, system: str) -> Iterator[Binding]:
    for entity in instance.entities.values():
        if system in entity.bindings:
            yield entity.bindings[system]


def fits(instance: Instance, system: str, infos: Mapping[str, ObjectInfo]) -> Iterator[Finding]:
    """Where the mappings of one system do not fit what it says."""
    for binding in bindings(instance, system):
        info = infos.get(binding.object)
        if info is None:
            said = f"it has no object {binding.object}; it has {', '.join(infos) or 'none'}"
            yield Finding("error", system, binding.entity, "fit.object", said)
            continue
        creates = binding.allowed.insert and binding.direction != "in"
        for problem in fit(binding.mapping, info, creates=creates):
            yield Finding("error", system, f"{binding.entity}.{problem.field}", problem.code, problem.said)


def lengths(instance: Instance, infos: Mapping[str, Mapping[str, ObjectInfo]]) -> Iterator[Finding]:
    """Where one system holds longer values than another takes."""
    for entity in instance.entities.values():
        sides = [
            Side(name, binding.mapping, infos[name][binding.object])
            for name, binding in entity.bindings.items()
            if binding.object in infos.get(name, {})
        ]
        for problem in fit_lengths(sides):
            yield Finding("warning", "", f"{entity.name}.{problem.field}", problem.code, problem.said)


def units(instance: Instance) -> Iterator[Finding]:
    """Where fields that belong together do not go the same ways."""
    for entity in instance.entities.values():
        for system, problem in fit_units(entity):
            yield Finding("warning", system, f"{entity.name}.{problem.field}", problem.code, problem.said)


def clashes() -> list[Finding]:
    """Is another project's package of the same name installed, or in the way?

    Raises ConfigError `adapter.hidden`: the one that is imported is not ours, and nothing can be checked.
    """
    home = Path(str(hub.__file__)).resolve().parent.parent
    places = [Path(place).resolve() for place in adapters.__path__]
    if not any(place.parent == home for place in places):
        said = f"the hub's package 'adapters' is hidden by {places[0] if places else 'another one'}"
        raise ConfigError(
            [f"{said}; start the hub from another folder, in an environment of its own"], "adapter.hidden"
        )
    brought = importlib.metadata.packages_distributions()
    return [
        Finding("warning", "", "", "package.clash", clash(name, others))
        for name in PACKAGES
        if len(others := sorted(set(brought.get(name, [])))) > 1
    ]


def clash(name: str, distributions: list[str]) -> str:
    return (
        f"{' and '.join(distributions)} each bring a package '{name}': the one that is installed last overwrites the "
        "other; give the hub an environment of its own"
    )


def abilities(can: Can) -> list[str]:
    """What a system can do, in words."""
    said = [", ".join(verb for verb in ("create", "update", "delete") if getattr(can, verb)) or "only be read"]
    if can.tombstones or can.keys:
        said.append("tells of deletions" if can.tombstones else "deletions are found by comparing keys")
    if can.update:
        said.append("refuses stale writes" if can.conditional else "is read before a write")
    if can.create and (can.tokens or can.find):
        said.append("a lost create can be repeated" if can.tokens else "a lost create can be looked for")
    said.append(f"{can.batch} writes a call" if can.batch > 1 else f"{can.connections} calls at a time")
    return said
