"""Templates of queries, headers and bodies: JSON in which "{name}" stands for a value of the call.

A text that is nothing but one placeholder becomes the value itself (a number stays a number); in a longer text
the value is written into it. A part whose value is not known is left out, with its key. `{$json: T}`,
`{$base64: T}` and `{$base64url: T}` are the template T as JSON text, or that text in base64.
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from adapters.rest.paths import MISSING

#: What a template may name.
NAMES = frozenset(("key", "keys", "version", "token", "fields", "items", "field", "value", "values"))
NAMES |= {"limit", "offset", "last", "page", "cursor", "after", "since"}
Env = Mapping[str, Any]
Template = Callable[[Env], Any]
_PLACE = re.compile(r"\{([a-z]+)\}")
_CODES = {"$json": lambda text: text, "$base64": lambda text: base64.b64encode(text.encode()).decode()}
_CODES["$base64url"] = lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def compile_template(source: Any) -> Template:
    """A function from the values of a call to the finished JSON value, or MISSING. ValueError: unknown names."""
    if isinstance(source, str):
        return _text(source)
    if isinstance(source, list):
        parts = [compile_template(part) for part in source]
        return lambda env: [value for part in parts if (value := part(env)) is not MISSING]
    if isinstance(source, dict):
        [(name, inner), *rest] = source.items() or [("", None)]
        if name in _CODES and not rest:
            return _coded(_CODES[name], compile_template(inner))
        return _object(source)
    return lambda env: source


def compile_texts(source: Mapping[str, Any]) -> Callable[[Env], dict[str, str]]:
    """A template of a query or of headers: every value ends as text."""
    template = compile_template(dict(source))
    return lambda env: {name: as_text(value) for name, value in template(env).items()}


def as_text(value: Any) -> str:
    """A JSON value in a query, a header or a longer text: `true`, `12`, `a`; lists and objects as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _object(source: Mapping[str, Any]) -> Template:
    """Plain constants are copied as a whole; only the other parts are worked out for each call."""
    changing = {name: compile_template(part) for name, part in source.items() if not _is_constant(part)}
    constant = dict(source)

    def filled(env: Env) -> Any:
        out = constant.copy()
        for name, part in changing.items():
            value = part(env)
            if value is MISSING:
                del out[name]
            else:
                out[name] = value
        return out

    return filled


def _is_constant(part: Any) -> bool:
    return not (isinstance(part, dict | list) or (isinstance(part, str) and _PLACE.search(part)))


def _text(source: str) -> Template:
    names = _PLACE.findall(source)
    unknown = sorted(set(names) - NAMES)
    if unknown:
        raise ValueError(f"unknown placeholder {{{unknown[0]}}} in '{source}'; known: {', '.join(sorted(NAMES))}")
    if not names:
        return lambda env: source
    if source == f"{{{names[0]}}}":
        name = names[0]
        return lambda env: MISSING if env.get(name) is None else env[name]
    texts = _PLACE.split(source)[::2]
    return lambda env: _filled(texts, names, env)


def _filled(texts: list[str], names: list[str], env: Env) -> Any:
    """The texts with the values between them."""
    out = texts[0]
    for name, text in zip(names, texts[1:], strict=True):
        value = env.get(name)
        if value is None:
            return MISSING
        out += as_text(value) + text
    return out


def _coded(code: Callable[[str], str], inner: Template) -> Template:
    def coded(env: Env) -> Any:
        value = inner(env)
        return MISSING if value is MISSING or value == {} else code(as_text(value))

    return coded
