"""The REST adapter keeps the contract against the supplier ERP of the sandbox, a real server in its own process."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.rest import Options, connect, mapping_of
from adapters.rest.system import Rest
from hub.adapter import Failure, ObjectUse, System, Write, Written
from hub.core.errors import Denied, HubError, Refused, Stale, TryLater, Unknown
from hub.core.record import Raw
from hub.core.secret import Secret
from hub.testing.contract import AdapterContract

FOLDER = Path(__file__).parents[2]


class Erp:
    """A sandbox in its own process, and the people who work with it."""

    object, name, other, sought, page = "supplier", "name", "city", "external_ref", 4

    def __init__(self, *settings: str) -> None:
        command = [sys.executable, "-m", "hub.sandbox.erp", "--port", "0", "--suppliers", "5", *settings]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self.process.stdout
        ready = json.loads(self.process.stdout.readline())
        self.url, self.control = ready["url"], f"http://127.0.0.1:{ready['port']}/control"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(5)

    def sample(self, name: str) -> Raw:
        return {"name": name, "city": "Cork", "headcount": 7, "blocked": False, "credit_limit": 12.5}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.control}/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def create(self, fields: Raw) -> str:
        return str(self.ask("POST", "suppliers", fields)["supplierid"])

    def edit(self, key: str, fields: Raw) -> None:
        self.ask("PATCH", f"suppliers/{key}", fields)

    def delete(self, key: str) -> None:
        self.ask("DELETE", f"suppliers/{key}")


def connected(url: str, key: str = "sandbox", **more: Any) -> Rest:
    options = Options.model_validate(
        {
            "document": "erp.openapi.yaml",
            "overlays": ["erp.overlay.yaml"],
            "url": url,
            "credentials": {"key": {"secret": "ERP_KEY"}},
            **more,
        }
    )
    uses = {"supplier": ObjectUse("supplier", ("name", "city"))}
    return connect(System("erp", options, uses, FOLDER, lambda name: Secret(key)))


@pytest.fixture(scope="module")
def erp() -> Iterator[Erp]:
    server = Erp()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def poor_erp() -> Iterator[Erp]:
    """It compares nothing, knows no tokens, takes no batches and cuts every page to 4."""
    server = Erp("--etags", "off", "--idempotency", "off", "--batch", "off", "--page-limit", "4")
    yield server
    server.stop()


class TestErp(AdapterContract):
    @pytest.fixture
    def world(self, erp: Erp) -> Erp:
        return erp

    @pytest.fixture
    def adapter(self, erp: Erp) -> Iterator[Rest]:
        adapter = connected(erp.url, page=4)
        yield adapter
        adapter.close()


class TestPoorErp(AdapterContract):
    @pytest.fixture
    def world(self, poor_erp: Erp) -> Erp:
        return poor_erp

    @pytest.fixture
    def adapter(self, poor_erp: Erp) -> Iterator[Rest]:
        adapter = connected(poor_erp.url, can={"conditional": False, "tokens": False, "batch": False})
        yield adapter
        adapter.close()


@pytest.fixture
def adapter(erp: Erp) -> Iterator[Rest]:
    adapter = connected(erp.url, read_timeout=1, total_timeout=2)
    yield adapter
    adapter.close()
    erp.ask("POST", "faults", {})


def test_a_wrong_key_is_denied(erp: Erp) -> None:
    with pytest.raises(Denied):
        list(connected(erp.url, "wrong").changes("supplier", None))
    with pytest.raises(Denied):
        connected(erp.url, "wrong").write("supplier", [Write("create", None, {"name": "x"})])


def test_a_refused_record_says_why_and_for_which_field(adapter: Rest, erp: Erp) -> None:
    writes = [Write("create", None, {"name": "x" * 41, "country": "xx"}), Write("create", None, erp.sample("fine"))]
    refused, written = adapter.write("supplier", writes)
    assert isinstance(written, Written)
    assert isinstance(refused, Failure)
    assert isinstance(refused.error, Refused)
    assert refused.error.code == "record.refused"
    assert {reason.split(":")[0] for reason in refused.error.reasons} == {"name", "country"}


def test_only_what_changed_is_asked_for(adapter: Rest, erp: Erp) -> None:
    [*_, last] = adapter.changes("supplier", None)
    erp.ask("POST", "reset-stats")
    [page] = adapter.changes("supplier", last.cursor)
    assert (page.records, page.gone, page.cursor) == ([], [], last.cursor)
    assert erp.ask("GET", "stats")["calls"] == {"listSupplierChanges": 1}


def test_the_mapping_stands_in_the_document() -> None:
    options = Options(document="erp.openapi.yaml", overlays=("erp.overlay.yaml",))
    mapping = mapping_of(options, "supplier", FOLDER)
    assert (mapping["object"], mapping["entity"]) == ("supplier", "account")
    assert mapping["fields"]["name"] == {"field": "name", "length": 40, "required": True, "too_long": "truncate"}
    assert mapping["fields"]["@crm"] == {"field": "external_ref", "length": 40}
    assert mapping["fields"]["status"] == {"field": "status", "choices": ["A", "I"]}
    assert len(mapping["fields"]) == 19


def test_an_old_version_in_a_batch_is_stale(adapter: Rest, erp: Erp) -> None:
    keys = [erp.create(erp.sample(f"stale {n}")) for n in range(2)]
    erp.edit(keys[0], {"name": "by a person"})
    stale, written = adapter.write("supplier", [Write("update", key, {"name": "by the hub"}, "1") for key in keys])
    assert isinstance(stale, Failure)
    assert isinstance(stale.error, Stale)
    assert isinstance(written, Written)


FAULTS: list[tuple[dict[str, Any], type[HubError], str, type[HubError], str, int]] = [
    ({"drop": 1}, TryLater, "system.timeout", Unknown, "system.no-answer", 1),
    ({"cut": 1}, TryLater, "system.timeout", Unknown, "system.no-answer", 1),
    ({"hang_up": 1}, TryLater, "system.timeout", Unknown, "system.no-answer", 0),
    ({"throttle": 1, "retry_after": 0}, TryLater, "system.busy", TryLater, "system.busy", 0),
    ({"error": 1, "status": 500}, TryLater, "system.error", Unknown, "system.error", 0),
    ({"html": 1}, TryLater, "answer.html", Unknown, "answer.html", 0),
    ({"empty": 1}, TryLater, "answer.shape", Unknown, "answer.shape", 0),
]
ASKS: list[Callable[[Rest], Any]] = [
    lambda adapter: list(adapter.changes("supplier", None)),
    lambda adapter: adapter.read("supplier", ["1"]),
    lambda adapter: list(adapter.keys("supplier")),
]


@pytest.mark.parametrize(("fault", "read", "read_code", "write", "write_code", "landed"), FAULTS)
def test_a_fault_is_said_as_what_to_do_next(
    adapter: Rest,
    erp: Erp,
    fault: dict[str, Any],
    read: type[HubError],
    read_code: str,
    write: type[HubError],
    write_code: str,
    landed: int,
) -> None:
    for ask in ASKS:
        erp.ask("POST", "faults", fault)
        with pytest.raises(read) as caught:
            ask(adapter)
        assert caught.value.code == read_code
    for count in (1, 3):
        before = erp.ask("GET", "stats")["suppliers"]
        writes = [Write("create", None, erp.sample("fault"), token=f"{fault}{count}{n}") for n in range(count)]
        erp.ask("POST", "faults", fault)
        error = failed(adapter, writes)
        assert isinstance(error, write)
        assert error.code == write_code
        assert erp.ask("GET", "stats")["suppliers"] == before + count * landed
        assert all(isinstance(outcome, Written) for outcome in adapter.write("supplier", writes))
        assert erp.ask("GET", "stats")["suppliers"] == before + count


def failed(adapter: Rest, writes: list[Write]) -> HubError:
    """What was raised, or what the only write failed with."""
    try:
        [outcome] = adapter.write("supplier", writes)
    except HubError as error:
        return error
    assert isinstance(outcome, Failure)
    return outcome.error


def test_a_slow_erp_is_given_up(adapter: Rest, erp: Erp) -> None:
    erp.ask("POST", "faults", {"latency_ms": 1500})
    with pytest.raises(TryLater):
        adapter.read("supplier", ["1"])
    [outcome] = adapter.write("supplier", [Write("update", "1", {"city": "Cork"})])
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.error, Unknown)


def test_an_erp_that_is_not_there_is_tried_later() -> None:
    adapter = connected("http://127.0.0.1:1/api/v1")
    with pytest.raises(TryLater) as caught:
        adapter.write("supplier", [Write("create", None, {"name": "x"}), Write("create", None, {"name": "y"})])
    assert caught.value.code == "system.unreachable"
