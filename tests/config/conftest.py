"""A small project folder of two systems, with an adapter of its own, to break in one place at a time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config import Project, load_project
from hub.core.errors import ConfigError

HUB = """\
store: sqlite:///var/hub.db
log:
  level: info
"""

INSTANCE = """\
organization: demo
active: true
systems:
  crm:
    adapter: paper
    url: http://127.0.0.1:8701/crm
    user: hub
    password: {secret: CRM_PASSWORD}
    zone: Europe/Dublin
  erp:
    adapter: paper
    url: http://127.0.0.1:8702/api
    user: hub
    password: {secret: ERP_PASSWORD}
policy: {prefer: crm}
entities:
  account:
    fields:
      name: text
      phone: text
      city: text
      postcode: text
      amount: {type: decimal, scale: 2}
      status: {type: choice, choices: [A, I]}
    groups:
      address: [city, postcode]
    merge: field
    policies:
      phone: newest
    deletes: ask
    match:
      - [name, postcode]
    bindings:
      crm:
        mapping: account.crm
        direction: both
        filter: comp_type = 'Supplier'
        options: {page: 100}
      erp:
        object: supplier
        mapping: account.erp
tasks:
  accounts:
    entities: [account]
    every: 5m
"""

CRM = """\
object: company
entity: account
fields:
  name: {field: name, length: 60}
  phone: phone
  city: city
  postcode: postcode
  amount: creditlimit
  status:
    field: status
    transforms:
      - lookup: {table: {Active: A, Inactive: I}}
  "@erp": supplierid
"""

ERP = """\
object: supplier
entity: account
fields:
  name: {field: name, length: 40, too_long: truncate}
  phone: phone
  city: city
  postcode: postcode
  amount: {field: credit_limit}
  status: status
"""

ADAPTER = '''\
"""Speaks to nobody: for tests of the configuration."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from hub.adapter import SecretName

WIRE = "json"


class UserPassword(BaseModel, frozen=True, extra="forbid"):
    user: str
    password: SecretName


class Options(BaseModel, frozen=True, extra="forbid"):
    url: str
    user: str
    password: SecretName
    zone: str = "UTC"
    timeout: int = Field(default=60, ge=1)
    verify: bool = True
    mode: Literal["fast", "careful"] = "fast"
    headers: dict[str, SecretName] = {}
    login: SecretName | UserPassword | None = None


class ObjectOptions(BaseModel, frozen=True, extra="forbid"):
    page: int = 100


def connect(system: Any) -> Any:
    return system
'''

FILES = {
    "conf/hub.yaml": HUB,
    "conf/instances/main.yaml": INSTANCE,
    "mappings/account.crm.yaml": CRM,
    "mappings/account.erp.yaml": ERP,
    "adapters/paper.py": ADAPTER,
}
ENVIRON = {"HUB_SECRET_CRM_PASSWORD": "correct horse", "ERP_PASSWORD": "battery staple"}

Problems = Callable[[], list[str]]


@pytest.fixture(scope="session")
def files() -> dict[str, str]:
    return dict(FILES)


@pytest.fixture(scope="session")
def environ() -> dict[str, str]:
    return dict(ENVIRON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project folder without a problem."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def change(folder: Path) -> Callable[[str, str, str], None]:
    """Put one text in place of another in a file; it must be there exactly once."""

    def put(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return put


@pytest.fixture
def load(folder: Path) -> Callable[..., Project]:
    return lambda **environ: load_project(folder, {**ENVIRON, **environ})


@pytest.fixture
def problems(load: Callable[..., Project]) -> Callable[..., list[str]]:
    """The problems of the folder, which must have some."""

    def found(**environ: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(**environ)
        return caught.value.problems

    return found
