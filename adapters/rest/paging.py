"""Page after page of an operation that answers with rows, in all the ways in which systems page."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from adapters.rest.answers import Answers
from adapters.rest.calls import Operation
from adapters.rest.paths import MISSING, at
from adapters.rest.settings import Listing
from adapters.rest.templates import Env
from hub.core.errors import Refused, TryLater
from hub.transport.http import Answer

#: Where to go on, as it is kept in a cursor. {}: at the first page.
Place = dict[str, Any]

#: How often a listing whose rows move while they are paged is begun anew.
_RESTARTS = 5


class Fetched(NamedTuple):
    """One page."""

    rows: list[Any]
    body: Any
    #: Where the next one is. None: there is none.
    next: Place | None
    total: int | None = None


class Pager:
    """Pages of one listing. `key` gives the key and the stamp of a row, for paging by them."""

    def __init__(
        self, operation: Operation, answers: Answers, listing: Listing, limit: int, key: str, stamp: str
    ) -> None:
        self._operation, self._answers, self._listing = operation, answers, listing
        self._limit, self._key, self._stamp = listing.limit or limit, key, stamp
        self._by, self._paging = listing.paging.by, listing.paging

    def pages(self, env: Env, place: Place) -> Iterator[Fetched]:
        """Raises what the call means; never ends early without an error."""
        restarts, next_place = 0, place
        while True:
            page = self._page(env, next_place)
            if page is None:
                restarts, next_place = restarts + 1, {}
                if restarts > _RESTARTS:
                    said = f"{self._operation.where}: rows move faster than they can be paged"
                    raise TryLater("answer.moving", said)
                continue
            yield page
            if page.next is None:
                return
            if page.next == next_place:
                said = f"{self._operation.where}: the next page is this page again; is the page size too small?"
                raise Refused("answer.loop", said)
            next_place = page.next

    def _page(self, env: Env, place: Place) -> Fetched | None:
        """None: the rows have moved since the last page."""
        answer = self._send(env, place)
        if answer.status in self._listing.empty or (answer.status == 416 and (place or self._by == "range")):
            return Fetched([], MISSING, None)
        body = self._answers.body(answer, "read", self._operation.where)
        rows, total = self._rows(body), self._total(answer, body)
        if self._by == "offset" and "row" in place:
            if not rows or self._name(rows[0]) != place["row"]:
                return None
            rows = rows[1:]
        return Fetched(rows, body, self._next(answer, body, rows, place, total), total)

    def _send(self, env: Env, place: Place) -> Answer:
        if "link" in place:
            return self._operation.follow(place["link"])
        first = self._paging.first
        offset = place.get("offset", 0) - ("row" in place)
        paged = {
            "limit": self._limit,
            "offset": offset,
            "last": offset + self._limit - 1,
            "page": place.get("page", 1 if first is None else first),
            "cursor": place.get("cursor", first),
        }
        return self._operation.send({**paged, **env, **place.get("env", {})})

    def _rows(self, body: Any) -> list[Any]:
        found = at(body, self._listing.items)
        if isinstance(found, dict) and at(found, self._key) is not MISSING:
            return [found]
        if found is None and self._listing.items:
            return []
        if not isinstance(found, list):
            where = f"'{self._listing.items}'" if self._listing.items else "the answer"
            said = f"{self._operation.where}: expected a list at {where}, got {_kind(found)}"
            raise TryLater("answer.shape", said)
        return found

    def _total(self, answer: Answer, body: Any) -> int | None:
        path = self._paging.total
        if path is None:
            return None
        found = answer.headers.get(path[7:]) if path.startswith("header:") else at(body, path)
        digits = re.search(r"(\d+)\s*$", str(found))
        return int(digits[1]) if digits else None

    def _next(self, answer: Answer, body: Any, rows: list[Any], place: Place, total: int | None) -> Place | None:
        paging = self._paging
        if paging.more is not None and at(body, paging.more) in (False, None, 0, "", "false", MISSING):
            return None
        if self._by == "cursor":
            cursor = at(body, paging.next or "next")
            return None if cursor in (None, MISSING, "", False) else {"cursor": cursor}
        if self._by == "link":
            link = at(body, paging.next) if paging.next else _linked(answer.headers)
            return {"link": link} if link and isinstance(link, str) else None
        if not rows and total is not None and place.get("offset", 0) < total:
            raise TryLater("answer.short", f"{self._operation.where}: the rows end before the total that is said")
        if not rows or self._by == "none" or (paging.short and len(rows) < self._limit):
            return None
        return self._counted(rows, place, total)

    def _counted(self, rows: list[Any], place: Place, total: int | None) -> Place | None:
        seen = place.get("offset", 0) + len(rows)
        if self._by == "key":
            env = {"after": at(rows[-1], self._key) if isinstance(rows[-1], dict) else rows[-1]}
            if self._stamp and isinstance(rows[-1], dict):
                env["since"] = at(rows[-1], self._stamp)
            return {"env": env}
        if total is not None and seen >= total:
            return None
        if self._by == "page":
            first = self._paging.first
            return {"offset": seen, "page": place.get("page", 1 if first is None else first) + 1}
        check = self._by == "offset" and self._paging.check
        return {"offset": seen, **({"row": self._name(rows[-1])} if check else {})}

    def _name(self, row: Any) -> str:
        return str(at(row, self._key) if isinstance(row, dict) else row)


def _linked(headers: Mapping[str, str]) -> str | None:
    """The target of rel=next in a Link header (RFC 8288)."""
    for target, parameters in re.findall(r"<([^>]*)>([^<]*)", headers.get("Link", "")):
        if re.search(r";\s*rel\s*=\s*(\"[^\"]*\bnext\b[^\"]*\"|next\b)", parameters, re.IGNORECASE):
            return str(target)
    return None


def _kind(value: Any) -> str:
    kinds = {dict: "an object", str: "text", type(None): "null", bool: "true or false"}
    return "nothing" if value is MISSING else kinds.get(type(value), "a number")
