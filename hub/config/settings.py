"""`conf/hub.yaml`: what counts for the whole installation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from hub.config.document import Document
from hub.config.environment import substituted
from hub.config.loading import Loading
from hub.config.plain import Format, Level, Plain, plain
from hub.config.problem import Loc
from hub.config.secrets import Secrets
from hub.core.errors import ConfigError
from hub.core.keep import KEEP, Keep
from hub.core.secret import Secret

HUB_FILE = "conf/hub.yaml"


@dataclass(frozen=True, slots=True)
class HubSettings:
    #: The hub's own database, without the password; a SQLite file with its full path.
    store: str
    #: None: the address needs none.
    store_password: Secret | None = None
    log_level: Level = "info"
    log_format: Format = "text"
    keep: Keep = KEEP

    def store_url(self) -> str:
        """The database's address with its password in it: for the driver only, never for a log or a screen."""
        if self.store_password is None:
            return self.store
        user, _, place = self.store.partition("@")
        return f"{user}:{quote(self.store_password.reveal(), safe='')}@{place}"


def load_settings(folder: Path, environ: Mapping[str, str]) -> HubSettings:
    """Only what counts for the whole installation: enough to open the store, and no adapter is imported.

    ConfigError: all problems of `conf/hub.yaml`.
    """
    loading = opened(folder, environ)
    settings = read_settings(loading)
    loading.problems.raise_any()
    return settings


def opened(folder: Path, environ: Mapping[str, str]) -> Loading:
    """A project folder before anything is read. ConfigError: it is none."""
    folder = folder.resolve()
    if not (folder / HUB_FILE).is_file():
        said = f"{folder}: there is no {HUB_FILE}; name a project folder, or make one with 'hub init DIR'"
        raise ConfigError([said], "config.no-project")
    return Loading(folder, environ, Secrets(folder, environ))


def read_settings(loading: Loading) -> HubSettings:
    """The settings; problems are noted."""
    document = loading.document(HUB_FILE)
    if document is None:
        return HubSettings("")
    data = substituted(document, document.data or {}, loading.environ)
    file = plain(data) or _modelled(document, data)
    address, password = _store(loading, document, file)
    return HubSettings(address, password, file.level, file.format, file.keep)


def _modelled(document: Document, data: Any) -> Plain:
    """The settings as far as they are in order; what is not, is noted."""
    from hub.config.check import checked  # costs the import of pydantic, and most files are in order
    from hub.config.hubfile import HubFile

    return (checked(HubFile, document, data) or HubFile()).plain()


def _store(loading: Loading, document: Document, store: Plain) -> tuple[str, Secret | None]:
    """The database's address and its password. An address from the environment may bring the password itself."""
    at: Loc = ("store", "url") if document.names("store") else ("store",)
    address, password = _parted(store.url)
    if store.password is not None:
        if password is not None:
            document.problem(at, "the address brings a password, and 'password' names one; keep one")
        password = loading.secret(document, ("store", "password"), store.password)
    if address.startswith("sqlite://") and store.password is None:
        return _beside(loading.folder, address), None
    user = "@" if store.password is not None or password is not None else ""
    if not (re.fullmatch(r"postgresql://(?:[^@/]+@)?[^@/]*/[^/]+", address) and user in address):
        from hub.config.words import shown  # costs the import of pydantic

        said = f"expected sqlite:///FILE or postgresql://USER@HOST/DATABASE, got {shown(address)}"
        document.problem(at, said)
    return address, password


def _parted(address: str) -> tuple[str, Secret | None]:
    found = re.fullmatch(r"(\w+://[^/@:]*):([^/@]*)(@.*)", address)
    return (found[1] + found[3], Secret(unquote(found[2]))) if found else (address, None)


def _beside(folder: Path, address: str) -> str:
    """A SQLite file is named from the project folder."""
    path = address.removeprefix("sqlite://").removeprefix("/")
    return address if path in ("", ":memory:") else f"sqlite:///{(folder / path).as_posix()}"
