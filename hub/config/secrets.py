"""Named secrets: from the environment, else from the hub's own sealed file `conf/secrets.yaml`."""

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from hub.config.problem import Problems
from hub.config.sealedfile import NAME, NAME_HINT, missing, tokens
from hub.core.errors import ConfigError
from hub.core.secret import Secret


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
        if self._from_environ(name) is None and name not in tokens(self._folder, problems):
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
