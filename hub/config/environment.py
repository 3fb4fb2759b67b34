"""`${NAME}` and `${NAME:-default}` in settings that hold an address: `url`, `*_url`, `server`, `store`.

Nowhere else: a value that changes with the machine would otherwise creep into rules that are kept in git.
"""

import re
from collections.abc import Mapping
from typing import Any

from hub.config.document import Document
from hub.config.problem import Loc

_ADDRESS = re.compile(r"(?:.*_)?url|server|store")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}")
_HIDDEN = re.compile(r"HUB_SECRET_.*|HUB_KEY|.*(?:PASSWORD|SECRET|TOKEN).*", re.IGNORECASE)
_PASSWORD = re.compile(r"://[^/@\s:]*:[^/@\s]*@")


def substituted(document: Document, data: Any, environ: Mapping[str, str], at: Loc = ()) -> Any:
    """The data with its addresses filled in. What is not set is noted as a problem and left as it is."""
    if isinstance(data, dict):
        return {key: substituted(document, value, environ, (*at, key)) for key, value in data.items()}
    if isinstance(data, list):
        return [substituted(document, value, environ, (*at, place)) for place, value in enumerate(data)]
    if isinstance(data, str):
        return _filled(document, data, environ, at)
    return data


def _filled(document: Document, text: str, environ: Mapping[str, str], at: Loc) -> str:
    if _PASSWORD.search(text):
        document.problem(at, "an address must not hold a password; give user and password as settings of their own")
    if "${" not in text:
        return text
    if not _ADDRESS.fullmatch(str(at[-1])):
        document.problem(at, "${...} is filled in only in addresses: settings named url, *_url, server or store")
        return text

    def value(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if _HIDDEN.fullmatch(name):
            document.problem(at, f"${{{name}}}: a secret must not get into an address")
        elif not environ.get(name) and default is None:
            document.problem(at, f"${{{name}}} is not set in the environment; set it, or write ${{{name}:-default}}")
        return environ.get(name) or default or ""

    filled = _VARIABLE.sub(value, text)
    if "${" in filled:
        document.problem(at, "expected ${NAME} or ${NAME:-default}")
    return filled
