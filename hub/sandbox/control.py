"""What people and tests may do to a sandbox behind the back of its API: look, edit, break it, count what it was asked.

A `Counterpart` is what a sandbox shows of itself. `Control` serves it as JSON under /control/; the page for people
(`hub.sandbox.page`) and the command (`hub.sandbox.edit`) stand on the same four verbs. NOUN is what its records are
called, in the plural: `suppliers`.

    GET    /control/NOUN              every record, as {"items": [...]}
    POST   /control/NOUN              a new one, from a JSON object of fields
    GET    /control/NOUN/KEY          one
    PATCH  /control/NOUN/KEY          the fields that are sent
    DELETE /control/NOUN/KEY
    GET    /control/faults            POST: replace them (`hub.sandbox.faults`)
    GET    /control/stats             what was asked so far; POST /control/reset-stats
    POST   /control/mutate?percent=1  change this share of the records
    POST   /control/reset             start again with the first records

There is no key: it listens on the loopback address only, and answers nothing that a foreign web page asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, NamedTuple, Protocol

import orjson
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from hub.sandbox.faults import App, BadFaults, Environ, Faults, StartResponse

#: Records of a long list that are sent at once.
PIECE = 500


class NotTaken(Exception):
    """The record cannot be so; one line a field that says why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = list(reasons)


class Column(NamedTuple):
    """A field that people may edit."""

    name: str
    type: Literal["text", "whole", "number", "yesno"] = "text"

    def read(self, typed: str) -> Any:
        """What a person typed, as a JSON value; nothing is null. Raises NotTaken."""
        typed = typed.strip()
        try:
            return READERS[self.type](typed) if typed else None
        except (ValueError, KeyError) as e:
            raise NotTaken([f"{self.name}: expected {self.type}, got {typed!r}"]) from e

    def show(self, value: Any) -> str:
        """A value as a person types it."""
        if value is None:
            return ""
        return ("no", "yes")[value] if isinstance(value, bool) else str(value)


YESNO = {"yes": True, "true": True, "no": False, "false": False}
READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "whole": int,
    "number": float,
    "yesno": lambda typed: YESNO[typed.lower()],
}


class Counterpart(Protocol):
    """A sandbox, to those who look after it. A record is a dict of JSON values that holds its key, too."""

    @property
    def title(self) -> str:
        """What it is, for the head of the page."""
        ...

    @property
    def noun(self) -> str:
        """What its records are called, in the plural."""
        ...

    @property
    def key(self) -> str:
        """The field that is the key."""
        ...

    @property
    def columns(self) -> Sequence[Column]:
        """The fields that can be edited, in the order of the form. The first ones are shown in lists."""
        ...

    def everything(self) -> Iterator[bytes]:
        """Every record there is, as JSON, in the order of the keys; not all in memory at once."""
        ...

    def search(self, words: str, limit: int) -> list[dict[str, Any]]:
        """The first records that hold these words somewhere; all for ""."""
        ...

    def get(self, key: str) -> dict[str, Any] | None: ...

    def add(self, values: Mapping[str, Any]) -> str:
        """The key of the new record. Raises NotTaken."""
        ...

    def change(self, key: str, values: Mapping[str, Any]) -> bool:
        """False: there is no such record. Raises NotTaken."""
        ...

    def delete(self, key: str) -> bool:
        """False: there is no such record."""
        ...

    def mutate(self, percent: float) -> int:
        """How many records were changed."""
        ...

    def reset(self) -> None: ...

    def stats(self) -> dict[str, Any]: ...

    def reset_stats(self) -> None: ...


class Control:
    """The JSON API under /control/."""

    def __init__(self, counterpart: Counterpart, faults: Faults) -> None:
        self._counterpart, self._faults = counterpart, faults
        many, one = f"/control/{counterpart.noun}", f"/control/{counterpart.noun}/<key>"
        routes: tuple[tuple[str, str, Callable[..., Response]], ...] = (
            (many, "GET", self._everything),
            (many, "POST", self._add),
            (one, "GET", self._get),
            (one, "PATCH", self._change),
            (one, "DELETE", self._delete),
            ("/control/faults", "GET", self._show_faults),
            ("/control/faults", "POST", self._set_faults),
            ("/control/stats", "GET", self._stats),
            ("/control/reset-stats", "POST", self._reset_stats),
            ("/control/mutate", "POST", self._mutate),
            ("/control/reset", "POST", self._reset),
        )
        self._map = Map([Rule(path, methods=[method], endpoint=handler) for path, method, handler in routes])

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            handler, given = self._map.bind_to_environ(environ).match()
            response: Response = handler(request, **given)
        except NotTaken as e:
            response = answer({"error": str(e), "reasons": e.reasons}, 422)
        except BadFaults as e:
            response = answer({"error": str(e)}, 422)
        except HTTPException as e:
            response = answer({"error": e.description}, e.code or 500)
        return response(environ, start_response)

    def _everything(self, request: Request) -> Response:
        return Response(_listed(self._counterpart.everything()), mimetype="application/json")

    def _get(self, request: Request, key: str) -> Response:
        found = self._counterpart.get(key)
        return self._missing(key) if found is None else answer(found)

    def _add(self, request: Request) -> Response:
        key = self._counterpart.add(_object(request))
        return answer(self._counterpart.get(key), 201)

    def _change(self, request: Request, key: str) -> Response:
        if not self._counterpart.change(key, _object(request)):
            return self._missing(key)
        return answer(self._counterpart.get(key))

    def _delete(self, request: Request, key: str) -> Response:
        return answer({"deleted": key}) if self._counterpart.delete(key) else self._missing(key)

    def _show_faults(self, request: Request) -> Response:
        return answer(self._faults.show())

    def _set_faults(self, request: Request) -> Response:
        self._faults.set(_object(request))
        return answer(self._faults.show())

    def _stats(self, request: Request) -> Response:
        return answer(self._counterpart.stats())

    def _reset_stats(self, request: Request) -> Response:
        self._counterpart.reset_stats()
        return answer({})

    def _mutate(self, request: Request) -> Response:
        percent = request.args.get("percent", 1.0, float)
        if not 0 < percent <= 100:
            raise NotTaken(["percent: expected more than 0 and at most 100"])
        return answer({"changed": self._counterpart.mutate(percent)})

    def _reset(self, request: Request) -> Response:
        self._counterpart.reset()
        return answer({})

    def _missing(self, key: str) -> Response:
        return answer({"error": f"{self._counterpart.noun}: there is none with the key {key}"}, 404)


class Site:
    """Everything one sandbox serves: what is under /control/, the page for people, and else its API."""

    def __init__(self, control: App, page: App, api: App) -> None:
        self._control, self._page, self._api = control, page, api

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "/"))
        people = path == "/" or path.startswith("/page/")
        if not people and not path.startswith("/control/"):
            return self._api(environ, start_response)
        if foreign(environ):
            refusal = answer({"error": "this call comes from another web site"}, 403)
            return refusal(environ, start_response)
        return (self._page if people else self._control)(environ, start_response)


def foreign(environ: Environ) -> bool:
    """Whether a browser was sent here by another site, or by a name that is not ours."""
    host = str(environ.get("HTTP_HOST", ""))
    origin = environ.get("HTTP_ORIGIN")
    return host.partition(":")[0] not in ("127.0.0.1", "localhost") or origin not in (None, f"http://{host}")


def answer(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")


def _listed(items: Iterator[bytes]) -> Iterator[bytes]:
    """A JSON list, in pieces of many items."""
    before = b'{"items":['
    while some := list(islice(items, PIECE)):
        yield before + b",".join(some)
        before = b","
    yield b"]}" if before == b"," else before + b"]}"


def _object(request: Request) -> dict[str, Any]:
    try:
        value = orjson.loads(request.get_data() or b"{}")
    except orjson.JSONDecodeError as e:
        raise NotTaken([f"body: not JSON: {e}"]) from e
    if not isinstance(value, dict):
        raise NotTaken(["body: expected a JSON object"])
    return value
