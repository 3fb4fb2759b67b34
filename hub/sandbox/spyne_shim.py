"""Import this before anything of spyne: spyne 2.14 carries a copy of six whose `moves` Python 3.12 cannot import."""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType

PREFIX = "spyne.util.six.moves"


class _Loader(importlib.abc.Loader):
    """Hands out the module of the real six."""

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return importlib.import_module("six.moves" + spec.name[len(PREFIX) :])

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to do: it has been executed."""


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != PREFIX and not name.startswith(PREFIX + "."):
            return None
        return importlib.machinery.ModuleSpec(name, _Loader(), is_package=name in (PREFIX, PREFIX + ".urllib"))


if sys.version_info >= (3, 12) and not any(isinstance(f, _Finder) for f in sys.meta_path):
    sys.meta_path.insert(0, _Finder())
