"""Open a project: its database, its systems, and the one process that may work on them."""

import gc
import os
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hub.adapter import Adapter
from hub.config import Project, load_project
from hub.core.errors import ConfigError, HubError
from hub.core.model import Instance
from hub.engine.away import Away
from hub.engine.machine import real
from hub.flow.assembling import assemble
from hub.flow.grade import grade, refusal
from hub.flow.place import Hub
from hub.store.catalog import register
from hub.store.database import Store
from hub.store.exclusive import exclusive
from hub.store.opening import opened_store


@contextmanager
def opened(folder: Path) -> Generator[tuple[Project, Store]]:
    """A project and its database, made or upgraded as needed."""
    project = load_project(folder, os.environ)
    with opened_store(project.hub.store_url()) as store:
        yield project, store


def chosen(project: Project, name: str | None) -> Instance:
    """The named instance, or the only one."""
    if name is not None:
        return project.instance(name)
    if len(project.instances) == 1:
        return next(iter(project.instances.values()))
    names = ", ".join(sorted(project.instances))
    raise ConfigError([f"this project has several instances ({names}): name one with --instance"], "config.instance")


@contextmanager
def working(project: Project, store: Store, instance: Instance) -> Generator[Hub]:
    """An instance with its systems connected, ready to sync; nobody else works on the database meanwhile."""
    if not instance.active:
        said = (
            f"the instance '{instance.name}' is not active: say 'active: true' in conf/instances/{instance.name}.yaml"
        )
        raise ConfigError([said], "config.inactive")
    with exclusive(store), connected(project, instance) as adapters, settled():
        hub = assembled(store, instance, adapters)
        hub.keep = project.hub.keep
        yield hub


@contextmanager
def settled() -> Generator[None]:
    """What is loaded by now stays: the garbage collector need not walk it again and again while pages stream by."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)  # a page is some ten thousand objects, none of them in a cycle
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def unconnected(store: Store, instance: Instance) -> Hub:
    """An instance without its systems: to look and to decide."""
    away: dict[str, Adapter] = {name: Away(name) for name in instance.systems}
    return assembled(store, instance, away)


def assembled(store: Store, instance: Instance, adapters: Mapping[str, Adapter]) -> Hub:
    """An instance over these systems, known to the database, on this machine's clock."""
    return assemble(store, instance, register(store, instance), adapters, real())


@contextmanager
def connected(project: Project, instance: Instance) -> Generator[dict[str, Adapter]]:
    """The adapters of all systems by name; all are closed in the end, whatever one of them says."""
    with ExitStack() as stack:
        adapters: dict[str, Adapter] = {}
        for name in instance.systems:
            adapters[name] = project.connect(instance, name)
            stack.callback(_close, adapters[name])
        graded(instance, adapters)
        yield adapters


def graded(instance: Instance, adapters: Mapping[str, Adapter]) -> None:
    """ConfigError, where a system of grade D is used both ways and its binding does not accept that."""
    problems = [
        f"conf/instances/{instance.name}.yaml: entities.{name}.bindings.{system}.direction: {refusal(binding)}"
        for name, entity in instance.entities.items()
        for system, binding in entity.bindings.items()
        if grade(entity, binding, adapters[system].can).refused
    ]
    if problems:
        raise ConfigError(problems, "config.grade")


def _close(adapter: Adapter) -> None:
    try:
        adapter.close()
    except HubError:
        return  # a system that is away cannot be logged off from; its session ends by itself
