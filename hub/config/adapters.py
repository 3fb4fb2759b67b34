"""Adapters by name: the shipped ones, and a project folder's own `adapters/NAME.py` beside them."""

import hashlib
import importlib
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel

import adapters
from hub.adapter import Adapter, ObjectUse, System
from hub.config.problem import unknown
from hub.config.secrets import Secrets
from hub.core.errors import ConfigError
from hub.core.model import Instance


def adapter_names(folder: Path) -> list[str]:
    """The names that `adapter:` may say in this project folder."""
    shipped = {module.name for module in pkgutil.iter_modules(adapters.__path__)}
    own = {path.stem for path in (folder / "adapters").glob("*.py")}
    return sorted(name for name in shipped | own if not name.startswith("_"))


def load_adapter(name: str, folder: Path) -> ModuleType:
    """The module of an adapter; the project's own goes before a shipped one of the same name.

    ConfigError: there is none, it does not import, or it is not an adapter.
    """
    if adapters.__file__ is None:
        said = f"the hub's package 'adapters' is hidden by {adapters.__path__[0]}; start the hub from another folder"
        raise ConfigError([said], "adapter.hidden")
    if not re.fullmatch(r"[A-Za-z]\w*", name) or name not in adapter_names(folder):
        raise ConfigError([unknown("adapter", name, adapter_names(folder))], "adapter.unknown")
    own = folder / "adapters" / f"{name}.py"
    try:
        module = _own(own) if own.exists() else importlib.import_module(f"adapters.{name}")
    except Exception as error:  # what a foreign module may raise is not ours to list; the cause is kept
        raise ConfigError([f"adapter '{name}' does not load: {_cause(error)}"], "adapter.broken") from error
    options = getattr(module, "Options", None)
    if not (
        isinstance(options, type) and issubclass(options, BaseModel) and callable(getattr(module, "connect", None))
    ):
        said = f"adapter '{name}' is not complete: it needs a pydantic model Options and a function connect(system)"
        raise ConfigError([said], "adapter.incomplete")
    return module


def connect(instance: Instance, system: str, folder: Path, secrets: Secrets) -> Adapter:
    """The adapter of a configured system, ready to use; the caller closes it."""
    spec = instance.systems[system]
    module = load_adapter(spec.adapter, folder)
    given = System(spec.name, spec.options, _objects(instance, system), folder, secrets.get)
    adapter: Adapter = module.connect(given)
    return adapter


def _objects(instance: Instance, system: str) -> Mapping[str, ObjectUse]:
    """How the entities of an instance use the objects of one system. Those that share one agree on how to read it."""
    uses: dict[str, ObjectUse] = {}
    for entity in instance.entities.values():
        if (binding := entity.bindings.get(system)) is not None:
            before = uses.get(binding.object)
            mapped = {source for field in binding.mapping.specs.values() for source in field.sources}
            fields = mapped.union(before.fields if before else ())
            uses[binding.object] = ObjectUse(binding.object, tuple(sorted(fields)), binding.filter, binding.options)
    return uses


def _own(path: Path) -> ModuleType:
    """A module from its file. Its folder does not get on sys.path: its files could hide installed packages."""
    path = path.resolve()
    shipped = [Path(place).resolve() for place in adapters.__path__]
    if path.parent in shipped:
        return importlib.import_module(f"adapters.{path.stem}")
    name = f"hub_project_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path.name} is not a Python file")
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def _cause(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"SyntaxError in line {error.lineno}: {error.msg}"
    return f"{type(error).__name__}: {error}"
