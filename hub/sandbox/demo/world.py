"""Both systems as they are, seen past the hub: their control APIs."""

from typing import Any, NamedTuple

from hub.sandbox.edit import Remote

Records = dict[str, dict[str, Any]]


class Both(NamedTuple):
    """Every record of both systems at one moment, by key."""

    companies: Records
    suppliers: Records

    def linked(self) -> list[tuple[str, str]]:
        """(company, supplier) where each names the other."""
        return [
            (key, str(company["supplierid"]))
            for key, company in self.companies.items()
            if self.suppliers.get(str(company["supplierid"]), {}).get("external_ref") == key
        ]


class World:
    """A person at both systems."""

    def __init__(self, crm: str, erp: str) -> None:
        """`crm`, `erp`: where their pages are."""
        self.crm, self.erp = Remote(crm, "companies"), Remote(erp, "suppliers")

    def look(self) -> Both:
        return Both(by_key(self.crm, "companyid"), by_key(self.erp, "supplierid"))

    def company(self, key: str, **values: Any) -> dict[str, Any]:
        """Change a company; the record as it then is."""
        found: dict[str, Any] = self.crm.record("PATCH", key, values)
        return found

    def supplier(self, key: str, **values: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.erp.record("PATCH", key, values)
        return found

    def forget_calls(self) -> None:
        """Count calls from now on."""
        self.crm.call("POST", "reset-stats")
        self.erp.call("POST", "reset-stats")

    def written(self) -> int:
        """Writes to both systems that came over their APIs since `forget_calls`."""
        crm, erp = self.crm.call("GET", "stats"), self.erp.call("GET", "stats")
        return total(crm["written"]) + total(erp["writes"])


def by_key(remote: Remote, key: str) -> Records:
    return {str(record[key]): record for record in remote.all()}


def total(counted: Any) -> int:
    """The sum of the numbers in a count, however it is broken down."""
    return sum(map(total, counted.values())) if isinstance(counted, dict) else int(counted)
