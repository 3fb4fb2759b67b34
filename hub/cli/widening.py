"""`hub check --widen`: fields are made as wide as the mappings that say `too_long: widen` want them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hub.adapter import Adapter, ObjectInfo
from hub.config import Project
from hub.config.adapters import load_adapter
from hub.core.errors import Denied, HubError, TryLater
from hub.core.fit import Narrow, narrow
from hub.core.model import Instance


@dataclass(frozen=True, slots=True)
class Widened:
    """A field that was made wider, or why not."""

    object: str
    field: str
    holds: int
    wanted: int
    #: None: it was.
    error: HubError | None = None

    @property
    def said(self) -> str:
        return f"{self.object}.{self.field}, from {self.holds} to {self.wanted} characters"

    def as_dict(self) -> dict[str, Any]:
        error = None if self.error is None else {"code": self.error.code, "said": self.error.said}
        return {**asdict(self), "error": error}


def too_narrow(instance: Instance, system: str, infos: Mapping[str, ObjectInfo]) -> list[Narrow]:
    """The fields of a system to be made wider; where two entities share one, as the one that wants more."""
    found: dict[tuple[str, str], Narrow] = {}
    for entity in instance.entities.values():
        binding = entity.bindings.get(system)
        if binding is None or binding.object not in infos:
            continue
        for one in narrow(binding.mapping, infos[binding.object]):
            before = found.setdefault((one.object, one.field), one)
            found[one.object, one.field] = max(before, one, key=lambda item: item.wanted)
    return list(found.values())


def widen(project: Project, instance: Instance, system: str, adapter: Adapter, todo: list[Narrow]) -> list[Widened]:
    """Ask the system for each. One that it refuses stops no other; a system that is away is not asked again."""
    module = load_adapter(instance.systems[system].adapter, project.folder)
    done: list[Widened] = []
    for one in todo:
        error = None
        try:
            module.widen(adapter, one.object, one.field, one.wanted)
        except HubError as caught:
            error = caught
        done.append(Widened(*one, error))
        if isinstance(error, TryLater | Denied):
            break
    return done
