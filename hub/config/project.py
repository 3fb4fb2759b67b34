"""A project folder, read and checked as a whole: every problem of every file at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.adapter import Adapter
from hub.config.adapters import connect
from hub.config.instance import load_instance
from hub.config.loading import Loading
from hub.config.problem import Problem, unknown
from hub.config.secrets import Secrets
from hub.config.settings import HubSettings, opened, read_settings
from hub.core.errors import ConfigError
from hub.core.model import Instance

INSTANCES = "conf/instances"


@dataclass(frozen=True, slots=True)
class Project:
    folder: Path
    hub: HubSettings
    instances: Mapping[str, Instance]
    secrets: Secrets

    def instance(self, name: str) -> Instance:
        """An instance by name. ConfigError: there is none."""
        if name not in self.instances:
            raise ConfigError([unknown("instance", name, self.instances)], "config.instance")
        return self.instances[name]

    def connect(self, instance: Instance, system: str) -> Adapter:
        """The adapter of a configured system, ready to use; the caller closes it."""
        return connect(instance, system, self.folder, self.secrets)


def load_project(folder: Path, environ: Mapping[str, str]) -> Project:
    """The project of a folder. ConfigError: all problems of all its files, each with file, line and key."""
    loading = opened(folder, environ)
    hub = read_settings(loading)
    instances = _instances(loading)
    loading.problems.raise_any()
    return Project(loading.folder, hub, instances, loading.secrets)


def _instances(loading: Loading) -> dict[str, Instance]:
    files = sorted((loading.folder / INSTANCES).glob("*.y*ml"))
    if not files:
        loading.problems.add(Problem(INSTANCES, 0, 0, "", "there is no instance; each is a file NAME.yaml here"))
    found: dict[str, Instance] = {}
    for path in files:
        file = f"{INSTANCES}/{path.name}"
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*\.yaml", path.name):
            instance = load_instance(loading, file)
            if instance is not None:
                found[path.stem] = instance
        else:
            said = "expected a file name of letters, digits, '_' and '-' that ends with .yaml"
            loading.problems.add(Problem(file, 0, 0, "", said))
    return found
