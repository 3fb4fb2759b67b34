"""What the operations do. Each takes texts and record elements and answers with the bytes of a whole response."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import starmap
from typing import Any, TypeVar

import hub.sandbox.spyne_shim  # noqa: F401 - before spyne

from spyne.error import Fault  # isort: skip

from hub.sandbox.crm import metadata, render
from hub.sandbox.crm.models import OPERATIONS
from hub.sandbox.crm.paging import Shape
from hub.sandbox.crm.protocol import sent, sent_crmrecord
from hub.sandbox.crm.records import QueryFailed, Records
from hub.sandbox.crm.schema import ENTITIES, NS, Entity
from hub.sandbox.crm.sessions import LogonRefused, Session, Sessions
from hub.sandbox.crm.settings import Settings
from hub.sandbox.crm.writing import Now, Sent, Writer, WriteRefused, utc_now

Done = TypeVar("Done")
VERSION = "Sage CRM 2024 R1"
_ANSWER = {op.name: op.answer for op in OPERATIONS}


def refuse(text: str) -> Fault:
    """A fault as the CRM words it."""
    return Fault("Server", text)


class Crm:
    """One CRM: settings, records, sessions, and what was done so far. Carries out one call at a time."""

    def __init__(self, settings: Settings, records: Records, sessions: Sessions, now: Now = utc_now) -> None:
        self.settings, self.records, self.sessions = settings, records, sessions
        self.writer = Writer(records, now)
        #: Calls by operation, faults by operation, records read and written over SOAP.
        self.calls: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.read = self.written = 0

    def change(self, settings: Settings) -> None:
        """Take new settings; what was rendered under the old ones is forgotten."""
        with self.records.lock:
            self.settings = settings
            self.records.fragments.clear()

    def expire(self) -> None:
        """End all sessions."""
        with self.records.lock:
            self.sessions.end_all()

    def call(self, operation: str, sid: str, args: Sequence[Any]) -> bytes:
        """Carry out one call; the bytes of its response. Raises Fault."""
        with self.records.lock, self._counted(operation), _worded():
            if operation == "logon":
                return self.logon(*args)
            if operation == "logoff":
                sid = sid or args[0] or ""
            session = self.sessions.get(self.settings, sid)
            if session is None:
                raise refuse("You are not logged on.")
            if operation not in ("next", "nextqueryrecord"):
                session.close_cursor()
            method: Callable[..., bytes] = getattr(self, operation)
            return method(session, *args)

    @contextmanager
    def _counted(self, operation: str) -> Iterator[None]:
        self.calls[operation] += 1
        before = self.writer.count
        try:
            yield
        except Fault:
            self.faults[operation] += 1
            raise
        finally:
            self.written += self.writer.count - before

    def logon(self, username: str | None, password: str | None) -> bytes:
        session = self.sessions.logon(self.settings, username or "", password or "")
        return _answer("logon", render.element("sessionid", session.sid))

    def logoff(self, session: Session, _sid: str | None) -> bytes:
        self.sessions.end(session)
        return _answer("logoff", render.element("success", True))

    def query(self, session: Session, where: str | None, name: str | None) -> bytes:
        return self._open(session, "query", name, None, where, "")

    def next(self, session: Session) -> bytes:
        return self._page(session, "next")

    def queryrecord(
        self, session: Session, fields: str | None, where: str | None, name: str | None, order: str | None
    ) -> bytes:
        shape = _shape(self._entity(name), fields or "")
        return self._open(session, "queryrecord", name, shape, where, order or "")

    def nextqueryrecord(self, session: Session) -> bytes:
        return self._page(session, "nextqueryrecord")

    def queryentity(self, session: Session, key: str | None, name: str | None) -> bytes:
        entity = self._entity(name)
        if not (key or "").strip().isdecimal():
            raise refuse("Query failed to run successfully. ")
        live = self.records.existing(entity, [int(key or "")])
        found = self.records.fragments.get(self.settings, entity, None, sorted(live))
        self.read += len(found)
        return _answer("queryentity", *found, render.element("size", len(found)))

    def queryid(
        self,
        session: Session,
        where: str | None,
        name: str | None,
        order: str | None,
        token: str | None,
        deleted: str | None,
    ) -> bytes:
        entity = self._entity(name)
        since = self.writer.date(self.settings, token) if token else None
        return self._ids("queryid", entity, where, order or "", since, deleted)

    def queryidnodate(self, session: Session, where: str | None, name: str | None, deleted: str | None) -> bytes:
        return self._ids("queryidnodate", self._entity(name), where, "", None, deleted)

    def add(self, session: Session, name: str | None, records: Sequence[Any]) -> bytes:
        return self._add("add", session, self._entity(name), map(sent, records))

    def addrecord(self, session: Session, name: str | None, records: Sequence[Any]) -> bytes:
        return self._add("addrecord", session, self._entity(name), map(sent_crmrecord, records))

    def addresource(self, session: Session, name: str | None, records: Sequence[Any]) -> bytes:
        """Users that may not log on; only their names are kept."""
        users = [_resource(sent(r)) for r in records]
        keys = self._each(users, partial(self.writer.add, self.settings, ENTITIES["users"], user=session.user.id))
        named = [{"resourceid": key, **user.fields} for key, user in zip(keys, users, strict=True)]
        return self._with_size(
            "addresource", [_record("aresourceid", *starmap(render.element, n.items())) for n in named]
        )

    def update(self, session: Session, name: str | None, records: Sequence[Any]) -> bytes:
        return self._update("update", session, self._entity(name), map(sent, records))

    def updaterecord(self, session: Session, name: str | None, records: Sequence[Any]) -> bytes:
        return self._update("updaterecord", session, self._entity(name), map(sent_crmrecord, records))

    def delete(self, session: Session, name: str | None, records: Sequence[Any]) -> bytes:
        write = partial(self.writer.delete_sent, self.settings, self._entity(name), user=session.user.id)
        done = self._each(map(sent, records), write)
        count = ("numberdeleted", sum(done))
        return _answer("delete", render.written(self.settings, count, ("deletesuccess", all(done))))

    def getmetadata(self, session: Session, name: str | None) -> bytes:
        fields = metadata.fields(self.records, self._entity(name))
        return _answer("getmetadata", *(_record("crmfield", f) for f in fields), render.element("size", len(fields)))

    def getallmetadata(self, session: Session) -> bytes:
        tables = metadata.tables(self.records, [e for e in ENTITIES.values() if e.name not in self._disabled()])
        return _answer("getallmetadata", *tables, render.element("size", len(tables)))

    def getdropdownvalues(self, session: Session, name: str | None) -> bytes:
        return _answer("getdropdownvalues", *metadata.dropdowns(self._entity(name)))

    def getversionstring(self, session: Session) -> bytes:
        return _answer("getversionstring", render.element("versionstring", VERSION))

    def altercolumnwidth(self, session: Session, name: str | None, column: str | None, width: str | None) -> bytes:
        entity = self._entity(name)
        found = entity.column(column or "")
        good = found is not None and found.type == "string" and (width or "").isdecimal()
        if good and found:
            self.records.set_width(entity, found, int(width or ""))
        return _answer("altercolumnwidth", render.element("success", good))

    def _disabled(self) -> set[str]:
        return {name.strip().lower() for name in self.settings.disabled.split(",")}

    def _entity(self, name: str | None) -> Entity:
        entity = ENTITIES.get((name or "").strip().lower())
        if entity is None:
            raise refuse(f"Entity '{name or ''}' does not exist")
        if entity.name in self._disabled():
            raise refuse(f"Entity '{name}' is not Web Service enabled")
        return entity

    def _open(
        self, session: Session, operation: str, name: str | None, shape: Shape, where: str | None, order: str
    ) -> bytes:
        entity = self._entity(name)
        session.cursor = self.records.open(self.settings, entity, shape, where or "", order)
        return self._page(session, operation)

    def _page(self, session: Session, operation: str) -> bytes:
        cursor = session.cursor
        if cursor is None or (cursor.shape is None) != (operation in ("query", "next")):
            session.close_cursor()
            raise refuse("List index out of bounds (75)")
        found, more = self.records.take(self.settings, cursor)
        if not more:
            session.close_cursor()
        self.read += len(found)
        return _answer(operation, render.page(self.settings, found, more))

    def _ids(
        self, operation: str, entity: Entity, where: str | None, order: str, since: str | None, deleted: str | None
    ) -> bytes:
        """All ids in one answer: no operation is known that would fetch more of them."""
        conditions = [f"({(where or '').strip() or '1=1'}\n)"]
        if since:
            conditions.append(f"{entity.db('updateddate')} > :token")
        if (deleted or "").lower() not in ("true", "1"):
            conditions.append(f"{entity.db('deleted')} IS NULL")
        what = render.aisid_sql(entity, since is not None)
        params = {"token": since} if since else {}
        found = self.records.rendered(entity, what, " AND ".join(conditions), order, **params)
        return _answer(operation, render.page(self.settings, found, False))

    def _add(self, operation: str, session: Session, entity: Entity, records: Iterable[Sent]) -> bytes:
        keys = self._each(records, partial(self.writer.add, self.settings, entity, user=session.user.id))
        return self._with_size(operation, [_record("crmid", render.element("crmid", key)) for key in keys])

    def _update(self, operation: str, session: Session, entity: Entity, records: Iterable[Sent]) -> bytes:
        done = self._each(records, partial(self.writer.update, self.settings, entity, user=session.user.id))
        count = ("numberupdated", sum(done))
        return _answer(operation, render.written(self.settings, count, ("updatesuccess", all(done))))

    def _with_size(self, operation: str, parts: Sequence[bytes]) -> bytes:
        size = [] if self.settings.omit_size else [render.element("size", len(parts))]
        return _answer(operation, *parts, *size)

    def _each(self, records: Iterable[Sent], write: Callable[[Sent], Done]) -> list[Done]:
        """Write the records of a call: each in a transaction of its own, or the whole call in one."""
        whole = self.settings.batch == "whole"
        with self.writer.transaction() if whole else nullcontext():
            return [self._alone(write, record, whole=whole) for record in records]

    def _alone(self, write: Callable[[Sent], Done], record: Sent, *, whole: bool) -> Done:
        with nullcontext() if whole else self.writer.transaction():
            return write(record)


@contextmanager
def _worded() -> Iterator[None]:
    """What went wrong, in the words of the CRM."""
    try:
        yield
    except QueryFailed as e:
        raise refuse("Query failed to run successfully. ") from e
    except (LogonRefused, WriteRefused) as e:
        raise refuse(str(e)) from e


def _answer(operation: str, *parts: bytes) -> bytes:
    return render.answer(_ANSWER[operation], *parts)


def _record(kind: str, *parts: bytes) -> bytes:
    head = f'<records xsi:type="typens:{kind}" xmlns:typens="{NS}">'
    return b"".join((head.encode(), *parts, render.CLOSE))


def _resource(sent: Sent) -> Sent:
    """A user with a logon made of the names."""
    first, last = sent.fields.get("firstname") or "", sent.fields.get("lastname") or ""
    return Sent({"firstname": first, "lastname": last, "logon": f"{first[:1]}{last}".lower()})


def _shape(entity: Entity, fields: str) -> tuple[str, ...]:
    """The names that a field list asks for. Raises QueryFailed for one that there is not."""
    names = [n.strip().lower() for n in fields.split(",") if n.strip()]
    if not names or names == ["*"]:
        return tuple(c.name for c in entity.wire)
    lists = {name for name, _ in entity.lists}
    found = [n if n in lists else column.name if (column := entity.column(n)) else "" for n in names]
    if "" in found:
        raise QueryFailed(f"unknown column in {fields!r}")
    return tuple(sorted(set(found)))
