"""What `hub check` finds out of each system."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

from hub.adapter import Adapter, Can, ObjectInfo
from hub.config import Project
from hub.core.errors import ConfigError, HubError, Refused
from hub.core.fit import Side, fit, fit_lengths
from hub.core.mapping import Problem
from hub.core.model import Binding, Instance

Level = Literal["error", "warning"]
#: Works today; refuses or cuts a value one day.
_WARNINGS = frozenset({"fit.length"})


class Finding(NamedTuple):
    """Something that is wrong, or will be."""

    level: Level
    #: The hub's field, as `account.phone`; empty: the system as a whole.
    where: str
    code: str
    said: str


@dataclass(slots=True)
class Checked:
    """One system."""

    instance: str
    system: str
    adapter: str
    #: It answered, and our credentials are good.
    reached: bool = False
    objects: list[str] = field(default_factory=list)
    can: Can | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)

    @property
    def state(self) -> str:
        return ("ok" if self.ok else "does not fit") if self.reached else "not in use"

    @property
    def abilities(self) -> list[str]:
        return abilities(self.can) if self.can else []

    def as_dict(self) -> dict[str, Any]:
        return {
            "instance": self.instance,
            "system": self.system,
            "adapter": self.adapter,
            "reached": self.reached,
            "ok": self.ok,
            "objects": self.objects,
            "can": asdict(self.can) if self.can else None,
            "findings": [finding._asdict() for finding in self.findings],
        }

    def error(self, error: HubError, where: str = "") -> None:
        said = error.problems if isinstance(error, ConfigError) else [error.said]
        self.findings += [Finding("error", where, error.code, one) for one in said]


def check(project: Project, instance: Instance) -> list[Checked]:
    """Every system of an instance; one that fails stops no other. Each is logged on to once: accounts lock."""
    found = {name: Checked(instance.name, name, spec.adapter) for name, spec in instance.systems.items()}
    infos: dict[str, dict[str, ObjectInfo]] = {}
    for name, checked in found.items():
        try:
            infos[name] = reach(project, instance, checked)
        except HubError as error:
            checked.error(error)
    for checked in found.values():
        if checked.reached:
            checked.findings += fits(instance, checked.system, infos[checked.system])
    for system, finding in lengths(instance, infos):
        found[system].findings.append(finding)
    return list(found.values())


def reach(project: Project, instance: Instance, checked: Checked) -> dict[str, ObjectInfo]:
    """What a system says of its objects, by name. Raises what it answers instead."""
    adapter = project.connect(instance, checked.system)
    try:
        checked.can = adapter.can
        infos = {info.name: info for info in adapter.describe()}
        for binding in bindings(instance, checked.system):
            look(adapter, binding.object)
        checked.reached, checked.objects = True, sorted(infos)
    finally:
        close(adapter)
    return infos


def look(adapter: Adapter, obj: str) -> None:
    """One small read: a system that describes itself from a file has not been asked anything yet."""
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
            yield Finding("error", binding.entity, "fit.object", f"{system} has no object {binding.object}")
            continue
        creates = binding.allowed.insert and binding.direction != "in"
        for problem in fit(binding.mapping, info, creates=creates):
            yield finding("error", binding.entity, problem)


def lengths(instance: Instance, infos: Mapping[str, Mapping[str, ObjectInfo]]) -> Iterator[tuple[str, Finding]]:
    """(system, finding): where one system holds longer values than another takes."""
    for entity in instance.entities.values():
        sides = [
            Side(name, binding.mapping, infos[name][binding.object])
            for name, binding in entity.bindings.items()
            if binding.object in infos.get(name, {})
        ]
        for there in sides:
            for problem in fit_lengths(sides):
                if problem.said.startswith(f"{there.system} {there.mapping.object}."):
                    yield there.system, finding("warning", entity.name, problem)


def finding(level: Level, entity: str, problem: Problem) -> Finding:
    return Finding(level, f"{entity}.{problem.field}", problem.code, problem.said)


def abilities(can: Can) -> list[str]:
    """What a system can do, in words."""
    verbs = [verb for verb in ("create", "update", "delete") if getattr(can, verb)]
    said = [", ".join(verbs) or "only be read"]
    said.append("tells of deletions" if can.tombstones else "deletions by comparing keys" if can.keys else "")
    said.append("refuses stale writes" if can.conditional else "read before a write")
    said.append("repeatable creates" if can.tokens else "lost creates are searched" if can.find else "")
    said.append(f"{can.batch} writes a call" if can.batch > 1 else f"{can.connections} calls at once")
    return [word for word in said if word]
