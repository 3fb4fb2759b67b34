"""A system that is not connected: for commands that only look at what the hub knows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NoReturn

from hub.adapter import Can, Cursor, Failure, ObjectInfo, Page, Write, Written
from hub.core.errors import TryLater
from hub.core.record import Record


class Away:
    """Every call says that the system is not connected."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def can(self) -> Can:
        return Can(create=False, update=False, delete=False, keys=False)

    def _away(self) -> NoReturn:
        raise TryLater("system.not-connected", f"{self.name} is not connected by this command")

    def describe(self) -> list[ObjectInfo]:
        self._away()

    def changes(self, obj: str, since: Cursor | None) -> Iterator[Page]:
        self._away()

    def read(self, obj: str, keys: Sequence[str]) -> list[Record]:
        self._away()

    def find(self, obj: str, name: str, values: Sequence[str]) -> list[Record]:
        self._away()

    def write(self, obj: str, writes: Sequence[Write]) -> list[Written | Failure]:
        self._away()

    def keys(self, obj: str) -> Iterator[list[str]]:
        self._away()

    def when(self, stamp: str) -> datetime | None:
        return None

    def close(self) -> None:
        """Nothing is open."""
