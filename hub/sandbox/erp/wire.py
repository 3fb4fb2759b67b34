"""Reading the calls of the REST API and writing its answers."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from werkzeug.wrappers import Request, Response

from hub.sandbox.erp.fields import Problem
from hub.sandbox.erp.records import MOST

#: Characters of an idempotency key.
TOKEN = 100


class Bad(Exception):
    """The call cannot be carried out: answered with this status."""

    def __init__(self, status: int, code: str, message: str, fields: Sequence[Problem] = ()) -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message, self.fields = status, code, message, fields


def answer(status: int, data: bytes | dict[str, Any]) -> Response:
    return Response(data if isinstance(data, bytes) else orjson.dumps(data), status, mimetype="application/json")


def error(code: str, message: str, fields: Iterable[Problem] = ()) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "fields": [f._asdict() for f in fields]}}


def body(request: Request) -> dict[str, Any]:
    """The JSON object that was sent. Raises Bad, as all of these do."""
    try:
        return mapping(orjson.loads(request.get_data()), "body")
    except orjson.JSONDecodeError as e:
        raise Bad(400, "bad_request", f"body: expected JSON: {e}") from e


def mapping(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Bad(400, "bad_request", f"{name}: expected an object")
    return value


def token(value: Any) -> str | None:
    """An idempotency key; None: none was sent."""
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= TOKEN:
        raise Bad(400, "bad_request", f"idempotency_key: expected 1 to {TOKEN} characters")
    return value


def whole(request: Request, name: str, default: int) -> int:
    """A parameter that is a whole number."""
    value = request.args.get(name)
    return default if value is None else number(value, name)


def number(value: str, name: str) -> int:
    if not (value.isascii() and value.isdigit()) or int(value[:20]) > MOST:
        raise Bad(400, "bad_request", f"{name}: expected a whole number, got {value[:40]!r}")
    return int(value[:20])


def listed(request: Request, name: str) -> list[str] | None:
    """A list separated by commas; None: no such parameter."""
    value = request.args.get(name)
    return None if value is None else [part for part in value.split(",") if part]
