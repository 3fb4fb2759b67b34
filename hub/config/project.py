"""A project folder, read and checked as a whole: every problem of every file at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

from hub.adapter import Adapter
from hub.config.adapters import connect
from hub.config.check import checked, shown
from hub.config.document import Document
from hub.config.environment import substituted
from hub.config.files import HubFile, StoreFile
from hub.config.instance import load_instance
from hub.config.loading import Loading
from hub.config.problem import Loc, Problem, unknown
from hub.config.secrets import Secrets
from hub.core.errors import ConfigError
from hub.core.model import Instance
from hub.core.secret import Secret

HUB_FILE = "conf/hub.yaml"
INSTANCES = "conf/instances"


@dataclass(frozen=True, slots=True)
class HubSettings:
    """What counts for the whole installation."""

    #: The hub's own database, without the password; a SQLite file with its full path.
    store: str
    #: None: the address needs none.
    store_password: Secret | None
    log_level: Literal["debug", "info", "warning", "error"]
    log_format: Literal["text", "json"]


@dataclass(frozen=True, slots=True)
class Project:
    folder: Path
    hub: HubSettings
    instances: Mapping[str, Instance]
    secrets: Secrets

    def store_url(self) -> str:
        """The database's address with its password in it: for the driver only, never for a log or a screen."""
        if self.hub.store_password is None:
            return self.hub.store
        scheme, _, rest = self.hub.store.partition("://")
        user, _, place = rest.partition("@")
        return f"{scheme}://{user}:{quote(self.hub.store_password.reveal(), safe='')}@{place}"

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
    folder = folder.resolve()
    if not (folder / HUB_FILE).is_file():
        said = f"{folder}: there is no {HUB_FILE}; name a project folder, or make one with 'hub init DIR'"
        raise ConfigError([said], "config.no-project")
    loading = Loading(folder, environ, Secrets(folder, environ))
    hub = _hub(loading)
    instances = _instances(loading)
    loading.problems.raise_any()
    return Project(folder, hub, instances, loading.secrets)


def _hub(loading: Loading) -> HubSettings:
    document = loading.document(HUB_FILE)
    if document is None:
        return HubSettings("", None, "info", "text")
    data = substituted(document, document.data or {}, loading.environ)
    file = checked(HubFile, document, data) or HubFile()
    address, password = _store(loading, document, file.store)
    return HubSettings(address, password, file.log.level, file.log.format)


def _store(loading: Loading, document: Document, store: StoreFile) -> tuple[str, Secret | None]:
    """The database's address and its password. An address from the environment may bring the password itself."""
    at: Loc = ("store", "url") if document.names("store") else ("store",)
    address, password = _parted(store.url)
    if password is not None and store.password is not None:
        document.problem(at, "the address brings a password, and 'password' names one; keep one")
    if store.password is not None:
        password = loading.secret(document, ("store", "password"), store.password.secret)
    if address.startswith("sqlite://") and password is None:
        return _beside(loading.folder, address), None
    if re.match(r"postgresql://(?:[^@/]*@)?[^@/]*/[^/]+$", address) and (password is None or "@" in address):
        return address, password
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
