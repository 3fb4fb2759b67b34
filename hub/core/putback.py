"""A system that was put back to an earlier state, from a backup: how a single record shows it, and what is said.

Old values then look like fresh edits, and records that were made since look deleted. Nothing of that may be believed,
and nothing may be written, before a person has said what counts.
"""

from datetime import datetime, timedelta

from hub.core.errors import PutBack

CODE = "system.put-back"
#: A wall clock shows one hour twice when summer time ends: a stamp must have fallen by more than that.
SLACK = timedelta(minutes=65)


def lower(before: str | None, now: str | None) -> bool:
    """Did a version that counts up fall?"""
    return bool(before and now and before.isdecimal() and now.isdecimal() and int(now) < int(before))


def older(before: datetime | None, now: datetime | None) -> bool:
    """Did the stamp of a record fall?"""
    return before is not None and now is not None and before - now > SLACK


def put_back(system: str, entity: str, seen: str) -> PutBack:
    """`seen`: what shows it."""
    said = (
        f"{system} {entity}: {seen}: it seems that {system} was put back to an earlier state, and nothing is read from"
    )
    return PutBack(CODE, f"{said} it or written to it until a person says what counts: {how(system)}")


def how(system: str) -> str:
    """What a person can say."""
    return (
        f"'hub resume {system} --baseline' (what it shows now) or 'hub resume {system} --replay' (what the hub knows, "
        "which is written there again)"
    )


def frozen(paused: str) -> bool:
    """Is this why a system is paused?"""
    return paused.endswith(f"[{CODE}]")
