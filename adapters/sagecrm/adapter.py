"""The adapter of Sage CRM: the contract, answered by the parts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.sagecrm.answers import Rows, typed_rows
from adapters.sagecrm.describing import Describer
from adapters.sagecrm.entities import Entity, entity
from adapters.sagecrm.options import NAME, Options
from adapters.sagecrm.place import Place, place
from adapters.sagecrm.polling import Change, Poller
from adapters.sagecrm.reading import MOST_VALUES, Reader, is_key, question
from adapters.sagecrm.session import Session, logon
from adapters.sagecrm.stamps import Stamps
from adapters.sagecrm.walking import Walker
from adapters.sagecrm.writing import Writer
from hub.adapter import Can, Cursor, Failure, ObjectInfo, ObjectUse, Page, System, Told, Write, Written
from hub.core.errors import ConfigError, Refused
from hub.core.record import Record
from hub.transport.http import Http
from hub.transport.masking import Masks
from hub.transport.soap import Contract


class SageCrm:
    """One Sage CRM. Calls from several threads wait for one another: a user has one session."""

    def __init__(self, system: System[Options]) -> None:
        options = system.options
        self._entities = _entities(system.objects)
        contract = Contract(options.wsdl, system.folder / "wsdl") if options.wsdl else None
        self._system = system
        self._masks = Masks()
        self._http = _http(options, system.folder, self._masks)
        self._session = Session(system.name, self._http, self._logon)
        self._describer = Describer(self._session, contract)
        stamps = Stamps(ZoneInfo(options.zone), timedelta(seconds=options.overlap))
        self._stamps, self._reader = stamps, Reader(self._session, self._describer, options.read)
        self._walker = Walker(self._reader, options.page)
        self._poller = Poller(self._reader, stamps, deletes=options.deletes == "queryid")
        self._writer = Writer(self._reader)
        self.can = Can(
            tombstones=options.deletes == "queryid",
            keys=True,
            find=True,
            steady=True,
            batch=100,
            read_batch=MOST_VALUES,
            connections=1,
        )

    def describe(self) -> list[ObjectInfo]:
        """From live metadata; from the WSDL for an entity of which the CRM gives none."""
        self._describer.check_contract()
        return [self._describer.describe(entity) for entity in self._entities.values()]

    def changes(self, obj: str, since: Cursor | None) -> Iterator[Page]:
        """The filter of the object narrows this and nothing else: what left the subset is not reported as gone."""
        entity = self._entity(obj)
        if since is None:
            at = self._walker.first(entity, self._poller.start(entity))
            if at.phase == "since":
                yield Page([], at.cursor())
                return
        else:
            at = place(since)
        for change in self._go_on(entity, at, resumed=since is not None):
            yield self._page(entity, change)

    def read(self, obj: str, keys: Sequence[str]) -> list[Record]:
        """Also of records outside the object's filter."""
        entity = self._entity(obj)
        rows = self._reader.by_keys(entity, [key for key in keys if is_key(key)])
        return self._reader.records(entity, rows)[0]

    def find(self, obj: str, name: str, values: Sequence[str]) -> list[Record]:
        """Also of records outside the object's filter."""
        entity = self._entity(obj)
        if not NAME.fullmatch(name):
            raise Refused("sage.field", f"{obj}.{name}: not the name of a field")
        return self._reader.records(entity, list(self._reader.by_value(entity, name, values)))[0]

    def write(self, obj: str, writes: Sequence[Write]) -> list[Written | Failure]:
        return self._writer.write(self._entity(obj), writes)

    def keys(self, obj: str) -> Iterator[list[str]]:
        """All live keys, also of records outside the object's filter."""
        entity = self._entity(obj)
        for rows in self._walker.keys(entity, lambda where: self._ids(entity, where)):
            yield [row["id"] for row in rows]

    def when(self, stamp: str) -> datetime | None:
        return self._stamps.when(stamp)

    def told_time(self) -> Told | None:
        return self._http.told_time()

    def close(self) -> None:
        self._session.close()

    def widen(self, obj: str, field: str, length: int) -> None:
        """Make the column of a text field hold `length` characters; raises Refused when the CRM does not."""
        self._describer.widen(self._entity(obj), field, length)

    def _entity(self, obj: str) -> Entity:
        if obj not in self._entities:
            raise Refused("sage.entity", f"{self._system.name}: {obj} is not an object in use")
        return self._entities[obj]

    def _go_on(self, entity: Entity, at: Place, *, resumed: bool) -> Iterator[Change]:
        """`resumed`: a walk that is not at its end was broken off, and much may have changed since it began."""
        if at.phase == "walk":
            for rows, at in self._walker.walk(entity, at):  # noqa: B020 - it goes on from the last place
                yield Change(rows, at, [])
        elif at.phase == "dated":
            for change in self._poller.dated(entity, at):
                at = change.place
                yield change
        else:
            resumed = True
        if resumed:
            yield from self._poller.since(entity, at)

    def _page(self, entity: Entity, change: Change) -> Page:
        records, broken = self._reader.records(entity, change.rows)
        there = {record.key for record in records} if change.gone else ()
        gone = [key for key in change.gone if key not in there]
        return Page(records, change.place.cursor(), gone, broken)

    def _ids(self, entity: Entity, where: str) -> Rows:
        what = f"queryidnodate {entity.name}"
        body = question("queryidnodate", queryString=where, entityname=entity.name, showdeletedrecords="false")
        answer = typed_rows(self._session.call(body, what), self._session.where(what))
        if not all(is_key(row.get("id", "")) for row in answer.rows):
            raise Refused("record.no-key", self._session.where(f"{what}: an answer without the keys"))
        return answer

    def _logon(self) -> bytes:
        password = self._system.secret(self._system.options.password.secret)
        self._masks.add(password.reveal())
        return logon(self._system.options.user, password.reveal())


def _http(options: Options, folder: Path, masks: Masks) -> Http:
    return Http(
        options.url,
        connect_timeout=options.connect_timeout,
        read_timeout=options.read_timeout,
        total_timeout=options.total_timeout,
        verify=str(folder / options.ca_file) if options.ca_file else True,
        allow_plain_http=options.allow_plain_http,
        throttle=options.calls_per_second,
        masks=masks,
    )


def _entities(objects: Mapping[str, ObjectUse]) -> dict[str, Entity]:
    """All problems of all objects at once."""
    found, problems = {}, []
    for name, use in objects.items():
        try:
            found[name] = entity(use)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems, "sage.objects")
    return found
