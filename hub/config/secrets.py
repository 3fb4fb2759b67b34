"""Named secrets: from the environment, else from the hub's own sealed file `conf/secrets.yaml`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from hub.config.document import Document, read_document
from hub.config.problem import Problems
from hub.core.errors import ConfigError
from hub.core.secret import Secret

SECRETS_FILE = "conf/secrets.yaml"
NAME = re.compile(r"[A-Z][A-Z0-9_]*")
NAME_HINT = "a secret's name is capitals, digits and '_', such as CRM_PASSWORD"


class Secrets:
    """Looks names up; shows nothing of itself."""

    __slots__ = ("_environ", "_folder")

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ

    def problem(self, name: str, problems: Problems) -> str | None:
        """Why a name has no value. None: it has one (which may still not open).

        `problems` takes what is wrong with the sealed file itself.
        """
        if not NAME.fullmatch(name):
            return NAME_HINT
        if self._from_environ(name) is None and name not in _read(self._folder, problems):
            return missing(name)
        return None

    def get(self, name: str) -> Secret:
        """The value of a name. ConfigError: it is not set, or its sealed value does not open."""
        if not NAME.fullmatch(name):
            raise ConfigError([NAME_HINT], "secret.name")
        found = self._from_environ(name)
        if found is None:
            from hub.config.sealed import open_secret  # costs the import of cryptography

            found = open_secret(self._folder, self._environ, name)
        return found

    def _from_environ(self, name: str) -> Secret | None:
        value = self._environ.get(f"HUB_SECRET_{name}") or self._environ.get(name)
        return Secret(value) if value else None

    def __repr__(self) -> str:
        return "Secrets(***)"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("secrets are neither pickled nor copied")


def missing(name: str) -> str:
    return f"secret {name} is not set: run 'hub secret set {name}', or set HUB_SECRET_{name} in the environment"


def read_sealed(folder: Path) -> dict[str, str]:
    """The sealed values by name; empty without the file. ConfigError: the file is not in order."""
    problems = Problems()
    found = _read(folder, problems)
    problems.raise_any()
    return found


def _read(folder: Path, problems: Problems) -> dict[str, str]:
    if not (folder / SECRETS_FILE).exists():
        return {}
    document = read_document(folder, SECRETS_FILE, problems)
    return _sealed(document) if document else {}


def _sealed(document: Document) -> dict[str, str]:
    data = document.data or {}
    if not isinstance(data, dict):
        document.problem((), "expected NAME: v1:KEY:VALUE on every line")
        return {}
    for name, token in data.items():
        if not (isinstance(name, str) and NAME.fullmatch(name)):
            document.problem((str(name),), NAME_HINT)
        if not (isinstance(token, str) and token.startswith("v1:")):
            document.problem((str(name),), "expected a sealed value; write it with 'hub secret set', never by hand")
    return data
