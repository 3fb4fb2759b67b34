"""What an answer means: the JSON in it, or one of our errors.

Settings say how a system shows its errors; without any, the status does: 404 and 410 gone, 412 and 409 stale (409
on a create: refused), other 4xx refused, 403 on a read denied, 408, 423 and 425 later, 5xx later on a read and
unknown on a write.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import orjson

from adapters.rest.paths import MISSING, at, finder
from adapters.rest.settings import Errors, Meaning
from hub.core.errors import Denied, Gone, HubError, Refused, Stale, TryLater, Unknown
from hub.transport.http import Answer

Doing = Literal["read", "create", "update", "delete"]
_USUAL: Mapping[int, Meaning] = {
    404: "gone",
    410: "gone",
    409: "stale",
    412: "stale",
    408: "later",
    423: "later",
    425: "later",
}
_LONGEST = 300


class Answers:
    """Reads answers and batch items by the settings of one object."""

    def __init__(self, errors: Errors, masked: Callable[[str], str]) -> None:
        """`masked` takes our credentials out of what the system says."""
        self._errors, self._masked = errors, masked
        self._ok = {_name(value) for value in errors.ok}
        self._at, self._code = finder(errors.at), finder(errors.code)

    def body(self, answer: Answer, doing: Doing, where: str) -> Any:
        """The JSON of an answer that says yes; MISSING: it says yes and nothing else. Raises what it means else."""
        if not answer.body.strip():
            body: Any = MISSING
        else:
            body = self._parsed(answer, doing, where)
        if (meaning := self.meaning(answer.status, body, doing)) != "done":
            raise self.error(meaning, answer.status, body, where)
        return body

    def error(self, meaning: Meaning, status: int, body: Any, where: str) -> HubError:
        """The error in an answer or in a batch's item that means this."""
        reasons = tuple(self._reasons(body))
        said = f"{where}: {self._said(status, body, reasons)}"
        match meaning:
            case "gone":
                return Gone("record.gone", said)
            case "stale":
                return Stale("record.stale", said)
            case "refused":
                return Refused("record.refused", said, reasons=reasons)
            case "denied":
                return Denied("system.denied", said)
            case "later":
                return TryLater("system.error", said)
        return Unknown("system.error", said)

    def _parsed(self, answer: Answer, doing: Doing, where: str) -> Any:
        try:
            return orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            if answer.status >= 400:
                return MISSING
        html = answer.body.lstrip()[:1] == b"<"
        code, what = ("answer.html", "a web page") if html else ("answer.not-json", "something else")
        said = (
            f"{where}: expected JSON, got {what} with status {answer.status}; is the address right, are we logged on?"
        )
        raise (TryLater if doing == "read" else Unknown)(code, said)

    def meaning(self, status: int, body: Any, doing: Doing) -> Meaning:
        """What an answer, or a batch's item, says of what was asked."""
        errors = self._errors
        code = self._code(body)
        name = _name(code)
        if code is not MISSING and code is not None and name in errors.codes:
            return errors.codes[name]
        if status in errors.status:
            return errors.status[status]
        if status >= 300:
            return _usual(status, doing)
        wrong = bool(self._at(body)) or bool(self._ok and code is not MISSING and name not in self._ok)
        return "refused" if wrong else "done"

    def _said(self, status: int, body: Any, reasons: tuple[str, ...]) -> str:
        errors, code = self._errors, self._code(body)
        message = at(body, errors.message) if errors.message is not None else MISSING
        parts = [self._masked(str(part)) for part in (code, message) if part not in (MISSING, None, "")]
        return f"answered {status}" + "".join(f", {part[:_LONGEST]}" for part in [*parts, *reasons])

    def _reasons(self, body: Any) -> Iterator[str]:
        errors = self._errors
        found = at(body, errors.fields) if errors.fields is not None else MISSING
        if isinstance(found, dict):
            for field, said in found.items():
                text = "; ".join(map(str, said)) if isinstance(said, list) else str(said)
                yield self._masked(f"{field}: {text}")[:_LONGEST]
        elif isinstance(found, list):
            for one in found:
                field, said = at(one, errors.field), at(one, errors.said)
                yield self._masked(f"{field}: {said}" if field is not MISSING else str(one))[:_LONGEST]


def _usual(status: int, doing: Doing) -> Meaning:
    if status >= 500:
        return "later" if doing == "read" else "unknown"
    if status < 400:
        return "later" if doing == "read" else "refused"
    if status in (401, 403) and (doing == "read" or status == 401):
        return "denied"
    if status == 409 and doing in ("create", "read"):
        return "refused"
    if status in (404, 410) and doing == "create":
        return "refused"  # there was no record yet that could be gone: an address is wrong, or a parent is missing
    return _USUAL.get(status, "refused")


def _name(code: Any) -> str:
    if code is MISSING or code is None:
        return ""
    return code if isinstance(code, str) else orjson.dumps(code).decode()
