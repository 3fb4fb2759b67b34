"""The contract of an adapter, kept by Sage CRM's, against the sandbox's Sage CRM in a process of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from sage_answers import connected
from support.servers import Crm, crm_server

from adapters.sagecrm.adapter import SageCrm
from hub.core.record import Raw
from hub.testing.contract import AdapterContract

PAGE = 5


class People:
    """The people at work in the CRM."""

    object, name, other, sought, page = "company", "name", "city", "city", PAGE

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def sample(self, name: str) -> Raw:
        return {"name": name, "city": "Cork"}

    def create(self, fields: Raw) -> str:
        return self._crm.add(**fields)

    def edit(self, key: str, fields: Raw) -> None:
        self._crm.edit(key, **fields)

    def delete(self, key: str) -> None:
        self._crm.delete(key)


SERVERS: dict[str, dict[str, Any]] = {
    "typed": {},
    "records": {},
    "observed": {"order": "observed", "omit_size": True, "bare": True, "fault_status": 500},
    "zoned": {"zone": "America/Chicago", "nil_lists": True},
    "whole": {"batch": "whole", "hide_deleted": True, "sessions": "block"},
}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Crm, dict[str, Any]]]:
    """Servers of different settings, and what the adapter must be told of them."""
    options = SERVERS[request.param]
    with crm_server(companies=3, page=PAGE, **options) as crm:
        yield crm, {"read": "records" if request.param == "records" else "typed", "zone": options.get("zone", "UTC")}


class TestSageCrm(AdapterContract):
    @pytest.fixture
    def adapter(self, server: tuple[Crm, dict[str, Any]]) -> Iterator[SageCrm]:
        crm, options = server
        adapter = connected(crm.url, password=crm.password, **options)
        yield adapter
        adapter.close()

    @pytest.fixture
    def world(self, server: tuple[Crm, dict[str, Any]]) -> People:
        crm, _ = server
        crm.reset()
        return People(crm)
