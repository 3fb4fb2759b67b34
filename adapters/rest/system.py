"""The adapter: the objects of one system as its document describes them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.rest import schema
from adapters.rest.answers import Answers
from adapters.rest.calls import Operation
from adapters.rest.changes import Deletions, Feed, Poll, Since
from adapters.rest.document import Document, unknown
from adapters.rest.finding import Finder, OneByOne
from adapters.rest.paging import Pager
from adapters.rest.paths import MISSING, at
from adapters.rest.rows import Reader
from adapters.rest.settings import Changes, Listing
from adapters.rest.settings import Writing as WritingSettings
from adapters.rest.stamps import instant
from adapters.rest.templates import as_text
from adapters.rest.writing import Batches, Outcome, Single, env_of, version_header
from hub.adapter import Can, Cursor, Failure, ObjectInfo, ObjectUse, Page, Told, Write, Written
from hub.core.errors import ConfigError, Denied, HubError, Refused, TryLater
from hub.core.record import Record
from hub.transport.http import Http

#: Ways of paging that go on from where the last page ended, not from a row number.
STEADY = frozenset({"none", "cursor", "link", "key"})


class Resource:
    """One object, compiled: what to call for each question."""

    def __init__(self, document: Document, http: Http, name: str, use: ObjectUse, limit: int, batches: bool) -> None:
        self.name, self._document, self._http, self._limit = name, document, http, limit
        if name not in document.hub.objects:
            said = f"{document.name}: x-hub.objects: {unknown('object', name, document.hub.objects)}"
            raise ConfigError([said], "document.object")
        self.settings = settings = document.hub.objects[name]
        self.answers = Answers(settings.errors or document.hub.errors, http.masked)
        self.reader = Reader(settings, use.fields)
        self.key = _as_integer if schema.key_type(document, settings) == "integer" else str
        self.full = self._pager(settings.list, use.filter)
        self.poll = Poll(self._records(use.filter), self._deletions())
        self.listed = self._pager(settings.keys) if settings.keys else self._pager(settings.list)
        self.many = self._finder(settings.read.many) if settings.read.many else self._one()
        self.finders = {field: self._finder(found) for field, found in settings.find.items()}
        self.single = {kind: self._single(getattr(settings, kind)) for kind in ("create", "update", "delete")}
        self.batch = Batches(self._operation(settings.batch, False), self.answers, settings.batch, self.reader) \
            if settings.batch and batches else None  # fmt: skip

    def can(self, connections: int) -> Can:
        settings = self.settings
        made = [*(self.single[kind] for kind in ("create", "update") if self.single[kind]), self.batch]
        return Can(
            create=self._takes("create"),
            update=self._takes("update"),
            delete=self._takes("delete"),
            conditional=self._sends("version", "update"),
            tombstones=bool(settings.deleted or settings.deletions or (settings.changes and settings.changes.deleted)),
            keys=True,
            find=bool(self.finders),
            tokens=self._sends("token", "create"),
            answers=all(one.answers_record for one in made if one),
            traces=settings.version is not None,
            counted=schema.counted(self._document, settings),
            in_order=settings.changes is not None and settings.changes.by == "feed",
            keeps=_keeps(settings.changes, settings.deletions),
            steady=(settings.changes or settings.list).paging.by in STEADY,
            batch=settings.batch.size if settings.batch and self.batch else 1,
            read_batch=settings.read.many.size if settings.read.many else 20,
            connections=connections,
        )

    def _takes(self, kind: str) -> bool:
        return bool(self.single[kind] or (self.batch and kind in self.batch.kinds))

    def _sends(self, name: str, kind: str) -> bool:
        """Whether a write says its version or its token, in every way in which it may be sent."""
        settings, place = self.settings, "{" + name + "}"
        single = getattr(settings, kind)
        ways = [repr(getattr(settings.batch, kind))] if settings.batch and self.batch else []
        ways += [repr((single.headers, single.query, single.body))] if single else []
        return bool(ways) and all(place in way for way in ways)

    def _operation(self, call: Any, reads: bool, subset: str | None = None) -> Operation:
        return Operation(self._document, self._http, call, reads=reads, subset=subset or "")

    def _pager(self, listing: Listing, subset: str | None = None) -> Pager:
        stamp = self.settings.stamp.field if self.settings.stamp else ""
        operation = self._operation(listing, True, subset)
        return Pager(operation, self.answers, listing, self._limit, self.settings.key, stamp)

    def _records(self, subset: str | None) -> Feed | Since:
        changes = self.settings.changes
        if changes and changes.by == "feed":
            return Feed(self._pager(changes, subset), changes, self.reader)
        if changes and not self.settings.stamp:
            said = f"{self._document.name}: x-hub.objects.{self.name}.stamp: changes since a stamp need one"
            raise ConfigError([said], "document.x-hub")
        pager = self._pager(changes, subset) if changes else self.full
        return Since(pager, self.full, changes, self.reader, self.settings.stamp)

    def _deletions(self) -> Feed | Since | None:
        changes = self.settings.deletions
        if changes is None:
            return None
        stamp = changes.stamp or self.settings.stamp
        reader = Deletions(self.reader, changes.deleted_key, stamp)
        pager = self._pager(changes)
        return Feed(pager, changes, reader) if changes.by == "feed" else Since(pager, pager, changes, reader, stamp)

    def _finder(self, found: Any) -> Finder:
        return Finder(self._pager(found), found, self.reader)

    def _one(self) -> OneByOne | None:
        one = self.settings.read.one
        if one is None:
            return None
        header = version_header(self.settings.version)
        return OneByOne(self._operation(one, True), self.answers, one, self.reader, self.key, header)

    def _single(self, writing: WritingSettings | None) -> Single | None:
        if writing is None:
            return None
        header = version_header(self.settings.version)
        return Single(self._operation(writing, False), self.answers, writing, self.reader, header)


class Rest:
    """See `hub.adapter.Adapter`. Thread-safe: nothing changes after it is made."""

    def __init__(
        self,
        document: Document,
        http: Http,
        objects: Mapping[str, ObjectUse],
        *,
        limit: int,
        connections: int,
        batches: bool = True,
        able: Mapping[str, bool],
    ) -> None:
        """`able`: abilities that this installation has or has not, whatever its document says."""
        self._document, self._http, self._able = document, http, dict(able)
        uses = objects or {name: ObjectUse(name, ()) for name in document.hub.objects}
        self._resources = {name: Resource(document, http, name, use, limit, batches) for name, use in uses.items()}
        self._can = _shared([resource.can(connections) for resource in self._resources.values()], self._able)
        self._canary = Operation(document, http, document.hub.canary, reads=True) if document.hub.canary else None

    @property
    def can(self) -> Can:
        return self._can

    def describe(self) -> list[ObjectInfo]:
        self._known()
        return [schema.describe(self._document, name, r.settings) for name, r in self._resources.items()]

    def changes(self, obj: str, since: Cursor | None) -> Iterator[Page]:
        self._known()
        return self._resources[obj].poll.pages(since)

    def read(self, obj: str, keys: Sequence[str]) -> list[Record]:
        reading = self._resources[obj].many
        if reading is None:
            raise Refused("system.cannot-read", f"{obj}: the document has no call to read one record")
        wanted = set(keys)
        return [record for record in reading.records(list(dict.fromkeys(keys))) if record.key in wanted] if keys else []

    def find(self, obj: str, name: str, values: Sequence[str]) -> list[Record]:
        finders = self._resources[obj].finders
        finder = finders.get(name) or finders.get("*")
        if finder is None:
            raise Refused("system.cannot-find", f"{obj}: the document has no call that searches by {name}")
        records = finder.records(list(dict.fromkeys(values)), name)
        wanted = set(values)
        return [record for record in records if _text(at(record.fields, name)) in wanted]

    def write(self, obj: str, writes: Sequence[Write]) -> list[Written | Failure]:
        resource = self._resources[obj]
        envs = [env_of(write, resource.key) for write in writes]
        if resource.batch and len(writes) > 1 and all(map(resource.batch.takes, writes)):
            return resource.batch.write(writes, envs)
        outcomes: list[Outcome] = []
        for write, env in zip(writes, envs, strict=True):
            single = resource.single[write.kind]
            if single:
                outcomes.append(single.write(write, env))
            elif resource.batch and resource.batch.takes(write):
                outcomes += resource.batch.write([write], [env])
            else:
                outcomes.append(Failure(Refused("system.cannot-write", f"{obj}: this system takes no {write.kind}")))
        return _alike(outcomes)

    def keys(self, obj: str) -> Iterator[list[str]]:
        self._known()
        resource = self._resources[obj]
        for page in resource.listed.pages({}, {}):
            try:
                keys = [resource.reader.key_of(row, "") for row in page.rows if not resource.reader.is_gone(row)]
            except ValueError:
                said = f"{obj}: a row without a key in the list of keys"
                raise TryLater("answer.shape", said) from None
            yield keys

    def when(self, stamp: str) -> datetime | None:
        stamps = [r.settings.stamp for r in self._resources.values() if r.settings.stamp]
        return next((at for known in stamps if (at := instant(stamp, known))), None)

    def told_time(self) -> Told | None:
        return self._http.told_time()

    def close(self) -> None:
        self._http.close()

    def _known(self) -> None:
        """Raises Denied when the system treats us as a visitor, whatever else it answers."""
        canary = self._document.hub.canary
        if canary is None or self._canary is None:
            return
        answers = Answers(self._document.hub.errors, self._http.masked)
        body = answers.body(self._canary.send({}), "read", self._canary.where)
        for path, expected in canary.want.items():
            found = at(body, path)
            if found in (MISSING, None, "", False) or expected not in ("*", _text(found)):
                said = f"{self._canary.where}: the system does not know us: '{path}' is not as expected"
                raise Denied("system.anonymous", said)


def _shared(cans: list[Can], able: Mapping[str, bool]) -> Can:
    """What holds for all objects: abilities that each has, and the smallest sizes."""
    first = cans[0]
    joined: dict[str, Any] = {}
    for name in first.__dataclass_fields__:
        values = [getattr(can, name) for can in cans]
        said = [value for value in values if value is not None]
        joined[name] = all(values) if isinstance(values[0], bool) else min(said, default=None)
    return Can(**{**joined, **able})


def _keeps(*feeds: Changes | None) -> timedelta | None:
    """The shortest time for which one of them goes back."""
    return min((timedelta(days=feed.keeps) for feed in feeds if feed and feed.keeps), default=None)


def _alike(outcomes: list[Outcome]) -> list[Outcome]:
    """Raises what made every write fail alike, where that concerns the system and not the records."""
    errors: list[HubError] = [outcome.error for outcome in outcomes if isinstance(outcome, Failure)]
    if outcomes and len(errors) == len(outcomes) and all(isinstance(error, Denied | TryLater) for error in errors):
        raise errors[0]
    return outcomes


def _text(value: Any) -> str | None:
    return None if value is None or value is MISSING else as_text(value)


def _as_integer(key: str) -> Any:
    return int(key) if key.isdecimal() else key
