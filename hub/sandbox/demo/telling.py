"""The hub's own JSON in plain words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Row = Mapping[str, Any]
NAMES = {"crm": "the CRM", "erp": "the ERP", "hub": "the hub", "person": "a person's own value"}


def named(system: str | None) -> str:
    return NAMES.get(system or "", str(system))


def quoted(value: Any) -> str:
    if value is None:
        return "nothing"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"“{value}”"


def values(fields: Mapping[str, Any] | None) -> str:
    """Fields of one side."""
    if fields is None:
        return "they had never met"
    if not fields:
        return "deleted"
    return (
        quoted(next(iter(fields.values())))
        if len(fields) == 1
        else ", ".join(f"{name} {quoted(value)}" for name, value in fields.items())
    )


def clash(row: Row) -> list[str]:
    """A conflict: what was there, who said what, who won and why."""
    ours = row["ours_from"] if row["ours_from"] != row["system"] else None
    other = ours or ("crm" if row["system"] == "erp" else "erp")
    what = "the record as a whole" if row["unit"] == "*" else row["unit"]
    sides = f"{named(row['system'])} {says(row['theirs'])}, {named(other)} {says(row['ours'])}"
    before = "never agreed before" if row["base"] is None else f"before: {values(row['base'])}"
    if row["unit"] == "*":
        before, sides = "deleted on one side, edited on the other", f"in {named(deleter(row, other))} it is gone"
    told = [f"{what} clashed ({before}): {sides}."]
    if row["winner"] is None:
        return [*told, f"Nobody has won: {row['rule']}. Conflict {row['id']} waits, and nothing is written to it."]
    return [
        *told,
        f"{named(row['winner'])} won ({row['rule']}); the other value is kept in the log as conflict {row['id']}.",
    ]


def says(fields: Row) -> str:
    return f"says {values(fields)}"


def deleter(row: Row, other: str) -> str:
    return str(row["system"]) if not row["theirs"] else other


def happened(history: Iterable[Row], run: int) -> Iterator[str]:
    """What the hub did with one record in one run, the oldest first."""
    for entry in reversed([entry for entry in history if entry["run_id"] == run]):
        yield did(entry["action"], named(entry["system"]), entry["detail"] or {})


def did(action: str, system: str, detail: Row) -> str:
    changes = ", ".join(f"{word(name)} {quoted(pair[0])} → {quoted(pair[1])}" for name, pair in detail.items())
    if action == "linked":
        return f"linked with {detail['key'][1]} in {system}, found by {detail['rule'][1]}"
    if action == "created":
        return f"created in {system} as {detail['key'][1]}"
    if action == "deleted":
        return f"deleted in {system}, too" if detail else f"{system} says that it was deleted, and nobody had edited it"
    verb = {"took": f"took from {system}", "updated": f"wrote to {system}"}.get(action, f"{action} in {system}")
    return f"{verb}: {changes}" if changes else verb


def word(name: str) -> str:
    return f"the key in {named(name[1:])}" if name.startswith("@") else name


def tally(conflicts: Iterable[Row]) -> list[tuple[int, str]]:
    """How many conflicts ended alike: (number, what in words), the most first."""
    found = Counter((row["unit"], row["winner"], row["rule"]) for row in conflicts)
    return [(n, f"{unit}: {outcome(winner, rule)}") for (unit, winner, rule), n in found.most_common()]


def outcome(winner: str | None, rule: str) -> str:
    return f"{named(winner)} won ({rule})" if winner else f"waits for a person ({rule})"
