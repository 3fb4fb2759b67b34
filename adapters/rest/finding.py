"""Records by their keys, or by the values of a field."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adapters.rest.answers import Answers
from adapters.rest.calls import Operation
from adapters.rest.paging import Pager
from adapters.rest.paths import at
from adapters.rest.rows import Reader
from adapters.rest.settings import Batched, Writing
from hub.core.errors import Gone, Refused, TryLater
from hub.core.record import Record


class Finder:
    """Several keys or values in one call, as many as the system takes."""

    def __init__(self, pager: Pager, settings: Batched, reader: Reader) -> None:
        self._pager, self._settings, self._reader = pager, settings, reader

    def records(self, values: Sequence[str], field: str = "") -> list[Record]:
        """Refused: a value that cannot be told from two. What comes back may be more than was asked for."""
        found: list[Record] = []
        for start in range(0, len(values), self._settings.size):
            found += self._found(values[start : start + self._settings.size], field)
        return list({record.key: record for record in found}.values())

    def _found(self, values: Sequence[str], field: str) -> Iterator[Record]:
        join = self._settings.join
        if self._settings.size > 1 and any(join in value for value in values):
            raise Refused("find.cannot-ask", f"this system separates values by '{join}', and one holds it")
        joined = join.join(values)
        env: dict[str, Any] = {"field": field, "value": values[0], "values": joined, "keys": joined, "key": values[0]}
        for page in self._pager.pages(env, {}):
            yield from self._reader.sorted(page.rows).records


class OneByOne:
    """A call a key."""

    def __init__(
        self,
        operation: Operation,
        answers: Answers,
        settings: Writing,
        reader: Reader,
        key: Callable[[str], Any],
        header: str,
    ) -> None:
        self._operation, self._answers, self._settings = operation, answers, settings
        self._reader, self._key, self._header = reader, key, header

    def records(self, keys: Sequence[str]) -> list[Record]:
        return [record for key in keys if (record := self._one(key))]

    def _one(self, key: str) -> Record | None:
        try:
            answer = self._operation.send({"key": self._key(key)})
            body = self._answers.body(answer, "read", self._operation.where)
        except Gone:
            return None
        row = at(body, self._settings.answer.record or "")
        version = answer.headers.get(self._header) if self._header else None
        if self._reader.is_gone(row):
            return None
        try:
            return self._reader.record(row, version)
        except (KeyError, TypeError, ValueError):
            said = f"{self._operation.where}: expected a record in the answer"
            raise TryLater("answer.shape", said) from None
