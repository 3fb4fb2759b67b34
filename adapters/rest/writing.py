"""Writes, one by one or in batches, and what became of each of them."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from adapters.rest.answers import Answers
from adapters.rest.calls import Operation
from adapters.rest.paths import MISSING, at, deepened, finder
from adapters.rest.rows import Reader, is_key
from adapters.rest.settings import Batch, Version
from adapters.rest.settings import Writing as Settings
from adapters.rest.templates import Env, compile_template
from hub.adapter import Failure, Write, Written
from hub.core.errors import Gone, HubError, TryLater, Unknown
from hub.core.record import Record
from hub.transport.http import Answer

Outcome = Written | Failure


def env_of(write: Write, key: Callable[[str], Any]) -> Env:
    """What templates may say of a write. `key`: a key as the system writes it in bodies."""
    return {
        "key": key(write.key) if write.key is not None else None,
        "version": write.version,
        "token": write.token or None,
        "fields": deepened(write.fields),
    }


class Single:
    """One call a write."""

    def __init__(self, operation: Operation, answers: Answers, settings: Settings, reader: Reader, header: str) -> None:
        """`header`: the one that holds the version, or ""."""
        self._operation, self._answers, self._answer = operation, answers, settings.answer
        self._reader, self._header = reader, header

    @property
    def answers_record(self) -> bool:
        return self._answer.record is not None

    def write(self, write: Write, env: Env) -> Outcome:
        """Failures of this write come back; what stops all of them (Denied, TryLater, Unknown) is raised."""
        try:
            answer = self._operation.send(env)
            body = self._answers.body(answer, write.kind, _where(write))
            return self._written(write, answer, body)
        except HubError as error:
            return Failure(error)

    def _written(self, write: Write, answer: Answer, body: Any) -> Written:
        version = answer.headers.get(self._header) if self._header else None
        record = self._record(body, version)
        if record:
            return Written(record.key, record.version, record.stamp, record.fields)
        if (
            self._answer.record is not None
            and answer.status != 204
            and self._answer.key is None
            and write.kind != "delete"
        ):
            what = "nothing" if body is MISSING else "something else"
            raise Unknown("answer.shape", f"{_where(write)}: expected the record in the answer, got {what}")
        key = write.key or self._key(answer, body)
        if key is None:
            said = f"{_where(write)}: it was made, but the answer does not tell its key"
            raise Unknown("answer.no-key", said)
        return Written(key, version)

    def _record(self, body: Any, version: str | None) -> Record | None:
        row = at(body, self._answer.record) if self._answer.record is not None else MISSING
        try:
            return self._reader.record(row, version) if isinstance(row, dict) else None
        except (KeyError, TypeError, ValueError):
            return None

    def _key(self, answer: Answer, body: Any) -> str | None:
        path = self._answer.key
        if path is None:
            return None
        if path.startswith("header:"):
            found: Any = answer.headers.get(path[7:], "").split("?")[0].rstrip("/").rpartition("/")[2]
        else:
            found = at(body, path)
        return str(found) if is_key(found) else None


class Batches:
    """One call for many writes. Outcomes are matched by what they say, never by their number alone."""

    def __init__(self, operation: Operation, answers: Answers, batch: Batch, reader: Reader) -> None:
        self._operation, self._answers, self._batch, self._reader = operation, answers, batch, reader
        kinds = {"create": batch.create, "update": batch.update, "delete": batch.delete}
        said = batch.answer
        self._status, self._key, self._token = finder(said.status), finder(said.key), finder(said.token)
        self._row, self._version = finder(said.record), finder(said.version)
        self._items = {kind: compile_template(item) for kind, item in kinds.items() if item is not None}

    @property
    def kinds(self) -> Collection[str]:
        return self._items.keys()

    @property
    def answers_record(self) -> bool:
        return self._batch.answer.record is not None

    def takes(self, write: Write) -> bool:
        return write.kind in self._items

    def write(self, writes: Sequence[Write], envs: Sequence[Env]) -> list[Outcome]:
        """One outcome each. Raises when the call as a whole came to nothing, or nobody knows."""
        items = [self._items[write.kind](env) for write, env in zip(writes, envs, strict=True)]
        answer = self._operation.send({"items": items})
        where = f"batch of {len(writes)}"
        try:
            body = self._answers.body(answer, "update", where)
        except Gone as error:
            raise TryLater("system.error", f"{error.said}; is the address of the batch right?") from error
        found = at(body, self._batch.answer.items)
        if not isinstance(found, list):
            raise Unknown("answer.shape", f"{where}: expected a list of outcomes at '{self._batch.answer.items}'")
        return [self._outcome(write, item) for write, item in zip(writes, self._matched(writes, found), strict=True)]

    def _matched(self, writes: Sequence[Write], found: list[Any]) -> list[Any]:
        """The item of each write; MISSING where none is surely its own."""
        said = self._batch.answer
        if said.index is not None:
            return _by({str(n): n for n in range(len(writes))}, found, said.index, len(writes))
        if len(found) == len(writes) and all(map(self._agree, writes, found)):
            return found
        by_key = {w.key: n for n, w in enumerate(writes) if w.key is not None}
        matched = _by(by_key, found, said.key, len(writes))
        if said.token is not None:
            by_token = _by(
                {w.token: n for n, w in enumerate(writes) if w.kind == "create"}, found, said.token, len(writes)
            )
            matched = [item if item is not MISSING else other for item, other in zip(matched, by_token, strict=True)]
        return matched

    def _agree(self, write: Write, item: Any) -> bool:
        """Nothing in the item says that it is of another write."""
        key, token = None if write.key is None else self._key(item), self._token(item)
        if key is not None and key is not MISSING and str(key) != write.key:
            return False
        return token is None or token is MISSING or token in ("", write.token)

    def _outcome(self, write: Write, item: Any) -> Outcome:
        if item is MISSING:
            said = f"{_where(write)}: the batch's answer does not say what became of it"
            return Failure(Unknown("answer.no-outcome", said))
        status = 200 if self._batch.answer.status is None else self._status(item)
        if not isinstance(status, int):
            said = f"{_where(write)}: expected a status at '{self._batch.answer.status}' of its outcome"
            return Failure(Unknown("answer.shape", said))
        if (meaning := self._answers.meaning(status, item, write.kind)) != "done":
            return Failure(self._answers.error(meaning, status, item, _where(write)))
        return self._written(write, item)

    def _written(self, write: Write, item: Any) -> Outcome:
        row, found = self._row(item), self._version(item)
        version = None if found is None or found is MISSING else str(found)
        if isinstance(row, dict) and write.kind != "delete":
            try:
                key, fields, version, stamp = self._reader.parts(row, version)
                return Written(key, version, stamp, fields)
            except (KeyError, TypeError, ValueError):
                pass  # Not a record after all: what the item says beside it counts.
        told = write.key or self._key(item)
        if not is_key(told):
            said = f"{_where(write)}: it was made, but its outcome does not tell its key"
            return Failure(Unknown("answer.no-key", said))
        return Written(str(told), version)


def _by(places: dict[str, int], found: list[Any], path: str | None, count: int) -> list[Any]:
    """Items at the place that they name. Named twice: nobody knows which is right."""
    out: list[Any] = [MISSING] * count
    twice = set()
    for item in found:
        place = places.get(str(at(item, path))) if path is not None else None
        if place is None:
            continue
        if out[place] is not MISSING:
            twice.add(place)
        out[place] = item
    return [MISSING if n in twice else item for n, item in enumerate(out)]


def _where(write: Write) -> str:
    return f"{write.kind} {write.key or 'new record'}"


def version_header(version: Version | None) -> str:
    return (version.header or "") if version else ""
