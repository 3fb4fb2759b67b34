"""Credentials are taken out of what a system says: some repeat in an error what they were sent."""

import base64
import html
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

#: Shorter ones are words like any other: taking them out would spoil every message.
SHORTEST = 4
#: Tokens are renewed for ever; that many of the last ones are known.
_MOST = 50


class Masks:
    """The credentials that were sent to one system. Thread-safe: what is added replaces a tuple as a whole."""

    def __init__(self) -> None:
        self._values: tuple[str, ...] = ()

    def add(self, *values: str) -> None:
        """`values`: as they are, and pairs `user:password`, which go out in base64."""
        known = [value for value in values if value not in self._values]
        if known:
            self._values = (*self._values, *known)[-_MOST:]

    def masked(self, text: str) -> str:
        """The text with *** in place of each of them."""
        return masked(text, self._values)

    def __repr__(self) -> str:
        return "Masks(***)"


def masked(text: str, secrets: Iterable[str]) -> str:
    """*** in place of each secret: as it is, encoded for an address, JSON or XML, in base64 or hexadecimal."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
    if not forms:
        return text
    longest_first = sorted(forms, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), "***", text, flags=re.IGNORECASE)


@lru_cache(maxsize=_MOST)
def _forms(value: str) -> tuple[str, ...]:
    data = value.encode()
    padded = (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode())
    bare = tuple(form.rstrip("=") for form in padded)
    addresses = (quote(value), quote(value, safe=""), quote_plus(value))
    texts = (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1])
    bare_xml = html.escape(value, quote=False)
    markup = (bare_xml, bare_xml.replace('"', "&quot;"), html.escape(value))
    return value, *addresses, *texts, *markup, *padded, *bare, data.hex()
