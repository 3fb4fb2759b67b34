"""What tests stand on: the sandbox counterparts and the databases. Each test finds them as new."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support import postgres
from support.servers import Crm, Erp, crm_server, erp_server

from hub.simulator import databases

# How long one example takes depends on what else the machine does; what may be slow is measured by the benchmarks.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")

#: So many records the counterparts start with; of the suppliers two thirds are companies of the CRM.
FEW = 30


@pytest.fixture(scope="session")
def erp_process() -> Iterator[Erp]:
    """One ERP for all tests that do not need options of their own. Use `erp`."""
    with erp_server(suppliers=FEW) as erp:
        yield erp


@pytest.fixture
def erp(erp_process: Erp) -> Erp:
    """A running ERP with the first 30 demo suppliers and no faults. For other options: `erp_server(...)`."""
    erp_process.reset()
    return erp_process


@pytest.fixture(scope="session")
def crm_process() -> Iterator[Crm]:
    """One CRM for all tests that do not need options of their own. Use `crm`."""
    with crm_server(companies=FEW) as crm:
        yield crm


@pytest.fixture
def crm(crm_process: Crm) -> Crm:
    """A running CRM with the first 30 demo companies and no faults. For other options: `crm_server(...)`."""
    crm_process.reset()
    return crm_process


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server where databases may be made: that of HUB_TEST_POSTGRES, else a throw-away one."""
    given = os.environ.get("HUB_TEST_POSTGRES")
    if given:
        yield given
        return
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, on SQLite and then on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.db'}"
        return
    with postgres.database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture(scope="session")
def stories_url(postgres_url: str) -> Iterator[str]:
    """One PostgreSQL database for all stories: emptying it takes a tenth of making it."""
    with postgres.database(postgres_url) as url:
        yield url
        databases.forget(url)


@pytest.fixture(autouse=True)
def world_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where the worlds of `support.memory` keep their records: before anything makes one, so for every test."""
    on = getattr(request, "param", "sqlite")
    with databases.kept_in(databases.LITE if on == "sqlite" else request.getfixturevalue("stories_url")):
        yield


HERE = Path(__file__).parent
#: Folders whose stories are told on both databases.
STORIES = ("flow", "engine")
#: Files that choose or make their store themselves.
ELSEWHERE = ("test_machine", "test_values_that_recur", "test_planted_bugs", "test_one_process", "test_preview")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every story of the engine is told on SQLite and on PostgreSQL, without a word of it in the story."""
    file = metafunc.definition.path
    if file.relative_to(HERE).parts[0] in STORIES and file.stem not in ELSEWHERE:
        metafunc.parametrize("world_kept", ["sqlite", "postgresql"], indirect=True)
