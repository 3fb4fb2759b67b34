"""The sandbox counterparts as separate processes on free ports, and what a test does to them behind the hub's back."""

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import requests
from support.processes import Attached, attached

#: Options that are said as on or off.
SWITCHES = frozenset({"etags", "idempotency", "batch"})
START_S = 60.0


class Sandbox:
    """A running counterpart. `url` is that of its API, `page` that for people, `base` has no path."""

    def __init__(self, process: Attached, said: dict[str, Any], noun: str) -> None:
        self._process, self._noun = process, noun
        #: What it printed when it was ready.
        self.said = said
        self.port: int = said["port"]
        self.url: str = said["url"]
        self.base = f"http://127.0.0.1:{self.port}"
        self.page: str = said.get("page", f"{self.base}/")
        self._http = requests.Session()
        self._http.trust_env = False

    def control(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """The answer of the control API as JSON. Raises HTTPError."""
        answer = self._http.request(method, f"{self.base}/control/{path}", json=body, params=params, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def records(self) -> dict[str, dict[str, Any]]:
        """Every record there is now, by key."""
        found = self.control("GET", self._noun)["items"]
        return {str(record[self.key]): record for record in found}

    @property
    def key(self) -> str:
        return {"suppliers": "supplierid", "companies": "companyid"}[self._noun]

    def show(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", f"{self._noun}/{key}")
        return found

    def edit(self, key: str, **values: Any) -> dict[str, Any]:
        """Change fields as a person there would; the record as it then is."""
        changed: dict[str, Any] = self.control("PATCH", f"{self._noun}/{key}", values)
        return changed

    def add(self, **values: Any) -> str:
        """The key of a new record."""
        return str(self.control("POST", self._noun, values)[self.key])

    def delete(self, key: str) -> None:
        self.control("DELETE", f"{self._noun}/{key}")

    def faults(self, **rules: Any) -> dict[str, Any]:
        """Replace the faults; none named: it behaves. See `hub.sandbox.faults.Rules`."""
        found: dict[str, Any] = self.control("POST", "faults", rules)
        return found

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", "stats")
        return found

    def reset_stats(self) -> None:
        self.control("POST", "reset-stats")

    def mutate(self, percent: float) -> int:
        """How many records were changed."""
        return int(self.control("POST", "mutate", percent=percent)["changed"])

    def reset(self) -> None:
        """As it was at the start, and without faults."""
        self.faults()
        self.control("POST", "reset")

    def stop(self, how: str = "") -> None:
        """End the process now; `how="KILL"`: without a chance to tidy up."""
        self._process.stop(how)


class Erp(Sandbox):
    """The supplier ERP. Its key for X-Api-Key is `api_key`."""

    api_key = "sandbox"

    def suppliers(self) -> dict[str, dict[str, Any]]:
        return self.records()

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """A call of its API: `call("GET", "/suppliers", params={"limit": 5})`."""
        headers = {"X-Api-Key": self.api_key, **more.pop("headers", {})}
        return self._http.request(method, self.url + path, headers=headers, timeout=60, **more)


class Crm(Sandbox):
    """The Sage CRM. `url` is that of its SOAP service; `user` and `password` may log on."""

    user = password = "hub"

    def settings(self, **changed: Any) -> dict[str, Any]:
        """Change settings of the server; those that now hold. See `hub.sandbox.crm.settings.Settings`."""
        found: dict[str, Any] = self.control("POST", "settings", changed)
        return found

    def companies(self) -> dict[str, dict[str, Any]]:
        return self.records()


@contextlib.contextmanager
def erp_server(**options: Any) -> Iterator[Erp]:
    """An ERP with these options of `python -m hub.sandbox.erp`: `erp_server(suppliers=0, etags=False, cut=True)`."""
    with attached(command("hub.sandbox.erp", options)) as process:
        erp = Erp(process, json.loads(process.first_line(START_S)), "suppliers")
        erp.api_key = options.get("api_key", Erp.api_key)
        yield erp


@contextlib.contextmanager
def crm_server(**options: Any) -> Iterator[Crm]:
    """A CRM with these options of `python -m hub.sandbox.crm`: `crm_server(companies=0, sessions="block")`."""
    with attached(command("hub.sandbox.crm", options)) as process:
        crm = Crm(process, json.loads(process.first_line(START_S)), "companies")
        crm.user, crm.password = options.get("user", Crm.user), options.get("password", Crm.password)
        yield crm


def command(module: str, options: dict[str, Any]) -> list[str]:
    """The command line that starts a sandbox on a free port."""
    words = [sys.executable, "-m", module]
    for name, value in {"port": 0, **options}.items():
        words += option(name, value)
    return words


def option(name: str, value: Any) -> list[str]:
    """True and False are on and off for a switch, else there or not."""
    flag = f"--{name.replace('_', '-')}"
    if name in SWITCHES and isinstance(value, bool):
        return [flag, "on" if value else "off"]
    if isinstance(value, bool):
        return [flag] if value else []
    return [flag, json.dumps(value) if isinstance(value, dict) else str(value)]
