"""The REST API of the ERP, as mappings/erp.openapi.yaml describes it: a WSGI application under /api/v1."""

import hmac
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from hub.sandbox.erp import wire
from hub.sandbox.erp.fields import Problem
from hub.sandbox.erp.records import MOST, Suppliers
from hub.sandbox.erp.writing import Op, Outcome
from hub.sandbox.faults import Environ, StartResponse

API = "/api/v1"
LIMIT = 100
BATCH = 100
MAX_BYTES = 8 << 20
ETAG = re.compile(r'(?:W/)?"?(\d{1,18})"?\Z')
ONE = f"{API}/suppliers/<int(min=1, max={MOST}):id>"
ROUTES = (
    (f"{API}/suppliers", "GET", "listSuppliers"),
    (f"{API}/suppliers", "POST", "createSupplier"),
    (f"{API}/suppliers/changes", "GET", "listSupplierChanges"),
    (f"{API}/suppliers/ids", "GET", "listSupplierIds"),
    (f"{API}/suppliers/batch", "POST", "writeSuppliers"),
    (ONE, "GET", "getSupplier"),
    (ONE, "PATCH", "changeSupplier"),
    (ONE, "DELETE", "deleteSupplier"),
)


@dataclass(frozen=True, slots=True)
class Options:
    api_key: str
    #: ETags are sent and If-Match is heeded.
    etags: bool = True
    batch: bool = True
    #: A page holds no more, whatever was asked for.
    page_limit: int = 1000


class Stats:
    """What the API was asked to do since the start or the last reset."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._calls: Counter[str] = Counter()
            self._outcomes: Counter[str] = Counter()

    def called(self, operation: str) -> None:
        with self._lock:
            self._calls[operation] += 1

    def wrote(self, ops: Sequence[Op], outcomes: Sequence[Outcome]) -> None:
        with self._lock:
            for op, outcome in zip(ops, outcomes, strict=True):
                self._outcomes[f"{op.kind} {outcome.status}"] += 1

    def show(self) -> dict[str, Any]:
        """`calls` by operation id; `writes` by kind and status, those in batches too: `create 201`."""
        with self._lock:
            return {"calls": dict(self._calls), "writes": dict(self._outcomes)}


class Api:
    """Answers the calls of machines. Every call needs the key."""

    def __init__(self, suppliers: Suppliers, options: Options) -> None:
        self._suppliers, self._options = suppliers, options
        self.stats = Stats()
        handlers: dict[str, Callable[..., Response]] = {
            "listSuppliers": self._list,
            "createSupplier": self._create,
            "listSupplierChanges": self._changes,
            "listSupplierIds": self._ids,
            "writeSuppliers": self._batch,
            "getSupplier": self._get,
            "changeSupplier": self._change,
            "deleteSupplier": self._delete,
        }
        self._handlers = handlers
        served = [r for r in ROUTES if options.batch or r[2] != "writeSuppliers"]
        self._map = Map([Rule(path, methods=[method], endpoint=name) for path, method, name in served])

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = MAX_BYTES
        try:
            response = self._answer(request)
        except wire.Bad as e:
            response = wire.answer(e.status, wire.error(e.code, e.message, e.fields))
        except HTTPException as e:
            code = (e.name or "error").lower().replace(" ", "_")
            response = wire.answer(e.code or 500, wire.error(code, e.description or code))
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("X-Api-Key", "").encode(), self._options.api_key.encode()):
            raise wire.Bad(401, "unauthorized", "the header X-Api-Key is missing or wrong")
        name, given = self._map.bind_to_environ(request.environ).match()
        self.stats.called(name)
        return self._handlers[name](request, **given)

    def _list(self, request: Request) -> Response:
        limit, after = self._limit(request), wire.whole(request, "cursor", 0)
        ids, refs = wire.listed(request, "ids"), wire.listed(request, "external_ref")
        rows = self._suppliers.page(
            after, limit + 1, None if ids is None else [wire.number(i, "ids") for i in ids], refs
        )
        following = b'"%d"' % rows[limit - 1].id if len(rows) > limit else b"null"
        return wire.answer(200, b'{"items":[%b],"next":%b}' % (b",".join(r.body for r in rows[:limit]), following))

    def _changes(self, request: Request) -> Response:
        found = self._suppliers.changes(wire.whole(request, "after", 0), self._limit(request))
        rest = orjson.dumps({"deleted": found.deleted, "next": found.next, "more": found.more})
        return wire.answer(200, b'{"items":[%b],%b' % (b",".join(found.items), rest[1:]))

    def _ids(self, request: Request) -> Response:
        limit = self._limit(request)
        ids = self._suppliers.ids(wire.whole(request, "after", 0), limit + 1)
        return wire.answer(200, {"ids": ids[:limit], "next": ids[limit - 1] if len(ids) > limit else None})

    def _get(self, request: Request, id: int) -> Response:
        row = self._suppliers.get(id)
        if row is None:
            raise wire.Bad(404, "not_found", f"there is no supplier {id}")
        return self._tagged(wire.answer(200, row.body), row.version)

    def _create(self, request: Request) -> Response:
        token = request.headers.get("Idempotency-Key")
        outcome = self._write(Op("create", None, wire.body(request), None, wire.token(token)))
        response = self._tagged(wire.answer(201, outcome.body), outcome.version)
        response.headers["Location"] = f"{API}/suppliers/{outcome.id}"
        return response

    def _change(self, request: Request, id: int) -> Response:
        version = self._wanted(request.headers.get("If-Match"))
        outcome = self._write(Op("update", id, wire.body(request), version))
        return self._tagged(wire.answer(200, outcome.body), outcome.version)

    def _delete(self, request: Request, id: int) -> Response:
        self._write(Op("delete", id, version=self._wanted(request.headers.get("If-Match"))))
        return Response(status=204)

    def _batch(self, request: Request) -> Response:
        items = wire.body(request).get("items")
        if not isinstance(items, list):
            raise wire.Bad(400, "bad_request", "items: expected a list of writes")
        if len(items) > BATCH:
            raise wire.Bad(400, "bad_request", f"items: expected at most {BATCH}, got {len(items)}")
        read = [self._op(item) for item in items]
        ops = [op for op in read if isinstance(op, Op)]
        outcomes = self._suppliers.write(ops)
        self.stats.wrote(ops, outcomes)
        rest = iter(outcomes)
        answers = [self._outcome(next(rest) if isinstance(r, Op) else r) for r in read]
        return wire.answer(200, b'{"items":[%b]}' % b",".join(answers))

    def _op(self, item: Any) -> Op | Outcome:
        """One item of a batch as a write, or why it is none."""
        try:
            item = wire.mapping(item, "item")
            kind, id = item.get("op"), item.get("supplierid")
            if kind not in ("create", "update", "delete"):
                raise wire.Bad(422, "validation", "op: expected create, update or delete")
            if kind != "create" and (isinstance(id, bool) or not isinstance(id, int) or not 0 < id <= MOST):
                raise wire.Bad(422, "validation", "supplierid: expected a whole number")
            sent = wire.mapping(item.get("supplier", {}), "supplier")
            token = wire.token(item.get("idempotency_key"))
            return Op(kind, None if kind == "create" else id, sent, self._wanted(item.get("if_match")), token)
        except wire.Bad as e:
            field, _, said = e.message.partition(": ")
            return Outcome(422, None, code="validation", message=e.message, problems=[Problem(field, said)])

    def _outcome(self, done: Outcome) -> bytes:
        """One item of the answer to a batch."""
        head: dict[str, Any] = {"status": done.status}
        if done.id is not None:
            head["supplierid"] = done.id
        if done.code:
            return orjson.dumps({**head, **wire.error(done.code, done.message, done.problems)})
        if done.body and self._options.etags:
            head["etag"] = f'"{done.version}"'
        return b'%b,"supplier":%b}' % (orjson.dumps(head)[:-1], done.body) if done.body else orjson.dumps(head)

    def _write(self, op: Op) -> Outcome:
        outcomes = self._suppliers.write([op])
        self.stats.wrote([op], outcomes)
        done = outcomes[0]
        if done.code:
            raise wire.Bad(done.status, done.code, done.message, done.problems)
        return done

    def _wanted(self, tag: object) -> int | None:
        """The version of an If-Match; None: any. What is no tag of ours matches nothing."""
        if tag is None or tag == "*" or not self._options.etags:
            return None
        found = ETAG.match(tag) if isinstance(tag, str) else None
        return int(found[1]) if found else 0

    def _tagged(self, response: Response, version: int) -> Response:
        if self._options.etags:
            response.headers["ETag"] = f'"{version}"'
        return response

    def _limit(self, request: Request) -> int:
        limit = wire.whole(request, "limit", LIMIT)
        if limit < 1:
            raise wire.Bad(400, "bad_request", "limit: expected 1 or more, got 0")
        return min(limit, self._options.page_limit)
